import { expect, test } from 'vitest';
import { CommitOutcomeUnknown, createPool, inTransaction } from '../postgres/connect.ts';
import { launchScratch } from '../postgres/scratch.ts';
import { storeCodeOf } from './store-error.ts';

const thrownBy = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('F3, F16: a database that is gone, full or slow is told apart from a mistake of our own', async () => {
  const server = await launchScratch();
  const pool = createPool(server.url('postgres'), { connectionsMax: 1, waitMsMax: 50, statementMsMax: 50 });
  expect(storeCodeOf(await thrownBy(pool.query('SELECT pg_sleep(1)')))).toBe('STORE_UNAVAILABLE');
  // With time enough: a mistake is one on a slow machine too.
  const patient = createPool(server.url('postgres'), { connectionsMax: 1 });
  expect(storeCodeOf(await thrownBy(patient.query('SELECT nonsense')))).toBeUndefined();
  await patient.end();

  const held = await pool.connect();
  expect(storeCodeOf(await thrownBy(pool.query('SELECT 1')))).toBe('STORE_UNAVAILABLE');
  held.release();

  const cut = inTransaction(pool, async (client) => {
    await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
  });
  expect(storeCodeOf(await thrownBy(cut))).toBe('STORE_UNAVAILABLE');
  await server.stop();
  expect(storeCodeOf(await thrownBy(pool.query('SELECT 1')))).toBe('STORE_UNAVAILABLE');
  await pool.end();
});

test('a commit whose answer was lost is no plain failure: the command may stand', () => {
  expect(storeCodeOf(new CommitOutcomeUnknown(new Error('cut')))).toBe('OUTCOME_UNKNOWN');
});

test('a missing file or a broken invariant is nothing of the store', () => {
  expect(storeCodeOf(Object.assign(new Error('x'), { code: 'ENOENT', syscall: 'open' }))).toBeUndefined();
  expect(storeCodeOf(new TypeError('x is undefined'))).toBeUndefined();
  expect(storeCodeOf('text')).toBeUndefined();
});
