/** Drops what is older than the feed promises to keep, from the oldest on and never beyond an event that is young. */
import type { Pool } from 'pg';

export const RETENTION_MS = 7 * 24 * 3_600_000;

/** `at` is the change's own time and need not rise with `seq`; so rows go only as an unbroken run of old ones. */
const PRUNE = `
  WITH oldest AS (
    SELECT seq, bool_and(at < $1) OVER (ORDER BY seq) AS old
    FROM (SELECT seq, at FROM outbox WHERE seq IS NOT NULL ORDER BY seq LIMIT $2) AS first_rows
  )
  DELETE FROM outbox USING oldest WHERE outbox.seq = oldest.seq AND oldest.old`;

/** One bounded batch; answers how many went, so that the caller can go on while it is the full `limit`. */
export async function pruneFeed(
  pool: Pool,
  { before, limit = 5_000 }: { before: Date; limit?: number },
): Promise<number> {
  const { rowCount } = await pool.query(PRUNE, [before, limit]);
  return rowCount ?? 0;
}
