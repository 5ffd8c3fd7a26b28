import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CommitOutcomeUnknown, createPool, inTransaction } from './connect.ts';
import type { PostgresServer } from './launch.ts';
import { serverAt } from './open.ts';
import { launchScratch } from './scratch.ts';

let server: PostgresServer;
let pool: pg.Pool;

beforeAll(async () => {
  server = await launchScratch();
  pool = createPool(server.url('postgres'), { connectionsMax: 2, statementMsMax: 2_000, waitMsMax: 200 });
  await pool.query('CREATE TABLE note (id int PRIMARY KEY, parent int REFERENCES note DEFERRABLE INITIALLY DEFERRED)');
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});
beforeEach(async () => {
  await pool.query('TRUNCATE note');
});

const notes = async () => (await pool.query('SELECT id FROM note ORDER BY id')).rows.map(({ id }) => id);
const admin = async (sql: string, values: unknown[] = []) => {
  const client = new pg.Client(server.url('postgres'));
  await client.connect();
  await client.query(sql, values);
  await client.end();
};

test('what is thrown rolls back, and the connection serves the next one', async () => {
  for (let round = 0; round < 5; round++) {
    const failing = inTransaction(pool, async (client) => {
      await client.query('INSERT INTO note VALUES (1)');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
  }
  expect(
    await inTransaction(pool, async (client) => (await client.query('INSERT INTO note VALUES (2)')).rowCount),
  ).toBe(1);
  expect(await notes()).toEqual([2]);
});

test('an error that was swallowed does not pass for a commit', async () => {
  const swallowing = inTransaction(pool, async (client) => {
    await client.query('INSERT INTO note VALUES (1)');
    await client.query('SELECT nonsense').catch(() => {});
  });
  await expect(swallowing).rejects.toThrow('its error was swallowed');
  expect(await notes()).toEqual([]);
});

test('a constraint that fails at the commit is that error, not an unknown outcome', async () => {
  const failing = inTransaction(pool, (client) => client.query('INSERT INTO note VALUES (1, 99)'));
  await expect(failing).rejects.toMatchObject({ code: '23503' });
  expect(await notes()).toEqual([]);
});

test('F3: a connection that is cut between two statements ends that transaction only', async () => {
  const cut = inTransaction(pool, async (client) => {
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    await admin('SELECT pg_terminate_backend($1)', [rows[0].pid]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await client.query('INSERT INTO note VALUES (1)');
  });
  await expect(cut).rejects.toThrow();
  expect(await notes()).toEqual([]);
});

test('F3: a connection that is cut at the commit leaves the outcome unknown, and says so', async () => {
  const cut = inTransaction(pool, async (client) => {
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    await client.query('INSERT INTO note VALUES (1)');
    await admin('SELECT pg_terminate_backend($1)', [rows[0].pid]);
  });
  await expect(cut).rejects.toBeInstanceOf(CommitOutcomeUnknown);
});

test('F16: who finds no free connection is refused after a while, and a statement that takes too long is ended', async () => {
  const held = [await pool.connect(), await pool.connect()];
  await expect(pool.query('SELECT 1')).rejects.toThrow(/timeout/);
  await expect(held[0]?.query('SELECT pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
  for (const client of held) client.release();
});

test('a server installed by hand gets prefixed databases, and without CREATEDB a sentence that helps', async () => {
  const byHand = serverAt(server.url('postgres'));
  await byHand.ensureDatabase('linde');
  await byHand.ensureDatabase('linde');
  const client = new pg.Client(byHand.url('linde'));
  await client.connect();
  expect((await client.query('SELECT current_database() AS name')).rows).toEqual([{ name: 'kortelijn_linde' }]);
  await client.end();

  await admin('CREATE ROLE plain LOGIN');
  const plain = serverAt(server.url('postgres').replace('kortelijn@', 'plain@'), 'kortelijn_');
  await plain.ensureDatabase('linde'); // It is there already, so nothing needs to be allowed.
  await expect(plain.ensureDatabase('denkbeeld')).rejects.toThrow('ALTER ROLE … CREATEDB');
  expect(() => serverAt('mysql://localhost/x')).toThrow('DATABASE_URL must start with postgresql://');
});
