/**
 * Clears old commands away, a bounded batch at a time. What is gone can be carried out again, so keep them for longer
 * than any client or envelope goes on repeating.
 */
import type { Pool } from 'pg';

const PRUNE = `
  DELETE FROM command_log WHERE (participant, command_id) IN
    (SELECT participant, command_id FROM command_log WHERE at < $1 ORDER BY at LIMIT $2)`;

export async function pruneCommands(
  pool: Pool,
  { before, limit = 5_000 }: { before: Date; limit?: number },
): Promise<number> {
  const { rowCount } = await pool.query(PRUNE, [before, limit]);
  return rowCount ?? 0;
}
