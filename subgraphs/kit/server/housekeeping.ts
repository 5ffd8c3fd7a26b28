/** Clears away what was promised for a time only: now and then, a bounded batch at a time, so that nobody waits for it. */
import { pruneCommands } from '../command-log/retention.ts';
import { pruneFeed, RETENTION_MS } from '../feed/retention.ts';
import type { Pool } from '../postgres/connect.ts';

export interface HousekeepingOptions {
  readonly pool: Pool;
  now(): number;
  /** How long events stay in the feed; whoever comes later than that takes a snapshot. */
  readonly feedKeptMs?: number | undefined;
  /** How long a repeated command is known again: longer than clients repeat. */
  readonly commandsKeptMs: number;
  /** What a service keeps for a time beside these. */
  readonly alsoKept?: readonly Kept[];
  readonly everyMs?: number;
  /** How many rows one statement takes away. */
  readonly batch?: number;
  readonly onError?: (error: Error) => void;
}

/** Takes away at most `limit` rows from before a moment, and answers how many. */
export interface Kept {
  readonly keptMs: number;
  prune(pool: Pool, what: { readonly before: Date; readonly limit: number }): Promise<number>;
}

const EVERY_MS = 3_600_000;
const BATCH = 5_000;

export function startHousekeeping({
  pool,
  now,
  feedKeptMs = RETENTION_MS,
  commandsKeptMs,
  alsoKept = [],
  everyMs = Math.min(EVERY_MS, feedKeptMs / 4),
  batch = BATCH,
  onError = () => {},
}: HousekeepingOptions): AsyncDisposable {
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const tidy = async () => {
    const all: readonly Kept[] = [
      { keptMs: feedKeptMs, prune: pruneFeed },
      { keptMs: commandsKeptMs, prune: pruneCommands },
      ...alsoKept,
    ];
    for (const { keptMs, prune } of all) {
      while (!stopped && (await prune(pool, { before: new Date(now() - keptMs), limit: batch })) === batch);
    }
  };
  /** Endpoints that start together do not clear away together. */
  const after = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      running = tidy().catch(onError);
      void running.then(() => {
        if (!stopped) timer = after(everyMs * (0.75 + Math.random() / 2));
      });
    }, ms).unref();
  let timer = after(everyMs * Math.random());
  return {
    [Symbol.asyncDispose]: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
