/** Clears away what was promised for a time only, a bounded batch at a time, so that nobody waits for it. */
import { pruneCommands } from '@kortelijn/kit/command-log/retention.ts';
import { pruneFeed, RETENTION_MS } from '@kortelijn/kit/feed/retention.ts';
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import { pruneNotifications } from './notifications.ts';

export interface HousekeepingOptions {
  readonly pool: Pool;
  now(): number;
  readonly everyMs?: number;
  /** How many rows one statement takes away. */
  readonly batch?: number;
  readonly onError?: (error: Error) => void;
}

const EVERY_MS = 10 * 60_000;
/** Longer than a client repeats a command, and than an import takes to be continued. */
const COMMANDS_MS = 90 * 24 * 3_600_000;
/** What still waits by then shows in its own list. */
const NOTIFICATIONS_MS = 90 * 24 * 3_600_000;
const BATCH = 5_000;

export function startHousekeeping({
  pool,
  now,
  everyMs = EVERY_MS,
  batch = BATCH,
  onError = () => {},
}: HousekeepingOptions): AsyncDisposable {
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const timer = setInterval(() => {
    running = running.then(() => tidy()).catch(onError);
  }, everyMs);
  timer.unref();

  const tidy = async () => {
    const before = (keptMs: number) => new Date(now() - keptMs);
    while (!stopped && (await pruneFeed(pool, { before: before(RETENTION_MS), limit: batch })) === batch);
    while (!stopped && (await pruneCommands(pool, { before: before(COMMANDS_MS), limit: batch })) === batch);
    while (!stopped && (await pruneNotifications(pool, { before: before(NOTIFICATIONS_MS), limit: batch })) === batch);
  };
  return {
    [Symbol.asyncDispose]: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
