/**
 * Gives committed events their place in the feed: everything visible and unnumbered, by id, from the head onward.
 * One stamper at a time, and the snapshot is taken after the lock: so a number, once given, has nothing unseen before
 * it. A slow writer is simply numbered later; nobody waits for it.
 */
import type { Pool } from 'pg';
import type { FeedPosition } from './event.ts';

export const FEED_CHANNEL = 'kortelijn_feed';
export const STAMPED_MAX = 1_000;

/**
 * Advisory locks live inside one database, and each endpoint has a database of its own: a constant cannot collide
 * with another endpoint. The first half says "Kortelijn" to whoever reads pg_locks.
 */
const LOCK = '1263489094, 1';

/**
 * One message, so one round trip; and a process that is paused half-way holds no lock, because the server runs the
 * message to its COMMIT by itself. Statements of one message each have their own snapshot under READ COMMITTED.
 */
const stampMessage = (lock: string) => `
  BEGIN ISOLATION LEVEL READ COMMITTED;
  SELECT ${lock} AS mine;
  WITH fresh AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place
    FROM (SELECT id FROM outbox WHERE seq IS NULL ORDER BY id LIMIT ${STAMPED_MAX}) AS unstamped
  ), numbered AS (
    UPDATE outbox SET seq = feed_head.seq + fresh.place
    FROM fresh, feed_head WHERE outbox.id = fresh.id
    RETURNING 1
  ), moved AS (
    UPDATE feed_head SET seq = feed_head.seq + (SELECT count(*) FROM numbered)
    WHERE EXISTS (SELECT FROM numbered)
    RETURNING epoch, seq
  )
  SELECT epoch, seq, (SELECT count(*) FROM numbered) AS stamped,
         pg_notify('${FEED_CHANNEL}', epoch || ':' || seq) IS NULL AS notified
  FROM moved;
  COMMIT`;

const STAMP = stampMessage(`pg_advisory_xact_lock(${LOCK}) IS NULL`);

export interface Stamped {
  /** At `STAMPED_MAX` there may be more. */
  readonly stamped: number;
  /** Where the feed ends now; absent when nothing was to be numbered. */
  readonly head?: FeedPosition;
}

/** Takes a pool, not a connection: inside somebody's transaction its COMMIT would be that one's too. */
export async function stamp(pool: Pool): Promise<Stamped> {
  const results = (await pool.query(STAMP)) as unknown as { rows: Record<string, string>[] }[];
  const row = results[2]?.rows[0];
  if (!row) return { stamped: 0 };
  return { stamped: Number(row.stamped), head: { epoch: row.epoch ?? '', seq: Number(row.seq) } };
}

/** Cheap, lock-free: whether anything visible waits for its number. */
export async function hasUnstamped(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query('SELECT EXISTS (SELECT FROM outbox WHERE seq IS NULL) AS waiting');
  return rows[0]?.waiting === true;
}

/**
 * Numbers everything that was committed before the call, whoever wrote it: for reads that must see it. Bounded by
 * `batchesMax`, so that a flood of writers cannot hold a reader for ever.
 */
export async function stampAll(pool: Pool, batchesMax = 20): Promise<Stamped> {
  let last: Stamped = { stamped: 0 };
  let total = 0;
  for (let batch = 0; batch < batchesMax; batch++) {
    const result = await stamp(pool);
    total += result.stamped;
    if (result.head) last = result;
    if (result.stamped < STAMPED_MAX) break;
  }
  return { ...last, stamped: total };
}
