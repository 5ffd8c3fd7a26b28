/**
 * Keeps one process's part in stamping going: after commits, before reads, and every 250 ms for whoever died between
 * his commit and his stamp. Calls that come while a stamping runs share the next one, so at most one is waiting.
 * NOTIFY only wakes: it may be lost, and then the next tick tells the head.
 */
import pg from 'pg';
import type { FeedPosition } from './event.ts';
import { FEED_CHANNEL, hasUnstamped, stampAll } from './stamp.ts';

export interface Stamper extends AsyncDisposable {
  /** After a commit: soon, without waiting. */
  touch(): void;
  /** Before a read: when it resolves, everything committed before the call has its number. */
  settle(): Promise<void>;
  /** Tells every new head that this process learns of. Answers the way to stop listening. */
  onHead(listener: (head: FeedPosition) => void): () => void;
  close(): Promise<void>;
}

export interface StamperOptions {
  readonly everyMs?: number;
  readonly onError?: (error: Error) => void;
}

const EVERY_MS = 250;
const RECONNECT_MS_MAX = 5_000;

export function createStamper(pool: pg.Pool, options: StamperOptions = {}): Stamper {
  const onError = options.onError ?? (() => {});
  const listeners = new Set<(head: FeedPosition) => void>();
  let known: FeedPosition | undefined;
  let closed = false;

  const learn = (head: FeedPosition) => {
    if (known?.epoch === head.epoch && head.seq <= known.seq) return;
    known = head;
    for (const listener of listeners) listener(head);
  };

  const request = coalesce(async () => {
    const { head } = await stampAll(pool);
    if (head) learn(head);
  });

  const tick = coalesce(async () => {
    const { rows } = await pool.query({
      name: 'feed-tick',
      text: 'SELECT epoch, seq, EXISTS (SELECT FROM outbox WHERE seq IS NULL) AS waiting FROM feed_head',
    });
    if (rows[0]) learn({ epoch: rows[0].epoch, seq: Number(rows[0].seq) });
    if (rows[0]?.waiting) await request();
  });

  const timer = setInterval(() => tick().catch(onError), options.everyMs ?? EVERY_MS);
  timer.unref();
  const listening = listen(pool, learn, onError);

  const close = async () => {
    if (closed) return;
    closed = true;
    clearInterval(timer);
    listeners.clear();
    await listening.close();
    // What runs still uses the pool that our caller is about to end.
    await Promise.allSettled([tick.idle(), request.idle()]);
  };

  return {
    touch: () => {
      if (!closed) request().catch(onError);
    },
    settle: async () => {
      if (await hasUnstamped(pool)) await request();
    },
    onHead: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Coalesced = (() => Promise<void>) & { idle(): Promise<void> };

/** A call made while `work` runs is answered by the next run: the present one may have looked too early for it. */
function coalesce(work: () => Promise<void>): Coalesced {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = (): Promise<void> => {
    if (!current) {
      current = work().finally(() => {
        current = undefined;
      });
      return current;
    }
    next ??= current
      .catch(() => {})
      .then(() => {
        next = undefined;
        return run();
      });
    return next;
  };
  return Object.assign(run, { idle: async () => (next ?? current)?.catch(() => {}) });
}

/** A connection of its own, for LISTEN belongs to a session and a pool hands sessions around. */
function listen(pool: pg.Pool, learn: (head: FeedPosition) => void, onError: (error: Error) => void) {
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;
  let failures = 0;

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client(pool.options);
    client = fresh;
    let over = false;
    const reconnect = (error?: Error) => {
      if (over) return;
      over = true;
      fresh.end().catch(() => {});
      if (closed) return;
      if (error) onError(error);
      const ceiling = Math.min(RECONNECT_MS_MAX, 100 * 2 ** failures++);
      retry = setTimeout(() => (connecting = connect()), Math.random() * ceiling);
      retry.unref();
    };
    fresh.on('error', reconnect);
    fresh.on('end', () => reconnect());
    fresh.on('notification', ({ payload = '' }) => {
      const colon = payload.lastIndexOf(':');
      learn({ epoch: payload.slice(0, colon), seq: Number(payload.slice(colon + 1)) });
    });
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${FEED_CHANNEL}`);
      failures = 0;
    } catch (error) {
      reconnect(error as Error);
    }
  };
  let connecting = connect();

  return {
    close: async () => {
      closed = true;
      clearTimeout(retry);
      await connecting;
      await client?.end().catch(() => {});
    },
  };
}
