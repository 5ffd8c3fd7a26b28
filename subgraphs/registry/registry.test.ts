/** The registry alone: real HTTP, real PostgreSQL, sealed and asserted by a stand-in for the hub. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { directoryOf } from '@kortelijn/kit/directory/entry.ts';
import { envelopeOf } from '@kortelijn/kit/envelopes/envelope.ts';
import { type Outcome, signReceipt } from '@kortelijn/kit/envelopes/receipt.ts';
import { createPool, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { readUnverified, signJws, verifyJws } from '@kortelijn/kit/trust/jws.ts';
import {
  asHub,
  asPerson,
  asProgram,
  type Claimed,
  createStandInHub,
  makeKeys,
  parsedPins,
} from '@kortelijn/kit/trust/stand-in-hub.ts';
import { participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { parseReaders, participantsOf } from '@kortelijn/schema/vocabulary/readers.ts';
import { nothingAllowed } from '@kortelijn/schema/vocabulary/safe-address.ts';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from './config.ts';
import { createRegistry, type Registry } from './server.ts';
import type { SeedParticipant } from './store/seed-file.ts';

/** A busy machine is slow, not wrong. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

const [hub, own] = [makeKeys(), makeKeys()];
const names = ['voorbeeld', 'fictiviteit', 'linde', 'denkbeeld'] as const;
const keys = Object.fromEntries(names.map((name) => [name, makeKeys()])) as Record<string, ReturnType<typeof makeKeys>>;

const seed: SeedParticipant[] = names.map((id) => ({
  id,
  name: `Partij ${id}`,
  legalName: `Partij ${id} B.V.`,
  kind: id === 'voorbeeld' ? 'FOUNDATION' : 'OTHER',
  accessionState: 'ACTIVE',
  endpoint: `http://127.0.0.1:1/${id}/graphql`,
  issuer: `http://127.0.0.1:2/${id}`,
  keys: keys[id]?.published,
  calendarId: 'nl-office',
  cooperationModel: null,
  contacts: [
    {
      role: 'SERVICEDESK',
      readers: 'NETWORK',
      persons: [{ name: `Balie ${id}`, deputy: false }],
      channels: [{ kind: 'EMAIL', value: `servicedesk@${id}.example`, hours: null }],
    },
    {
      role: 'HELPDESK',
      readers: 'USERS',
      persons: [{ name: `Hulp ${id}`, deputy: false }],
      channels: [{ kind: 'PHONE', value: '+31 000 100 100', hours: 'werkdagen' }],
    },
  ],
}));

let postgres: PostgresServer;
let forwarding: Server;
let hubUrl: string;
let registry: Registry;
let pool: Pool;
let standIn: ReturnType<typeof createStandInHub>;
/** What the stand-in hub carried, and how its receivers answer. */
const carried: { to: string; type: string; subject: string; body: Record<string, unknown> }[] = [];
let outcomeOf: (envelope: { type: string; subject: string }) => { outcome: Outcome; code?: string } = () => ({
  outcome: 'TAKEN',
});

const config = (more: Partial<Config> = {}): Config => ({
  name: 'registry',
  host: '127.0.0.1',
  port: 0,
  dataDir: '/nowhere/used',
  databaseUrl: postgres.url('registry'),
  keys: own.keys,
  pins: parsedPins(hub, own),
  hubUrl,
  foundation: participantId('voorbeeld'),
  seed,
  egressAllowed: nothingAllowed,
  logLevel: 'silent',
  ...more,
});

beforeAll(async () => {
  postgres = await launchScratch();
  await postgres.ensureDatabase('registry');
  forwarding = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { envelope: jws } = JSON.parse(body) as { envelope: string };
    const envelope = envelopeOf(readUnverified(jws)?.claims ?? {});
    const key = envelope && keys[envelope.to]?.keys.sign;
    if (!envelope || !key) return response.writeHead(400).end('{}');
    carried.push({ to: envelope.to, type: envelope.type, subject: envelope.subject, body: envelope.body });
    const answer = { ...outcomeOf(envelope), at: new Date() };
    const receipt = signReceipt({ envelope: envelope.id, jws, from: envelope.to, to: envelope.from }, answer, key);
    response.writeHead(200).end(JSON.stringify({ receipt }));
  });
  await new Promise<void>((resolve) => forwarding.listen(0, '127.0.0.1', resolve));
  hubUrl = `http://127.0.0.1:${(forwarding.address() as AddressInfo).port}`;
  const { mkdtemp } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  dataDir = await mkdtemp(`${tmpdir()}/kortelijn-registry-`);
  await start();
  pool = createPool(postgres.url('registry'));
}, 60_000);
let dataDir: string;

const start = async (more: Partial<Config> = {}) => {
  registry = await createRegistry(config({ dataDir, ...more }), pino({ level: 'silent' }));
  standIn = createStandInHub({ hub, endpoint: { name: 'registry', keys: own.keys }, url: registry.url });
};

afterAll(async () => {
  await registry?.close();
  await pool?.end();
  forwarding?.closeAllConnections();
  forwarding?.close();
  await postgres?.stop();
  const { rm } = await import('node:fs/promises');
  await rm(dataDir, { recursive: true, force: true });
});

const foundation = asPerson('voorbeeld', ['FOUNDATION'], 'Ilse');
const deskOf = (participant: string) => asPerson(participant, ['SERVICEDESK'], `Desk ${participant}`);
const managerOf = (participant: string) => asPerson(participant, ['SERVICEMANAGER'], `Manager ${participant}`);
const ask = async (who: Claimed, document: string, variables: Record<string, unknown> = {}) => {
  const answer = await standIn.ask(who, document, variables);
  return answer;
};
let commands = 0;
const RESULT = `__typename
  ... on NotAllowed { code } ... on InvalidInput { code path } ... on NotFound { id } ... on CommandIdReused { commandId }
  ... on StateDoesNotAllow { state event allowedFrom } ... on VersionConflict { expectedVersion foundVersion }`;
const command = async (who: Claimed, name: string, input: Record<string, unknown>, select = '') => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`.replace(/^(Promote|Demote)/, 'Change');
  const union = /Participant$/.test(name) ? 'ParticipantResult' : 'NetworkIncidentResult';
  // The members of the other union do not apply.
  const result = union === 'ParticipantResult' ? RESULT.replace(/\.\.\. on VersionConflict \{[^}]*\}/, '') : RESULT;
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${result} ${select} } }`;
  const { data, errors } = await ask(who, document, { input: { commandId: `c-${++commands}`, ...input } });
  if (errors) throw new Error(JSON.stringify(errors));
  return data[name];
};
const directory = async () => {
  const { data } = await ask(asHub, '{ directory }');
  const claims = await verifyJws(data.directory, 'directory+jwt', parsedPins(hub, own).registry.sign);
  return directoryOf(claims ?? {});
};
const stateOf = async (id: string) => (await directory()).participants.get(id)?.accessionState;
const changes = async () => {
  const { data } = await ask(asHub, '{ registryChanges(first: 1000) { changes { type subjectId readersAfter } } }');
  return data.registryChanges.changes as { type: string; subjectId: string; readersAfter: string[] }[];
};

const incident = (owner: string, n: number) => `${owner}:inc_019e4450-9000-7000-8000-${String(n).padStart(12, '0')}`;
const NETWORK_INCIDENT = '... on NetworkIncidentChanged { networkIncident { id state version incidents { id } } }';
const proposal = (incidentIds: string[], more: object = {}) => ({
  title: 'Verzamelen faalt',
  services: ['Verzamelen'],
  level: 'PARTIAL_OUTAGE',
  incidentIds,
  ...more,
});
const propose = async (who: Claimed, incidentIds: string[], more: object = {}) =>
  (await command(who, 'proposeNetworkIncident', proposal(incidentIds, more), NETWORK_INCIDENT)).networkIncident;

describe('trust', () => {
  test('A1: without seal and assertion it answers 401 and nothing else', async () => {
    const body = JSON.stringify({ query: '{ _service { sdl } }' });
    const response = await fetch(registry.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([response.status, await response.text()]).toEqual([
      401,
      '{"errors":[{"message":"The request is not trusted.","extensions":{"code":"NOT_TRUSTED"}}]}',
    ]);
  });

  test('what is for the hub is closed to everyone else, the foundation too', async () => {
    for (const document of [
      '{ directory }',
      '{ registryChanges { head } }',
      'mutation { registryDeliver(envelope: "x") }',
      '{ _service { sdl } }',
    ]) {
      const { data, errors } = await ask(foundation, document);
      expect([data, errors?.[0].extensions.code]).toEqual([null, 'REFUSED']);
    }
    expect((await ask(asHub, '{ calendars { id } }')).data).toEqual({ calendars: null });
    expect((await ask(asHub, '{ _service { sdl } }')).data._service.sdl).toContain('type NetworkIncident');
  });
});

describe('the directory', () => {
  test('is signed and holds every party with what others need to reach and believe it', async () => {
    const { participants } = await directory();
    expect([...participants.keys()]).toEqual([...names].sort());
    const linde = participants.get('linde');
    expect(linde).toMatchObject({ kind: 'OTHER', accessionState: 'ACTIVE', calendarId: 'nl-office' });
    expect([...(linde?.keys.sign.keys() ?? [])]).toEqual([keys.linde?.keys.sign.kid]);
  });

  test('stays the same, to the byte, until something changes', async () => {
    const read = async () => (await ask(asHub, '{ directory }')).data.directory;
    expect(await read()).toBe(await read());
  });
});

const suspend = (who: Claimed, participantId: string, more: object = {}) =>
  command(
    who,
    'suspendParticipant',
    { participantId, reason: 'Geen servicedesk bereikbaar.', ...more },
    '... on ParticipantChanged { participant { id suspendedAt } }',
  );
const reinstate = (who: Claimed, participantId: string) =>
  command(
    who,
    'reinstateParticipant',
    { participantId, reason: 'Weer bereikbaar.' },
    '... on ParticipantChanged { participant { id suspendedAt } }',
  );

describe('the feed', () => {
  const FOLLOW = `subscription ($after: String) { registryChanges(after: $after) {
    epoch head gap { reason to } changes { seq type subjectId actorRole readersBefore readersAfter keys } } }`;

  test('A1: is streamed to the hub and to nobody else', async () => {
    for (const who of [foundation, { kind: 'class', participant: 'voorbeeld', roles: ['FOUNDATION'] } as Claimed]) {
      const { value } = await (await standIn.follow(who, FOLLOW)).events.next();
      expect(value).toMatchObject({ event: 'next', data: { errors: [{ extensions: { code: 'REFUSED' } }] } });
    }
  });

  test('F19: tells what happens from now on or from a cursor, with its readers, and why it cannot go on', async () => {
    const first = async (after: string | null) => {
      const { events } = await standIn.follow(asHub, FOLLOW, { after });
      const { value } = await events.next();
      await events.return();
      return value?.data;
    };
    const { epoch, head } = (await first(null)).data.registryChanges;
    const { events } = await standIn.follow(asHub, FOLLOW, { after: head });
    await suspend(foundation, 'linde', { publicity: 'PUBLIC' });
    for await (const { data } of events) {
      const { changes: told } = data.data.registryChanges;
      if (told.length === 0) continue;
      expect(told).toMatchObject([
        {
          type: 'participant.suspended',
          subjectId: 'linde',
          actorRole: 'FOUNDATION',
          readersBefore: ['*'],
          readersAfter: ['*'],
          keys: '{"state":"SUSPENDED"}',
        },
      ]);
      break;
    }
    await reinstate(foundation, 'linde');
    const again = (await first(head)).data.registryChanges;
    expect(again.changes.map(({ type }: { type: string }) => type)).toEqual([
      'participant.suspended',
      'participant.reinstated',
    ]);
    expect((await first(`${epoch}:99999`)).data.registryChanges.gap).toEqual({
      reason: 'FUTURE_CURSOR',
      to: again.head,
    });
    expect((await first('x')).errors).toMatchObject([{ extensions: { code: 'CURSOR_MALFORMED' } }]);
  });
});

describe('suspending and reinstating', () => {
  test('is for the foundation, shows in the next directory, and takes back what it did', async () => {
    const before = (await directory()).version;
    const suspended = await suspend(foundation, 'denkbeeld');
    expect(suspended).toMatchObject({ __typename: 'ParticipantChanged', participant: { id: 'denkbeeld' } });
    expect(Date.parse(suspended.participant.suspendedAt)).toBeGreaterThan(Date.now() - 60_000);
    expect(await stateOf('denkbeeld')).toBe('SUSPENDED');
    expect((await directory()).version).toBeGreaterThan(before);
    expect(await reinstate(foundation, 'denkbeeld')).toMatchObject({ participant: { suspendedAt: null } });
    expect(await stateOf('denkbeeld')).toBe('ACTIVE');
    const events = (await changes()).filter(({ subjectId }) => subjectId === 'denkbeeld').map(({ type }) => type);
    expect(events).toEqual(['participant.seeded', 'participant.suspended', 'participant.reinstated']);
  });

  test('refuses everyone else, a wrong state, an unknown party, the foundation itself, and no reason', async () => {
    const version = (await directory()).version;
    expect(await suspend(managerOf('linde'), 'denkbeeld')).toMatchObject({
      __typename: 'NotAllowed',
      code: 'ONLY_FOUNDATION',
    });
    expect(await suspend(asPerson('linde', ['FOUNDATION']), 'denkbeeld')).toMatchObject({ code: 'ONLY_FOUNDATION' });
    expect(await suspend(managerOf('voorbeeld'), 'denkbeeld')).toMatchObject({ code: 'ONLY_FOUNDATION' });
    expect(await reinstate(foundation, 'denkbeeld')).toMatchObject({
      __typename: 'StateDoesNotAllow',
      state: 'ACTIVE',
      allowedFrom: ['SUSPENDED'],
    });
    expect(await suspend(foundation, 'nergens')).toMatchObject({ __typename: 'NotFound', id: 'nergens' });
    expect(await suspend(foundation, 'voorbeeld')).toMatchObject({ code: 'NOT_ANOTHER_PARTY' });
    expect(await suspend(foundation, 'linde', { reason: '  ' })).toMatchObject({
      code: 'TEXT_REQUIRED',
      path: 'input.reason',
    });
    expect((await directory()).version).toBe(version);
  });

  test('with publicity for the foundation is told to the foundation and the party alone', async () => {
    await suspend(foundation, 'denkbeeld', { publicity: 'FOUNDATION' });
    await reinstate(foundation, 'denkbeeld');
    const readers = (await changes())
      .filter(({ subjectId }) => subjectId === 'denkbeeld')
      .map(({ readersAfter }) => readersAfter);
    expect(readers.slice(-2)).toEqual([
      ['voorbeeld', 'denkbeeld'],
      ['voorbeeld', 'denkbeeld'],
    ]);
  });

  test('G2: a repeated command answers the same and does nothing twice; another one under its id is refused', async () => {
    const input = { commandId: 'same', participantId: 'denkbeeld', reason: 'x' };
    expect(await suspend(foundation, 'denkbeeld', input)).toMatchObject({ __typename: 'ParticipantChanged' });
    const version = (await directory()).version;
    expect(await suspend(foundation, 'denkbeeld', input)).toMatchObject({ __typename: 'ParticipantChanged' });
    expect((await directory()).version).toBe(version);
    expect(await suspend(foundation, 'linde', { ...input, participantId: 'linde' })).toMatchObject({
      __typename: 'CommandIdReused',
    });
    await reinstate(foundation, 'denkbeeld');
  });

  test('a suspended party does not act, sees no network incident, and reads what users may', async () => {
    await suspend(foundation, 'denkbeeld');
    const refused = await command(
      deskOf('denkbeeld'),
      'proposeNetworkIncident',
      proposal([incident('denkbeeld', 900)]),
    );
    expect(refused).toMatchObject({ __typename: 'NotAllowed', code: 'NOT_ACTIVE' });
    const { data } = await ask(
      deskOf('denkbeeld'),
      '{ networkIncidents { nodes { id } } _entities(representations: [{ __typename: "Participant", id: "linde" }]) { ... on Participant { contacts { role } } } }',
    );
    expect(data).toEqual({ networkIncidents: { nodes: [] }, _entities: [{ contacts: [{ role: 'HELPDESK' }] }] });
    await reinstate(foundation, 'denkbeeld');
  });
});

describe('M-08, M-10: contacts', () => {
  const contacts = async (who: Claimed) => {
    const { data } = await ask(
      who,
      `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Participant { legalName contacts { role persons { name } channels { kind value } stale } } } }`,
      {
        r: [
          { __typename: 'Participant', id: 'linde' },
          { __typename: 'Participant', id: 'nergens' },
        ],
      },
    );
    return data._entities;
  };

  test('are read by the network while their participant is down, and by a program without the names', async () => {
    const [linde, nobody] = await contacts(deskOf('denkbeeld'));
    expect(nobody).toBeNull();
    expect(linde).toMatchObject({
      legalName: 'Partij linde B.V.',
      contacts: [
        {
          role: 'SERVICEDESK',
          persons: [{ name: 'Balie linde' }],
          channels: [{ value: 'servicedesk@linde.example' }],
          stale: false,
        },
        { role: 'HELPDESK', persons: [{ name: 'Hulp linde' }] },
      ],
    });
    const [forProgram] = await contacts(asProgram('fictiviteit', 'bord-bouwer', 'contacts:read'));
    expect(forProgram.contacts).toMatchObject([{ role: 'SERVICEDESK', persons: null }, { role: 'HELPDESK' }]);
    const [withoutScope] = await contacts(asProgram('fictiviteit', 'bord-bouwer', 'incidents:read'));
    expect(withoutScope.contacts.map(({ role }: { role: string }) => role)).toEqual(['HELPDESK']);
  });

  test('a hundred parties are one statement', async () => {
    const representations = Array.from({ length: 100 }, () => ({ __typename: 'Participant', id: 'linde' }));
    const { data } = await ask(
      deskOf('denkbeeld'),
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Participant { id } } }',
      { r: representations },
    );
    expect(data._entities).toHaveLength(100);
  });
});

test('calendars are read with the holidays of a year', async () => {
  const { data, errors } = await ask(
    deskOf('linde'),
    '{ calendars { id version zone weekly { day from to } holidays(year: 2026) { date name } } }',
  );
  expect(errors).toBeUndefined();
  const office = data.calendars.find(({ id }: { id: string }) => id === 'nl-office');
  expect(office.holidays).toContainEqual({ date: '2026-04-27', name: 'Koningsdag' });
  expect(office.weekly).toHaveLength(5);
  const wrong = await ask(deskOf('linde'), '{ calendars { holidays(year: 99999) { date } } }');
  expect(wrong.errors?.[0].extensions.code).toBe('BAD_USER_INPUT');
});

describe('network incidents', () => {
  test('go from candidate to promoted to demoted, and the owners of linked incidents are told in order', async () => {
    carried.length = 0;
    const [a, b] = [incident('linde', 1), incident('fictiviteit', 2)];
    const made = await propose(deskOf('fictiviteit'), [a, b, a]);
    expect(made).toMatchObject({ state: 'CANDIDATE', version: 1, incidents: [{ id: b }, { id: a }] });
    expect(made.id).toMatch(/^voorbeeld:net_[0-9a-f-]{36}$/);
    const promoted = await command(
      managerOf('linde'),
      'promoteNetworkIncident',
      { networkIncidentId: made.id, expectedVersion: 1 },
      NETWORK_INCIDENT,
    );
    expect(promoted.networkIncident).toMatchObject({ state: 'PROMOTED', version: 2 });
    const demoted = await command(
      foundation,
      'demoteNetworkIncident',
      { networkIncidentId: made.id, reason: 'Voorbij.' },
      NETWORK_INCIDENT,
    );
    expect(demoted.networkIncident).toMatchObject({ state: 'DEMOTED', version: 3 });

    await eventually(() => carried.length).toBe(6);
    for (const [id, owner] of [
      [a, 'linde'],
      [b, 'fictiviteit'],
    ] as const) {
      const told = carried.filter(({ subject }) => subject === id);
      expect(told.map(({ type }) => type)).toEqual([
        'networkIncident.linked',
        'networkIncident.promoted',
        'networkIncident.demoted',
      ]);
      expect(told[0]).toMatchObject({ to: owner, body: { networkIncidentId: made.id, incidentIds: [id] } });
    }
    const feed = (await changes()).filter(({ subjectId }) => subjectId === made.id);
    expect(feed.map(({ type, readersAfter }) => [type, participantsOf(parseReaders(readersAfter)) === 'ALL'])).toEqual([
      ['networkIncident.proposed', false],
      ['networkIncident.promoted', true],
      ['networkIncident.demoted', false],
    ]);
  });

  test('A9: a candidate is there for its proposer, the managers it concerns and the foundation, in every way of asking', async () => {
    const { id } = await propose(deskOf('fictiviteit'), [incident('linde', 10)]);
    const sees = async (who: Claimed) => {
      const { data } = await ask(
        who,
        `query ($id: ID!, $r: [_Any!]!) { networkIncident(id: $id) { id } networkIncidents(first: 100) { nodes { id } } _entities(representations: $r) { ... on NetworkIncident { id } } }`,
        { id, r: [{ __typename: 'NetworkIncident', linkId: id }] },
      );
      const found = [
        data.networkIncident !== null,
        data.networkIncidents.nodes.some((node: { id: string }) => node.id === id),
        data._entities[0] !== null,
      ];
      expect(found).toEqual(found.map(() => found[0]));
      return found[0];
    };
    const who = {
      proposer: deskOf('fictiviteit'),
      'manager of a linked owner': managerOf('linde'),
      foundation,
      'desk of a linked owner': deskOf('linde'),
      'manager of nobody concerned': managerOf('denkbeeld'),
      program: asProgram('linde', 'linde-import', 'incidents:read'),
      'program without a scope': asProgram('linde', 'linde-x', 'x'),
    };
    const seenBy = async () => {
      const found: string[] = [];
      for (const [name, claimed] of Object.entries(who)) if (await sees(claimed)) found.push(name);
      return found;
    };
    expect(await seenBy()).toEqual(['proposer', 'manager of a linked owner', 'foundation']);
    const hidden = await command(managerOf('denkbeeld'), 'promoteNetworkIncident', { networkIncidentId: id });
    expect(hidden).toEqual({ __typename: 'NotFound', id });
    await command(foundation, 'promoteNetworkIncident', { networkIncidentId: id });
    expect(await seenBy()).toEqual(Object.keys(who).filter((name) => name !== 'program without a scope'));
  });

  test('are refused to the wrong role, in the wrong state and at the wrong version', async () => {
    const helpdesk = asPerson('linde', ['HELPDESK']);
    expect(await command(helpdesk, 'proposeNetworkIncident', proposal([incident('linde', 20)]))).toMatchObject({
      __typename: 'NotAllowed',
      code: 'ROLE_DOES_NOT_ALLOW',
    });
    const { id } = await propose(deskOf('fictiviteit'), [incident('linde', 21)]);
    const promote = (who: Claimed, more: object = {}) =>
      command(who, 'promoteNetworkIncident', { networkIncidentId: id, ...more });
    expect(await promote(deskOf('fictiviteit'))).toMatchObject({ __typename: 'NotAllowed', code: 'ONLY_INVOLVED' });
    expect(await command(foundation, 'demoteNetworkIncident', { networkIncidentId: id })).toMatchObject({
      __typename: 'StateDoesNotAllow',
      state: 'CANDIDATE',
      allowedFrom: ['PROMOTED'],
    });
    expect(await promote(foundation, { expectedVersion: 7 })).toMatchObject({
      __typename: 'VersionConflict',
      foundVersion: 1,
    });
    expect(await promote(foundation, { networkIncidentId: 'voorbeeld:net_x' })).toMatchObject({
      __typename: 'NotFound',
    });
  });

  test.each([
    ['no incident', { incidentIds: [] }, 'VALUE_OUT_OF_RANGE', 'input.incidentIds'],
    [
      'too many incidents',
      { incidentIds: Array.from({ length: 51 }, (_, n) => incident('linde', 3_000 + n)) },
      'VALUE_OUT_OF_RANGE',
      'input.incidentIds',
    ],
    ['an id that is none', { incidentIds: ['linde:inc_1'] }, 'UNKNOWN_ID', 'input.incidentIds'],
    [
      'an id of another type',
      { incidentIds: [incident('linde', 1).replace('inc', 'note')] },
      'UNKNOWN_ID',
      'input.incidentIds',
    ],
    ['an incident of nobody', { incidentIds: [incident('nergens', 1)] }, 'UNKNOWN_PARTICIPANT', 'input.incidentIds'],
    ['no title', { title: '' }, 'TEXT_REQUIRED', 'input.title'],
    ['a title that is too long', { title: 'x'.repeat(201) }, 'TEXT_TOO_LONG', 'input.title'],
    ['a title that cannot be stored', { title: 'a\0b' }, 'TEXT_NOT_STORABLE', 'input.title'],
    ['no service', { services: [] }, 'VALUE_OUT_OF_RANGE', 'input.services'],
    ['a commandId with a space', { commandId: 'a b' }, 'COMMAND_ID_MALFORMED', 'input.commandId'],
  ])('a proposal with %s is refused, and nothing is written', async (_title, more, code, path) => {
    const count = async () => (await pool.query('SELECT FROM network_incident')).rowCount;
    const before = await count();
    const result = await command(deskOf('fictiviteit'), 'proposeNetworkIncident', {
      ...proposal([incident('linde', 30)]),
      ...more,
    });
    expect(result).toEqual({ __typename: 'InvalidInput', code, path });
    expect(await count()).toBe(before);
  });

  test('an incident belongs to one at a time; linking again is no change; a demoted one lets go', async () => {
    const shared = incident('linde', 40);
    const first = await propose(deskOf('fictiviteit'), [shared]);
    expect(await command(deskOf('fictiviteit'), 'proposeNetworkIncident', proposal([shared]))).toMatchObject({
      __typename: 'InvalidInput',
      code: 'ALREADY_LINKED',
    });
    expect(await propose(deskOf('fictiviteit'), [shared], { networkIncidentId: first.id })).toMatchObject({
      version: 1,
    });
    await command(foundation, 'promoteNetworkIncident', { networkIncidentId: first.id });
    const more = incident('denkbeeld', 41);
    // Promoted, so every desk sees it and may link its own.
    const linked = await propose(deskOf('denkbeeld'), [more], { networkIncidentId: first.id });
    expect(linked.incidents).toEqual([{ id: more }, { id: shared }]);
    const told = () => carried.filter(({ subject }) => subject === more).map(({ type }) => type);
    await eventually(told).toEqual(['networkIncident.linked', 'networkIncident.promoted']);
    await command(foundation, 'demoteNetworkIncident', { networkIncidentId: first.id });
    expect((await propose(deskOf('fictiviteit'), [shared])).incidents).toEqual([{ id: shared }]);
  });

  test('an owner that refuses takes its incident out, and it may be linked anew', async () => {
    const [known, unknown] = [incident('linde', 50), incident('denkbeeld', 51)];
    outcomeOf = ({ subject }) =>
      subject === unknown ? { outcome: 'REFUSED', code: 'NOT_FOUND' } : { outcome: 'TAKEN' };
    const { id } = await propose(deskOf('fictiviteit'), [known, unknown]);
    const linked = async () =>
      (await ask(foundation, `{ networkIncident(id: "${id}") { version incidents { id } } }`)).data.networkIncident;
    await eventually(linked).toEqual({ version: 2, incidents: [{ id: known }] });
    outcomeOf = () => ({ outcome: 'TAKEN' });
    expect((await propose(deskOf('fictiviteit'), [unknown], { networkIncidentId: id })).incidents).toHaveLength(2);
  });

  test('are paged without loss or repetition, and strange cursors are refused', async () => {
    for (let n = 0; n < 7; n++) await propose(deskOf('fictiviteit'), [incident('linde', 60 + n)]);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const {
        data,
      }: {
        data: { networkIncidents: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
      } = await ask(
        foundation,
        'query ($after: String) { networkIncidents(first: 3, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      seen.push(...data.networkIncidents.nodes.map(({ id }) => id));
      after = data.networkIncidents.pageInfo.hasNextPage ? data.networkIncidents.pageInfo.endCursor : null;
    } while (after !== null);
    const { rows } = await pool.query('SELECT id FROM network_incident ORDER BY proposed_at DESC, id DESC');
    expect(seen).toEqual(rows.map(({ id }) => id));
    for (const [args, code] of [
      ['first: 0', 'FIRST_OUT_OF_RANGE'],
      ['first: 10000', 'FIRST_OUT_OF_RANGE'],
      ['after: "bm9uZQ"', 'CURSOR_MALFORMED'],
    ]) {
      const { errors } = await ask(foundation, `{ networkIncidents(${args}) { nodes { id } } }`);
      expect(errors?.[0].extensions.code).toBe(code);
    }
  });

  test('A9: that are not there, that are hidden and ids that are none answer alike or by their code, and with no data', async () => {
    const { id } = await propose(deskOf('fictiviteit'), [incident('linde', 90)]);
    const said = async (asked: string) => {
      const { data, errors } = await ask(deskOf('denkbeeld'), 'query ($id: ID!) { networkIncident(id: $id) { id } }', {
        id: asked,
      });
      return [data, errors?.[0].message, errors?.[0].extensions.code];
    };
    const hidden = await said(id);
    expect(hidden[2]).toBe('NOT_FOUND');
    expect(await said(id.slice(0, -1) + (id.endsWith('0') ? '1' : '0'))).toEqual(hidden);
    for (const none of ['', 'x', incident('linde', 1), 'voorbeeld:net_1'])
      expect((await said(none))[2]).toBe('UNKNOWN_ID');
  });

  test('say what each caller may do, from the table that enforces it', async () => {
    const { id } = await propose(deskOf('fictiviteit'), [incident('linde', 80)]);
    const actions = async (who: Claimed) => {
      const { data } = await ask(
        who,
        `{ networkIncident(id: "${id}") { availableActions { action available reason } } }`,
      );
      return data.networkIncident.availableActions;
    };
    expect(await actions(managerOf('linde'))).toContainEqual({
      action: 'promoteNetworkIncident',
      available: true,
      reason: null,
    });
    expect(await actions(deskOf('fictiviteit'))).toContainEqual({
      action: 'promoteNetworkIncident',
      available: false,
      reason: 'ONLY_INVOLVED',
    });
    expect(await actions(foundation)).toContainEqual({
      action: 'demoteNetworkIncident',
      available: false,
      reason: 'STATE_DOES_NOT_ALLOW',
    });
  });
});

describe('envelopes to the registry', () => {
  const deliver = async (jws: string) =>
    ask(asHub, 'mutation ($e: String!) { registryDeliver(envelope: $e) }', { e: jws });
  const claims = {
    id: 'linde:env_1',
    from: 'linde',
    to: 'registry',
    subject: 's',
    n: 1,
    type: 'hello',
    body: {},
    at: 1,
  };

  test('of a type it does not know are refused with a signed receipt; a forged one gets none', async () => {
    const { data } = await deliver(
      signJws('envelope+jwt', claims, (keys.linde as ReturnType<typeof makeKeys>).keys.sign),
    );
    const receipt = await verifyJws(data.registryDeliver, 'receipt+jwt', parsedPins(hub, own).registry.sign);
    expect(receipt).toMatchObject({ outcome: 'REFUSED', code: 'ENVELOPE_UNKNOWN_TYPE', from: 'registry', to: 'linde' });
    const forged = await deliver(signJws('envelope+jwt', claims, hub.keys.sign));
    expect([forged.data, forged.errors?.[0].extensions.code]).toEqual([null, 'NOT_TRUSTED']);
  });
});

describe('a restart', () => {
  test('keeps everything, seeds nothing twice, and takes over addresses that moved', async () => {
    const { data: before } = await ask(asHub, '{ directory }');
    await registry.close();
    await start();
    expect((await ask(asHub, '{ directory }')).data).toEqual(before);

    const version = (await directory()).version;
    await registry.close();
    const moved = seed.map((entry) =>
      entry.id === 'linde' ? { ...entry, endpoint: 'http://127.0.0.1:9/graphql', name: 'Anders' } : entry,
    );
    await start({ seed: moved });
    const after = await directory();
    expect(after.version).toBeGreaterThan(version);
    expect(after.participants.get('linde')).toMatchObject({
      endpoint: 'http://127.0.0.1:9/graphql',
      name: 'Partij linde',
    });
  });
});
