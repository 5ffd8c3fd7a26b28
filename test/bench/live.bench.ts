/**
 * From a change at a participant to the last of many boards, and what that costs the gateway; beside it the floor: a bare
 * graphql-ws server that sends frames of the same size to the same clients. Prints JSON, one line each.
 *
 * node --import tsx test/bench/live.bench.ts [--subscribers 1000,10000] [--subject-share 0,0.5] [--events 20]
 *   [--every 500] [--burst 20] [--people 72] [--clients 2] [--settle 6000]
 *
 * Everybody is involved in the incident that changes, so every subscriber is told of every event. Subscribers are spread
 * over people (7 participants × --people), over three sets of roles at each (21 classes) and over six selections.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { demoParticipants, type Persona } from '../network/demo-network.ts';
import { createNetwork, type Network } from '../network/network.ts';
import { command, report, until } from '../network/scenario.ts';
import { createRandom } from '../network/seeds/random.ts';
import { type Clients, startClients, type Tally } from './live-crowd.ts';
import { startFloor } from './live-floor-process.ts';
import { nowMs } from './live-messages.ts';
import { cpuSeconds, pssBytes } from './live-process.ts';

const { values } = parseArgs({
  options: {
    subscribers: { type: 'string', default: process.env.LIVE_SUBSCRIBERS ?? '1000' },
    'subject-share': { type: 'string', default: '0,0.5' },
    events: { type: 'string', default: '20' },
    every: { type: 'string', default: '500' },
    burst: { type: 'string', default: '20' },
    people: { type: 'string', default: '72' },
    clients: { type: 'string', default: '2' },
    settle: { type: 'string', default: '6000' },
  },
});
const numbers = (text: string) => text.split(',').map(Number);
const eventCount = Number(values.events);
const everyMs = Number(values.every);
const burstCount = Number(values.burst);
const settleMs = Number(values.settle);
const warmCount = 50;
const peoplePerParticipant = Number(values.people);

const roleSets = [['SERVICEMANAGER'], ['SERVICEDESK'], ['SERVICEMANAGER', 'SERVICEDESK']] as const;
const people = Object.fromEntries(
  demoParticipants.map(({ id }) => [
    id,
    Array.from({ length: peoplePerParticipant }, (_, index): Persona => {
      const roles = roleSets[index % roleSets.length] ?? [];
      return { key: `bord-${index}`, subject: `${id}-bord-${index}`, name: `Bord ${index}`, roles };
    }),
  ]),
);

const selections = [
  'state',
  'reference title state priority',
  'reference title owner { id name } reporter { id name }',
  'version updatedAt state waitReason service',
  'title impact urgency participations { participant { id name } part state }',
  'reference title state priority service owner { id name } team { name } updatedAt',
];
/** The same for nobody else: each person has his own. */
const subjectField = 'unreadNotifications';
const documentOf = (fields: string) =>
  `subscription { item: incidentChanged { __typename ... on IncidentChange { id at cursor type participant { id } incident { id ${fields} } } ... on Gone { id } ... on Gap { reason } ... on Heartbeat { at } } }`;
const documents = [
  ...selections.map(documentOf),
  ...selections.map((fields) => documentOf(`${fields} ${subjectField}`)),
];

/** Commands that the hub could not take at once and that were sent again. */
let busyCount = 0;

const network = await createNetwork({ people, env: { identity: { ALLOW_DEMO_IDENTITIES: 'yes' } } });
try {
  const tokens = await logIn(network);
  const reporter = network.as('linde/desk');
  const affected = network.participants.map(({ id }) => id).filter((id) => id !== 'linde');
  // An endpoint knows the others once it has read the directory.
  const incidentId = await until(
    () => report(reporter, { affected, title: 'Agenda laadt niet' }).catch((error: Error) => error.message),
    (id) => id.includes(':inc_'),
    'the incident to be reported',
  );
  for (const subscribers of numbers(values.subscribers)) {
    for (const subjectShare of numbers(values['subject-share'])) {
      await run({ subscribers, subjectShare, tokens, incidentId });
    }
  }
} finally {
  await network.stop();
}

interface Run {
  readonly subscribers: number;
  readonly subjectShare: number;
  readonly tokens: readonly string[];
  readonly incidentId: string;
}

async function run({ subscribers, subjectShare, tokens, incidentId }: Run): Promise<void> {
  const gateway = network.process('gateway').pid ?? 0;
  const clients = await startClients(Number(values.clients));
  try {
    // Some of each first, so that plans and code are warm when memory is measured.
    const random = createRandom(subscribers);
    const subscriptions = Array.from({ length: subscribers }, (_, index) => {
      const selection = random.below(selections.length);
      const isOwn = random.next() < subjectShare;
      return [isOwn ? selection + selections.length : selection, index % tokens.length] as const;
    });
    await clients.connect(wsUrl(network.hubUrl), documents, tokens, subscriptions.slice(0, warmCount));
    await change(incidentId, 'warm');
    await clients.disconnect();
    await sleep(settleMs);

    const before = pssBytes(gateway);
    const connected = await clients.connect(wsUrl(network.hubUrl), documents, tokens, subscriptions);
    await sleep(settleMs);
    const memory = (pssBytes(gateway) - before) / connected.count;

    const metricsBefore = await readMetrics();
    const paced = await measure(gateway, clients, connected.count * eventCount, async () => {
      const startedAt = performance.now();
      for (let number = 0; number < eventCount; number += 1) {
        await sleep(Math.max(0, startedAt + number * everyMs - performance.now()));
        await change(incidentId, `paced ${number}`);
      }
    });
    const metrics = difference(metricsBefore, await readMetrics());
    const burst = await measure(gateway, clients, connected.count * burstCount, async () => {
      for (let number = 0; number < burstCount; number += 1) await change(incidentId, `burst ${number}`);
    });
    const kind = subjectShare === 0 ? 'hub' : `hub, ${subjectShare * 100} % with a field of their own`;
    print(kind, subscribers, connected, {
      paced,
      burst,
      bytesPerSubscription: Math.round(memory),
      commandsSentAgain: busyCount,
      metrics,
    });
    busyCount = 0;
    await clients.disconnect();

    await using floor = await startFloor();
    const bare = await clients.connect(
      floor.url,
      ['subscription { item }'],
      [''],
      Array.from({ length: subscribers }, () => [0, 0] as const),
    );
    const frameBytes = Math.round(paced.tally.byteCount / Math.max(1, paced.tally.deliveryCount));
    const floorPaced = await measure(floor.pid, clients, bare.count * eventCount, () =>
      floor.publish({ count: eventCount, everyMs, frameBytes }),
    );
    const floorBurst = await measure(floor.pid, clients, bare.count * burstCount, () =>
      floor.publish({ count: burstCount, everyMs: 0, frameBytes }),
    );
    print('floor', subscribers, bare, { paced: floorPaced, burst: floorBurst });
  } finally {
    await clients.stop();
  }
}

interface Measured {
  readonly tally: Tally;
  readonly wantedCount: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** What comes of events, until everything has come or nothing comes any more. */
async function measure(
  pid: number,
  clients: Clients,
  wantedCount: number,
  make: () => Promise<void>,
): Promise<Measured> {
  await clients.collect();
  const cpuBefore = cpuSeconds(pid);
  const startedAt = nowMs();
  await make();
  const tally = await clients.collectUntil(wantedCount);
  const used = cpuSeconds(pid) - cpuBefore;
  return { tally, wantedCount, cpuSeconds: used, seconds: (tally.lastAtMs - startedAt) / 1_000 };
}

function print(
  kind: string,
  subscribers: number,
  connected: { readonly count: number; readonly failures: Readonly<Record<string, number>> },
  { paced, burst, ...more }: { paced: Measured; burst: Measured } & Readonly<Record<string, unknown>>,
): void {
  console.log(
    JSON.stringify({
      bench: 'live',
      kind,
      subscribers,
      connected: connected.count,
      ...(Object.keys(connected.failures).length > 0 && { failures: connected.failures }),
      ...(kind !== 'floor' && { classes: demoParticipants.length * roleSets.length, selections: selections.length }),
      events: paced.tally.events.length,
      lastBoardMs: percentiles(paced.tally.events.map(({ lastMs }) => lastMs)),
      deliveryMs: paced.tally.percentiles,
      undelivered: paced.wantedCount - paced.tally.deliveryCount + (burst.wantedCount - burst.tally.deliveryCount),
      frameBytes: Math.round(paced.tally.byteCount / Math.max(1, paced.tally.deliveryCount)),
      cpuUsPerDelivery: Math.round((1e6 * paced.cpuSeconds) / Math.max(1, paced.tally.deliveryCount)),
      burstCpuUsPerDelivery: Math.round((1e6 * burst.cpuSeconds) / Math.max(1, burst.tally.deliveryCount)),
      burstDeliveriesPerSecond: Math.round(burst.tally.deliveryCount / burst.seconds),
      burstDeliveriesPerCoreSecond: Math.round(burst.tally.deliveryCount / burst.cpuSeconds),
      ...(Object.keys(paced.tally.lost).length > 0 && { lost: paced.tally.lost }),
      ...more,
    }),
  );
}

function percentiles(of: readonly number[]): Record<string, number> {
  const sorted = [...of].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? -1);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

async function logIn({ as }: Network): Promise<readonly string[]> {
  const personas = demoParticipants.flatMap(({ id }) => (people[id] ?? []).map(({ key }) => `${id}/${key}`));
  const tokens: string[] = [];
  for (let from = 0; from < personas.length; from += 20) {
    tokens.push(...(await Promise.all(personas.slice(from, from + 20).map((persona) => as(persona).token()))));
  }
  return tokens;
}

async function change(incidentId: string, title: string): Promise<void> {
  const input = { incidentId, title: `Agenda laadt niet, ${title}` };
  await until(
    () =>
      command(network.as('linde/desk'), 'changeIncident', input).catch((error: Error) => {
        busyCount += 1;
        return { __typename: error.message };
      }),
    ({ __typename }) => __typename === 'IncidentChanged',
    'the incident to be changed',
  );
}

/** Counters of the gateway that tell of work done for streams, summed over their labels. */
async function readMetrics(): Promise<Readonly<Record<string, number>>> {
  const sums: Record<string, number> = {};
  for (const line of (await (await fetch(`${network.hubUrl}/metrics`)).text()).split('\n')) {
    const [, name, value] =
      /^(kortelijn_(?:stream|live|feed|participant_requests)\w*_total)(?:\{.*\})? (\S+)$/.exec(line) ?? [];
    if (name !== undefined) sums[name] = (sums[name] ?? 0) + Number(value);
  }
  return sums;
}

function difference(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>) {
  const perEvent = (name: string, value: number) => Math.round(((value - (before[name] ?? 0)) / eventCount) * 10) / 10;
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [`${name}PerEvent`, perEvent(name, value)]));
}

function wsUrl(hubUrl: string): string {
  // By number: a name is looked up for each socket.
  const url = new URL('/graphql', hubUrl);
  return `ws://127.0.0.1:${url.port}/graphql`;
}
