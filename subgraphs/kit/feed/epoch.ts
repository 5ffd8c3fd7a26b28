/**
 * A restored database has forgotten events that readers have seen, and will give their numbers to others. A new epoch
 * tells them. A restore from a dump shows by itself, for the feed remembers in which database it was written; a copied
 * data folder does not, so restoring one includes `beginEpoch`.
 */
import type { Pool } from 'pg';

/** Cluster, timeline (moves at point-in-time recovery and failover) and database. */
const ORIGIN = `
  SELECT s.system_identifier || '/' || c.timeline_id || '/' || d.oid
  FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()`;

/** Once at every start, before anyone reads. Answers whether a new epoch began. */
export async function ensureEpoch(pool: Pool): Promise<{ epoch: string; restored: boolean }> {
  const restored = await pool.query(
    `UPDATE feed_head SET epoch = gen_random_uuid()::text, origin = (${ORIGIN})
     WHERE origin IS DISTINCT FROM (${ORIGIN}) AND origin IS NOT NULL RETURNING epoch`,
  );
  if (restored.rows[0]) return { epoch: restored.rows[0].epoch, restored: true };
  const { rows } = await pool.query(`UPDATE feed_head SET origin = coalesce(origin, (${ORIGIN})) RETURNING epoch`);
  return { epoch: rows[0].epoch, restored: false };
}

export async function beginEpoch(pool: Pool): Promise<{ epoch: string }> {
  const { rows } = await pool.query(
    `UPDATE feed_head SET epoch = gen_random_uuid()::text, origin = (${ORIGIN}) RETURNING epoch`,
  );
  return { epoch: rows[0].epoch };
}
