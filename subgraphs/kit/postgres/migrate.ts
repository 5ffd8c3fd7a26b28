/**
 * Applies a subgraph's migrations: plain SQL, in the order of their names, each in one transaction with the entry that
 * says so. Two processes that start at once wait for each other at an advisory lock. Prisma's own `migrate` is not
 * used: without its engine it prints nothing, does nothing and says it succeeded.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

const NAME = /^\d{4}_[a-z0-9_]+$/;

/** Beside the feed's lock, in the same class; one database per endpoint, so a constant is enough. */
const LOCK = '1263489094, 2';

/** Answers the names it applied now. */
export async function migrate(url: string, migrationsDir: string): Promise<readonly string[]> {
  const migrations = await readMigrations(migrationsDir);
  const client = new pg.Client({ connectionString: url, application_name: 'kortelijn-migrate' });
  client.on('error', () => {}); // The query that is under way rejects and tells.
  await client.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(${LOCK})`);
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
      name text COLLATE "C" PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz(3) NOT NULL DEFAULT now())`);
    const { rows } = await client.query('SELECT name, sha256 FROM schema_migrations ORDER BY name');
    const missing = pendingOf(migrations, rows);
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ name }) => name);
  } finally {
    await client.end(); // Gives the lock back as well.
  }
}

export async function readMigrations(migrationsDir: string): Promise<readonly Migration[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const misnamed = names.find((name) => !NAME.test(name));
  if (misnamed) throw new Error(`${migrationsDir}: a migration is a folder like 0001_init; found "${misnamed}".`);
  return Promise.all(
    names.sort().map(async (name) => {
      // A checkout may have turned line ends around; that is no change of the migration.
      const sql = (await readFile(join(migrationsDir, name, 'migration.sql'), 'utf8')).replaceAll('\r\n', '\n');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** What is applied must be the beginning of what there is, unchanged: everything else is somebody's mistake. */
export function pendingOf(
  migrations: readonly Migration[],
  applied: readonly { readonly name: string; readonly sha256: string }[],
): readonly Migration[] {
  for (const [index, { name, sha256 }] of applied.entries()) {
    const expected = migrations[index];
    if (expected?.name !== name) {
      const known = migrations.some((migration) => migration.name === name);
      throw new Error(
        known
          ? `Migration ${expected?.name} comes before ${name}, which is applied already. Give it a later number.`
          : `Migration ${name} is applied, but this version does not have it: the database is newer than the program. ` +
              'Start the version that wrote it, or a later one.',
      );
    }
    if (expected.sha256 !== sha256) {
      throw new Error(
        `Migration ${name} was changed after it was applied (expected sha256 ${sha256}, found ${expected.sha256}). ` +
          'Restore the file and put the change into a new migration.',
      );
    }
  }
  return migrations.slice(applied.length);
}

async function apply(client: pg.Client, { name, sql, sha256 }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)', [name, sha256]);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {});
    throw new Error(`Migration ${name} failed and was rolled back: ${(cause as Error).message}`, { cause });
  }
}
