import { randomUUID } from 'node:crypto';
import { CommitOutcomeUnknown } from '@kortelijn/kit/postgres/connect.ts';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCommands } from './command.ts';
import { createNetwork, type Network, type Party } from './desks.fixture.ts';
import type { CommandName } from './inputs.ts';
import { count, done, envelopes, type Input, incident, report, run, timeline, what } from './said.fixture.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await launchScratch();
});
afterAll(() => server.stop());

let net: Network;
let linde: Party;
let denkbeeld: Party;
let fictiviteit: Party;
beforeEach(async () => {
  net = createNetwork(server, Date.parse('2026-05-20T08:00:00.000Z'));
  [linde, denkbeeld, fictiviteit] = await Promise.all([net.add('linde'), net.add('denkbeeld'), net.add('fictiviteit')]);
});
afterEach(() => net[Symbol.asyncDispose]());

describe('a report', () => {
  test('at the own desk is opened here with the next reference, history, clocks, parts and a feed event', async () => {
    const first = await report(linde);
    const second = await report(linde, { description: 'Sinds vanmorgen' });
    expect(await incident(linde, first)).toMatchObject({
      reference: 'LINDE-2026-0001',
      state: 'REPORTED',
      priority: 'P2',
      involved: ['linde'],
      holders: ['linde'],
      version: 1,
      search_title: 'verzamelen faalt',
      search_text: 'verzamelen faalt\n\nlinde-2026-0001',
    });
    expect((await incident(linde, second)).reference).toBe('LINDE-2026-0002');
    expect(await timeline(linde, first)).toMatchObject([
      { event: 'report', state: 'REPORTED', by_participant: 'linde' },
    ]);
    expect((await linde.pool.query('SELECT name, state FROM clock ORDER BY id')).rows.slice(0, 2)).toEqual([
      { name: 'FIRST_REACTION', state: 'RUNNING' },
      { name: 'RESOLVE', state: 'RUNNING' },
    ]);
    const { rows } = await linde.pool.query(
      'SELECT type, subject_id, readers_before, readers_after, keys FROM outbox ORDER BY id',
    );
    expect(rows[0]).toMatchObject({
      type: 'incident.reported',
      subject_id: first,
      readers_before: [],
      readers_after: [expect.stringMatching(/^linde#SERVICEMANAGER\|/)],
    });
    expect(JSON.stringify(rows)).not.toMatch(/verzamelen faalt|vanmorgen/i);
  });

  test('M-13: about another participant reaches its desk, and the receipt carries the reference', async () => {
    // Forty seconds on the way.
    net.wire.passage = (deliver) => {
      net.clock.ms += 40_000;
      return deliver();
    };
    const sent = done('IncidentSent', await run(fictiviteit, 'reportIncident', { ...what, about: 'linde' }));
    expect(sent).toMatchObject({ incidentId: null });
    expect(await count(fictiviteit, 'incident')).toBe(0);
    await net.settled();
    const received = await incident(linde, sent.linkId);
    expect(received).toMatchObject({ state: 'REPORTED', reporter: 'fictiviteit', received_from: 'fictiviteit' });
    expect(received.involved).toEqual(['fictiviteit', 'linde']);
    expect(received.received_at.getTime() - received.first_reported_at.getTime()).toBeGreaterThanOrEqual(40_000);
    expect(await envelopes(fictiviteit)).toMatchObject([
      { id: sent.envelopeId, state: 'TAKEN', result: { reference: 'LINDE-2026-0001' } },
    ]);
  });

  test('M-13: of a helpdesk is taken; about a stranger or a suspended participant it is refused with a code', async () => {
    const helpdesk = fictiviteit.caller('HELPDESK');
    expect((await run(fictiviteit, 'reportIncident', { ...what }, helpdesk)).kind).toBe('IncidentSent');
    expect(await run(fictiviteit, 'reportIncident', { ...what, about: 'niemand' }, helpdesk)).toMatchObject({
      kind: 'InvalidInput',
      code: 'UNKNOWN_PARTICIPANT',
      path: 'input.about',
    });
    net.states.set('linde', 'SUSPENDED');
    expect(await run(fictiviteit, 'reportIncident', { ...what, about: 'linde' }, helpdesk)).toMatchObject({
      kind: 'InvalidInput',
      code: 'NOT_ACTIVE',
    });
    expect(await count(fictiviteit, 'envelope_out')).toBe(0);
  });

  test('of twenty callers at once gives twenty references without hole or double', async () => {
    await Promise.all(Array.from({ length: 20 }, () => report(linde)));
    const { rows } = await linde.pool.query('SELECT reference FROM incident ORDER BY reference');
    expect(rows.map(({ reference }) => reference)).toEqual(
      Array.from({ length: 20 }, (_, index) => `LINDE-2026-${String(index + 1).padStart(4, '0')}`),
    );
  });
});

describe('a command', () => {
  test('repeated with the same id has one effect and the same answer, also when both come at once', async () => {
    const commandId = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => run(linde, 'reportIncident', { ...what, commandId })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(Object.entries(answer).sort()))).size).toBe(1);
    expect(await count(linde, 'incident')).toBe(1);
    expect((await run(linde, 'reportIncident', { ...what, title: 'Iets anders', commandId })).kind).toBe(
      'CommandIdReused',
    );
  });

  test('F1: of sixteen callers on one incident is carried out sixteen times, one after the other', async () => {
    const incidentId = await report(linde);
    const results = await Promise.all(
      Array.from({ length: 16 }, (_, index) => run(linde, 'changeIncident', { incidentId, title: `Titel ${index}` })),
    );
    expect(results.every(({ kind }) => kind === 'IncidentChanged')).toBe(true);
    const entries = await timeline(linde, incidentId);
    expect(entries.map(({ n }) => n)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
    expect((await incident(linde, incidentId)).version).toBe(17);
    const { rows } = await linde.pool.query(`SELECT keys->>'version' AS version FROM outbox ORDER BY id`);
    expect(rows.map(({ version }) => Number(version))).toEqual(entries.map(({ n }) => n));
  });

  test('whose connection breaks while it is written is of unknown outcome, and may be repeated with its id', async () => {
    const incidentId = await report(linde);
    await linde.pool.query(`
      CREATE FUNCTION wait_a_while() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$;
      CREATE TRIGGER slow BEFORE UPDATE ON incident FOR EACH ROW EXECUTE FUNCTION wait_a_while()`);
    const input = { commandId: randomUUID(), incidentId };
    const lost = expect(run(linde, 'acknowledgeIncident', input)).rejects.toThrow(CommitOutcomeUnknown);
    const writing = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    await expect.poll(async () => (await linde.pool.query(writing)).rowCount).toBe(1);
    await linde.pool.query(`SELECT pg_terminate_backend(pid) FROM (${writing}) AS writer`);
    await lost;
    await linde.pool.query('DROP TRIGGER slow ON incident');
    expect((await run(linde, 'acknowledgeIncident', input)).kind).toBe('IncidentChanged');
    expect((await incident(linde, incidentId)).version).toBe(2);
  });

  test('with a stale version is told the version found, and nothing is written', async () => {
    const incidentId = await report(linde);
    await run(linde, 'changeIncident', { incidentId, title: 'Nieuw' });
    const before = await count(linde, 'outbox');
    expect(await run(linde, 'changeIncident', { incidentId, expectedVersion: 1, title: 'Oud' })).toMatchObject({
      kind: 'VersionConflict',
      expectedVersion: 1,
      foundVersion: 2,
    });
    expect(await count(linde, 'outbox')).toBe(before);
  });

  test('on what is not there, or not for this caller, is answered the same', async () => {
    const incidentId = await report(linde);
    const absent = incidentId.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const stranger = denkbeeld.caller('SERVICEDESK');
    expect(await run(linde, 'acknowledgeIncident', { incidentId: absent })).toMatchObject({ kind: 'NotFound' });
    expect(await run(linde, 'acknowledgeIncident', { incidentId }, stranger)).toMatchObject({ kind: 'NotFound' });
    expect(await run(linde, 'acknowledgeIncident', { incidentId: 'onzin' })).toMatchObject({ kind: 'NotFound' });
  });

  test('breaking a bound is a value with code and path, and leaves no trace', async () => {
    const cases: [Partial<Input<'reportIncident'>>, string, string][] = [
      [{ title: '' }, 'TEXT_REQUIRED', 'input.title'],
      [{ title: 'x'.repeat(201) }, 'TEXT_TOO_LONG', 'input.title'],
      [{ title: 'a\u0000b' }, 'TEXT_NOT_STORABLE', 'input.title'],
      [{ title: 'twee\nregels' }, 'TEXT_NOT_STORABLE', 'input.title'],
      [{ description: `${'\ud800'}` }, 'TEXT_NOT_STORABLE', 'input.description'],
      [{ description: 'x'.repeat(20_001) }, 'TEXT_TOO_LONG', 'input.description'],
      [{ affected: Array.from({ length: 100 }, () => 'denkbeeld') }, 'TOO_MANY_PARTIES', 'input.affected'],
      [{ affected: ['denkbeeld', 'wie'] }, 'UNKNOWN_PARTICIPANT', 'input.affected.1'],
      [{ teamId: 'linde:tm_x' }, 'UNKNOWN_TEAM', 'input.teamId'],
      [{ commandId: 'x'.repeat(65) }, 'COMMAND_ID_MALFORMED', 'input.commandId'],
    ];
    for (const [input, code, path] of cases) {
      expect(await run(linde, 'reportIncident', { ...what, ...input })).toMatchObject({
        kind: 'InvalidInput',
        code,
        path,
      });
    }
    for (const table of ['incident', 'outbox', 'command_log', 'reference_counter'])
      expect(await count(linde, table)).toBe(0);
  });

  test('of a program needs its scope, and the hub itself commands nothing', async () => {
    expect((await run(linde, 'reportIncident', { ...what }, linde.program('incidents:read'))).kind).toBe('NotAllowed');
    expect((await run(linde, 'reportIncident', { ...what }, linde.program('incidents:write'))).kind).toBe(
      'IncidentSent',
    );
    const hub = await linde.command('reportIncident', { commandId: 'a', ...what }, { kind: 'hub' });
    expect(hub).toMatchObject({ kind: 'NotAllowed', code: 'FORBIDDEN' });
    const nobody = { kind: 'class', participant: 'linde', roles: ['SERVICEDESK'], scopes: [] } as const;
    expect(await run(linde, 'reportIncident', { ...what }, nobody)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('of a suspended participant is refused, at its own desk and at others, until it is reinstated', async () => {
    const incidentId = await report(linde);
    net.states.set('linde', 'SUSPENDED');
    const suspended = { kind: 'NotAllowed', code: 'SUSPENDED' };
    expect(await run(linde, 'acknowledgeIncident', { incidentId })).toMatchObject(suspended);
    expect(await run(linde, 'reportIncident', { ...what, about: 'denkbeeld' })).toMatchObject(suspended);
    net.states.set('linde', 'WITHDRAWN');
    expect(await run(linde, 'acknowledgeIncident', { incidentId })).toMatchObject({ code: 'NOT_ACTIVE' });
    net.states.set('linde', 'ACTIVE');
    expect((await run(linde, 'acknowledgeIncident', { incidentId })).kind).toBe('IncidentChanged');
  });

  test('takes two statements, and a handover the transaction of its envelope', async () => {
    const statements: string[] = [];
    const counted = countingDesk(linde, statements);
    const perCommand: Record<string, number> = {};
    const measure = async <Name extends CommandName>(name: Name, input: Input<Name>) => {
      statements.length = 0;
      const result = await run(counted, name, input);
      expect(result.kind).toMatch(
        /^(IncidentChanged|IncidentSent|NoteAdded|ParticipationSet|AssistanceAsked|ServiceStatus)/,
      );
      perCommand[name] = statements.length;
      return result;
    };
    const incidentId = done('IncidentSent', await measure('reportIncident', { ...what })).linkId;
    await measure('acknowledgeIncident', { incidentId });
    await measure('startIncident', { incidentId });
    await measure('changeIncident', { incidentId, title: 'Anders' });
    await measure('waitIncident', { incidentId, reason: 'USER' });
    await measure('resumeIncident', { incidentId });
    await measure('addNote', { incidentId, text: 'Een regel' });
    await measure('resolveIncident', { incidentId, solution: 'Herstart', resolution: 'NORMAL' });
    await measure('reopenIncident', { incidentId, reason: 'Nog niet' });
    await measure('handOverIncident', { incidentId, to: 'denkbeeld', reason: 'Bij jullie' });
    await measure('askAssistance', { of: 'denkbeeld', question: 'Zien jullie dit ook?' });
    console.log('statements per command:', JSON.stringify(perCommand));
    for (const name of ['reportIncident', 'acknowledgeIncident', 'waitIncident', 'addNote', 'resolveIncident']) {
      expect(perCommand[name]).toBe(2);
    }
    expect(perCommand.handOverIncident).toBe(6);
  });
});

/** The same desk over a pool that notes what is sent to the server. */
function countingDesk(party: Party, statements: string[]): Party {
  const noting = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, name) => {
        const member = Reflect.get(object, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          if (name === 'query') statements.push(JSON.stringify(args[0]));
          const answer = await member.apply(object, args);
          return name === 'connect' ? noting(answer as object) : answer;
        };
      },
    });
  return { ...party, command: createCommands({ ...party.desk, pool: noting(party.pool) }) };
}
