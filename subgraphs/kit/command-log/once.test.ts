import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPool, inTransaction } from '../postgres/connect.ts';
import type { PostgresServer } from '../postgres/launch.ts';
import { launchScratch } from '../postgres/scratch.ts';
import { COMMAND_LOG_SQL } from './ddl.ts';
import { type Command, once } from './once.ts';
import { requestHash } from './request-hash.ts';
import { pruneCommands } from './retention.ts';

let server: PostgresServer;
let pool: pg.Pool;

beforeAll(async () => {
  server = await launchScratch();
  await server.ensureDatabase('commands');
  pool = createPool(server.url('commands'));
  await pool.query(`${COMMAND_LOG_SQL}; CREATE TABLE effect (note text)`);
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});
beforeEach(async () => {
  await pool.query('TRUNCATE command_log, effect');
});

const command: Command = {
  participant: 'linde',
  commandId: 'c1',
  actor: 'linde:usr_1',
  operation: 'addNote',
  requestHash: requestHash({ incidentId: 'linde:inc_1', text: 'Gebeld' }),
  at: new Date('2026-03-02T09:00:00Z'),
};

const carryOut = (given: Command, answer: unknown, meanwhile: () => Promise<void> = async () => {}) =>
  inTransaction(pool, (client) =>
    once(client, given, async () => {
      await client.query('INSERT INTO effect VALUES ($1)', [String(answer)]);
      await meanwhile();
      return answer;
    }),
  );

const effects = async () => (await pool.query('SELECT note FROM effect')).rows.map((row) => row.note);
const somebodyWaits = () =>
  expect.poll(async () => (await pool.query('SELECT FROM pg_locks WHERE NOT granted')).rowCount).toBe(1);

/** A first one that stands still between its effect and its end. */
function held(end: 'commit' | 'roll back') {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let reached = () => {};
  const inside = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const done = carryOut(command, 'first', async () => {
    reached();
    await gate;
    if (end === 'roll back') throw new Error('refused after all');
  });
  return { inside, release, done };
}

test('G2: the same command again has the same answer and no second effect', async () => {
  expect(await carryOut(command, { id: 'first' })).toEqual({ kind: 'DONE', answer: { id: 'first' }, repeated: false });
  expect(await carryOut(command, { id: 'other' })).toEqual({ kind: 'DONE', answer: { id: 'first' }, repeated: true });
  expect(await effects()).toHaveLength(1);
});

test('G2: an answer may be null, false or nothing at all', async () => {
  for (const answer of [null, false, undefined]) {
    const given = { ...command, commandId: String(answer) };
    await carryOut(given, answer);
    expect(await carryOut(given, 'other')).toEqual({ kind: 'DONE', answer: answer ?? null, repeated: true });
  }
});

test('an id that was used for something else, or by somebody else of the party, is refused without effect', async () => {
  await carryOut(command, 'first');
  for (const other of [{ requestHash: 'x' }, { operation: 'assignIncident' }, { actor: 'linde:usr_2' }]) {
    expect(await carryOut({ ...command, ...other }, 'other')).toEqual({ kind: 'COMMAND_ID_REUSED' });
  }
  expect(await effects()).toEqual(['first']);
});

test('two parties may use the same id', async () => {
  await carryOut(command, 'first');
  expect(await carryOut({ ...command, participant: 'denkbeeld' }, 'second')).toMatchObject({ repeated: false });
  expect(await effects()).toEqual(['first', 'second']);
});

test('G2: a duplicate that comes meanwhile waits, and gets the answer of the first', async () => {
  const first = held('commit');
  await first.inside;
  const second = carryOut(command, 'second');
  await somebodyWaits();
  first.release();
  expect(await first.done).toMatchObject({ answer: 'first', repeated: false });
  expect(await second).toEqual({ kind: 'DONE', answer: 'first', repeated: true });
  expect(await effects()).toEqual(['first']);
});

test('G2: when the first one rolls back, the duplicate that waited carries the command out', async () => {
  const first = held('roll back');
  await first.inside;
  const second = carryOut(command, 'second');
  await somebodyWaits();
  first.release();
  await expect(first.done).rejects.toThrow('refused after all');
  expect(await second).toEqual({ kind: 'DONE', answer: 'second', repeated: false });
  expect(await effects()).toEqual(['second']);
});

test('G2: of sixteen at once exactly one has an effect and all have its answer', async () => {
  const results = await Promise.all(Array.from({ length: 16 }, (_, n) => carryOut(command, `answer ${n}`)));
  const [effect, ...further] = await effects();
  expect(further).toEqual([]);
  expect(results.map((result) => result.kind === 'DONE' && result.answer)).toEqual(Array(16).fill(effect));
  expect(results.filter((result) => result.kind === 'DONE' && !result.repeated)).toHaveLength(1);
});

test('old commands are cleared away in batches, young ones stay', async () => {
  for (const [id, at] of [
    ['a', '2026-01-01'],
    ['b', '2026-01-02'],
    ['c', '2026-03-01'],
  ] as const) {
    await carryOut({ ...command, commandId: id, at: new Date(at) }, id);
  }
  const before = new Date('2026-02-01');
  expect([await pruneCommands(pool, { before, limit: 1 }), await pruneCommands(pool, { before })]).toEqual([1, 1]);
  expect((await pool.query('SELECT command_id FROM command_log')).rows).toEqual([{ command_id: 'c' }]);
});

test('a request hash knows content from order, and absent from null', () => {
  expect(requestHash({ a: 1, b: [1, 2] })).toBe(requestHash({ b: [1, 2], a: 1, c: undefined }));
  const hashes = [
    { a: 1 },
    { a: '1' },
    { a: null },
    {},
    [],
    { a: [1, 2] },
    { a: [2, 1] },
    null,
    ['object'],
    undefined,
    'null',
  ];
  expect(new Set(hashes.map(requestHash)).size).toBe(hashes.length - 1); // null and undefined are one.
});
