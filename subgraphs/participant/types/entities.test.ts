import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import type { Caller } from '@kortelijn/kit/trust/caller.ts';
import { newId, participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestEndpoint, person, program, type TestEndpoint } from '../store/endpoint.fixture.ts';
import { insertIncidents, insertRows, makeIncidents, randomFrom } from '../store/rows.fixture.ts';

const random = randomFrom(Number(process.env.SEED));
const me = participantId('linde');
const desk = person('linde', 'SERVICEDESK');

let postgres: PostgresServer;
let linde: TestEndpoint;
const incidents = makeIncidents(150, random);
const hundred = incidents.slice(0, 100);
const at = new Date('2026-05-01T10:00:00.000Z');
const teams = incidents.flatMap(({ teamId }, n) =>
  teamId ? [{ id: teamId, name: `Team ${n}`, line: 1 + (n % 3), organisationLine: null }] : [],
);
const notes = hundred.map((row, n) => ({
  id: newId(me, 'note'),
  incidentId: n % 2 ? row.id : newId(participantId('denkbeeld'), 'inc'),
  author: 'linde',
  authorRole: 'SERVICEDESK',
  text: `Notitie ${n}`,
  at,
  readers: n % 4 === 0 ? ['fictiviteit'] : [],
}));
const requests = ['denkbeeld', 'fictiviteit'].map((from, n) => ({
  id: newId(me, 'asr'),
  fromParticipant: from,
  toParticipant: 'linde',
  incidentId: null,
  question: `Vraag van ${from}`,
  answer: null,
  state: 'ASKED',
  askedAt: new Date(at.getTime() + n),
  answeredAt: null,
  version: 1,
}));
const staff = { subject: 'desk-1', id: newId(me, 'prs'), name: 'Noor Balie', roles: ['SERVICEDESK'] };
const envelope = {
  id: newId(me, 'env'),
  recipient: 'denkbeeld',
  subject: 'denkbeeld:inc_1',
  n: 1,
  type: 'incident.handedOver',
  jws: 'secret.jws.text',
  state: 'PENDING_DELIVERY',
  code: 'UNREACHABLE',
  createdAt: at,
  attempts: 3,
  nextAttemptAt: at,
  lastError: 'no connection',
};

beforeAll(async () => {
  postgres = await launchScratch();
  linde = await createTestEndpoint(postgres);
  await insertIncidents(linde.pool, incidents);
  await insertRows(linde.pool, 'team', teams);
  await insertRows(linde.pool, 'note', notes);
  await insertRows(linde.pool, 'assistance_request', requests);
  await insertRows(linde.pool, 'person', [staff]);
  await insertRows(linde.pool, 'envelope_out', [envelope]);
  for (const { id } of incidents) {
    const entries = [1, 2, 3].map((n) => ({ incidentId: id, n, event: 'report', state: 'REPORTED', at }));
    await insertRows(linde.pool, 'timeline', entries);
    await insertRows(linde.pool, 'participation', [
      { incidentId: id, participant: 'linde', part: 'OWNER', state: 'WORKING', since: at },
    ]);
    await insertRows(linde.pool, 'clock', [
      {
        id: `${id}/RESOLVE/1`,
        incidentId: id,
        name: 'RESOLVE',
        onParticipant: 'linde',
        cycle: 1,
        startedAt: at,
        pauses: [],
        state: 'RUNNING',
      },
    ]);
    await insertRows(linde.pool, 'note_link', [
      { incidentId: id, noteId: newId(me, 'note'), author: 'linde', at, hash: 'h' },
    ]);
  }
});
afterAll(async () => {
  await linde.close();
  await postgres.stop();
});

const entities = (caller: Caller, representations: readonly object[], selection: string) =>
  linde.ask(caller, `query ($all: [_Any!]!) { _entities(representations: $all) { __typename ${selection} } }`, {
    all: representations,
  });

/** By id and by linkId in turn, as the hub mixes them. */
const mixed = (typename: string, ids: readonly string[]) =>
  ids.map((id, n) => (n % 2 ? { __typename: typename, linkId: id } : { __typename: typename, id }));

describe('a hundred at once', () => {
  test('A1: a hundred incidents by either key are one statement, in the order asked', async () => {
    const answer = await entities(
      desk,
      mixed(
        'Incident',
        hundred.map(({ id }) => id),
      ),
      '... on Incident { id title }',
    );
    expect(answer.codes).toEqual([]);
    expect(answer.statements).toBe(1);
    expect(answer.data._entities.map(({ id, title }: { id: string; title: string }) => ({ id, title }))).toEqual(
      hundred.map(({ id, title }) => ({ id, title })),
    );
  });

  test('each kind of part is one statement more, whatever the number of incidents', async () => {
    const parts = {
      'team { id name }': 1,
      'participations { participant { id } part state }': 1,
      'clocks { name elapsedSeconds }': 1,
      'notes { id hash }': 1,
      'timeline(first: 2) { nodes { event } pageInfo { hasNextPage } }': 1,
      'a: timeline(first: 2) { nodes { event } } b: timeline(first: 1) { nodes { event } }': 1,
      'handovers { from { id } to { id } }': 0,
      'availableActions { action available reason }': 0,
    };
    for (const [selection, more] of Object.entries(parts)) {
      const answer = await entities(
        desk,
        mixed(
          'Incident',
          hundred.map(({ id }) => id),
        ),
        `... on Incident { id ${selection} }`,
      );
      expect(answer.codes, selection).toEqual([]);
      expect(answer.statements, selection).toBe(1 + more);
    }
  });

  test('a hundred notes, teams, persons, requests and envelopes are one statement each', async () => {
    const asked: Readonly<Record<string, readonly string[]>> = {
      Note: notes.map(({ id }) => id),
      Team: teams.map(({ id }) => id),
      Person: [staff.id],
      AssistanceRequest: requests.map(({ id }) => id),
      Envelope: [envelope.id],
    };
    for (const [typename, ids] of Object.entries(asked)) {
      const answer = await entities(desk, mixed(typename, ids), `... on ${typename} { id }`);
      expect(answer.statements, typename).toBe(1);
      expect(
        answer.data._entities.map(({ id }: { id: string }) => id),
        typename,
      ).toEqual(ids);
    }
  });

  test('one that is not there, is not for the caller or is nonsense is null by itself', async () => {
    const [first, second] = hundred;
    const all = [
      { __typename: 'Incident', id: first?.id },
      { __typename: 'Incident', linkId: 'denkbeeld:inc_01980000-0000-7000-8000-000000000000' },
      { __typename: 'Incident', id: newId(me, 'inc') },
      { __typename: 'Incident', id: 'no id at all \0' },
      { __typename: 'Incident' },
      { __typename: 'Note', id: first?.id },
      { __typename: 'Incident', linkId: second?.id },
    ];
    const answer = await entities(desk, all, '... on Incident { id }');
    expect(answer.codes).toEqual([]);
    expect(answer.data._entities.map((one: { id: string } | null) => one?.id ?? null)).toEqual([
      first?.id,
      null,
      null,
      null,
      null,
      null,
      second?.id,
    ]);
  });
});

describe('who sees what', () => {
  const all = `access reference chainId reporter { id } service team { id } title description impact urgency priority state
    waitReason createdAt updatedAt acknowledgedAt participations { part } notes { id } timeline { nodes { event } }
    clocks { name } handovers { at } previous { id } next { id } pingPong networkIncident { id } imported { batch }`;
  const visible = async (caller: Caller) => {
    const answer = await entities(
      caller,
      mixed(
        'Incident',
        incidents.map(({ id }) => id),
      ),
      `... on Incident { id ${all} }`,
    );
    expect(answer.codes).toEqual([]);
    return new Map<string, Record<string, unknown>>(
      answer.data._entities.flatMap((one: { id: string } | null) => (one ? [[one.id, one]] : [])),
    );
  };
  const filled = (row: Record<string, unknown>) =>
    Object.keys(row).filter((name) => row[name] !== null && !['__typename', 'id', 'access'].includes(name));

  test('FULL: desk, manager, monitor and reading programs of the owner read every row', async () => {
    const own = [
      desk,
      person('linde', 'SERVICEMANAGER'),
      person('linde', 'MONITOR'),
      program('linde', 'incidents:read'),
    ];
    for (const caller of own) {
      const rows = await visible(caller);
      expect(rows.size).toBe(incidents.length);
      expect(new Set([...rows.values()].map(({ access }) => access))).toEqual(new Set(['FULL']));
    }
  });

  test('HELPDESK: the own helpdesk reads title, state and reference, and of a promoted network incident what all read', async () => {
    for (const [id, row] of await visible(person('linde', 'HELPDESK'))) {
      const promoted = incidents.find((one) => one.id === id)?.networkIncidentState === 'PROMOTED';
      const expected = ['reference', 'title', 'state', ...(promoted ? ['service', 'impact', 'networkIncident'] : [])];
      expect(filled(row).sort()).toEqual(expected.sort());
    }
  });

  test('INVOLVED and NETWORK: another desk reads whole what it is involved in, and of promoted ones title, service, impact', async () => {
    const rows = await visible(person('denkbeeld', 'SERVICEDESK'));
    for (const row of incidents) {
      const seen = rows.get(row.id);
      if (row.involved.includes('denkbeeld')) {
        expect(seen).toMatchObject({ access: 'INVOLVED', priority: row.priority, timeline: { nodes: [{}, {}, {}] } });
      } else if (row.networkIncidentState === 'PROMOTED') {
        expect(seen?.access).toBe('NETWORK');
        expect(filled(seen ?? {}).sort()).toEqual(['impact', 'networkIncident', 'service', 'title']);
      } else expect(seen).toBeUndefined();
    }
    expect(rows.size).toBeGreaterThan(10);
  });

  test("a reporter's helpdesk follows what its participant reported, so that it can confirm it", async () => {
    const rows = await visible(person('denkbeeld', 'HELPDESK'));
    for (const row of incidents) {
      const access =
        row.reporter === 'denkbeeld' ? 'HELPDESK' : row.networkIncidentState === 'PROMOTED' ? 'NETWORK' : undefined;
      expect(rows.get(row.id)?.access).toBe(access);
    }
  });

  test('the foundation reads no incident, whether or not it is promoted', async () => {
    for (const role of ['FOUNDATION', 'MEDIATOR'] as const) {
      expect((await visible(person('voorbeeld', role))).size).toBe(0);
    }
  });

  test('a note: those who read its incident whole; on a foreign incident its owner and whom the owner has named', async () => {
    const seenBy = async (caller: Caller) => {
      const { data } = await entities(
        caller,
        mixed(
          'Note',
          notes.map(({ id }) => id),
        ),
        '... on Note { id text }',
      );
      return new Set<string>(data._entities.flatMap((one: { id: string } | null) => (one ? [one.id] : [])));
    };
    const seen = await seenBy(person('fictiviteit', 'SERVICEDESK'));
    for (const note of notes) {
      const own = incidents.find(({ id }) => id === note.incidentId);
      expect(seen.has(note.id)).toBe(own ? own.involved.includes('fictiviteit') : note.readers.includes('fictiviteit'));
    }
    const owner = await seenBy(person('denkbeeld', 'SERVICEMANAGER'));
    expect(notes.filter(({ incidentId }) => incidentId.startsWith('denkbeeld:')).every(({ id }) => owner.has(id))).toBe(
      true,
    );
    expect((await seenBy(desk)).size).toBe(notes.length);
    for (const nobody of [
      person('linde', 'HELPDESK'),
      person('denkbeeld', 'HELPDESK'),
      person('voorbeeld', 'FOUNDATION'),
    ]) {
      expect((await seenBy(nobody)).size).toBe(0);
    }
  });

  test('teams, persons and envelopes are for their own participant; envelopes for its desk alone', async () => {
    const counts = async (caller: Caller) => {
      const asked = [
        { __typename: 'Team', id: teams[0]?.id },
        { __typename: 'Person', id: staff.id },
        { __typename: 'Envelope', id: envelope.id },
      ];
      const { data } = await entities(caller, asked, '');
      return data._entities.map((one: unknown) => one !== null);
    };
    expect(await counts(desk)).toEqual([true, true, true]);
    expect(await counts(person('linde', 'HELPDESK'))).toEqual([true, true, false]);
    expect(await counts(person('denkbeeld', 'SERVICEMANAGER'))).toEqual([false, false, false]);
    const listed = await linde.ask(
      desk,
      '{ envelopes { nodes { id type state attempts to { id } lastError } } teams { id } }',
    );
    expect(listed.data.envelopes.nodes).toMatchObject([{ id: envelope.id, state: 'PENDING_DELIVERY', attempts: 3 }]);
    expect(JSON.stringify(listed.data)).not.toContain('secret');
    const helpdesk = await linde.ask(person('linde', 'HELPDESK'), '{ envelopes { nodes { id } } }');
    expect(helpdesk.data.envelopes).toBeNull();
    expect((await linde.ask(person('denkbeeld', 'SERVICEDESK'), '{ teams { id } }')).data.teams).toBeNull();
  });

  test('M-12: a request for assistance is read by the asked desk and the asking desk, each its own', async () => {
    const list =
      '{ assistanceRequests { totalCount nodes { question from { id } availableActions { available reason } } } }';
    const asked = (await linde.ask(desk, list)).data.assistanceRequests;
    expect(asked.totalCount).toBe(2);
    expect(asked.nodes[0].availableActions).toEqual([{ available: true, reason: null }]);
    const asking = (await linde.ask(person('denkbeeld', 'SERVICEDESK'), list)).data.assistanceRequests;
    expect(asking).toMatchObject({ totalCount: 1, nodes: [{ question: 'Vraag van denkbeeld' }] });
    expect(asking.nodes[0].availableActions).toEqual([{ available: false, reason: 'ONLY_ASKED_PARTY' }]);
    for (const nobody of [person('linde', 'HELPDESK'), person('gedachte', 'SERVICEDESK')]) {
      expect((await linde.ask(nobody, list)).data.assistanceRequests).toMatchObject({ totalCount: 0, nodes: [] });
    }
  });
});

describe('the two doors', () => {
  const hub: Caller = { kind: 'hub' };

  test('the hub itself reaches the feed and the SDL, and nothing that parties read', async () => {
    const page = await linde.ask(hub, '{ changes { epoch head changes { id } gap { reason } } _service { sdl } }');
    expect(page.codes).toEqual([]);
    for (const query of [
      '{ incidents { totalCount } }',
      '{ viewer { subject } }',
      '{ networkStatus { nodes { service } } }',
    ]) {
      expect((await linde.ask(hub, query)).codes, query).toEqual(['REFUSED']);
    }
    expect((await entities(hub, [{ __typename: 'Incident', id: hundred[0]?.id }], '')).codes).toEqual(['REFUSED']);
  });

  test('a party reaches nothing that is for the hub', async () => {
    for (const query of ['{ changes { head } }', '{ _service { sdl } }', 'mutation { deliver(envelope: "x") }']) {
      expect((await linde.ask(desk, query)).codes, query).toEqual(['REFUSED']);
    }
  });
});

test('a viewer is a person or program of this participant, named; a class is nobody', async () => {
  const query = '{ viewer { subject name participant { id } roles program teams { id } } }';
  const ask = async (caller: Caller) => (await linde.ask(caller, query)).data.viewer;
  expect(await ask({ ...desk, subject: 'linde:desk-1' })).toMatchObject({
    subject: 'linde:desk-1',
    name: 'Noor Balie',
    participant: { id: 'linde' },
    roles: ['SERVICEDESK'],
    program: null,
  });
  expect(await ask({ ...desk, name: 'Uit de bewering' })).toMatchObject({ name: 'Uit de bewering' });
  expect(await ask(program('linde', 'incidents:read'))).toMatchObject({ program: 'program', roles: ['PROGRAM'] });
  const { subject: _, ...nameless } = desk;
  expect(await ask({ ...nameless, kind: 'class' })).toBeNull();
  expect(await ask(person('denkbeeld', 'SERVICEDESK'))).toBeNull();
});
