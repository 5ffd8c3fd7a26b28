/** Asks a server who it is. What cannot be reached is an answer too. */
import pg from 'pg';

export type Answer =
  | { readonly kind: 'ready'; readonly dataDirectory: string; readonly postmasterPid: number }
  | { readonly kind: 'silent'; readonly reason: string };

export async function answerOf(options: pg.ClientConfig): Promise<Answer> {
  const client = new pg.Client({ ...options, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    // The lock file's first line is the postmaster that wrote it, which is the one that answers.
    const { rows } = await client.query<{ dir: string; pid: string }>(
      `SELECT current_setting('data_directory') AS dir, split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`,
    );
    return { kind: 'ready', dataDirectory: rows[0]?.dir ?? '', postmasterPid: Number(rows[0]?.pid) };
  } catch (error) {
    return { kind: 'silent', reason: (error as Error).message };
  } finally {
    await client.end().catch(() => {});
  }
}
