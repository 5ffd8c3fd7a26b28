/** Boards over a network, the work that goes on meanwhile, and the question whether every board tells the truth in the end. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReaderCaller } from '@kortelijn/schema/vocabulary/readers.ts';
import { expect } from 'vitest';
import type { Caller } from '../network/callers.ts';
import type { Network } from '../network/network.ts';
import { command, report, until } from '../network/scenario.ts';
import { createRandom, type Random } from '../network/seeds/random.ts';
import { type Board, type BoardOptions, boardFields, openBoard } from './board.ts';
import { type Began, clean, judgeBoard } from './judge-board.ts';
import { loadIncidents, type Row } from './load-incidents.ts';
import { headOf, readFeed, unnumbered } from './read-feed.ts';

export const isFull = process.env.FAULT_SCALE === 'full';
export const seed = Number(process.env.SEED ?? 1);

/** The length of a fault: as the plan of faults says, or short enough for every run; printed. */
export function lasting(what: string, fullMs: number, shortMs: number): number {
  const ms = isFull ? fullMs : shortMs;
  console.log(`${what}: ${ms / 1000} s (${isFull ? 'full' : `FAULT_SCALE=full: ${fullMs / 1000} s`}), SEED=${seed}`);
  return ms;
}

export interface Watcher {
  readonly persona: string;
  readonly board: Board;
}

export interface Watching extends AsyncDisposable {
  readonly watchers: readonly Watcher[];
  /** Where each feed stood before and after the boards asked their first question. */
  readonly began: ReadonlyMap<string, Began>;
}

/** Opens boards and waits until each has an answer and follows its stream. */
export async function watch(
  network: Network,
  personas: readonly string[],
  options: Partial<Omit<BoardOptions, 'token' | 'random'>> = {},
): Promise<Watching> {
  const before = await heads(network);
  const watchers: Watcher[] = [];
  for (const [index, persona] of personas.entries()) {
    // People do not open their boards at one moment.
    if (index > 0 && index % 10 === 0) await sleep(100);
    const random = createRandom(seed + index).next;
    const caller = network.as(persona);
    // Both doors serve the same stream.
    const door = index % 2 === 0 ? ('WEBSOCKET' as const) : ('SSE' as const);
    const board = openBoard({ hubs: [network.hubUrl], door, ...options, token: caller.token, random });
    watchers.push({ persona, board });
  }
  const watching = {
    watchers,
    began: new Map<string, Began>(),
    [Symbol.asyncDispose]: async () =>
      void (await Promise.all(watchers.map(({ board }) => board[Symbol.asyncDispose]()))),
  };
  try {
    await settle(watchers);
  } catch (error) {
    await watching[Symbol.asyncDispose]();
    throw error;
  }
  const after = await heads(network);
  for (const [participant, head] of before) {
    watching.began.set(participant, { before: head, after: after.get(participant) ?? head });
  }
  return watching;
}

/** Every board follows its stream and waits for nothing. */
export async function settle(watchers: readonly Watcher[], limitMs = 120_000): Promise<void> {
  await until(
    async () =>
      watchers.filter(({ board }) => !board.isSettled).map(({ persona, board }) => `${persona}: ${troubles(board)}`),
    (unsettled) => unsettled.length === 0 || watchers.some(({ board }) => board.failure !== undefined),
    'every board to follow its stream',
    limitMs,
  );
  for (const { persona, board } of watchers) {
    if (board.failure !== undefined) throw new Error(`The board of ${persona} gave up: ${board.failure}`);
  }
}

const told = ({ persona, board }: Watcher) => `${persona}: ${troubles(board)}`;
const troubles = ({ failure, ends, isStale }: Board) =>
  failure ?? `${isStale ? 'stale, ' : ''}${ends.length} ends, last ${JSON.stringify(ends.at(-1))}`;

async function heads(network: Network): Promise<ReadonlyMap<string, number>> {
  const found = network.participants.map(async ({ id }) => [id, await headOf(network, id)] as const);
  return new Map(await Promise.all(found));
}

export function readerOf(network: Network, persona: string): ReaderCaller {
  const [participant = '', key] = persona.split('/');
  const found = network.participants.find(({ id }) => id === participant);
  const person = found?.personas.find((one) => one.key === key);
  if (person !== undefined) return { participant, roles: person.roles, scopes: [], subject: person.subject };
  const program = found?.programs.find(({ clientId }) => clientId === key);
  if (program === undefined) throw new Error(`Expected somebody of the network, got ${persona}`);
  return { participant, roles: ['PROGRAM'], scopes: program.scope.split(' '), subject: program.clientId };
}

/** The first report of a network that has just started: an endpoint knows the others once it has read the directory. */
export const firstReport = (caller: Caller, affected: readonly string[]) =>
  until(
    () => report(caller, { affected }).catch((error: Error) => error.message),
    (id) => id.includes(':inc_'),
    'the endpoint to know the others',
  );

/** Once nothing goes on any more: every board shows exactly what a query shows. */
export async function expectEqualToQuery(
  network: Network,
  watchers: readonly Watcher[],
  hub = network.hubUrl,
): Promise<void> {
  await until(
    () => Promise.all(network.participants.map(({ id }) => unnumbered(network, id))),
    (waiting) => waiting.every((count) => count === 0),
    'every change to be numbered',
  );
  const truths = new Map<string, string>();
  let different = watchers;
  // What participants tell each other may still be on its way: whoever differs is held against a new answer.
  await until(
    async () => {
      for (const persona of new Set(different.map((one) => one.persona))) {
        truths.set(persona, text(await askAll(hub, network.as(persona))));
      }
      different = different.filter(({ persona, board }) => text(board.state()) !== truths.get(persona));
      return different.map(told);
    },
    (found) => found.length === 0,
    'every board to show what a query shows',
    60_000,
  ).catch((error) => {
    const [first] = different;
    if (first === undefined) throw error;
    // Said by the rows themselves.
    const { persona, board } = first;
    const rows = JSON.parse(truths.get(persona) ?? '[]');
    const more = { persona, troubles: troubles(board), different: different.length };
    expect({ ...more, rows: board.state() }).toEqual({ ...more, rows });
  });
}

const text = (rows: readonly Row[]) => JSON.stringify([...rows].sort((a, b) => (a.id < b.id ? -1 : 1)));

async function askAll(hub: string, caller: Caller): Promise<readonly Row[]> {
  const loaded = await until(
    async () => loadIncidents({ hub, token: await caller.token(), fields: boardFields }),
    ({ missing }) => missing.size === 0,
    'every participant to answer a query',
    60_000,
  );
  return loaded.rows;
}

/** 0 lost, 0 double, in order, nothing foreign, nothing of before: each board against each participant's own feed. */
export async function expectNothingLost(network: Network, { watchers, began }: Watching): Promise<number> {
  let seenCount = 0;
  for (const { id } of network.participants) {
    const feed = await readFeed(network, id);
    for (const { persona, board } of watchers) {
      const seen = board.rows.seen(id);
      seenCount += seen.length;
      const start = began.get(id) ?? { before: 0, after: 0 };
      const verdict = judgeBoard(feed, seen, readerOf(network, persona), start);
      expect({ persona, id, ...verdict }).toEqual({ persona, id, ...clean });
    }
  }
  expect(seenCount).toBeGreaterThan(0);
  return seenCount;
}

/**
 * Never asked everything anew, and was never told that changes are missing, but of a participant that had been silent at
 * its first question.
 */
export function expectUnbroken(watchers: readonly Watcher[]): void {
  for (const { persona, board } of watchers) {
    const { loadCount, rows, failure, missedAtLoad } = board;
    const gaps = rows.gaps.filter(({ participant }) => !missedAtLoad.has(participant));
    expect({ persona, loadCount, gaps, doubles: rows.doubleCount, failure }).toEqual({
      persona,
      loadCount: 1,
      gaps: [],
      doubles: 0,
      failure: undefined,
    });
  }
}

export interface Work {
  /** Commands that were answered with their effect. */
  readonly doneCount: number;
  stop(): Promise<void>;
}

export interface WorkOptions {
  readonly as: (persona: string) => Caller;
  readonly participants: readonly string[];
  readonly random?: Random;
  readonly everyMs?: number;
  /** Gives everybody sight of an incident by a network incident, and takes it away again. */
  readonly withRights?: boolean;
}

/** Desks at work: they report, change, take up and hand over, and give and take sight of incidents. */
export function keepWorking({
  as,
  participants,
  random = createRandom(seed),
  everyMs = 40,
  withRights,
}: WorkOptions): Work {
  const stopping = new AbortController();
  const { signal } = stopping;
  const incidents: { id: string; owner: string }[] = [];
  let doneCount = 0;

  const turn = async () => {
    const participant = random.pick(participants);
    const desk = as(`${participant}/desk`);
    const others = participants.filter((one) => one !== participant);
    const own = incidents.filter(({ owner }) => owner === participant);
    const chance = random.next();
    if (own.length === 0 || chance < 0.25) {
      const affected = others.filter(() => random.next() < 0.3);
      const made = await command(desk, 'reportIncident', { service: 'Verzamelen', title: 'Proefmelding', affected });
      if (made.__typename === 'IncidentSent') incidents.push({ id: made.link.id, owner: participant });
      return made.__typename === 'IncidentSent';
    }
    const { id: incidentId } = random.pick(own);
    const change =
      chance < 0.75
        ? command(desk, 'changeIncident', { incidentId, title: `Proefmelding ${random.below(1_000)}` })
        : command(desk, chance < 0.87 ? 'acknowledgeIncident' : 'startIncident', { incidentId });
    return (await change).__typename === 'IncidentChanged';
  };
  const rights = async () => {
    const participant = random.pick(participants);
    const own = incidents.filter(({ owner }) => owner === participant);
    if (own.length === 0) return;
    const incidentIds = [random.pick(own).id];
    const proposed = await ask(as(`${participant}/desk`), 'proposeNetworkIncident', 'ProposeNetworkIncidentInput', {
      title: 'Verzamelen faalt',
      services: ['Verzamelen'],
      level: 'PARTIAL_OUTAGE',
      incidentIds,
    });
    const networkIncidentId = proposed?.networkIncident?.id;
    if (networkIncidentId === undefined) return;
    const foundation = as('voorbeeld/foundation');
    const input = { networkIncidentId, reason: 'Meer partijen melden hetzelfde.' };
    await ask(foundation, 'promoteNetworkIncident', 'ChangeNetworkIncidentInput', input);
    await sleep(500 + random.below(1_500), undefined, { signal });
    await ask(foundation, 'demoteNetworkIncident', 'ChangeNetworkIncidentInput', input);
  };
  const loop = async (once: () => Promise<unknown>, pauseMs: number) => {
    while (!signal.aborted) {
      // A participant that is killed, frozen or cut off answers nobody: that is what the test does to it.
      if ((await once().catch(() => false)) === true) doneCount += 1;
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  };
  // Whoever is silent holds up his own callers only.
  const loops = [loop(turn, everyMs), loop(turn, everyMs), ...(withRights ? [loop(rights, 100)] : [])];
  return {
    get doneCount() {
      return doneCount;
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function ask(caller: Caller, mutation: string, inputType: string, input: Record<string, unknown>) {
  const { data } = await caller.ask(
    `mutation ($input: ${inputType}!) { result: ${mutation}(input: $input) { __typename ... on NetworkIncidentChanged { networkIncident { id } } } }`,
    { input: { commandId: randomUUID(), ...input } },
    { 'kortelijn-deadline-ms': '5000' },
  );
  return data?.result;
}
