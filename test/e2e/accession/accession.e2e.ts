/** A party joins a network that runs: invited, proven, active and asked along, without a restart of anything. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import { createHubDoor } from '@kortelijn/kit/trust/hub-door.ts';
import { parseEndpointKeys, parsePins } from '@kortelijn/kit/trust/keys.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoParticipants } from '../../network/demo-network.ts';
import { freePorts } from '../../network/free-ports.ts';
import { keysIn, publicKeys } from '../../network/keys.ts';
import { createNetwork, type Network, removeData } from '../../network/network.ts';
import { until } from '../../network/scenario.ts';
import { registrySeed } from '../../network/seed-files.ts';

const candidate = 'bedenkerveen';
const members = ['voorbeeld', 'fictiviteit', 'linde'];

const contact = (role: string, name: string) => ({
  role,
  persons: [{ name }],
  channels: [{ kind: 'EMAIL', value: `${role.toLowerCase()}@${candidate}.example` }],
});
const three = [
  contact('SERVICEMANAGER', 'Olga Raadhuis'),
  contact('SERVICEDESK', 'Sven Balieman'),
  contact('HELPDESK', 'Mies Inwoner'),
];

const RESULT = `__typename ... on ParticipantChanged { participant { id } } ... on NotAllowed { code message }
  ... on InvalidInput { code path } ... on StateDoesNotAllow { state }`;
const documentOf = (mutation: string, members = RESULT) =>
  `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) { result: ${mutation}(input: $input) { ${members} } }`;

describe('joining a network that runs', () => {
  let network: Network;
  let pool: Pool;
  let dataDir: string;
  let invitation = '';
  let hubPid: number | undefined;
  let registryPid: number | undefined;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'kortelijn-'));
    const names = ['gateway', 'identity', 'registry', ...members, candidate];
    const port = (await freePorts(names.length))[0] ?? 0;
    const at = (name: string, path: string) => `http://localhost:${port + names.indexOf(name)}${path}`;
    // The candidate runs and its people have a provider; only the registry has never heard of it.
    const seed = registrySeed(
      demoParticipants.filter(({ id }) => members.includes(id)),
      {
        endpoint: (id) => at(id, '/graphql'),
        issuer: (id) => at('identity', `/${id}`),
        keys: (id) => publicKeys(keysIn(join(dataDir, 'keys', `${id}.json`))),
      },
    );
    mkdirSync(dataDir, { recursive: true });
    const seedFile = join(dataDir, 'members.json');
    writeFileSync(seedFile, JSON.stringify(seed));
    network = await createNetwork({
      dataDir,
      port,
      participants: [...members, candidate],
      candidates: [candidate],
      env: { registry: { SEED_FILE: seedFile, EGRESS_ALLOW: '127.0.0.0/8,::1/128' } },
    });
    pool = createPool(network.databaseUrl('registry'));
    hubPid = network.process('gateway').pid;
    registryPid = network.process('registry').pid;
  });
  afterAll(async () => {
    await pool?.end();
    await network?.stop();
    await removeData(dataDir);
  });

  const command = async (who: string, mutation: string, input: object) => {
    const { data, errors } = await network
      .as(who)
      .ask(documentOf(mutation), { input: { commandId: randomUUID(), participantId: candidate, ...input } });
    if (!data?.result) throw new Error(`Expected a result of ${mutation}, got ${JSON.stringify(errors)}`);
    return data.result;
  };
  const statesAt = async () => {
    const { data } = await network.as('linde/desk').ask('{ participants { id accessionState } }');
    return new Map<string, string>(
      data.participants.map((one: { id: string; accessionState: string }) => [one.id, one.accessionState]),
    );
  };
  const untilState = (state: string) =>
    until(statesAt, (states) => states.get(candidate) === state, `${candidate} to stand as ${state} at the hub`);
  const asInvited = async (token: string, query: string, variables: object = {}) => {
    const response = await fetch(`${network.hubUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the answer is what the hub says.
    return { status: response.status, ...((await response.json()) as any) };
  };
  const activate = () =>
    command('voorbeeld/foundation', 'activateParticipant', {
      agreementReference: 'OVK-2026-7',
      agreementSignedOn: '2026-01-15',
    });
  const codes = async () => {
    const { rows } = await pool.query(
      `SELECT role, text FROM message_out WHERE template = 'contactCode' AND sent_at IS NULL`,
    );
    return rows.map(({ role, text }) => ({ role, code: /: ([2-9A-Z]{10})\n/.exec(text)?.[1] }));
  };

  it('M-09: an invitation opens its own accession and nothing else, and its people log in once they have applied', async () => {
    await expect(command(`${candidate}/manager`, 'registerContacts', { contacts: three })).rejects.toThrow(
      'UNAUTHENTICATED',
    );
    const { data } = await network
      .as('voorbeeld/foundation')
      .ask(documentOf('inviteCandidate', '__typename ... on CandidateInvited { invitation { token } }'), {
        input: {
          commandId: randomUUID(),
          participantId: candidate,
          legalName: 'Gemeente Bedenkerveen',
          kind: 'MUNICIPALITY',
        },
      });
    const { token } = data.result.invitation;
    const looked = await asInvited(
      token,
      '{ incidents(first: 5) { nodes { id } coverage { parties { participant { id } outcome } } } }',
    );
    expect(looked.data.incidents.nodes).toEqual([]);
    expect(new Set(looked.data.incidents.coverage.parties.map(({ outcome }: { outcome: string }) => outcome))).toEqual(
      new Set(['REFUSED']),
    );

    const keys = publicKeys(keysIn(join(dataDir, 'keys', `${candidate}.json`)));
    const input = {
      commandId: randomUUID(),
      name: 'Gemeente Bedenkerveen',
      tradeRegister: 'KvK 00000007',
      statementOfIntent: true,
      endpoint: network.endpoint(candidate),
      issuer: `${network.identityUrl}/${candidate}`,
      signKey: keys.sign[0]?.x,
      agreeKey: keys.agree[0]?.x,
    };
    const applied = await asInvited(token, documentOf('applyForAccession'), { input });
    expect(applied.data?.result).toEqual({ __typename: 'ParticipantChanged', participant: { id: candidate } });
    await untilState('CANDIDATE');
    const again = { ...input, commandId: randomUUID() };
    expect((await asInvited(token, documentOf('applyForAccession'), { input: again })).data?.result).toMatchObject({
      code: 'INVITATION_USED',
    });
    invitation = token;
  });

  it('M-05, M-06: without a helpdesk a participant does not come to be active; the foundation needs none', async () => {
    const manager = `${candidate}/manager`;
    expect(await command(manager, 'registerContacts', { contacts: three.slice(0, 2) })).toMatchObject({
      code: 'HELPDESK_REQUIRED',
    });
    expect(await activate()).toMatchObject({ __typename: 'StateDoesNotAllow', state: 'CANDIDATE' });
    const own = { participantId: 'voorbeeld', contacts: three.slice(0, 2) };
    expect(await command('voorbeeld/manager', 'registerContacts', own)).toMatchObject({
      __typename: 'ParticipantChanged',
    });
  });

  it('M-10: a candidate reads nothing of the others, and others nothing of how it joins', async () => {
    const { data } = await network
      .as(`${candidate}/manager`)
      .ask(
        `{ incidents(first: 5) { nodes { id } coverage { parties { participant { id } outcome } } } participant(id: "${candidate}") { accession { tradeRegister } availableActions { action available } } }`,
      );
    const answered = data.incidents.coverage.parties.filter(
      ({ outcome }: { outcome: string }) => outcome !== 'REFUSED',
    );
    expect(answered).toEqual([{ participant: { id: candidate }, outcome: 'FRESH' }]);
    expect(data.incidents.coverage.parties).toHaveLength(4);
    expect(data.participant.accession).toEqual({ tradeRegister: 'KvK 00000007' });
    expect(data.participant.availableActions).toContainEqual({ action: 'registerContacts', available: true });
    const ways = `{ participant(id: "${candidate}") { ...it } node(id: "${candidate}") { ... on Participant { ...it } }
      participants(state: [CANDIDATE]) { ...it } } fragment it on Participant { accessionState accession { tradeRegister } }`;
    const hidden = { accessionState: 'CANDIDATE', accession: null };
    const shown = { accessionState: 'CANDIDATE', accession: { tradeRegister: 'KvK 00000007' } };
    for (const [who, row] of [
      ['linde/manager', hidden],
      ['voorbeeld/manager', hidden],
      ['voorbeeld/foundation', shown],
    ] as const) {
      const seen = await network.as(who).ask(ways);
      expect(seen.data).toEqual({ participant: row, node: row, participants: [row] });
    }
  });

  it('M-08, M-09: contacts are published by the codes that were sent, and read by everyone', async () => {
    expect(await command(`${candidate}/manager`, 'registerContacts', { contacts: three })).toMatchObject({
      __typename: 'ParticipantChanged',
    });
    expect(await command(`${candidate}/manager`, 'publishContacts', { codes: [] })).toMatchObject({
      code: 'REACHABILITY_NOT_CONFIRMED',
    });
    expect(await command(`${candidate}/manager`, 'publishContacts', { codes: await codes() })).toMatchObject({
      __typename: 'ParticipantChanged',
    });
    await untilState('CONTACTS_PUBLISHED');
    const { data } = await network
      .as('linde/desk')
      .ask(`{ participant(id: "${candidate}") { contacts { role persons { name } } } }`);
    expect(data.participant.contacts.map(({ role }: { role: string }) => role)).toEqual([
      'SERVICEMANAGER',
      'SERVICEDESK',
      'HELPDESK',
    ]);
  });

  it('M-09: it becomes active when its endpoint answers, and is asked along everywhere without a restart', async () => {
    await network.process(candidate).stop();
    expect(await activate()).toMatchObject({ __typename: 'NotAllowed', code: 'ENDPOINT_NOT_PROVEN' });
    await network.process(candidate).start();
    await until(activate, ({ __typename }) => __typename === 'ParticipantChanged', `${candidate} to be activated`);
    await untilState('ACTIVE');
    const board = () =>
      network
        .as('linde/desk')
        .ask('{ incidents(first: 5) { coverage { asked complete parties { participant { id } outcome } } } }');
    const { data } = await until(
      board,
      (answer) => answer.data?.incidents.coverage.complete === true,
      'a complete board',
    );
    expect(data?.incidents.coverage.asked).toBe(4);
    expect(data?.incidents.coverage.parties).toContainEqual({ participant: { id: candidate }, outcome: 'FRESH' });
    const own = await network.as(`${candidate}/desk`).ask('{ incidents(first: 5) { coverage { answered } } }');
    expect(own.data.incidents.coverage.answered).toBe(4);
    expect((await asInvited(invitation, '{ participants { id } }')).status).toBe(401);
    expect([network.process('gateway').pid, network.process('registry').pid]).toEqual([hubPid, registryPid]);
  });

  it('the door for schemas is for the registry alone', async () => {
    const json = (path: string) => JSON.parse(readFileSync(join(dataDir, path), 'utf8'));
    await using door = createHubDoor({
      hubUrl: network.hubUrl,
      name: 'linde',
      keys: parseEndpointKeys(json('keys/linde.json')),
      pins: parsePins(json('pins.json')),
      now: Date.now,
    });
    const { status, body } = await door.send('POST', '/contracts', {
      body: JSON.stringify({ participant: candidate }),
    });
    expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
  });
});
