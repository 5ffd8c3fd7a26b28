/** How a party joins, asked of the registry alone: real PostgreSQL, and a stand-in for the hub and the party's endpoint. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryOf } from '@kortelijn/kit/directory/entry.ts';
import { envelopeOf } from '@kortelijn/kit/envelopes/envelope.ts';
import { signReceipt } from '@kortelijn/kit/envelopes/receipt.ts';
import { createPool, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { readUnverified, verifyJws } from '@kortelijn/kit/trust/jws.ts';
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
import { parseEgressAllowed } from '@kortelijn/schema/vocabulary/safe-address.ts';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tellStaleContacts } from './commands/tell-stale-contacts.ts';
import { createRegistry, type Registry } from './server.ts';
import type { SeedParticipant } from './store/seed-file.ts';

const [hub, own, stranger] = [makeKeys(), makeKeys(), makeKeys()];
const keysOf = new Map<string, ReturnType<typeof makeKeys>>();
const keyFor = (name: string) => {
  const keys = keysOf.get(name) ?? makeKeys();
  keysOf.set(name, keys);
  return keys;
};
const contact = (role: string, name: string, more: object = {}) => ({
  role,
  persons: [{ name, deputy: false }],
  channels: [{ kind: 'EMAIL', value: `${role.toLowerCase()}@merel.example`, hours: null }],
  ...more,
});
const three = [
  contact('SERVICEMANAGER', 'Mees Merel'),
  contact('SERVICEDESK', 'Bo Balie'),
  contact('HELPDESK', 'Vera Vraag'),
];
const two = three.slice(0, 2);

const seeded = (id: string, accessionState: string, contacts: readonly object[]): SeedParticipant => ({
  id,
  name: `Partij ${id}`,
  legalName: `Partij ${id} B.V.`,
  kind: id === 'voorbeeld' ? 'FOUNDATION' : 'OTHER',
  accessionState,
  endpoint: `http://127.0.0.1:1/${id}/graphql`,
  issuer: `http://127.0.0.1:2/${id}`,
  keys: keyFor(id).published,
  calendarId: 'nl-office',
  cooperationModel: null,
  contacts: contacts.map((one) => ({
    readers: (one as { role: string }).role === 'HELPDESK' ? 'USERS' : 'NETWORK',
    ...one,
  })) as never,
});

let postgres: PostgresServer;
let standInHub: Server;
let registry: Registry;
let pool: Pool;
let dataDir: string;
let standIn: ReturnType<typeof createStandInHub>;
/** How the endpoints behind the hub answer: who signs the receipt, and with which schema. */
let endpointIs: { up: boolean; signsWith?: ReturnType<typeof makeKeys>; sdl?: string } = { up: true };

beforeAll(async () => {
  postgres = await launchScratch();
  await postgres.ensureDatabase('registry');
  dataDir = await mkdtemp(join(tmpdir(), 'kortelijn-registry-'));
  const contract = await readFile(new URL('../../schema/subgraphs/participant.graphql', import.meta.url), 'utf8');
  standInHub = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const refuse = (code: string) =>
      response.writeHead(502).end(JSON.stringify({ errors: [{ extensions: { code } }] }));
    if (!endpointIs.up) return refuse('UNREACHABLE');
    if (request.url === '/contracts') return response.end(JSON.stringify({ sdl: endpointIs.sdl ?? contract }));
    const { envelope: jws } = JSON.parse(body) as { envelope: string };
    const envelope = envelopeOf(readUnverified(jws)?.claims ?? {});
    if (!envelope) return refuse('BAD_REQUEST');
    const parties = { envelope: envelope.id, jws, from: envelope.to, to: envelope.from };
    const answer = { outcome: 'REFUSED', code: 'ENVELOPE_UNKNOWN_TYPE', at: new Date() } as const;
    const { sign } = (endpointIs.signsWith ?? keyFor(envelope.to)).keys;
    response.end(JSON.stringify({ receipt: signReceipt(parties, answer, sign) }));
  });
  await new Promise<void>((resolve) => standInHub.listen(0, '127.0.0.1', resolve));
  registry = await createRegistry(
    {
      name: 'registry',
      host: '127.0.0.1',
      port: 0,
      dataDir,
      databaseUrl: postgres.url('registry'),
      keys: own.keys,
      pins: parsedPins(hub, own),
      hubUrl: `http://127.0.0.1:${(standInHub.address() as AddressInfo).port}`,
      foundation: participantId('voorbeeld'),
      seed: [
        seeded('voorbeeld', 'ACTIVE', two),
        seeded('linde', 'ACTIVE', three),
        seeded('zonder', 'CONTACTS_PUBLISHED', two),
      ],
      egressAllowed: parseEgressAllowed('127.0.0.0/8'),
      logLevel: 'silent',
    },
    pino({ level: 'silent' }),
  );
  standIn = createStandInHub({ hub, endpoint: { name: 'registry', keys: own.keys }, url: registry.url });
  pool = createPool(postgres.url('registry'));
}, 60_000);
afterAll(async () => {
  await registry?.close();
  await pool?.end();
  standInHub?.closeAllConnections();
  standInHub?.close();
  await postgres?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const foundation = asPerson('voorbeeld', ['FOUNDATION'], 'Ilse');
const managerOf = (participant: string) => asPerson(participant, ['SERVICEMANAGER'], `Manager ${participant}`);
const deskOf = (participant: string) => asPerson(participant, ['SERVICEDESK'], `Desk ${participant}`);

let commands = 0;
const REFUSALS =
  '... on NotAllowed { code message } ... on InvalidInput { code path } ... on CommandIdReused { commandId }';
const MEMBERS = `${REFUSALS} ... on StateDoesNotAllow { state allowedFrom } ... on NotFound { id }
  ... on ParticipantChanged { participant { id joinedAt } }`;
const command = async (who: Claimed, name: string, input: object) => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const members =
    name === 'inviteCandidate'
      ? `${REFUSALS} ... on CandidateInvited { invitation { participantId legalName expiresAt token } }`
      : MEMBERS;
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${members} } }`;
  const { data, errors } = await standIn.ask(who, document, { input: { commandId: `c-${++commands}`, ...input } });
  if (errors) throw new Error(JSON.stringify(errors));
  return data[name];
};
const DONE = { __typename: 'ParticipantChanged' };

const invite = (id: string) =>
  command(foundation, 'inviteCandidate', { participantId: id, legalName: `${id} B.V.`, kind: 'HOME_CARE' });
const claimsOf = (token: string) => verifyJws(token, 'invitation+jwt', parsedPins(hub, own).registry.sign);
/** As the hub asserts whoever comes with an invitation. */
const invited = async (token: string): Promise<Claimed> => {
  const { sub, jti } = (await claimsOf(token)) ?? {};
  return { kind: 'subject', participant: String(sub), sub: `${sub}:invitation/${jti}`, roles: [] };
};
const application = (id: string, more: object = {}) => ({
  name: `Thuiszorg ${id}`,
  tradeRegister: 'KvK 00000000',
  statementOfIntent: true,
  endpoint: `http://127.0.0.1:1/${id}/graphql`,
  issuer: `http://127.0.0.1:2/${id}`,
  signKey: keyFor(id).published.sign[0]?.x,
  agreeKey: keyFor(id).published.agree[0]?.x,
  ...more,
});
const apply = async (id: string) =>
  command(await invited((await invite(id)).invitation.token), 'applyForAccession', application(id));
const register = (id: string, contacts: readonly object[] = three, who = managerOf(id)) =>
  command(who, 'registerContacts', { participantId: id, contacts });
/** What was written to each role last, as its reader would pass it on. */
const codesOf = async (id: string) => {
  const { rows } = await pool.query(
    `SELECT DISTINCT ON (role) role, text FROM message_out WHERE participant_id = $1 AND template = 'contactCode'
     ORDER BY role, created_at DESC, id DESC`,
    [id],
  );
  return rows.map(({ role, text }) => ({ role: role as string, code: /: ([2-9A-Z]{10})\n/.exec(text)?.[1] ?? '' }));
};
const publish = (id: string, codes: readonly { role: string; code: string }[], who = managerOf(id)) =>
  command(who, 'publishContacts', { participantId: id, codes });
const activate = (id: string, more: object = {}, who = foundation) =>
  command(who, 'activateParticipant', {
    participantId: id,
    agreementReference: `OVK-${id}`,
    agreementSignedOn: '2026-01-15',
    ...more,
  });
const untilPublished = async (id: string) => {
  await apply(id);
  await register(id);
  expect(await publish(id, await codesOf(id))).toMatchObject(DONE);
};
const untilActive = async (id: string) => {
  await untilPublished(id);
  expect(await activate(id)).toMatchObject(DONE);
};
const directory = async () => {
  const { data } = await standIn.ask(asHub, '{ directory }');
  return directoryOf((await verifyJws(data.directory, 'directory+jwt', parsedPins(hub, own).registry.sign)) ?? {});
};
const stateOf = async (id: string) => (await directory()).participants.get(id)?.accessionState;
const eventsOf = async (id: string) => {
  const { data } = await standIn.ask(
    asHub,
    '{ registryChanges(first: 1000) { changes { type subjectId actorRole readersAfter } } }',
  );
  return (
    data.registryChanges.changes as { type: string; subjectId: string; actorRole: string; readersAfter: string[] }[]
  ).filter(({ subjectId }) => subjectId === id);
};
const read = async (who: Claimed, id: string) => {
  const { data, errors } = await standIn.ask(
    who,
    `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Participant {
      suspension { reason publicity } contacts { role version persons { name } stale }
      accession { tradeRegister agreementReference registeredContacts { role codeSentTo } }
      availableActions { action available reason } } } }`,
    { r: [{ __typename: 'Participant', id }] },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  return data._entities[0];
};

describe('an invitation', () => {
  test('is made by the foundation alone, for an id that is free and a party that is no foundation', async () => {
    for (const who of [managerOf('linde'), managerOf('voorbeeld'), asPerson('linde', ['FOUNDATION'])]) {
      const refused = await command(who, 'inviteCandidate', {
        participantId: 'vink',
        legalName: 'Vink',
        kind: 'OTHER',
      });
      expect(refused).toMatchObject({ __typename: 'NotAllowed', code: 'ONLY_FOUNDATION' });
    }
    expect(await invite('linde')).toMatchObject({ code: 'PARTICIPANT_ID_TAKEN', path: 'input.participantId' });
    for (const id of ['registry', 'Merel', 'm', 'a:b']) expect(await invite(id)).toMatchObject({ code: 'UNKNOWN_ID' });
  });

  test('is a text of the registry for one party, good for 14 days, the same when the command is repeated', async () => {
    const input = { commandId: 'invite-vink', participantId: 'vink', legalName: 'Vink B.V.', kind: 'OTHER' };
    const { invitation } = await command(foundation, 'inviteCandidate', input);
    const claims = await claimsOf(invitation.token);
    expect(claims).toMatchObject({ iss: 'registry', aud: 'hub', sub: 'vink' });
    expect(Number(claims?.exp) - Number(claims?.iat)).toBe(14 * 86_400);
    expect((await command(foundation, 'inviteCandidate', input)).invitation).toEqual(invitation);
    expect(await eventsOf('vink')).toMatchObject([
      { type: 'participant.invited', actorRole: 'FOUNDATION', readersAfter: ['voorbeeld#FOUNDATION'] },
    ]);
  });

  test('serves once, until it is replaced or too old, and only for its own party', async () => {
    const first = await invited((await invite('specht')).invitation.token);
    const second = await invited((await invite('specht')).invitation.token);
    expect(await command(first, 'applyForAccession', application('specht'))).toMatchObject({ code: 'INVITATION_USED' });
    const nobody = { ...second, sub: 'specht:invitation/00000000-0000-4000-8000-000000000000' };
    for (const who of [nobody, managerOf('linde'), foundation, { ...second, roles: ['SERVICEMANAGER'] }]) {
      expect(await command(who, 'applyForAccession', application('specht'))).toMatchObject({
        code: 'ROLE_DOES_NOT_ALLOW',
      });
    }
    expect(await command(second, 'applyForAccession', application('specht'))).toMatchObject(DONE);
    expect(await command(second, 'applyForAccession', application('specht'))).toMatchObject({
      code: 'INVITATION_USED',
    });
    const late = await invited((await invite('uil')).invitation.token);
    await pool.query(
      `UPDATE invitation SET invited_at = now() - interval '14 days 1 minute' WHERE participant_id = 'uil'`,
    );
    expect(await command(late, 'applyForAccession', application('uil'))).toMatchObject({ code: 'INVITATION_EXPIRED' });
  });

  test.each<[string, object, string]>([
    ['without a statement of intent', { statementOfIntent: false }, 'STATEMENT_OF_INTENT_REQUIRED'],
    ['without an entry in the trade register', { tradeRegister: ' ' }, 'TEXT_REQUIRED'],
    ['with an endpoint inside', { endpoint: 'http://10.0.0.1/graphql' }, 'URL_NOT_ALLOWED'],
    ['with an issuer inside', { issuer: 'http://[::1]/' }, 'URL_NOT_ALLOWED'],
    ["with another party's issuer", { issuer: 'http://127.0.0.1:2/linde' }, 'ISSUER_TAKEN'],
    ['with a key that is none', { signKey: 'x' }, 'KEY_NOT_VALID'],
    ['with a seal key of low order', { agreeKey: 'A'.repeat(43) }, 'KEY_NOT_VALID'],
    ['with a calendar that there is not', { calendarId: 'maan' }, 'UNKNOWN_CALENDAR'],
    ['with a fourth form of working together', { cooperationModel: 4 }, 'VALUE_OUT_OF_RANGE'],
  ])('does not help an application %s', async (_what, more, code) => {
    const who = await invited((await invite('kauw')).invitation.token);
    expect(await command(who, 'applyForAccession', application('kauw', more))).toMatchObject({ code });
    expect(await stateOf('kauw')).toBeUndefined();
  });
});

describe('joining', () => {
  test('M-08, M-09: from invited to active; each step is told to whom it concerns and shows in the directory', async () => {
    expect(await apply('merel')).toMatchObject(DONE);
    expect(await stateOf('merel')).toBe('CANDIDATE');
    expect((await directory()).participants.get('merel')).toMatchObject({
      kind: 'HOME_CARE',
      issuer: 'http://127.0.0.1:2/merel',
    });
    expect(await activate('merel')).toMatchObject({
      __typename: 'StateDoesNotAllow',
      allowedFrom: ['CONTACTS_PUBLISHED'],
    });

    expect(await register('merel')).toMatchObject(DONE);
    expect(await stateOf('merel')).toBe('CONTACTS_REGISTERED');
    expect((await read(foundation, 'merel')).accession.registeredContacts).toEqual(
      ['HELPDESK', 'SERVICEDESK', 'SERVICEMANAGER'].map((role) => ({
        role,
        codeSentTo: `${role.toLowerCase()}@merel.example`,
      })),
    );
    expect((await read(deskOf('linde'), 'merel')).contacts).toEqual([]);

    const codes = await codesOf('merel');
    expect(await publish('merel', codes.slice(1))).toMatchObject({ code: 'REACHABILITY_NOT_CONFIRMED' });
    const wrong = codes.map((one, index) => (index === 2 ? { ...one, code: 'AAAAAAAAAA' } : one));
    expect(await publish('merel', wrong)).toMatchObject({ code: 'CODE_WRONG', path: 'input.codes' });
    expect(await publish('merel', codes, deskOf('merel'))).toMatchObject({ code: 'ROLE_DOES_NOT_ALLOW' });
    const typed = codes.map(({ role, code }) => ({ role, code: `${code.slice(0, 5)}-${code.slice(5)}`.toLowerCase() }));
    expect(await publish('merel', typed)).toMatchObject(DONE);
    expect(await stateOf('merel')).toBe('CONTACTS_PUBLISHED');

    expect(await activate('merel', {}, managerOf('merel'))).toMatchObject({ code: 'ONLY_FOUNDATION' });
    const active = await activate('merel');
    expect(active).toMatchObject({ ...DONE, participant: { id: 'merel' } });
    expect(Date.parse(active.participant.joinedAt)).toBeGreaterThan(Date.now() - 60_000);
    expect(await stateOf('merel')).toBe('ACTIVE');
    const joining = ['voorbeeld#FOUNDATION', 'merel'];
    expect((await eventsOf('merel')).map(({ type, readersAfter }) => [type, readersAfter])).toEqual([
      ['participant.invited', ['voorbeeld#FOUNDATION']],
      ['participant.applied', joining],
      ['participant.contactsRegistered', joining],
      ['participant.contactsPublished', ['*']],
      ['participant.activated', ['*']],
    ]);
  });

  test('M-06: a participant without a helpdesk is not activated, not even one that came to be published without', async () => {
    await apply('mus');
    expect(await register('mus', two)).toMatchObject({ code: 'HELPDESK_REQUIRED', path: 'input.contacts' });
    expect(await stateOf('mus')).toBe('CANDIDATE');
    expect(await activate('zonder')).toMatchObject({ __typename: 'NotAllowed', code: 'CONTACTS_INCOMPLETE' });
    const { availableActions } = await read(foundation, 'zonder');
    expect(availableActions).toContainEqual({
      action: 'activateParticipant',
      available: false,
      reason: 'CONTACTS_INCOMPLETE',
    });
    expect(await stateOf('zonder')).toBe('CONTACTS_PUBLISHED');
  });

  test('M-03, M-06: the foundation registers without a helpdesk, and not without a servicemanager', async () => {
    expect(await register('voorbeeld', two)).toMatchObject(DONE);
    expect(await register('voorbeeld', two.slice(1))).toMatchObject({ code: 'MANAGER_REQUIRED' });
  });

  test('M-09: an endpoint that is silent, signs with another key or has another schema is not activated', async () => {
    await untilPublished('fitis');
    const refusals: [typeof endpointIs, string, RegExp][] = [
      [{ up: false }, 'ENDPOINT_NOT_PROVEN', /UNREACHABLE/],
      [{ up: true, signsWith: stranger }, 'ENDPOINT_NOT_PROVEN', /registered key/],
      [{ up: true, sdl: 'type Query { hello: String }' }, 'CONTRACT_NOT_COMPATIBLE', /Mutation.deliver is missing/],
    ];
    for (const [is, code, why] of refusals) {
      endpointIs = is;
      expect(await activate('fitis')).toMatchObject({ code, message: expect.stringMatching(why) });
    }
    endpointIs = { up: true };
    const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    expect(await activate('fitis', { agreementSignedOn: tomorrow })).toMatchObject({ code: 'AGREEMENT_NOT_SIGNED' });
    expect(await stateOf('fitis')).toBe('CONTACTS_PUBLISHED');
    expect(await activate('fitis', { commandId: 'activate-fitis' })).toMatchObject(DONE);
    const { version } = await directory();
    expect(await activate('fitis', { commandId: 'activate-fitis' })).toMatchObject(DONE);
    expect((await directory()).version).toBe(version);
  });

  test('codes are for the last address, end after seven days, and are not sent without end', async () => {
    await apply('roek');
    await register('roek');
    const first = await codesOf('roek');
    expect(await register('roek')).toMatchObject(DONE);
    expect(await publish('roek', first)).toMatchObject({ code: 'CODE_WRONG' });
    await pool.query(
      `UPDATE contact_draft SET registered_at = now() - interval '7 days 1 minute' WHERE participant_id = 'roek'`,
    );
    expect(await publish('roek', await codesOf('roek'))).toMatchObject({ code: 'CODE_EXPIRED' });
    for (let time = 3; time <= 10; time += 1) expect(await register('roek')).toMatchObject(DONE);
    expect(await register('roek')).toMatchObject({ code: 'TOO_MANY_MESSAGES' });
  });

  test('G2: contacts that are registered twice by one command are registered, and written to, once', async () => {
    await apply('wulp');
    const input = { commandId: 'register-wulp', participantId: 'wulp', contacts: three };
    expect(await command(managerOf('wulp'), 'registerContacts', input)).toMatchObject(DONE);
    const codes = await codesOf('wulp');
    expect(await command(managerOf('wulp'), 'registerContacts', input)).toMatchObject(DONE);
    expect(await codesOf('wulp')).toEqual(codes);
    const other = { ...input, contacts: two };
    expect(await command(managerOf('wulp'), 'registerContacts', other)).toMatchObject({
      __typename: 'CommandIdReused',
    });
    expect(await publish('wulp', codes)).toMatchObject(DONE);
  });

  test('an application that was wrong is mended with a new invitation, until the party is active', async () => {
    await untilPublished('koekoek');
    const who = await invited((await invite('koekoek')).invitation.token);
    const mended = application('koekoek', { issuer: 'http://127.0.0.1:2/koekoek-beter' });
    expect(await command(who, 'applyForAccession', mended)).toMatchObject(DONE);
    expect((await directory()).participants.get('koekoek')).toMatchObject({
      accessionState: 'CANDIDATE',
      issuer: 'http://127.0.0.1:2/koekoek-beter',
    });
    const { contacts, accession } = await read(foundation, 'koekoek');
    expect([contacts, accession.registeredContacts]).toEqual([[], []]);
    await register('koekoek');
    await publish('koekoek', await codesOf('koekoek'));
    expect(await activate('koekoek')).toMatchObject(DONE);
    expect(await command(who, 'applyForAccession', mended)).toMatchObject({
      __typename: 'StateDoesNotAllow',
      state: 'ACTIVE',
    });
    expect(await invite('koekoek')).toMatchObject({ code: 'PARTICIPANT_ID_TAKEN' });
  });

  test('M-10: how a party joins is for its own people and the foundation, in every way of asking', async () => {
    await apply('putter');
    const sees = async (who: Claimed) => (await read(who, 'putter')).accession?.tradeRegister ?? null;
    expect(await sees(foundation)).toBe('KvK 00000000');
    expect(await sees(deskOf('putter'))).toBe('KvK 00000000');
    for (const who of [managerOf('linde'), managerOf('voorbeeld'), asProgram('linde', 'bord', 'contacts:read')]) {
      expect(await sees(who)).toBeNull();
    }
    expect(
      await command(managerOf('linde'), 'registerContacts', { participantId: 'putter', contacts: three }),
    ).toMatchObject({
      code: 'ONLY_OWNER',
    });
  });
});

describe('contacts of an active party', () => {
  test('M-05, M-11: a change is a new version of what differs; the last person of a role stays', async () => {
    await untilActive('ekster');
    const without = [three[0], { ...three[1], persons: [] }, three[2]] as object[];
    expect(await register('ekster', without)).toMatchObject({ code: 'DESK_REQUIRED' });
    const changed = [three[0], contact('SERVICEDESK', 'Nieuwe Balie'), three[2]] as object[];
    expect(await register('ekster', changed)).toMatchObject(DONE);
    expect((await read(deskOf('linde'), 'ekster')).contacts).toMatchObject([
      { role: 'SERVICEMANAGER', version: 1 },
      { role: 'SERVICEDESK', version: 2, persons: [{ name: 'Nieuwe Balie' }] },
      { role: 'HELPDESK', version: 1 },
    ]);
    const { rows } = await pool.query(
      `SELECT version, superseded_at IS NULL AS counts FROM contact_point WHERE participant_id = 'ekster' AND role = 'SERVICEDESK' ORDER BY version`,
    );
    expect(rows).toEqual([
      { version: 1, counts: false },
      { version: 2, counts: true },
    ]);
    expect(await register('ekster', changed)).toMatchObject(DONE);
    expect((await eventsOf('ekster')).slice(-2).map(({ type }) => type)).toEqual([
      'participant.contactsChanged',
      'participant.contactsConfirmed',
    ]);
    expect(await stateOf('ekster')).toBe('ACTIVE');
  });

  test('M-11: unconfirmed for 365 days they are flagged once, the manager is written to, and confirming ends it', async () => {
    await untilActive('spreeuw');
    const office = { pool, foundation: 'voorbeeld', now: Date.now, committed: () => {} };
    expect(await tellStaleContacts(office)).toEqual([]);
    await pool.query(
      `UPDATE contact_point SET confirmed_at = now() - interval '365 days' WHERE participant_id = 'spreeuw'`,
    );
    const told = await Promise.all([tellStaleContacts(office), tellStaleContacts(office)]);
    expect(told.flat()).toEqual(['spreeuw']);
    expect((await read(foundation, 'spreeuw')).contacts.map(({ stale }: { stale: boolean }) => stale)).toEqual([
      true,
      true,
      true,
    ]);
    const { rows } = await pool.query(
      `SELECT role, address, sent_at FROM message_out WHERE template = 'contactsStale'`,
    );
    expect(rows).toEqual([{ role: 'SERVICEMANAGER', address: 'servicemanager@merel.example', sent_at: null }]);
    expect(await command(deskOf('spreeuw'), 'confirmContacts', { participantId: 'spreeuw' })).toMatchObject({
      code: 'ROLE_DOES_NOT_ALLOW',
    });
    expect(await command(managerOf('spreeuw'), 'confirmContacts', { participantId: 'spreeuw' })).toMatchObject(DONE);
    expect((await read(foundation, 'spreeuw')).contacts.map(({ stale }: { stale: boolean }) => stale)).toEqual([
      false,
      false,
      false,
    ]);
    expect(await tellStaleContacts(office)).toEqual([]);
    expect((await eventsOf('spreeuw')).slice(-2).map(({ type, readersAfter }) => [type, readersAfter])).toEqual([
      ['participant.contactsBecameStale', ['voorbeeld#FOUNDATION', 'spreeuw']],
      ['participant.contactsConfirmed', ['*']],
    ]);
  });
});

describe('leaving and being suspended', () => {
  test('why a party is suspended is read as far as its publicity goes', async () => {
    await untilActive('reiger');
    const suspension = async (who: Claimed) => (await read(who, 'reiger')).suspension;
    for (const publicity of ['FOUNDATION', 'PARTICIPANTS', 'PUBLIC']) {
      const input = { participantId: 'reiger', reason: 'Geen balie.', publicity };
      expect(await command(foundation, 'suspendParticipant', input)).toMatchObject(DONE);
      const told = { reason: 'Geen balie.', publicity };
      expect(await suspension(managerOf('reiger'))).toEqual(told);
      expect(await suspension(deskOf('linde'))).toEqual(publicity === 'FOUNDATION' ? null : told);
      expect(await suspension(asPerson('linde', []))).toEqual(publicity === 'PUBLIC' ? told : null);
      await command(foundation, 'reinstateParticipant', { participantId: 'reiger', reason: 'Weer bereikbaar.' });
      expect(await suspension(managerOf('reiger'))).toBeNull();
    }
  });

  test('a party is withdrawn by the foundation: without keys, contacts or a way back', async () => {
    await untilActive('gaai');
    const leave = (who: Claimed, id = 'gaai') =>
      command(who, 'withdrawParticipant', { participantId: id, reason: 'Opgeheven.' });
    expect(await leave(managerOf('gaai'))).toMatchObject({ code: 'OPEN_ESCALATIONS_UNKNOWN' });
    expect(await leave(managerOf('linde'))).toMatchObject({ code: 'ONLY_OWNER' });
    expect(await leave(foundation, 'voorbeeld')).toMatchObject({ code: 'NOT_ANOTHER_PARTY' });
    expect(await leave(foundation)).toMatchObject(DONE);
    const left = (await directory()).participants.get('gaai');
    expect([left?.accessionState, left?.keys.sign.size, left?.keys.agree.length]).toEqual(['WITHDRAWN', 0, 0]);
    expect((await read(foundation, 'gaai')).contacts).toEqual([]);
    expect(await leave(foundation)).toMatchObject({ __typename: 'StateDoesNotAllow', state: 'WITHDRAWN' });
    expect(await invite('gaai')).toMatchObject({ code: 'PARTICIPANT_ID_TAKEN' });
  });
});
