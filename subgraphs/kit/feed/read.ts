/**
 * Reads the feed: stamped rows only, after a position. What makes continuing impossible is part of the answer, not an
 * error: the reader takes a snapshot and goes on from `gap.to`.
 */
import type { Queryable } from '../postgres/connect.ts';
import type { FeedChange, FeedPosition } from './event.ts';

export type GapReason =
  /** The position is of another epoch: the database was restored from a backup in between. */
  | 'RESTORED'
  /** What follows the position is no longer kept. */
  | 'RETENTION'
  /** The position is beyond the head: it was never given out in this epoch. */
  | 'FUTURE_CURSOR';

export interface FeedGap {
  readonly reason: GapReason;
  readonly from: FeedPosition;
  /** Reading can go on after here; everything up to it has to come from a snapshot. */
  readonly to: FeedPosition;
}

export interface FeedPage {
  readonly epoch: string;
  /** The last number given when this was read. */
  readonly head: number;
  readonly changes: readonly FeedChange[];
  readonly gap?: FeedGap;
}

export const PAGE_MAX = 1_000;

/** Head, oldest kept and rows come from one statement, so from one snapshot. */
const READ = {
  name: 'feed-read',
  text: `
    SELECT head.epoch, head.seq AS head, (SELECT min(seq) FROM outbox) AS oldest, found.*
    FROM feed_head AS head LEFT JOIN LATERAL (
      SELECT seq, event_id, at, type, subject_id, actor_role, readers_before, readers_after, keys
      FROM outbox WHERE seq > $1 AND ($2::text IS NULL OR $2 = head.epoch)
      ORDER BY seq LIMIT $3
    ) AS found ON true
    ORDER BY found.seq`,
};

/** With `after: null` from the oldest event that is kept. */
export async function readChanges(
  pool: Queryable,
  { after, limit }: { readonly after: FeedPosition | null; readonly limit: number },
): Promise<FeedPage> {
  const bounded = Math.max(1, Math.min(limit, PAGE_MAX));
  const { rows } = await pool.query({ ...READ, values: [after?.seq ?? 0, after?.epoch ?? null, bounded] });
  const first = rows[0];
  if (!first) throw new Error('feed_head has no row: the first migration of this database must insert it.');
  const head: FeedPosition = { epoch: first.epoch, seq: Number(first.head) };
  const gap = after && gapOf(after, head, first.oldest === null ? head.seq + 1 : Number(first.oldest));
  if (gap) return { epoch: head.epoch, head: head.seq, changes: [], gap };
  const changes = first.seq === null ? [] : rows.map((row) => changeOf(row, head.epoch));
  return { epoch: head.epoch, head: head.seq, changes };
}

export async function readHead(pool: Queryable): Promise<FeedPosition> {
  const { rows } = await pool.query('SELECT epoch, seq FROM feed_head');
  if (!rows[0]) throw new Error('feed_head has no row: the first migration of this database must insert it.');
  return { epoch: rows[0].epoch, seq: Number(rows[0].seq) };
}

export function gapOf(from: FeedPosition, head: FeedPosition, oldest: number): FeedGap | undefined {
  if (from.epoch !== head.epoch) return { reason: 'RESTORED', from, to: head };
  if (from.seq > head.seq) return { reason: 'FUTURE_CURSOR', from, to: head };
  if (from.seq + 1 < oldest) return { reason: 'RETENTION', from, to: { epoch: head.epoch, seq: oldest - 1 } };
  return undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: pg types a row by nothing.
function changeOf(row: any, epoch: string): FeedChange {
  return {
    epoch,
    seq: Number(row.seq),
    eventId: row.event_id,
    at: row.at,
    type: row.type,
    subjectId: row.subject_id,
    actorRole: row.actor_role,
    readersBefore: row.readers_before,
    readersAfter: row.readers_after,
    keys: row.keys,
  };
}
