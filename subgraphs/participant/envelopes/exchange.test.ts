import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { sha256 } from '@kortelijn/schema/interpret/canonical.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createNetwork, type Network, type Party } from '../commands/desks.fixture.ts';
import { count, done, envelopes, incident, report, run, started, timeline, what } from '../commands/said.fixture.ts';

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

const handOver = async (from: Party, incidentId: string, to: Party) =>
  done('IncidentSent', await run(from, 'handOverIncident', { incidentId, to: to.me, reason: 'Hoort daar' })).linkId;

async function handedOver(from: Party, to: Party) {
  const first = await started(from);
  const second = await handOver(from, first, to);
  await net.settled();
  return { first, second };
}

async function startedAgain(party: Party, incidentId: string) {
  done('IncidentChanged', await run(party, 'acknowledgeIncident', { incidentId }));
  done('IncidentChanged', await run(party, 'startIncident', { incidentId }));
}

const claimsOf = (receipt: string) => JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString());

describe('a handover', () => {
  test('closes the record here and opens one there, of the same chain, whose receipt says it is delivered', async () => {
    const { first, second } = await handedOver(linde, denkbeeld);
    expect(await incident(linde, first)).toMatchObject({
      state: 'HANDED_OVER',
      next_id: second,
      handed_over_to: 'denkbeeld',
      handover_reason: 'Hoort daar',
      delivered_at: expect.any(Date),
      picked_up_at: null,
      involved: ['denkbeeld', 'linde'],
    });
    const there = await incident(denkbeeld, second);
    expect(there).toMatchObject({
      reference: 'DENKBEELD-2026-0001',
      chain_id: first,
      state: 'REPORTED',
      previous_id: first,
      received_from: 'linde',
      reporter: 'linde',
      holders: ['linde', 'denkbeeld'],
      ping_pong: false,
    });
    expect(there.first_reported_at).toEqual((await incident(linde, first)).first_reported_at);
    expect(await timeline(denkbeeld, second)).toMatchObject([
      { event: 'takeIn', by_participant: 'linde', text: 'Hoort daar' },
    ]);
    const { handover_envelope_id } = await incident(linde, first);
    expect(await envelopes(linde)).toMatchObject([{ id: handover_envelope_id, state: 'TAKEN' }]);
  });

  test('is told back when the new holder acknowledges it', async () => {
    const { first, second } = await handedOver(linde, denkbeeld);
    net.clock.ms += 60_000;
    await run(denkbeeld, 'acknowledgeIncident', { incidentId: second });
    await net.settled();
    expect((await incident(linde, first)).picked_up_at).toEqual((await incident(denkbeeld, second)).acknowledged_at);
    expect((await timeline(linde, first)).at(-1)?.event).toBe('handOver');
  });

  test('is delivered once however often the wire repeats it, loses it or loses its answer', async () => {
    let passage = 0;
    net.wire.passage = async (deliver) => {
      passage++;
      if (passage === 1) throw new Error('lost on the way there');
      const receipt = await deliver();
      if (passage === 2) throw new Error('lost on the way back');
      await deliver();
      return receipt;
    };
    const { second } = await handedOver(linde, denkbeeld);
    expect(passage).toBeGreaterThanOrEqual(3);
    expect(await count(denkbeeld, 'incident')).toBe(1);
    expect((await incident(denkbeeld, second)).version).toBe(1);
  });

  test('whose taking in is aborted before its commit leaves nothing, and is taken in the next time', async () => {
    // A sequence keeps counting when its transaction is undone.
    await denkbeeld.pool.query(`
      CREATE SEQUENCE abort_count;
      CREATE FUNCTION abort_first() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('abort_count') <= 2 THEN RAISE EXCEPTION 'aborted by the test'; END IF;
          RETURN NULL;
        END $$;
      CREATE CONSTRAINT TRIGGER abort_at_commit AFTER INSERT ON envelope_in DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION abort_first()`);
    const { second } = await handedOver(linde, denkbeeld);
    const { rows } = await denkbeeld.pool.query('SELECT last_value FROM abort_count');
    expect(Number(rows[0].last_value)).toBe(3);
    expect(await count(denkbeeld, 'incident')).toBe(1);
    expect(await count(denkbeeld, 'notification')).toBe(1);
    // That it was taken in, and that the desk is told.
    expect(await count(denkbeeld, 'outbox')).toBe(2);
    expect((await incident(denkbeeld, second)).reference).toBe('DENKBEELD-2026-0001');
  });

  test('whose command is aborted before its commit neither closes here nor opens there', async () => {
    const incidentId = await started(linde);
    await linde.pool.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'aborted by the test'; END $$;
      CREATE CONSTRAINT TRIGGER abort_at_commit AFTER INSERT ON envelope_out DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse()`);
    const input = { commandId: 'handover-1', incidentId, to: 'denkbeeld', reason: 'Hoort daar' };
    await expect(run(linde, 'handOverIncident', input)).rejects.toThrow('aborted by the test');
    expect(await incident(linde, incidentId)).toMatchObject({ state: 'IN_PROGRESS', next_id: null, version: 3 });
    await linde.pool.query('DROP TRIGGER abort_at_commit ON envelope_out');
    // The same command again is the first one that counts.
    expect((await run(linde, 'handOverIncident', input)).kind).toBe('IncidentSent');
    await net.settled();
    expect(await count(denkbeeld, 'incident')).toBe(1);
  });

  test('refused by the receiver, by rule, is ours again with the reason in its history', async () => {
    const first = await started(linde);
    net.wire.passage = async (deliver) => {
      // Somebody at the receiver already has this id.
      const { rows } = await linde.pool.query('SELECT next_id FROM incident WHERE id = $1', [first]);
      await denkbeeld.pool.query(
        `INSERT INTO incident (id, reference, reference_year, chain_id, service, reporter, title, impact, urgency, priority,
           priority_rank, state, involved, holders, first_reported_at, created_at, updated_at, version, search_title, search_text)
         VALUES ($1, 'X', 2026, $1, 's', 'denkbeeld', 't', 'LOW', 'LOW', 'P5', 5, 'REPORTED', '{denkbeeld}', '{denkbeeld}',
           now(), now(), now(), 1, '', '') ON CONFLICT DO NOTHING`,
        [rows[0].next_id],
      );
      return deliver();
    };
    await handOver(linde, first, denkbeeld);
    await net.settled();
    const ours = await incident(linde, first);
    expect(ours).toMatchObject({
      state: 'IN_PROGRESS',
      next_id: null,
      handed_over_to: null,
      handover_envelope_id: null,
    });
    expect((await timeline(linde, first)).at(-1)).toMatchObject({
      event: 'undoHandover',
      text: 'denkbeeld: REFUSED ID_TAKEN',
    });
    expect(await envelopes(linde)).toMatchObject([{ state: 'REFUSED', code: 'ID_TAKEN' }]);
    const { rows } = await linde.pool.query(
      `SELECT name, cycle, state FROM clock WHERE incident_id = $1 ORDER BY name, cycle`,
      [first],
    );
    expect(rows).toMatchObject([
      { name: 'FIRST_REACTION', state: 'STOPPED' },
      { name: 'RESOLVE', cycle: 1, state: 'CANCELLED' },
      { name: 'RESOLVE', cycle: 2, state: 'RUNNING' },
    ]);
  });

  test('asked back before it was taken in is voided and ours again; the late envelope opens nothing', async () => {
    const first = await started(linde);
    let late: (() => Promise<string>) | undefined;
    net.wire.passage = async (deliver, jws) => {
      if (claimsOf(jws).type === 'void') return deliver();
      late = deliver;
      throw new Error('held up on the way');
    };
    const input = { incidentId: first, to: 'denkbeeld', reason: 'Weg' };
    const sent = done('IncidentSent', await run(linde, 'handOverIncident', input));
    await expect.poll(() => late).toBeDefined();
    const withdrawn = await run(linde, 'withdrawEnvelope', { envelopeId: sent.envelopeId ?? '' });
    expect(withdrawn).toEqual({ kind: 'EnvelopeChanged', envelopeId: sent.envelopeId });
    await net.settled();
    expect(await incident(linde, first)).toMatchObject({ state: 'IN_PROGRESS', next_id: null });
    expect((await timeline(linde, first)).at(-1)?.text).toBe('denkbeeld: VOIDED');
    expect(claimsOf((await late?.()) ?? '').outcome).toBe('VOIDED');
    expect(await count(denkbeeld, 'incident')).toBe(0);
  });

  test('to and fro is a chain with a hint of ping-pong, whose earlier holders hear who joined', async () => {
    const { first, second } = await handedOver(linde, denkbeeld);
    await startedAgain(denkbeeld, second);
    const third = await handOver(denkbeeld, second, linde);
    await net.settled();
    expect(await incident(linde, third)).toMatchObject({ holders: ['linde', 'denkbeeld', 'linde'], ping_pong: false });
    await startedAgain(linde, third);
    const fourth = await handOver(linde, third, denkbeeld);
    await net.settled();
    expect(await incident(denkbeeld, fourth)).toMatchObject({ ping_pong: true, chain_id: first });
    await startedAgain(denkbeeld, fourth);
    const fifth = await handOver(denkbeeld, fourth, fictiviteit);
    await net.settled();
    for (const id of [first, third]) {
      expect((await incident(linde, id)).involved).toEqual(['denkbeeld', 'fictiviteit', 'linde']);
    }
    expect((await incident(fictiviteit, fifth)).involved).toEqual(['denkbeeld', 'fictiviteit', 'linde']);
    // Nothing happened at linde: its history is silent about it.
    expect((await timeline(linde, first)).at(-1)?.event).toBe('handOver');
  });
});

describe('rejecting ownership', () => {
  test('goes to whom it suggests, else to the previous holder, else to the reporter', async () => {
    const { second } = await handedOver(linde, denkbeeld);
    const back = done(
      'IncidentSent',
      await run(denkbeeld, 'rejectIncidentOwnership', { incidentId: second, reason: 'Niet van ons' }),
    );
    expect(back.linkId).toMatch(/^linde:inc_/);
    const suggested = done(
      'IncidentSent',
      await run(denkbeeld, 'rejectIncidentOwnership', {
        incidentId: await report(denkbeeld),
        suggestedOwner: 'fictiviteit',
        reason: 'Niet van ons',
      }),
    );
    expect(suggested.linkId).toMatch(/^fictiviteit:inc_/);
    const reported = done('IncidentSent', await run(fictiviteit, 'reportIncident', { ...what, about: 'linde' })).linkId;
    await net.settled();
    const toReporter = done(
      'IncidentSent',
      await run(linde, 'rejectIncidentOwnership', { incidentId: reported, reason: 'Nee' }),
    );
    expect(toReporter.linkId).toMatch(/^fictiviteit:inc_/);
    await net.settled();
    expect((await incident(fictiviteit, toReporter.linkId)).holders).toEqual(['linde', 'fictiviteit']);
  });

  test('of what was reported here, by nobody before, names somebody or is refused', async () => {
    const incidentId = await report(linde);
    expect(await run(linde, 'rejectIncidentOwnership', { incidentId, reason: 'Nee' })).toMatchObject({
      kind: 'InvalidInput',
      code: 'NO_ONE_TO_RETURN_TO',
    });
    expect(
      await run(linde, 'rejectIncidentOwnership', { incidentId, suggestedOwner: 'linde', reason: 'Nee' }),
    ).toMatchObject({
      kind: 'InvalidInput',
      code: 'NOT_ANOTHER_PARTY',
    });
  });
});

describe('what others add', () => {
  test('a note on a foreign incident stays here; its owner shows that it is there and its hash', async () => {
    const { first, second } = await handedOver(linde, denkbeeld);
    const text = 'Bij ons gebeurde dit om tien uur';
    const note = done('NoteAdded', await run(linde, 'addNote', { incidentId: second, text }));
    await net.settled();
    expect((await linde.pool.query('SELECT id, text, incident_id FROM note')).rows).toEqual([
      { id: note.noteId, text, incident_id: second },
    ]);
    expect((await denkbeeld.pool.query('SELECT note_id, author, hash FROM note_link')).rows).toEqual([
      { note_id: note.noteId, author: 'linde', hash: sha256(text) },
    ]);
    expect(await count(denkbeeld, 'note')).toBe(0);
    expect((await timeline(denkbeeld, second)).at(-1)).toMatchObject({
      event: 'addNote',
      by_participant: 'linde',
      text: null,
    });
    // On what is no longer open nothing is added, and the result says so without a member for the state.
    expect(await run(linde, 'addNote', { incidentId: first, text })).toMatchObject({
      kind: 'NotAllowed',
      code: 'STATE_DOES_NOT_ALLOW',
    });
  });

  test('of somebody who is not involved is refused by the owner, and the sender sees it', async () => {
    const incidentId = await report(linde);
    const set = await run(denkbeeld, 'setParticipation', { incidentId, state: 'WORKING' });
    expect(done('ParticipationSet', set).participation).toMatchObject({
      participant: 'denkbeeld',
      part: 'CONTRIBUTOR',
    });
    await net.settled();
    expect(await envelopes(denkbeeld)).toMatchObject([{ state: 'REFUSED', code: 'ONLY_INVOLVED' }]);
    expect(await count(denkbeeld, 'participation')).toBe(0);
    expect((await incident(linde, incidentId)).involved).toEqual(['linde']);
  });

  test('a participation of an affected party is shown at the owner', async () => {
    const incidentId = await report(linde, { affected: ['denkbeeld'] });
    await run(denkbeeld, 'setParticipation', { incidentId, part: 'AFFECTED', state: 'NO_IMPACT' });
    await net.settled();
    const { rows } = await linde.pool.query(
      'SELECT participant, part, state FROM participation ORDER BY participant, part',
    );
    expect(rows).toEqual([
      { participant: 'denkbeeld', part: 'AFFECTED', state: 'NO_IMPACT' },
      { participant: 'linde', part: 'OWNER', state: 'NOTIFIED' },
      { participant: 'linde', part: 'REPORTER', state: 'NOTIFIED' },
    ]);
    const result = await run(linde, 'setParticipation', { incidentId, part: 'OWNER', state: 'WORKING' });
    expect(result.kind).toBe('ParticipationSet');
  });

  test('M-12: one servicedesk asks another and is answered, and no manager has a part in it', async () => {
    const asked = done(
      'AssistanceAsked',
      await run(linde, 'askAssistance', { of: 'denkbeeld', question: 'Zien jullie dit?' }),
    );
    await net.settled();
    const request = { requestId: asked.linkId };
    expect((await denkbeeld.pool.query('SELECT * FROM assistance_request')).rows).toMatchObject([
      { id: asked.linkId, from_participant: 'linde', to_participant: 'denkbeeld', state: 'ASKED' },
    ]);
    const byAsker = await run(
      denkbeeld,
      'answerAssistance',
      { ...request, answer: 'Zelf' },
      linde.caller('SERVICEDESK'),
    );
    expect(byAsker).toMatchObject({ kind: 'NotAllowed', code: 'ONLY_ASKED_PARTY' });
    const byHelpdesk = await run(
      denkbeeld,
      'answerAssistance',
      { ...request, answer: 'x' },
      denkbeeld.caller('HELPDESK'),
    );
    expect(byHelpdesk).toMatchObject({ kind: 'NotAllowed', code: 'ROLE_DOES_NOT_ALLOW' });
    done('AssistanceAnswered', await run(denkbeeld, 'answerAssistance', { ...request, answer: 'Ja, sinds tien uur' }));
    await net.settled();
    expect(await run(denkbeeld, 'answerAssistance', { ...request, answer: 'Nee' })).toMatchObject({
      kind: 'StateDoesNotAllow',
    });
    const { rows } = await linde.pool.query(`SELECT type FROM outbox WHERE subject_id = $1 ORDER BY id`, [
      asked.linkId,
    ]);
    expect(rows.map(({ type }) => type)).toEqual(['assistance.asked', 'assistance.answered']);
  });

  test('a reporter elsewhere is told of the solution, confirms it, and may reopen it for 30 days', async () => {
    const incidentId = done(
      'IncidentSent',
      await run(fictiviteit, 'reportIncident', { ...what, about: 'linde' }),
    ).linkId;
    await net.settled();
    await startedAgain(linde, incidentId);
    done(
      'IncidentChanged',
      await run(linde, 'resolveIncident', { incidentId, solution: 'Herstart', resolution: 'NORMAL' }),
    );
    await net.settled();
    const { rows } = await fictiviteit.pool.query(`SELECT type FROM outbox WHERE subject_id = $1`, [incidentId]);
    expect(rows).toEqual([{ type: 'reportedIncident.resolved' }]);
    const reporter = fictiviteit.caller('SERVICEDESK');
    expect(await run(linde, 'confirmIncident', { incidentId })).toMatchObject({
      kind: 'NotAllowed',
      code: 'ONLY_REPORTER',
    });
    done('IncidentChanged', await run(linde, 'confirmIncident', { incidentId }, reporter));
    net.clock.ms += 30 * 86_400_000 - 60_000;
    done('IncidentChanged', await run(linde, 'reopenIncident', { incidentId, reason: 'Weer stuk' }, reporter));
    expect(await incident(linde, incidentId)).toMatchObject({
      state: 'IN_PROGRESS',
      reopened_count: 1,
      closed_at: null,
    });
    done(
      'IncidentChanged',
      await run(linde, 'resolveIncident', { incidentId, solution: 'Echt', resolution: 'NORMAL' }),
    );
    net.clock.ms += 30 * 86_400_000 + 1_000;
    expect(await run(linde, 'reopenIncident', { incidentId, reason: 'Weer' }, reporter)).toMatchObject({
      kind: 'NotAllowed',
      code: 'REOPEN_TERM_PASSED',
    });
  });
});

describe('an envelope that should not be', () => {
  const forged = async (from: Party, to: Party, type: string, subject: string, body: Record<string, unknown>) => {
    const client = await from.pool.connect();
    try {
      const { id } = await from.desk.outgoing.send(client, { to: to.me, subject, type, body });
      const { rows } = await client.query('SELECT jws FROM envelope_out WHERE id = $1', [id]);
      return claimsOf(await to.inbox.takeIn(rows[0].jws));
    } finally {
      client.release();
    }
  };

  test('reports in another name, hands over what it does not hold, or breaks a bound: refused, and nothing is written', async () => {
    const { first, second } = await handedOver(linde, denkbeeld);
    const { rows } = await linde.pool.query('SELECT jws FROM envelope_out');
    const genuine = claimsOf(rows[0].jws).body;
    const id = 'denkbeeld:inc_01900000-0000-7000-8000-000000000001';
    const cases: [string, Record<string, unknown>, string][] = [
      ['incident.handedOver', { ...genuine, id }, 'ENVELOPE_NOT_FOR_ME'],
      ['incident.handedOver', { ...genuine, id, holders: ['fictiviteit'] }, 'ENVELOPE_NOT_FOR_ME'],
      ['incident.reported', { ...genuine, id, previousId: null, holders: [], chainId: id }, 'ENVELOPE_NOT_FOR_ME'],
      ['incident.handedOver', { ...genuine, id, title: 'x'.repeat(201) }, 'ENVELOPE_MALFORMED'],
      ['incident.handedOver', { ...genuine, id, title: 7 }, 'ENVELOPE_MALFORMED'],
      ['incident.handedOver', { ...genuine, id, impact: 'ENORM' }, 'ENVELOPE_MALFORMED'],
      ['incident.handedOver', { ...genuine, id, involved: Array(101).fill('linde') }, 'ENVELOPE_MALFORMED'],
      ['incident.pickedUp', { incidentId: first, by: second, at: 'gisteren' }, 'ENVELOPE_MALFORMED'],
      ['networkIncident.promoted', { networkIncidentId: 'x', incidentIds: [second] }, 'ENVELOPE_NOT_FOR_ME'],
      ['onbekend', {}, 'ENVELOPE_UNKNOWN_TYPE'],
    ];
    const before = await count(denkbeeld, 'outbox');
    for (const [type, body, code] of cases) {
      const answer = await forged(fictiviteit, denkbeeld, type, id, body);
      expect({ type, outcome: answer.outcome, code: answer.code }).toEqual({ type, outcome: 'REFUSED', code });
    }
    expect(await count(denkbeeld, 'incident')).toBe(1);
    expect(await count(denkbeeld, 'outbox')).toBe(before);
  });

  test('lets nobody into a chain who is not involved in it', async () => {
    const { first } = await handedOver(linde, denkbeeld);
    const own = await report(fictiviteit);
    const body = { incidentId: own, chainId: first, involved: ['denkbeeld', 'fictiviteit', 'linde'] };
    expect((await forged(fictiviteit, linde, 'incident.involvedChanged', own, body)).outcome).toBe('LATER');
    expect((await incident(linde, first)).involved).toEqual(['denkbeeld', 'linde']);
  });
});
