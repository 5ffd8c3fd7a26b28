/** Streams posted to a program: the whole network, two gateways, a receiver that verifies with the reference library. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Receiver, startReceiver } from '@kortelijn/gateway/live/webhooks/standins/receiver.ts';
import { admits, parseReaders } from '@kortelijn/schema/vocabulary/readers.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../network/callers.ts';
import { createNetwork, type Network, type NetworkGateway } from '../network/network.ts';
import { command, report, until } from '../network/scenario.ts';
import { openStream } from './open-stream.ts';
import { readFeed } from './read-feed.ts';

const participants = ['linde', 'fictiviteit', 'denkbeeld'];
const egress = { EGRESS_ALLOW: '127.0.0.0/8,::1/128' };
const program = { participant: 'fictiviteit', roles: ['PROGRAM'], scopes: ['incidents:read'] };
const document = `subscription Bord($participants: [ID!]) {
  incidentChanged(participants: $participants) {
    __typename
    ... on IncidentChange { participant { id } incident { id title state } }
    ... on Gone { subjectId }
    ... on Gap { reason }
  }
}`;

let network: Network;
let receiver: Receiver;
let manager: Caller;
let webhookId: string;

const result = `__typename ... on WebhookSecretShown { secret webhook { id } } ... on WebhookChanged { webhook { id } }
  ... on InvalidInput { code path } ... on NotAllowed { code } ... on NotFound { id }`;
const ask = async (caller: Caller, mutation: string, input: Record<string, unknown>, type = mutation) => {
  const name = `${type[0]?.toUpperCase()}${type.slice(1)}Input`;
  const text = `mutation ($input: ${name}!) { result: ${mutation}(input: $input) { ${result} } }`;
  const { data, errors } = await caller.ask(text, { input: { commandId: randomUUID(), ...input } });
  if (!data?.result) throw new Error(`Expected a result of ${mutation}, found ${JSON.stringify(errors)}`);
  return data.result;
};
const register = (caller: Caller, more: Record<string, unknown> = {}) =>
  ask(caller, 'registerWebhook', {
    program: 'bord-bouwer',
    scopes: ['incidents:read'],
    url: receiver.url,
    document,
    variables: JSON.stringify({ participants }),
    ...more,
  });
const state = async () => {
  const text = '{ webhooks { id state startedAt failures lastReason lastStatus deadLetterCount } }';
  const { data } = await manager.ask(text);
  return data?.webhooks?.find(({ id }: { id: string }) => id === webhookId);
};
/** What the program may see of a feed since then, in the order of that feed. */
const wanted = async (participant: string, from: number) =>
  (await readFeed(network, participant))
    .filter(({ seq, type }) => seq > from && type.startsWith('incident.'))
    .filter(({ readersAfter }) => admits(parseReaders(readersAfter as string[]), program))
    .map(({ id }) => id);
const firsts = () => [...new Set(receiver.taken())];
let starts: Readonly<Record<string, number>>;
/** Everything that the program may see has been taken, in the order of each feed. */
const expectAll = async (limitMs = 90_000) => {
  const all = await Promise.all(
    Object.entries(starts).map(async ([participant, from]) => [participant, await wanted(participant, from)] as const),
  );
  const count = all.reduce((sum, [, ids]) => sum + ids.length, 0);
  await until(
    async () => firsts().length,
    (found) => found >= count,
    `${count} items to be taken`,
    limitMs,
  );
  for (const [, ids] of all) expect(firsts().filter((id) => ids.includes(id))).toEqual(ids);
  expect(firsts()).toHaveLength(count);
  return count;
};
const numbered = () => sleep(600);

/** A gateway has reached every feed. */
async function followsAll({ url, as }: NetworkGateway): Promise<void> {
  const token = await as('fictiviteit/desk').token();
  const heartbeats = 'subscription { incidentChanged { ... on Heartbeat { feeds { state } } } }';
  let states: readonly { readonly state: string }[] = [];
  const stream = openStream('SSE', {
    hub: url,
    token,
    document: heartbeats,
    variables: {},
    onResult: ({ data }) => {
      states = (data?.incidentChanged as { feeds?: typeof states } | undefined)?.feeds ?? states;
    },
    onEnd: () => {},
  });
  const areLive = () => states.length > 0 && states.every(({ state: one }) => one === 'LIVE');
  await until(async () => areLive(), Boolean, `${url} to follow every feed`, 60_000);
  stream.close();
}

beforeAll(async () => {
  network = await createNetwork({
    participants,
    gateways: 2,
    env: { registry: egress, gateway: egress, 'gateway-2': egress },
  });
  // A webhook that begins before a feed has been reached is told of a gap there; these tests are about the rest.
  await Promise.all(network.gateways.map(followsAll));
  manager = network.gateway(1).as('fictiviteit/manager');
  receiver = await startReceiver('');
  const { secret, webhook } = await register(network.as('fictiviteit/manager'));
  receiver.secret = secret;
  webhookId = webhook.id;
  await until(state, (one) => one?.startedAt != null, 'the webhook to begin');
  await numbered();
  const heads = await Promise.all(
    participants.map(async (id) => [id, (await readFeed(network, id)).at(-1)?.seq ?? 0] as const),
  );
  starts = Object.fromEntries(heads);
});
afterAll(async () => {
  await receiver?.[Symbol.asyncDispose]();
  await network?.stop();
});

/** The desk of fictiviteit reports about others and about itself; whoever handles it takes it up. */
const reportOne = async (owner: string, title: string, hub = network.gateway(1)) => {
  const own = owner === 'fictiviteit';
  return report(hub.as('fictiviteit/desk'), { title, ...(!own && { about: owner }) });
};
const acknowledge = async (owner: string, incidentId: string, hub = network.gateway(1)) =>
  until(
    () => command(hub.as(`${owner}/desk`), 'acknowledgeIncident', { incidentId }),
    ({ __typename }) => __typename === 'IncidentChanged',
    `${incidentId} to be taken up`,
  );
const work = async (rounds: number) => {
  for (let round = 0; round < rounds; round += 1) {
    for (const owner of participants) await acknowledge(owner, await reportOne(owner, `Proef ${round}`));
  }
  await numbered();
};

test('a program gets what it may see and nothing else, signed, in the order of each participant', async () => {
  await report(network.as('linde/desk'), { title: 'van ons alleen' });
  await work(3);
  const count = await expectAll();
  expect(count).toBeGreaterThanOrEqual(18);
  expect(JSON.stringify(receiver.received)).not.toContain('van ons alleen');
  expect(receiver.received.every(({ status }) => status === 204)).toBe(true);
  const [first] = receiver.received;
  expect(first?.body).toMatchObject({
    type: expect.stringMatching(/^incident\./),
    data: { __typename: 'IncidentChange', incident: { title: expect.any(String) } },
  });
  expect(JSON.stringify(first?.body)).not.toContain('__k_');
});

test('A13: addresses inside the network are refused at registration, through the hub too', async () => {
  for (const url of [
    'https://10.0.0.1/',
    'http://169.254.169.254/',
    'https://[::ffff:127.0.0.1]/',
    'file:///etc/passwd',
  ])
    expect(await register(manager, { url })).toMatchObject({ __typename: 'InvalidInput', code: 'URL_NOT_ALLOWED' });
  expect(await register(network.as('fictiviteit/desk'))).toMatchObject({ code: 'ROLE_DOES_NOT_ALLOW' });
  expect(await register(network.as('fictiviteit/bord-bouwer'))).toMatchObject({ code: 'SCOPE_MISSING' });
});

test('F21: the receiver is down, then answers 500s: nothing is lost, order is kept, each item is taken once', async () => {
  const before = receiver.taken().length;
  await receiver.down();
  await work(2);
  await until(state, (one) => one?.state === 'FAILING' && one.lastReason === 'UNREACHABLE', 'the webhook to fail');
  receiver.answer = () => 500;
  await receiver.up();
  await until(state, (one) => one?.lastStatus === 500, 'an answer of 500', 60_000);
  receiver.answer = () => 204;
  // Whoever mended it need not wait for the next attempt.
  await ask(manager, 'replayWebhook', { webhookId, since: new Date().toISOString() });
  await expectAll();
  expect(new Set(receiver.taken().slice(before)).size).toBe(receiver.taken().length - before);
  await until(state, (one) => one?.state === 'ACTIVE' && one.failures === 0, 'the webhook to be well');
});

test('a gateway that is killed is followed by the other within the lease; what comes twice has the same id', async () => {
  await network.gateway(0).process.kill();
  // What goes from one participant to another takes the way through the first gateway; a house of its own goes on.
  for (let n = 0; n < 4; n += 1)
    await acknowledge('fictiviteit', await reportOne('fictiviteit', `Zonder de eerste ${n}`));
  await numbered();
  await expectAll();
  await network.gateway(0).process.start();
  await network.gateway(1).process.kill();
  for (let n = 0; n < 5; n += 1) await reportOne('linde', `Na de wissel ${n}`, network.gateway(0));
  await numbered();
  await expectAll();
  await network.gateway(1).process.start();
});

/** Reported by fictiviteit, for linde to take up when everything else is over. */
let left: string;

test('a program whose party is suspended gets nothing more, and when it is back what it may see then', async () => {
  const foundation = network.as('voorbeeld/foundation');
  const open = await reportOne('linde', 'Loopt nog');
  await acknowledge('linde', open);
  left = await reportOne('linde', 'Blijft liggen');
  await expectAll();
  const membership = (name: string) =>
    foundation.ask(
      `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { __typename } }`,
      {
        input: { commandId: randomUUID(), participantId: 'fictiviteit', reason: 'Proef.' },
      },
    );
  expect((await membership('suspendParticipant')).data).toEqual({
    suspendParticipant: { __typename: 'ParticipantChanged' },
  });
  await sleep(6_000);
  const before = receiver.received.length;
  await command(network.as('linde/desk'), 'startIncident', { incidentId: open });
  await numbered();
  await sleep(6_000);
  expect(receiver.received).toHaveLength(before);
  expect((await membership('reinstateParticipant')).data).toEqual({
    reinstateParticipant: { __typename: 'ParticipantChanged' },
  });
  await expectAll();
});

test('with a removed webhook it is over', async () => {
  await ask(manager, 'removeWebhook', { webhookId }, 'webhookCommand');
  await sleep(4_000);
  const before = receiver.received.length;
  await acknowledge('linde', left);
  await numbered();
  await sleep(3_000);
  expect(receiver.received).toHaveLength(before);
});
