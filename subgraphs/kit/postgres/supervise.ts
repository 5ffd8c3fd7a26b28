/**
 * Keeps a server running: one that dies on its own is started again on the same folder, at the same URLs, so pools need
 * to know nothing of it. There is no end to trying; a full disk may be emptied hours later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type LaunchOptions, launchPostgres, type PostgresServer } from './launch.ts';

export interface SuperviseOptions extends LaunchOptions {
  /** Told of every end that nobody asked for, and of every start after it that failed. */
  readonly onFailure?: (error: Error) => void;
}

const PAUSE_MS_MAX = 5_000;

export async function supervisePostgres(options: SuperviseOptions): Promise<PostgresServer> {
  const onFailure = options.onFailure ?? (() => {});
  const stopping = new AbortController();
  let server = await launchPostgres(options);

  const watching = (async () => {
    for (let failures = 0; ; ) {
      await Promise.race([server.exited(), aborted(stopping.signal)]);
      if (stopping.signal.aborted) return;
      onFailure(new Error(`PostgreSQL (process ${server.pid}) ended unasked; its log is beside its cluster.`));
      while (!stopping.signal.aborted) {
        try {
          server = await launchPostgres(options);
          failures = 0;
          break;
        } catch (error) {
          onFailure(error as Error);
          const pause = Math.min(PAUSE_MS_MAX, 100 * 2 ** failures++);
          await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {});
        }
      }
    }
  })();

  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopping.abort();
    // A start that is under way ends first, so that it is stopped too.
    stopped ??= watching.then(() => server.stop());
    return stopped;
  };
  return {
    ...server,
    get pid() {
      return server.pid;
    },
    exited: () => watching,
    ensureDatabase: (name) => server.ensureDatabase(name),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
