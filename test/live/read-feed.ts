/** The feed of a participant out of its own database: what every stream is judged by. */
import { createPool } from '@kortelijn/kit/postgres/connect.ts';
import type { Network } from '../network/network.ts';
import type { FeedRow } from './judge-board.ts';

/** Everything that is numbered; a feed numbers within a quarter of a second of a commit. */
export async function readFeed(network: Network, participant: string): Promise<readonly FeedRow[]> {
  const { rows } = await ask(
    network,
    participant,
    `SELECT seq::int, event_id AS id, type, subject_id AS "subjectId",
            readers_before AS "readersBefore", readers_after AS "readersAfter"
       FROM outbox WHERE seq IS NOT NULL ORDER BY seq`,
  );
  return rows as FeedRow[];
}

/** Where the feed stands. */
export async function headOf(network: Network, participant: string): Promise<number> {
  const { rows } = await ask(network, participant, 'SELECT seq::int FROM feed_head');
  return (rows[0] as { seq: number }).seq;
}

/** Whether there are changes that the feed has not numbered yet. */
export async function unnumbered(network: Network, participant: string): Promise<number> {
  const { rows } = await ask(network, participant, 'SELECT count(*)::int AS waiting FROM outbox WHERE seq IS NULL');
  return (rows[0] as { waiting: number }).waiting;
}

async function ask(network: Network, participant: string, sql: string) {
  const pool = createPool(network.databaseUrl(participant), { connectionsMax: 1 });
  try {
    return await pool.query(sql);
  } finally {
    await pool.end();
  }
}
