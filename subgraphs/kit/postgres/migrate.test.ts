import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COMMAND_LOG_SQL } from '../command-log/ddl.ts';
import { FEED_SQL } from '../feed/ddl.ts';
import { driftOf } from './drift.ts';
import { generateClient } from './generate-client.ts';
import type { PostgresServer } from './launch.ts';
import { migrate } from './migrate.ts';
import { launchScratch } from './scratch.ts';

let folder: string;
let migrationsDir: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kortelijn-migrations-'));
  migrationsDir = join(folder, 'migrations');
  mkdirSync(migrationsDir);
  return () => rmSync(folder, { recursive: true });
});

const write = (name: string, sql: string) => {
  mkdirSync(join(migrationsDir, name), { recursive: true });
  writeFileSync(join(migrationsDir, name, 'migration.sql'), sql);
};

describe('migrate', () => {
  let server: PostgresServer;
  let url: string;
  let count = 0;

  beforeAll(async () => {
    server = await launchScratch();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const database = `migrate_${++count}`;
    await server.ensureDatabase(database);
    url = server.url(database);
    write('0001_init', 'CREATE TABLE note (id int);\n');
  });

  const query = async (sql: string) => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };

  test('each migration is applied once, in the order of the names', async () => {
    write('0002_more', 'ALTER TABLE note ADD text text;');
    expect(await migrate(url, migrationsDir)).toEqual(['0001_init', '0002_more']);
    write('0003_most', 'ALTER TABLE note ADD at timestamptz(3);');
    expect(await migrate(url, migrationsDir)).toEqual(['0003_most']);
    expect(await migrate(url, migrationsDir)).toEqual([]);
  });

  test('of two starts at once one applies and the other waits', async () => {
    write('0002_slow', 'SELECT pg_sleep(0.2);');
    const both = await Promise.all([migrate(url, migrationsDir), migrate(url, migrationsDir)]);
    expect(both.toSorted((a, b) => b.length - a.length)).toEqual([['0001_init', '0002_slow'], []]);
  });

  test('a migration that was changed after it was applied is refused, turned line ends are not', async () => {
    await migrate(url, migrationsDir);
    write('0001_init', 'CREATE TABLE note (id int);\r\n');
    expect(await migrate(url, migrationsDir)).toEqual([]);
    write('0001_init', 'CREATE TABLE note (id bigint);\n');
    await expect(migrate(url, migrationsDir)).rejects.toThrow('0001_init was changed after it was applied');
  });

  test('a migration that fails leaves nothing behind, and the ones before it stand', async () => {
    write('0002_broken', 'CREATE TABLE half (id int); SELECT nonsense;');
    await expect(migrate(url, migrationsDir)).rejects.toThrow('Migration 0002_broken failed and was rolled back');
    expect(await query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)).toEqual([
      { tablename: 'note' },
      { tablename: 'schema_migrations' },
    ]);
    write('0002_broken', 'CREATE TABLE whole (id int);');
    expect(await migrate(url, migrationsDir)).toEqual(['0002_broken']);
  });

  test('a database that is newer than the program, and a migration that comes too late, are refused', async () => {
    write('0003_later', 'SELECT 1;');
    await migrate(url, migrationsDir);
    write('0002_between', 'SELECT 1;');
    await expect(migrate(url, migrationsDir)).rejects.toThrow('0002_between comes before 0003_later');
    rmSync(join(migrationsDir, '0002_between'), { recursive: true });
    rmSync(join(migrationsDir, '0003_later'), { recursive: true });
    await expect(migrate(url, migrationsDir)).rejects.toThrow('the database is newer than the program');
  });

  test('a folder that is not named like a migration is an error', async () => {
    write('init', 'SELECT 1;');
    await expect(migrate(url, migrationsDir)).rejects.toThrow('found "init"');
  });
});

const HEADER = `generator client {
  provider            = "prisma-client"
  output              = "./generated"
  importFileExtension = "ts"
}
datasource db {
  provider = "postgresql"
}
`;
const NOTE = 'model Note {\n  id String @id\n  text String?\n  @@map("note")\n}\n';
const schemaFile = () => join(folder, 'schema.prisma');

// Each comparison starts a PGlite, which takes seconds: so few comparisons, each of much.
describe('driftOf', { timeout: 30_000 }, () => {
  const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const schema = HEADER + NOTE + text('../feed/feed.prisma') + text('../command-log/command-log.prisma');
  const functionWithSemicolons = `
    CREATE FUNCTION hello() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a;b'; END $$;
    COMMENT ON TABLE note IS ';';`;

  test('migrations that make what the schema says have no drift: feed, command log, functions run whole', async () => {
    writeFileSync(schemaFile(), schema);
    write('0001_init', `CREATE TABLE note (id text PRIMARY KEY, text text); ${FEED_SQL} ${COMMAND_LOG_SQL}`);
    write('0002_function', functionWithSemicolons);
    expect(await driftOf({ migrationsDir, schemaFile: schemaFile() })).toBe('');
  });

  test('a column that was forgotten and one that may not be null are found, each with the SQL that mends it', async () => {
    writeFileSync(schemaFile(), schema);
    write(
      '0001_init',
      `CREATE TABLE note (id text PRIMARY KEY); ${FEED_SQL.replace('actor_role     text', 'actor_role text NOT NULL')} ${COMMAND_LOG_SQL}`,
    );
    const drift = await driftOf({ migrationsDir, schemaFile: schemaFile() });
    expect(drift).toMatch(/ALTER TABLE "note" ADD COLUMN\s+"text" TEXT;/);
    expect(drift).toMatch(/ALTER TABLE "outbox" ALTER COLUMN "actor_role" DROP NOT NULL;/);
  });
});

test('a Prisma client is generated without a network, and a broken schema is an error', async () => {
  // Below the workspace, for that is where prisma is installed.
  const inside = mkdtempSync(new URL('generated-', import.meta.url).pathname);
  try {
    const schema = join(inside, 'schema.prisma');
    writeFileSync(schema, HEADER + NOTE);
    await generateClient(schema);
    expect(readdirSync(join(inside, 'generated'))).toContain('client.ts');
    writeFileSync(schema, `${HEADER}model Note {}`);
    await expect(generateClient(schema)).rejects.toThrow('prisma generate failed');
  } finally {
    rmSync(inside, { recursive: true });
  }
}, 30_000);
