/**
 * The pool that every store uses, with a limit on everything, and the one way to run a transaction. A connection that
 * dies emits 'error'; an event nobody hears ends a Node process, so both pool and borrowed client are listened to.
 */
import pg from 'pg';

export type { Pool, PoolClient } from 'pg';

/** What a query needs: a pool, or the connection of a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

export interface PoolOptions {
  readonly connectionsMax?: number;
  readonly statementMsMax?: number;
  readonly idleMsMax?: number;
  /** How long a caller waits for a free connection before he is refused. */
  readonly waitMsMax?: number;
  readonly applicationName?: string;
  /** An idle connection broke, mostly because the server went away; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

export function createPool(url: string, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connectionsMax ?? 10,
    statement_timeout: options.statementMsMax ?? 8_000,
    idle_in_transaction_session_timeout: 15_000,
    idleTimeoutMillis: options.idleMsMax ?? 30_000,
    connectionTimeoutMillis: options.waitMsMax ?? 5_000,
    application_name: options.applicationName ?? 'kortelijn',
  });
  pool.on('error', options.onIdleError ?? (() => {}));
  return pool;
}

/** The COMMIT was sent and its answer never came: the change stands or does not, and only the data can tell. */
export class CommitOutcomeUnknown extends Error {
  override readonly name = 'CommitOutcomeUnknown';
  constructor(cause: unknown) {
    super('The connection broke while committing: whether the change stands is unknown. Repeat the same command.', {
      cause,
    });
  }
}

/**
 * Runs `work` in one READ COMMITTED transaction; what it throws rolls back. Nothing is retried here: only the caller
 * knows whether his work may run twice.
 */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    // Said in full: the feed and the command log need a fresh snapshot per statement, whatever the server's default.
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    const result = await work(client);
    await commit(client);
    return result;
  } catch (error) {
    if (!broken)
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/**
 * Runs `work`, which sends one statement that is a transaction by itself. When nobody answered it, it may stand: that
 * is told as of a commit, and not as of a store that was not there.
 */
export async function inOneStatement<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    return await work(client);
  } catch (error) {
    // A shutdown or crash is told as an error of the statement first; the connection ends after it.
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && /^(57P|08)/.test(code)) broken ??= error as Error;
    throw broken ? new CommitOutcomeUnknown(error) : error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT').catch((error: unknown) => {
    // With a code the server itself refused, e.g. a deferred constraint; without one nobody answered.
    throw isServerAnswer(error) ? error : new CommitOutcomeUnknown(error);
  });
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error.
  if (command !== 'COMMIT') {
    throw new Error('A statement of this transaction failed and its error was swallowed: everything was rolled back.');
  }
}

/** 57P01–57P03 (shutdown, crash) end the connection too: there the outcome is as unknown as with a broken socket. */
function isServerAnswer(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('57P') && !code.startsWith('08');
}
