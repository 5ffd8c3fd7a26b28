import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createNetwork, type Network, type Party } from './desks.fixture.ts';
import { count, done, incident, run, timeline, what } from './said.fixture.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await launchScratch();
});
afterAll(() => server.stop());

let net: Network;
let linde: Party;
let denkbeeld: Party;
beforeEach(async () => {
  net = createNetwork(server, Date.parse('2026-05-20T08:00:00.000Z'));
  [linde, denkbeeld] = await Promise.all([net.add('linde'), net.add('denkbeeld')]);
});
afterEach(() => net[Symbol.asyncDispose]());

const importer = (party: Party) => party.program('incidents:write', 'incidents:read', 'import');
const at = (minute: number) => ({
  import: { occurredAt: new Date(Date.parse('2012-04-30T21:50:00.000Z') + minute * 60_000), batch: 'logboek-1' },
});
const time = (minute: number) => at(minute).import.occurredAt;

async function imported(minute = 0) {
  const result = await run(linde, 'reportIncident', { ...what, ...at(minute) }, importer(linde));
  return done('IncidentSent', result).linkId;
}

describe('an import', () => {
  test('is folded on its own time, and the record shows when it was written down', async () => {
    const incidentId = await imported();
    done('IncidentChanged', await run(linde, 'acknowledgeIncident', { incidentId, ...at(5) }, importer(linde)));
    done('IncidentChanged', await run(linde, 'startIncident', { incidentId, ...at(6) }, importer(linde)));
    done(
      'IncidentChanged',
      await run(linde, 'waitIncident', { incidentId, reason: 'USER', ...at(10) }, importer(linde)),
    );
    done('IncidentChanged', await run(linde, 'resumeIncident', { incidentId, ...at(30) }, importer(linde)));
    const solved = { incidentId, solution: 'Herstart', resolution: 'FIRST_CALL' as const, ...at(40) };
    done('IncidentChanged', await run(linde, 'resolveIncident', solved, importer(linde)));
    done('IncidentChanged', await run(linde, 'confirmIncident', { incidentId, ...at(50) }, importer(linde)));
    const row = await incident(linde, incidentId);
    expect(row).toMatchObject({
      reference: 'LINDE-2012-0001',
      created_at: time(0),
      first_reported_at: time(0),
      acknowledged_at: time(5),
      resolved_at: time(40),
      closed_at: time(50),
      imported_batch: 'logboek-1',
      resolution: 'FIRST_CALL',
    });
    expect(row.recorded_at.getUTCFullYear()).toBe(2026);
    expect(row.updated_at.getUTCFullYear()).toBe(2026);
    const entries = await timeline(linde, incidentId);
    expect(entries.map(({ at: happened }) => happened)).toEqual([0, 5, 6, 10, 30, 40, 50].map(time));
    for (const { recorded_at } of entries) expect(recorded_at.getUTCFullYear()).toBe(2026);
    const { rows } = await linde.pool.query(`SELECT started_at, stopped_at, pauses FROM clock WHERE name = 'RESOLVE'`);
    expect(rows).toEqual([
      {
        started_at: time(0),
        stopped_at: time(40),
        pauses: [{ from: time(10).toISOString(), to: time(30).toISOString(), reason: 'USER' }],
      },
    ]);
  });

  test('is for programs with that scope, in the order of its record, never of the future', async () => {
    const persona = await run(linde, 'reportIncident', { ...what, ...at(0) });
    expect(persona).toMatchObject({ kind: 'NotAllowed', code: 'SCOPE_MISSING' });
    const incidentId = await imported(10);
    expect(await run(linde, 'acknowledgeIncident', { incidentId, ...at(9) }, importer(linde))).toMatchObject({
      kind: 'InvalidInput',
      code: 'TIME_BEFORE_LAST_EVENT',
      path: 'input.import.occurredAt',
    });
    const ahead = { import: { occurredAt: new Date('2031-01-01T00:00:00Z'), batch: 'logboek-1' } };
    expect(await run(linde, 'acknowledgeIncident', { incidentId, ...ahead }, importer(linde))).toMatchObject({
      code: 'TIME_IN_FUTURE',
    });
    const empty = { import: { occurredAt: time(11), batch: '' } };
    expect(await run(linde, 'acknowledgeIncident', { incidentId, ...empty }, importer(linde))).toMatchObject({
      code: 'TEXT_REQUIRED',
      path: 'input.import.batch',
    });
    expect((await incident(linde, incidentId)).version).toBe(1);
  });

  test('goes on at the next holder in its own time, and back, with both ends of every handover', async () => {
    const first = await imported();
    for (const [minute, name] of [
      [1, 'acknowledgeIncident'],
      [2, 'startIncident'],
    ] as const) {
      done('IncidentChanged', await run(linde, name, { incidentId: first, ...at(minute) }, importer(linde)));
    }
    const handOver = { incidentId: first, to: 'denkbeeld', reason: 'logboek', ...at(3) };
    const second = done('IncidentSent', await run(linde, 'handOverIncident', handOver, importer(linde))).linkId;
    await net.settled();
    expect(await incident(linde, first)).toMatchObject({ handed_over_at: time(3), delivered_at: time(3) });
    expect(await incident(denkbeeld, second)).toMatchObject({
      reference: 'DENKBEELD-2012-0001',
      created_at: time(3),
      received_at: time(3),
      first_reported_at: time(0),
      imported_batch: 'logboek-1',
    });
    done(
      'IncidentChanged',
      await run(denkbeeld, 'acknowledgeIncident', { incidentId: second, ...at(20) }, importer(denkbeeld)),
    );
    await net.settled();
    expect((await incident(linde, first)).picked_up_at).toEqual(time(20));
    const note = { incidentId: second, text: 'Unmatched', ...at(21) };
    done('NoteAdded', await run(linde, 'addNote', note, importer(linde)));
    await net.settled();
    expect((await timeline(denkbeeld, second)).map(({ event, at: happened }) => [event, happened])).toEqual([
      ['takeIn', time(3)],
      ['acknowledge', time(20)],
      ['addNote', time(21)],
    ]);
  });

  test('of which a handover comes back is ours again in its own time, so that the import can go on', async () => {
    const first = await imported();
    for (const [minute, name] of [
      [1, 'acknowledgeIncident'],
      [2, 'startIncident'],
    ] as const) {
      done('IncidentChanged', await run(linde, name, { incidentId: first, ...at(minute) }, importer(linde)));
    }
    net.wire.passage = async (deliver, jws) => {
      const { type } = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
      if (type !== 'void') throw new Error('held up on the way');
      return deliver();
    };
    const handOver = { incidentId: first, to: 'denkbeeld', reason: 'logboek', ...at(3) };
    const { envelopeId } = done('IncidentSent', await run(linde, 'handOverIncident', handOver, importer(linde)));
    done('EnvelopeChanged', await run(linde, 'withdrawEnvelope', { envelopeId: envelopeId ?? '' }));
    await net.settled();
    expect((await timeline(linde, first)).at(-1)).toMatchObject({ event: 'undoHandover', at: time(3) });
    const solved = { incidentId: first, solution: 'Toch hier', resolution: 'NORMAL' as const, ...at(4) };
    done('IncidentChanged', await run(linde, 'resolveIncident', solved, importer(linde)));
    expect(await count(denkbeeld, 'incident')).toBe(0);
  });

  test('at the reporter’s participant confirms and reopens at the owner, as that participant’s desk would', async () => {
    const report = { ...what, about: 'linde', ...at(0) };
    const incidentId = done('IncidentSent', await run(denkbeeld, 'reportIncident', report, importer(denkbeeld))).linkId;
    await net.settled();
    for (const [minute, name] of [
      [1, 'acknowledgeIncident'],
      [2, 'startIncident'],
    ] as const) {
      done('IncidentChanged', await run(linde, name, { incidentId, ...at(minute) }, importer(linde)));
    }
    const solved = { incidentId, solution: 'Klaar', resolution: 'NORMAL' as const, ...at(3) };
    done('IncidentChanged', await run(linde, 'resolveIncident', solved, importer(linde)));
    done('IncidentChanged', await run(linde, 'confirmIncident', { incidentId, ...at(4) }, importer(denkbeeld)));
    const day = 24 * 60;
    const late = { incidentId, reason: 'Weer', ...at(4 + 30 * day + 1) };
    expect(await run(linde, 'reopenIncident', late, importer(denkbeeld))).toMatchObject({ code: 'REOPEN_TERM_PASSED' });
    const inTime = { incidentId, reason: 'Weer', ...at(4 + 30 * day) };
    done('IncidentChanged', await run(linde, 'reopenIncident', inTime, importer(denkbeeld)));
  });
});
