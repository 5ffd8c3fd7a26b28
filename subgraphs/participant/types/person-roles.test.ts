/** The roles of a participant's own people: who changes them, what the hub hears of it. */
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import type { Caller, PartyCaller } from '@kortelijn/kit/trust/caller.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createNetwork, type Network, type Party } from '../commands/desks.fixture.ts';
import { done, run } from '../commands/said.fixture.ts';
import { askParty, person, program } from '../store/endpoint.fixture.ts';
import { narrowRoles } from '../store/person-roles.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await launchScratch();
});
afterAll(() => server.stop());

let net: Network;
let linde: Party;
const START = Date.parse('2026-05-20T08:00:00.000Z');
const HUB: Caller = { kind: 'hub' };
const sanne: PartyCaller = { ...person('linde', 'SERVICEMANAGER'), subject: 'linde:sanne' };
const noor: PartyCaller = { ...person('linde', 'SERVICEDESK', 'HELPDESK'), subject: 'linde:noor' };
beforeEach(async () => {
  net = createNetwork(server, START);
  linde = await net.add('linde');
});
afterEach(() => net[Symbol.asyncDispose]());

const change = (roles: readonly string[], more = {}, caller = sanne) =>
  run(linde, 'changePersonRoles', { subject: 'noor', name: 'Noor Balie', roles, ...more }, caller);
const events = async () =>
  (
    await linde.pool.query(
      `SELECT type, subject_id, readers_after, keys FROM outbox WHERE type LIKE 'person.%' ORDER BY id`,
    )
  ).rows;
const rolesHere = async (caller: Caller) => {
  const narrowed = await narrowRoles(linde.pool, 'linde')(caller);
  return narrowed.kind === 'hub' ? undefined : narrowed.roles;
};

describe('a role that is taken away', () => {
  test('opens nothing from the next request on; given back, it opens again', async () => {
    expect(await rolesHere(noor)).toEqual(['SERVICEDESK', 'HELPDESK']);
    done('PersonRolesChanged', await change(['HELPDESK']));
    expect(await rolesHere(noor)).toEqual(['HELPDESK']);
    done('PersonRolesChanged', await change([]));
    expect(await rolesHere(noor)).toEqual([]);
    done('PersonRolesChanged', await change(['SERVICEDESK', 'HELPDESK']));
    expect(await rolesHere(noor)).toEqual(['SERVICEDESK', 'HELPDESK']);
  });

  test('is told in the feed with who and what is left, and again only when something changed', async () => {
    const { personId } = done('PersonRolesChanged', await change(['SERVICEDESK', 'HELPDESK']));
    await change(['HELPDESK', 'SERVICEDESK', 'HELPDESK']);
    await change(['HELPDESK']);
    const told = { type: 'person.rolesChanged', subject_id: personId, readers_after: ['linde'] };
    expect(await events()).toEqual([
      { ...told, keys: { subject: 'noor', roles: ['HELPDESK', 'SERVICEDESK'] } },
      { ...told, keys: { subject: 'noor', roles: ['HELPDESK'] } },
    ]);
  });

  test('is what a hub that starts can ask for: the last change of each, since a moment', async () => {
    await change(['SERVICEDESK', 'HELPDESK'], { subject: 'daan', name: 'Daan Rand' });
    await change(['SERVICEDESK', 'HELPDESK']);
    net.clock.ms += 60_000;
    await change(['HELPDESK']);
    const ask = async (since: Date) => {
      const query = 'query ($since: DateTime!) { roleChanges(since: $since) { subject roles at } }';
      const { data, codes } = await askParty(linde, HUB, query, { since: since.toISOString() });
      expect(codes).toEqual([]);
      return data.roleChanges;
    };
    const last = { subject: 'noor', roles: ['HELPDESK'] };
    expect(await ask(new Date(START))).toMatchObject([last, { subject: 'daan', roles: ['HELPDESK', 'SERVICEDESK'] }]);
    const [{ at }] = await ask(new Date(START + 60_000));
    expect(await ask(new Date(at))).toMatchObject([last]);
    expect(await ask(new Date(Date.parse(at) + 1))).toEqual([]);
    const { codes } = await askParty(linde, sanne, '{ roleChanges(since: "2026-01-01T00:00:00Z") { subject } }');
    expect(codes).toEqual(['REFUSED']);
  });
});

test('a book gives no role that the token does not have, and is about own people only', async () => {
  await change(['SERVICEMANAGER', 'SERVICEDESK']);
  expect(await rolesHere(noor)).toEqual(['SERVICEDESK']);
  expect(await rolesHere({ ...noor, participant: 'denkbeeld', subject: 'denkbeeld:noor' })).toEqual(noor.roles);
  await change(['HELPDESK'], { subject: 'program', name: 'Niet het programma' });
  expect(await rolesHere(program('linde', 'incidents:read'))).toEqual(['PROGRAM']);
  expect(await rolesHere(person('linde', 'HELPDESK', 'MONITOR'))).toEqual(['HELPDESK', 'MONITOR']);
  expect(await rolesHere(HUB)).toBeUndefined();
});

test('the answer is the person as he is now', async () => {
  const { data } = await askParty(
    linde,
    sanne,
    `mutation { changePersonRoles(input: { commandId: "c-1", subject: "noor", name: "Noor Balie", roles: [HELPDESK] }) {
      ... on PersonRolesChanged { person { id name roles } } } }`,
  );
  expect(data.changePersonRoles.person).toEqual({
    id: expect.stringMatching(/^linde:prs_/),
    name: 'Noor Balie',
    roles: ['HELPDESK'],
  });
  const { personId } = done('PersonRolesChanged', await change(['HELPDESK'], { name: null }));
  expect(personId).toBe(data.changePersonRoles.person.id);
});

test.each([
  ['by the desk', ['HELPDESK'], {}, { ...person('linde', 'SERVICEDESK') }, 'NotAllowed'],
  ['by a program', ['HELPDESK'], {}, program('linde', 'incidents:write'), 'NotAllowed'],
  ["by another participant's manager", ['HELPDESK'], {}, person('denkbeeld', 'SERVICEMANAGER'), 'NotAllowed'],
  ['of himself', ['HELPDESK'], { subject: 'sanne' }, sanne, 'NotAllowed'],
  ['to PROGRAM', ['PROGRAM'], {}, sanne, 'InvalidInput'],
  ['of somebody unknown without a name', ['HELPDESK'], { name: '  ' }, sanne, 'InvalidInput'],
  ['of nobody', ['HELPDESK'], { subject: ' ' }, sanne, 'InvalidInput'],
] as const)('changing roles %s is refused and leaves no trace', async (_, roles, more, caller, kind) => {
  expect(await change(roles, more, caller)).toMatchObject({ kind });
  expect(await events()).toEqual([]);
  expect((await linde.pool.query('SELECT FROM person')).rowCount).toBe(0);
});
