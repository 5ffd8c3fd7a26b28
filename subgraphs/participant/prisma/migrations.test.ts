import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMAND_LOG_SQL } from '@kortelijn/kit/command-log/ddl.ts';
import { ENVELOPES_SQL } from '@kortelijn/kit/envelopes/ddl.ts';
import { FEED_SQL } from '@kortelijn/kit/feed/ddl.ts';
import { createPool } from '@kortelijn/kit/postgres/connect.ts';
import { driftOf } from '@kortelijn/kit/postgres/drift.ts';
import { migrate } from '@kortelijn/kit/postgres/migrate.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import { expect, test } from 'vitest';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const migrationsDir = path('migrations');
const schemaFile = path('schema.prisma');

test('the migrations make what schema.prisma says', { timeout: 120_000 }, async () => {
  expect(await driftOf({ migrationsDir, schemaFile })).toBe('');
});

test('the tables of the kit are the ones that the kit works with', () => {
  const sql = readFileSync(path('migrations/0001_incidents/migration.sql'), 'utf8');
  const schema = readFileSync(schemaFile, 'utf8');
  for (const text of [FEED_SQL, COMMAND_LOG_SQL, ENVELOPES_SQL]) expect(sql).toContain(text.trim());
  for (const name of ['feed/feed', 'command-log/command-log', 'envelopes/envelope']) {
    expect(schema).toContain(readFileSync(path(`../../kit/${name}.prisma`), 'utf8').trim());
  }
});

test('a status that was there before it had an id gets one of its participant, and of its own', async () => {
  const before = await mkdtemp(join(tmpdir(), 'migrations-'));
  await cp(join(migrationsDir, '0001_incidents'), join(before, '0001_incidents'), { recursive: true });
  await using postgres = await launchScratch();
  const statusesAfter = async (database: string, profile: string) => {
    await postgres.ensureDatabase(database);
    await migrate(postgres.url(database), before);
    const pool = createPool(postgres.url(database));
    await pool.query(profile);
    await pool.query(
      `INSERT INTO service_status (service, level) VALUES ('Delen', 'UNKNOWN'), ('Verzamelen', 'UNKNOWN')`,
    );
    await migrate(postgres.url(database), migrationsDir);
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM service_status ORDER BY service');
    await pool.end();
    return rows.map(({ id }) => id);
  };
  const ids = await statusesAfter(
    'linde',
    `INSERT INTO profile (id, name, calendar_id, seeded_at) VALUES ('linde', 'Lindehof', 'nl', now())`,
  );
  expect(ids.map(parseId)).toMatchObject([
    { participant: 'linde', tag: 'sst' },
    { participant: 'linde', tag: 'sst' },
  ]);
  expect(new Set(ids).size).toBe(2);
  expect(await statusesAfter('nobody', 'SELECT')).toEqual([]);
  await rm(before, { recursive: true });
});

test('every text key is in byte order and every time has milliseconds, whatever the locale of the server', async () => {
  await using postgres = await launchScratch();
  await postgres.ensureDatabase('linde');
  await migrate(postgres.url('linde'), migrationsDir);
  const pool = createPool(postgres.url('linde'));
  const { rows: times } = await pool.query(
    `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
     AND data_type LIKE 'timestamp%' AND (data_type <> 'timestamp with time zone' OR datetime_precision <> 3)
     AND table_name <> 'schema_migrations'`,
  );
  const { rows: keys } = await pool.query(
    `SELECT DISTINCT a.attrelid::regclass AS table, a.attname AS column FROM pg_index i
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
     JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
     LEFT JOIN pg_collation co ON co.oid = a.attcollation
     WHERE a.atttypid IN ('text'::regtype, 'text[]'::regtype) AND co.collname <> 'C'`,
  );
  await pool.end();
  expect(times).toEqual([]);
  expect(keys).toEqual([]);
});
