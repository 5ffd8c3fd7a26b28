/**
 * Follows the feed by pulling: first what is there, then what comes. Nothing is buffered: a reader that stops asking
 * costs one waiting page. A wake-up that comes between a read and the wait for it is not lost, and none is needed: the
 * table is looked at again after every quiet while.
 */
import type { Pool } from 'pg';
import type { FeedPosition } from './event.ts';
import { type FeedPage, readChanges, readHead } from './read.ts';
import type { Stamper } from './stamper.ts';

export interface FollowOptions {
  readonly pool: Pool;
  readonly stamper: Pick<Stamper, 'settle' | 'onHead'>;
  /** `null`: only what comes from now on. */
  readonly after: FeedPosition | null;
  readonly limit?: number;
  /** After so long without a page comes one without changes, so that a reader can tell quiet from dead. */
  readonly quietMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Below the second that readers are promised, for a page has to be read and sent, too. */
const QUIET_MS = 800;

/** The first page comes at once and says where the feed ends; the others hold changes, a gap, or a sign of life. */
export async function* followFeed(options: FollowOptions): AsyncGenerator<FeedPage, void, undefined> {
  const { pool, stamper, limit = 200, quietMs = QUIET_MS, signal } = options;
  const wake = createWake(stamper, signal);
  try {
    await stamper.settle();
    let position = options.after ?? (await readHead(pool));
    let isDue = true;
    while (!signal?.aborted) {
      wake.reset();
      const page = await readChanges(pool, { after: position, limit });
      if (isDue || page.gap || page.changes.length > 0) yield page;
      position = page.gap?.to ?? page.changes.at(-1) ?? position;
      const atTheEnd = page.head === position.seq && page.epoch === position.epoch;
      isDue = atTheEnd && (await wake.next(quietMs)) === 'QUIET';
    }
  } finally {
    wake.close();
  }
}

function createWake(stamper: Pick<Stamper, 'onHead'>, signal?: AbortSignal) {
  let rung = false;
  let waiting: ((why: 'RUNG') => void) | undefined;
  const ring = () => {
    rung = true;
    waiting?.('RUNG');
  };
  const stopListening = stamper.onHead(ring);
  signal?.addEventListener('abort', ring);
  return {
    reset: () => {
      rung = false;
    },
    next: async (quietMs: number): Promise<'RUNG' | 'QUIET'> => {
      if (rung || signal?.aborted) return 'RUNG';
      const why = await new Promise<'RUNG' | 'QUIET'>((resolve) => {
        const quiet = setTimeout(resolve, quietMs, 'QUIET');
        waiting = (rungNow) => {
          clearTimeout(quiet);
          resolve(rungNow);
        };
      });
      waiting = undefined;
      return why;
    },
    close: () => {
      stopListening();
      signal?.removeEventListener('abort', ring);
    },
  };
}
