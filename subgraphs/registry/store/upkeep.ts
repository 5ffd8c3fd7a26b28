/** Clears away what is past its time: feed events after 7 days, commands after 30. Bounded, now and then. */
import { pruneCommands } from '@kortelijn/kit/command-log/retention.ts';
import { pruneFeed, RETENTION_MS } from '@kortelijn/kit/feed/retention.ts';
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';

const EVERY_MS = 10 * 60_000;
const BATCHES_MAX = 20;
const BATCH = 5_000;
const COMMANDS_MS = 30 * 24 * 3_600_000;

export function startUpkeep(pool: Pool, now: () => number, onError: (error: Error) => void) {
  let running = Promise.resolve();
  const once = async () => {
    for (let batch = 0; batch < BATCHES_MAX; batch++) {
      const events = await pruneFeed(pool, { before: new Date(now() - RETENTION_MS), limit: BATCH });
      const commands = await pruneCommands(pool, { before: new Date(now() - COMMANDS_MS), limit: BATCH });
      if (events < BATCH && commands < BATCH) return;
    }
  };
  const timer = setInterval(() => {
    running = running.then(once).catch(onError);
  }, EVERY_MS);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
