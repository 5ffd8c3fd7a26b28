import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { calendars } from '@kortelijn/schema/vocabulary/calendars.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createNetwork, type Network, type Party } from './commands/desks.fixture.ts';
import { done, incident, report, run, started, timeline, what } from './commands/said.fixture.ts';
import { createTimers, silenceEndsAt } from './timers.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await launchScratch();
});
afterAll(() => server.stop());

let net: Network;
let linde: Party;
/** A Wednesday, ten o'clock in Amsterdam. */
const START = Date.parse('2026-05-20T08:00:00.000Z');
const HOUR = 3_600_000;
beforeEach(async () => {
  net = createNetwork(server, START);
  linde = await net.add('linde');
});
afterEach(() => net[Symbol.asyncDispose]());

const byHand = () => createTimers(linde.desk, { everyMs: 0 });

async function resolved(
  more: { import?: { occurredAt: Date; batch: string } } = {},
  caller = linde.caller('SERVICEDESK'),
) {
  const incidentId = done('IncidentSent', await run(linde, 'reportIncident', { ...what, ...more }, caller)).linkId;
  done('IncidentChanged', await run(linde, 'acknowledgeIncident', { incidentId, ...more }, caller));
  done('IncidentChanged', await run(linde, 'startIncident', { incidentId, ...more }, caller));
  const solved = { incidentId, solution: 'Herstart', resolution: 'NORMAL' as const, ...more };
  done('IncidentChanged', await run(linde, 'resolveIncident', solved, caller));
  return incidentId;
}

describe('silence', () => {
  test.each([
    ['a Wednesday, over a weekend and Whit Monday', '2026-05-20T08:00:00Z', '2026-05-28T15:00:00Z'],
    ['a Monday evening, after service hours', '2026-06-01T20:00:00Z', '2026-06-08T15:00:00Z'],
    ['a Saturday', '2026-06-06T10:00:00Z', '2026-06-12T15:00:00Z'],
    ['before Koningsdag', '2026-04-24T09:00:00Z', '2026-05-04T15:00:00Z'],
  ])('after a resolution on %s lasts five working days', (_, from, to) => {
    expect(silenceEndsAt(calendars.office, new Date(from))).toEqual(new Date(to));
  });

  test('closes an incident when it is over, once, whoever looks, and not before', async () => {
    const incidentId = await resolved();
    const timers = [byHand(), byHand()];
    net.clock.ms = Date.parse('2026-05-28T14:59:00.000Z');
    expect(await Promise.all(timers.map(({ tick }) => tick()))).toEqual([0, 0]);
    net.clock.ms = Date.parse('2026-05-28T15:00:00.000Z');
    const moved = await Promise.all(timers.map(({ tick }) => tick()));
    expect(moved.toSorted()).toEqual([0, 1]);
    expect(await incident(linde, incidentId)).toMatchObject({ state: 'CLOSED', version: 5 });
    expect((await timeline(linde, incidentId)).at(-1)).toMatchObject({ event: 'closeAfterSilence', role: null });
  });

  test('says nothing about an imported record, however old', async () => {
    const importer = linde.program('incidents:write', 'import');
    const incidentId = await resolved(
      { import: { occurredAt: new Date('2012-05-02T08:00:00Z'), batch: 'proef' } },
      importer,
    );
    net.clock.ms += 90 * 24 * HOUR;
    expect(await byHand().tick()).toBe(0);
    expect((await incident(linde, incidentId)).state).toBe('RESOLVED');
  });
});

describe('waiting', () => {
  test('ends at its time, for each incident once, side by side with another process', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => started(linde)));
    const until = new Date(START + HOUR);
    for (const incidentId of ids)
      done('IncidentChanged', await run(linde, 'waitIncident', { incidentId, reason: 'USER', until }));
    const open = await report(linde);
    done('IncidentChanged', await run(linde, 'waitIncident', { incidentId: open, reason: 'USER' }));
    const timers = [byHand(), byHand(), byHand()];
    expect(await byHand().tick()).toBe(0);
    net.clock.ms += HOUR;
    const moved = await Promise.all(timers.map(({ tick }) => tick()));
    expect(moved.reduce((sum, each) => sum + each, 0)).toBe(12);
    for (const id of ids) {
      expect(await incident(linde, id)).toMatchObject({ state: 'IN_PROGRESS', wait_until: null, version: 5 });
    }
    expect((await incident(linde, open)).state).toBe('WAITING');
    const { rows } = await linde.pool.query(`SELECT pauses FROM clock WHERE incident_id = $1 AND name = 'RESOLVE'`, [
      ids[0],
    ]);
    expect(rows[0].pauses).toMatchObject([{ reason: 'USER', to: expect.any(String) }]);
  });

  test('passes over what somebody else holds, and does it when that is over', async () => {
    const incidentId = await started(linde);
    const until = new Date(START + HOUR);
    done('IncidentChanged', await run(linde, 'waitIncident', { incidentId, reason: 'OTHER', until }));
    net.clock.ms += HOUR;
    const holder = await linde.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM incident WHERE id = $1 FOR UPDATE', [incidentId]);
    expect(await byHand().tick()).toBe(0);
    await holder.query('COMMIT');
    holder.release();
    expect(await byHand().tick()).toBe(1);
  });
});
