/** All subscribers of a benchmark: processes of their own, each from an address of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nodeArguments } from '../network/managed-process.ts';
import type { Collected, Connect, FromClients, ToClients } from './live-messages.ts';

export interface Tally extends Omit<Collected, 'kind' | 'latencies'> {
  /** Of every delivery, in milliseconds. */
  readonly percentiles: Readonly<Record<'p50' | 'p95' | 'p99', number>>;
}

export interface Connected {
  readonly count: number;
  readonly failures: Readonly<Record<string, number>>;
}

export interface Clients {
  connect(
    url: string,
    documents: readonly string[],
    tokens: readonly string[],
    subscribers: Connect['subscribers'],
  ): Promise<Connected>;
  /** What was delivered since the last time. */
  collect(): Promise<Tally>;
  /** Waits until so much was delivered, or until nothing is any more. */
  collectUntil(deliveryCount: number): Promise<Tally>;
  disconnect(): Promise<void>;
  stop(): Promise<void>;
}

const connectPerSecond = 400;
/** Nothing came for so long: nothing more will. */
const quietMs = 10_000;

export async function startClients(processCount: number): Promise<Clients> {
  const file = fileURLToPath(new URL('./live-clients.ts', import.meta.url));
  const children = Array.from({ length: processCount }, () =>
    fork(file, { execArgv: [...nodeArguments], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  const ask = async <Kind extends FromClients['kind']>(child: ChildProcess, message: ToClients, kind: Kind) => {
    child.send(message);
    const [answer] = (await once(child, 'message')) as [FromClients];
    if (answer.kind !== kind) throw new Error(`Expected ${kind} of a process of subscribers, got ${answer.kind}`);
    return answer as Extract<FromClients, { kind: Kind }>;
  };
  const collectAll = () => Promise.all(children.map((child) => ask(child, { kind: 'collect' }, 'collected')));

  return {
    connect: async (url, documents, tokens, subscribers) => {
      const answers = await Promise.all(
        children.map((child, index) =>
          ask(
            child,
            {
              kind: 'connect',
              url,
              localAddress: `127.0.0.${index + 2}`,
              perSecond: connectPerSecond / processCount,
              documents,
              tokens,
              subscribers: subscribers.filter((_, number) => number % processCount === index),
            },
            'connected',
          ),
        ),
      );
      return {
        count: answers.reduce((sum, { count }) => sum + count, 0),
        failures: answers.reduce((sum, { failures }) => added(sum, failures), {} as Record<string, number>),
      };
    },
    collect: async () => tallyOf(await collectAll()),
    collectUntil: async (deliveryCount) => {
      const parts: Collected[] = [];
      let heardAt = performance.now();
      let heard = 0;
      while (heard < deliveryCount && performance.now() - heardAt < quietMs) {
        await sleep(250);
        const answers = await collectAll();
        parts.push(...answers);
        const more = answers.reduce((sum, part) => sum + part.deliveryCount, 0);
        heard += more;
        if (more > 0) heardAt = performance.now();
      }
      return tallyOf(parts);
    },
    disconnect: async () => {
      await Promise.all(children.map((child) => ask(child, { kind: 'disconnect' }, 'disconnected')));
    },
    stop: async () => {
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const gone = once(child, 'exit');
          child.disconnect();
          await gone;
        }),
      );
    },
  };
}

function tallyOf(parts: readonly Collected[]): Tally {
  const events = new Map<string, { count: number; lastMs: number }>();
  for (const { id, count, lastMs } of parts.flatMap((part) => part.events)) {
    const seen = events.get(id) ?? { count: 0, lastMs: 0 };
    events.set(id, { count: seen.count + count, lastMs: Math.max(seen.lastMs, lastMs) });
  }
  const heard = parts.filter(({ deliveryCount }) => deliveryCount > 0);
  const sum = (pick: (part: Collected) => number) => parts.reduce((total, part) => total + pick(part), 0);
  return {
    events: [...events].map(([id, seen]) => ({ id, ...seen })),
    percentiles: percentilesOf(
      parts.reduce((all, { latencies }) => added(all, latencies), {} as Record<string, number>),
    ),
    deliveryCount: sum(({ deliveryCount }) => deliveryCount),
    byteCount: sum(({ byteCount }) => byteCount),
    firstAtMs: Math.min(...heard.map(({ firstAtMs }) => firstAtMs)),
    lastAtMs: Math.max(...heard.map(({ lastAtMs }) => lastAtMs)),
    lost: parts.reduce((all, { lost }) => added(all, lost), {} as Record<string, number>),
  };
}

function percentilesOf(latencies: Readonly<Record<string, number>>) {
  const sorted = Object.entries(latencies)
    .map(([ms, count]) => [Number(ms), count] as const)
    .sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const at = (share: number) => {
    let passed = 0;
    for (const [ms, count] of sorted) {
      passed += count;
      if (passed >= total * share) return ms;
    }
    return -1;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function added(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...one };
  for (const [key, value] of Object.entries(other)) sum[key] = (sum[key] ?? 0) + value;
  return sum;
}
