/** What waits for people, from its cause at a real desk to the person who reads it. */
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import type { Caller, PartyCaller } from '@kortelijn/kit/trust/caller.ts';
import { newId, participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { admits, parseReaders } from '@kortelijn/schema/vocabulary/readers.ts';
import type { GraphQLEnumType } from 'graphql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createNetwork, type Network, type Party } from '../commands/desks.fixture.ts';
import { count, done, incident, report, run, started, what } from '../commands/said.fixture.ts';
import { noticeKinds } from '../domain/notices.ts';
import { createSchema } from '../schema.ts';
import { askParty, person, program } from '../store/endpoint.fixture.ts';
import { createTimers } from '../timers.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await launchScratch();
});
afterAll(() => server.stop());

let net: Network;
let linde: Party;
let denkbeeld: Party;
const START = Date.parse('2026-05-20T08:00:00.000Z');
const DAY = 24 * 3_600_000;
beforeEach(async () => {
  net = createNetwork(server, START);
  [linde, denkbeeld] = await Promise.all([net.add('linde'), net.add('denkbeeld')]);
});
afterEach(() => net[Symbol.asyncDispose]());

const FIELDS = `id kind at readAt priority from { id } incident { id } request { id } envelope { id state code }`;

async function list(party: Party, caller: Caller, args = '') {
  const { data, codes } = await askParty(
    party,
    caller,
    `{ notifications${args} { nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } unreadCount } }`,
  );
  expect(codes).toEqual([]);
  return data.notifications;
}

const events = async (party: Party) =>
  (
    await party.pool.query(
      `SELECT type, subject_id, readers_after AS readers, keys FROM outbox WHERE type LIKE 'notification.%' ORDER BY id`,
    )
  ).rows;

async function handedOver(from: Party, to: Party) {
  const first = await started(from);
  const second = done(
    'IncidentSent',
    await run(from, 'handOverIncident', { incidentId: first, to: to.me, reason: 'Hoort daar' }),
  ).linkId;
  await net.settled();
  return { first, second };
}

const deskOf = (party: Party) => person(party.me, 'SERVICEDESK');

describe('is told', () => {
  test('the desk that an incident was handed over to it, in one transaction with the record', async () => {
    const { second } = await handedOver(linde, denkbeeld);
    const { nodes, unreadCount } = await list(denkbeeld, deskOf(denkbeeld));
    expect(unreadCount).toBe(1);
    expect(nodes).toMatchObject([
      {
        id: expect.stringMatching(/^denkbeeld:ntf_/),
        kind: 'INCIDENT_HANDED_OVER',
        readAt: null,
        priority: (await incident(denkbeeld, second)).priority,
        from: { id: 'linde' },
        incident: { id: second },
        request: null,
        envelope: null,
      },
    ]);
    expect(await events(denkbeeld)).toEqual([
      {
        type: 'notification.created',
        subject_id: nodes[0].id,
        readers: ['denkbeeld#SERVICEDESK'],
        keys: { kind: 'INCIDENT_HANDED_OVER' },
      },
    ]);
    const { rows } = await denkbeeld.pool.query(
      'SELECT count(DISTINCT xmin)::int AS n FROM (SELECT xmin::text FROM incident UNION SELECT xmin::text FROM notification) AS all_rows',
    );
    expect(rows[0].n).toBe(1);
  });

  test('M-12: the asked desk of a question, and the asking desk of its answer', async () => {
    const asked = { of: 'denkbeeld', question: 'Kent u dit?' };
    const { linkId } = done('AssistanceAsked', await run(linde, 'askAssistance', asked));
    await net.settled();
    expect((await list(denkbeeld, deskOf(denkbeeld))).nodes).toMatchObject([
      { kind: 'ASSISTANCE_ASKED', from: { id: 'linde' }, request: { id: linkId } },
    ]);
    done('AssistanceAnswered', await run(denkbeeld, 'answerAssistance', { requestId: linkId, answer: 'Ja' }));
    await net.settled();
    expect((await list(linde, deskOf(linde))).nodes).toMatchObject([
      { kind: 'ASSISTANCE_ANSWERED', from: { id: 'denkbeeld' }, request: { id: linkId } },
    ]);
  });

  test('the reporter of a solution, its helpdesk included', async () => {
    const incidentId = await report(linde, { about: 'denkbeeld' });
    await net.settled();
    done('IncidentChanged', await run(denkbeeld, 'acknowledgeIncident', { incidentId }));
    done('IncidentChanged', await run(denkbeeld, 'startIncident', { incidentId }));
    const solved = { incidentId, solution: 'Herstart', resolution: 'NORMAL' as const };
    done('IncidentChanged', await run(denkbeeld, 'resolveIncident', solved));
    await net.settled();
    const told = { kind: 'INCIDENT_RESOLVED', from: { id: 'denkbeeld' }, incident: { id: incidentId } };
    expect((await list(linde, deskOf(linde))).nodes).toMatchObject([told]);
    expect((await list(linde, person('linde', 'HELPDESK'))).nodes).toMatchObject([told]);
    expect((await list(linde, person('linde', 'SERVICEMANAGER'))).nodes).toEqual([]);
  });

  test('the sender that a message was refused by rule, or voided at its own wish', async () => {
    const foreign = newId(participantId('denkbeeld'), 'inc');
    const refused = done(
      'NoteAdded',
      await run(linde, 'addNote', { incidentId: foreign, text: 'Ook hier' }),
    ).envelopeId;
    await net.settled();
    expect((await list(linde, deskOf(linde))).nodes).toMatchObject([
      {
        kind: 'ENVELOPE_REFUSED',
        from: { id: 'denkbeeld' },
        incident: { id: foreign },
        envelope: { id: refused, state: 'REFUSED', code: 'NOT_FOUND' },
      },
    ]);
    // The question itself never arrives: else it may overtake the wish to have it back.
    const typeIn = (jws: string) => JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()).type;
    net.wire.passage = (deliver, jws) =>
      typeIn(jws) === 'assistance.asked' ? Promise.reject(new Error('down')) : deliver();
    const { envelopeId } = done(
      'AssistanceAsked',
      await run(linde, 'askAssistance', { of: 'denkbeeld', question: 'En?' }),
    );
    done('EnvelopeChanged', await run(linde, 'withdrawEnvelope', { envelopeId }));
    await net.settled();
    const { nodes } = await list(linde, deskOf(linde));
    expect(nodes.find(({ kind }: { kind: string }) => kind === 'ENVELOPE_VOIDED')).toMatchObject({
      envelope: { id: envelopeId, state: 'VOIDED' },
    });
    expect(await count(denkbeeld, 'notification')).toBe(0);
  });

  test('desk and manager that a handover came back, once', async () => {
    const first = await started(linde);
    net.wire.passage = () => Promise.reject(new Error('down'));
    const { envelopeId } = done(
      'IncidentSent',
      await run(linde, 'handOverIncident', { incidentId: first, to: 'denkbeeld', reason: 'Hoort daar' }),
    );
    done('EnvelopeChanged', await run(linde, 'withdrawEnvelope', { envelopeId: envelopeId ?? '' }));
    net.wire.passage = (deliver) => deliver();
    await net.settled();
    for (const role of ['SERVICEDESK', 'SERVICEMANAGER'] as const) {
      expect((await list(linde, person('linde', role))).nodes).toMatchObject([
        { kind: 'HANDOVER_UNDONE', incident: { id: first }, envelope: { id: envelopeId, state: 'VOIDED' } },
      ]);
    }
  });

  test('desk and manager of a message that nobody takes in for thirty days, once', async () => {
    net.wire.passage = () => Promise.reject(new Error('down'));
    const { envelopeId } = done(
      'AssistanceAsked',
      await run(linde, 'askAssistance', { of: 'denkbeeld', question: 'En?' }),
    );
    const timers = createTimers(linde.desk, { everyMs: 0 });
    net.clock.ms = START + 30 * DAY - 60_000;
    expect(await timers.tick()).toBe(0);
    net.clock.ms = START + 30 * DAY + 60_000;
    // While the sender tries it once more, the timer leaves it alone until its next turn.
    let found = 0;
    while (found === 0) found = await timers.tick();
    expect(found).toBe(1);
    expect(await timers.tick()).toBe(0);
    expect((await list(linde, person('linde', 'SERVICEMANAGER'))).nodes).toMatchObject([
      { kind: 'ENVELOPE_STUCK', from: { id: 'denkbeeld' }, envelope: { id: envelopeId, state: 'STUCK' } },
    ]);
    await timers.close();
  });

  test('nobody of what an import brings, at whichever participant', async () => {
    const importer = linde.program('incidents:write', 'import');
    const there = denkbeeld.program('incidents:write', 'import');
    const imported = (minute: number) => ({
      import: { occurredAt: new Date(START - DAY + minute * 60_000), batch: '2012' },
    });
    const incidentId = done(
      'IncidentSent',
      await run(linde, 'reportIncident', { ...what, ...imported(0) }, importer),
    ).linkId;
    const on = { incidentId };
    done('IncidentChanged', await run(linde, 'acknowledgeIncident', { ...on, ...imported(1) }, importer));
    done('IncidentChanged', await run(linde, 'startIncident', { ...on, ...imported(2) }, importer));
    const to = { ...on, to: 'denkbeeld', reason: 'Hoort daar', ...imported(3) };
    const next = { incidentId: done('IncidentSent', await run(linde, 'handOverIncident', to, importer)).linkId };
    await net.settled();
    done('IncidentChanged', await run(denkbeeld, 'acknowledgeIncident', { ...next, ...imported(4) }, there));
    done('IncidentChanged', await run(denkbeeld, 'startIncident', { ...next, ...imported(5) }, there));
    const solved = { ...next, solution: 'Herstart', resolution: 'NORMAL' as const, ...imported(6) };
    done('IncidentChanged', await run(denkbeeld, 'resolveIncident', solved, there));
    await net.settled();
    // The reporter was told by envelope, which its people are not.
    const { rows } = await linde.pool.query(`SELECT type FROM envelope_in`);
    expect(rows.map(({ type }) => type)).toContain('incident.resolved');
    expect([await count(linde, 'notification'), await count(denkbeeld, 'notification')]).toEqual([0, 0]);
  });
});

describe('a person', () => {
  const noor: PartyCaller = { ...person('denkbeeld', 'SERVICEDESK'), subject: 'denkbeeld:noor' };
  const sem: PartyCaller = { ...person('denkbeeld', 'SERVICEDESK'), subject: 'denkbeeld:sem' };

  test('reads for himself: a colleague still has it unread', async () => {
    await handedOver(linde, denkbeeld);
    const [{ id }] = (await list(denkbeeld, noor)).nodes;
    done('NotificationsRead', await run(denkbeeld, 'markNotificationsRead', { ids: [id] }, noor));
    const mine = await list(denkbeeld, noor);
    expect(mine).toMatchObject({ unreadCount: 0, nodes: [{ id, readAt: expect.any(String) }] });
    expect((await list(denkbeeld, noor, '(unreadOnly: true)')).nodes).toEqual([]);
    expect(await list(denkbeeld, sem, '(unreadOnly: true)')).toMatchObject({
      unreadCount: 1,
      nodes: [{ id, readAt: null }],
    });
  });

  test('who brings it about has read it from the start', async () => {
    const { second } = await handedOver(linde, denkbeeld);
    const manager = denkbeeld.caller('SERVICEMANAGER');
    const team = { name: 'Tweede lijn', line: 2 };
    const { teamId } = done('TeamRegistered', await run(denkbeeld, 'registerTeam', team, manager));
    done('IncidentChanged', await run(denkbeeld, 'assignIncident', { incidentId: second, teamId }, noor));
    const kinds = async (caller: PartyCaller) =>
      (await list(denkbeeld, caller, '(unreadOnly: true)')).nodes.map(({ kind }: { kind: string }) => kind);
    expect(await kinds(noor)).toEqual(['INCIDENT_HANDED_OVER']);
    expect(await kinds(sem)).toEqual(['INCIDENT_ASSIGNED', 'INCIDENT_HANDED_OVER']);
    expect((await list(denkbeeld, noor)).nodes[0].readAt).not.toBeNull();
  });

  test('marks everything up to a moment, and what came after it stays', async () => {
    for (const question of ['Een', 'Twee', 'Drie']) {
      net.clock.ms += 60_000;
      await run(linde, 'askAssistance', { of: 'denkbeeld', question });
      await net.settled();
    }
    const { nodes } = await list(denkbeeld, noor);
    const upTo = new Date(nodes[1].at);
    done('NotificationsRead', await run(denkbeeld, 'markNotificationsRead', { upTo }, noor));
    expect((await list(denkbeeld, noor, '(unreadOnly: true)')).nodes).toMatchObject([{ id: nodes[0].id }]);
  });

  test('pages: each once, newest first', async () => {
    for (let n = 0; n < 5; n++) {
      net.clock.ms += 60_000;
      await run(linde, 'askAssistance', { of: 'denkbeeld', question: `Vraag ${n}` });
      await net.settled();
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await list(denkbeeld, noor, `(first: 2${after === null ? '' : `, after: "${after}"`})`);
      seen.push(...page.nodes.map(({ at }: { at: string }) => at));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toHaveLength(5);
    expect(seen).toEqual([...seen].sort().reverse());
  });

  test.each([
    ['nothing is named', {}, 'NOTHING_TO_CHANGE'],
    [
      'more than a page is named',
      { ids: Array.from({ length: 101 }, (_, n) => `denkbeeld:ntf_${n}`) },
      'VALUE_OUT_OF_RANGE',
    ],
  ])('is refused when %s', async (_, input, code) => {
    expect(await run(denkbeeld, 'markNotificationsRead', input, noor)).toMatchObject({ kind: 'InvalidInput', code });
  });
});

test('the readers of its event are the people who can read it', async () => {
  const incidentId = await report(linde, { about: 'denkbeeld' });
  await net.settled();
  done('IncidentChanged', await run(denkbeeld, 'acknowledgeIncident', { incidentId }));
  done('IncidentChanged', await run(denkbeeld, 'startIncident', { incidentId }));
  const solution = { incidentId, solution: 'Herstart', resolution: 'NORMAL' as const };
  done('IncidentChanged', await run(denkbeeld, 'resolveIncident', solution));
  await net.settled();
  const roles = ['SERVICEMANAGER', 'SERVICEDESK', 'HELPDESK', 'MONITOR', 'FOUNDATION', 'MEDIATOR'] as const;
  const callers = ['linde', 'denkbeeld'].flatMap((participant) => [
    ...roles.map((role) => person(participant, role)),
    person(participant, 'SERVICEMANAGER', 'MONITOR'),
    program(participant, 'incidents:read', 'incidents:write'),
  ]);
  let admitted = 0;
  for (const party of [linde, denkbeeld]) {
    const told = await events(party);
    expect(told).toHaveLength(1);
    for (const caller of callers) {
      const nodes = (await list(party, caller))?.nodes ?? [];
      const { roles: held, scopes, participant } = caller;
      const isReader = admits(parseReaders(told[0].readers), { participant, roles: held, scopes });
      expect([participant, held, isReader]).toEqual([participant, held, nodes.length === 1]);
      if (isReader) admitted++;
    }
  }
  expect(admitted).toBe(5);
});

test('an incident says how many of them one has not read, each his own number, and nobody else one', async () => {
  const { second } = await handedOver(linde, denkbeeld);
  const unread = async (party: Party, caller: Caller) => {
    const query = 'query ($id: ID!) { incident(id: $id) { unreadNotifications } }';
    return (await askParty(party, caller, query, { id: second })).data.incident?.unreadNotifications;
  };
  const [{ id }] = (await list(denkbeeld, deskOf(denkbeeld))).nodes;
  const colleague = { ...person('denkbeeld', 'SERVICEDESK'), subject: 'denkbeeld:another' };
  expect(await unread(denkbeeld, deskOf(denkbeeld))).toBe(1);
  done('NotificationsRead', await run(denkbeeld, 'markNotificationsRead', { ids: [id] }, deskOf(denkbeeld)));
  expect(await unread(denkbeeld, deskOf(denkbeeld))).toBe(0);
  expect(await unread(denkbeeld, colleague)).toBe(1);
  expect(await unread(denkbeeld, person('linde', 'SERVICEDESK'))).toBeNull();
});

describe('nobody else', () => {
  const entity = async (party: Party, caller: Caller, id: string) => {
    const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Notification { id kind } } }`;
    const { data } = await askParty(party, caller, query, { all: [{ __typename: 'Notification', linkId: id }] });
    return data._entities[0];
  };

  test('A9: sees, counts or marks what is not for his roles, for a person, or for his participant', async () => {
    await handedOver(linde, denkbeeld);
    const [{ id }] = (await list(denkbeeld, deskOf(denkbeeld))).nodes;
    expect(await entity(denkbeeld, deskOf(denkbeeld), id)).toEqual({ id, kind: 'INCIDENT_HANDED_OVER' });

    const helpdesk = person('denkbeeld', 'HELPDESK');
    expect(await list(denkbeeld, helpdesk)).toMatchObject({ nodes: [], unreadCount: 0 });
    expect(await entity(denkbeeld, helpdesk, id)).toBeNull();
    done('NotificationsRead', await run(denkbeeld, 'markNotificationsRead', { ids: [id] }, helpdesk));
    expect(await count(denkbeeld, 'notification_read')).toBe(0);

    const reading = program('denkbeeld', 'incidents:read', 'incidents:write');
    const nobody: Caller = { kind: 'class', participant: 'denkbeeld', roles: ['SERVICEDESK'], scopes: [] };
    for (const caller of [deskOf(linde), person('linde', 'SERVICEMANAGER'), reading, nobody]) {
      expect(await list(denkbeeld, caller)).toBeNull();
      expect(await entity(denkbeeld, caller, id)).toBeNull();
    }
    for (const caller of [deskOf(linde), reading]) {
      expect(await run(denkbeeld, 'markNotificationsRead', { ids: [id] }, caller)).toMatchObject({
        kind: 'NotAllowed',
      });
    }
  });
});

test('the contract has every kind that is made, and no other', () => {
  const kinds = createSchema().getType('NotificationKind') as GraphQLEnumType;
  expect(
    kinds
      .getValues()
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...noticeKinds].sort());
});
