/**
 * Follows the feed by pulling: first what is there, then what comes. Nothing is buffered: a reader that stops asking
 * costs one waiting page. A wake-up that comes between a read and the wait for it is not lost.
 */
import type { Pool } from 'pg';
import type { FeedPosition } from './event.ts';
import { type FeedPage, readChanges, readHead } from './read.ts';
import type { Stamper } from './stamper.ts';

export interface FollowOptions {
  readonly pool: Pool;
  readonly stamper: Stamper;
  /** `null`: only what comes from now on. */
  readonly after: FeedPosition | null;
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** Yields pages that hold something: changes, a gap, or, first of all, where the feed ends. */
export async function* followFeed(options: FollowOptions): AsyncGenerator<FeedPage, void, undefined> {
  const { pool, stamper, limit = 200, signal } = options;
  const wake = createWake(stamper, signal);
  try {
    await stamper.settle();
    let position = options.after ?? (await readHead(pool));
    let first = true;
    while (!signal?.aborted) {
      wake.reset();
      const page = await readChanges(pool, { after: position, limit });
      if (page.gap || page.changes.length > 0 || first) yield page;
      first = false;
      position = page.gap?.to ?? page.changes.at(-1) ?? position;
      if (page.head === position.seq && page.epoch === position.epoch) await wake.next();
    }
  } finally {
    wake.close();
  }
}

function createWake(stamper: Stamper, signal?: AbortSignal) {
  let rung = false;
  let waiting: (() => void) | undefined;
  const ring = () => {
    rung = true;
    waiting?.();
  };
  const stopListening = stamper.onHead(ring);
  signal?.addEventListener('abort', ring);
  return {
    reset: () => {
      rung = false;
    },
    next: async () => {
      if (rung || signal?.aborted) return;
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
      waiting = undefined;
    },
    close: () => {
      stopListening();
      signal?.removeEventListener('abort', ring);
    },
  };
}
