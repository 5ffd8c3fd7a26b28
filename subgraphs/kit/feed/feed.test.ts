import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPool, inTransaction } from '../postgres/connect.ts';
import type { PostgresServer } from '../postgres/launch.ts';
import { launchScratch } from '../postgres/scratch.ts';
import { appendEvent } from './append.ts';
import { FEED_SQL } from './ddl.ts';
import { beginEpoch, ensureEpoch } from './epoch.ts';
import { createEventId } from './event-id.ts';
import { followFeed } from './follow.ts';
import { readChanges, readHead } from './read.ts';
import { pruneFeed } from './retention.ts';
import { STAMPED_MAX, stamp, stampAll } from './stamp.ts';
import { createStamper } from './stamper.ts';

let server: PostgresServer;
let pool: pg.Pool;
let count = 0;

beforeAll(async () => {
  server = await launchScratch();
});
afterAll(() => server.stop());

beforeEach(async () => {
  const database = `feed_${++count}`;
  await server.ensureDatabase(database);
  pool = createPool(server.url(database), { connectionsMax: 8 });
  await pool.query(FEED_SQL);
  return () => pool.end();
});

const eventOn = (subjectId: string, at = new Date('2026-03-02T09:00:00Z')) => ({
  type: 'INCIDENT_CHANGED',
  subjectId,
  actorRole: 'AGENT',
  at,
  readersBefore: ['linde'],
  readersAfter: ['linde', 'denkbeeld'],
  keys: { state: 'OPEN' },
});

const append = (...subjects: string[]) =>
  inTransaction(pool, async (client) => {
    for (const subject of subjects) await appendEvent(client, eventOn(subject));
  });

const subjectsAfter = async (seq: number) => {
  const { epoch } = await readHead(pool);
  return (await readChanges(pool, { after: { epoch, seq }, limit: 100 })).changes.map((change) => change.subjectId);
};

describe('stamp', () => {
  test('an event is read only once it has a number, and then with everything it was written with', async () => {
    await append('linde:inc_1');
    expect(await readChanges(pool, { after: null, limit: 10 })).toMatchObject({ head: 0, changes: [] });
    expect(await stamp(pool)).toMatchObject({ stamped: 1, head: { seq: 1 } });
    const { epoch } = await readHead(pool);
    expect(await readChanges(pool, { after: null, limit: 10 })).toEqual({
      epoch,
      head: 1,
      changes: [{ ...eventOn('linde:inc_1'), epoch, seq: 1, eventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    });
  });

  test('a slow transaction is numbered later and holds nobody up', async () => {
    const slow = await pool.connect();
    await slow.query('BEGIN');
    await appendEvent(slow, eventOn('slow'));
    await append('quick');
    await stamp(pool);
    expect(await subjectsAfter(0)).toEqual(['quick']);
    await slow.query('COMMIT');
    slow.release();
    await stamp(pool);
    expect(await subjectsAfter(1)).toEqual(['slow']);
  });

  test('a stamper that waited for another one numbers what was committed while it waited', async () => {
    const holder = await pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT pg_advisory_xact_lock(1263489094, 1)');
    const waiting = stamp(pool);
    await expect.poll(async () => (await pool.query('SELECT FROM pg_locks WHERE NOT granted')).rowCount).toBe(1);
    await append('linde:inc_1');
    await holder.query('COMMIT');
    holder.release();
    expect(await waiting).toMatchObject({ stamped: 1 });
  });

  test('one stamping numbers at most its limit, and stampAll goes on to the end', async () => {
    await pool.query(
      `INSERT INTO outbox (event_id, at, type, subject_id, readers_before, readers_after, keys)
       SELECT 'e' || n, now(), 'T', 's', '[]', '[]', '{}' FROM generate_series(1, $1::int) n`,
      [STAMPED_MAX + 5],
    );
    expect(await stamp(pool)).toMatchObject({ stamped: STAMPED_MAX, head: { seq: STAMPED_MAX } });
    expect(await stampAll(pool)).toMatchObject({ stamped: 5, head: { seq: STAMPED_MAX + 5 } });
    expect(await stampAll(pool)).toEqual({ stamped: 0 });
  });

  test('a stamping that fails leaves its connection in no transaction', async () => {
    const one = createPool(String(pool.options.connectionString), { connectionsMax: 1, statementMsMax: 100 });
    const holder = await pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT pg_advisory_xact_lock(1263489094, 1)');
    await expect(stamp(one)).rejects.toThrow(/statement timeout/);
    await holder.query('COMMIT');
    holder.release();
    await append('linde:inc_1');
    expect(await stamp(one)).toMatchObject({ stamped: 1 });
    await one.end();
  });
});

describe('readChanges', () => {
  test('F19: a position of another epoch, beyond the head or before what is kept is answered with a gap', async () => {
    await append('a', 'b', 'c');
    const { head } = await stamp(pool);
    if (!head) throw new Error('nothing was stamped');
    const read = (seq: number, epoch = head.epoch) => readChanges(pool, { after: { epoch, seq }, limit: 10 });

    expect((await read(1, 'another')).gap).toEqual({
      reason: 'RESTORED',
      from: { epoch: 'another', seq: 1 },
      to: head,
    });
    expect((await read(4)).gap).toMatchObject({ reason: 'FUTURE_CURSOR', to: head });
    expect((await read(3)).gap).toBeUndefined();

    await pool.query('DELETE FROM outbox WHERE seq <= 2');
    expect((await read(1)).gap).toMatchObject({ reason: 'RETENTION', to: { seq: 2 } });
    expect((await read(2)).changes).toHaveLength(1);
    await pool.query('DELETE FROM outbox');
    expect((await read(2)).gap).toMatchObject({ reason: 'RETENTION', to: { seq: 3 } });
    expect((await read(3)).gap).toBeUndefined();
  });

  test('pages follow each other without a hole', async () => {
    await append(...Array.from({ length: 25 }, (_, n) => `s${n}`));
    await stamp(pool);
    const { epoch } = await readHead(pool);
    const seen: number[] = [];
    for (let seq = 0; seq < 25; seq = seen.at(-1) ?? 25) {
      const { changes } = await readChanges(pool, { after: { epoch, seq }, limit: 10 });
      seen.push(...changes.map((change) => change.seq));
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => n + 1));
  });
});

describe('retention', () => {
  test('only an unbroken run of old events goes, and an event that waits for its number stays', async () => {
    const old = new Date('2026-01-01T00:00:00Z');
    const young = new Date('2026-03-01T00:00:00Z');
    await inTransaction(pool, async (client) => {
      for (const [subject, at] of [
        ['a', old],
        ['b', old],
        ['c', young],
        ['d', old],
      ] as const) {
        await appendEvent(client, eventOn(subject, at));
      }
    });
    await stamp(pool);
    await inTransaction(pool, (client) => appendEvent(client, eventOn('e', old)));
    expect(await pruneFeed(pool, { before: new Date('2026-02-01T00:00:00Z') })).toBe(2);
    const { rows } = await pool.query('SELECT subject_id FROM outbox ORDER BY id');
    expect(rows.map((row) => row.subject_id)).toEqual(['c', 'd', 'e']);
  });
});

describe('epoch', () => {
  test('F25: a copy of the database elsewhere starts a new epoch by itself, the same database does not', async () => {
    const first = await ensureEpoch(pool);
    expect(first).toEqual({ epoch: (await readHead(pool)).epoch, restored: false });
    expect(await ensureEpoch(pool)).toEqual(first);

    await pool.end();
    const copy = `feed_${++count}`;
    const admin = new pg.Client(server.url('postgres'));
    await admin.connect();
    await admin.query(`CREATE DATABASE ${copy} TEMPLATE feed_${count - 1}`);
    await admin.end();
    pool = createPool(server.url(copy));
    const restored = await ensureEpoch(pool);
    expect(restored.restored).toBe(true);
    expect(restored.epoch).not.toBe(first.epoch);
    expect(await ensureEpoch(pool)).toEqual({ epoch: restored.epoch, restored: false });
    expect((await beginEpoch(pool)).epoch).not.toBe(restored.epoch);
  });
});

describe('createStamper', () => {
  test('settle numbers what was committed before it, also by another process', async () => {
    await using stamper = createStamper(pool, { everyMs: 60_000 });
    await append('linde:inc_1');
    await stamper.settle();
    expect(await subjectsAfter(0)).toEqual(['linde:inc_1']);
  });

  test('a call during a running stamping is answered by a later one', async () => {
    await using stamper = createStamper(pool, { everyMs: 60_000 });
    for (let round = 1; round <= 20; round++) {
      stamper.touch();
      await append(`s${round}`);
      await stamper.settle();
      expect((await readHead(pool)).seq).toBe(round);
    }
  });

  test('an event whose writer died before stamping is numbered by the next tick', async () => {
    await using stamper = createStamper(pool, { everyMs: 20 });
    const head = new Promise((resolve) => stamper.onHead((found) => found.seq === 1 && resolve(found)));
    await append('linde:inc_1');
    expect(await head).toMatchObject({ seq: 1 });
  });

  test('a stamping elsewhere wakes a listener, again after its connection was cut', async () => {
    const elsewhere = createPool(String(pool.options.connectionString));
    await using stamper = createStamper(pool, { everyMs: 60_000 });
    const seen: number[] = [];
    stamper.onHead((head) => seen.push(head.seq));
    const listening = () =>
      elsewhere.query(`SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`);
    await expect.poll(async () => (await listening()).rowCount).toBe(1);
    await append('a');
    await stamp(elsewhere);
    await expect.poll(() => seen).toEqual([1]);

    const { pid } = (await listening()).rows[0];
    await elsewhere.query('SELECT pg_terminate_backend($1)', [pid]);
    await expect.poll(async () => (await listening()).rows.map((row) => row.pid !== pid)).toEqual([true]);
    await append('b');
    await stamp(elsewhere);
    await expect.poll(() => seen).toEqual([1, 2]);
    await elsewhere.end();
  });
});

describe('followFeed', () => {
  test('what is there comes first and what happens next comes after it, each once', async () => {
    await using stamper = createStamper(pool, { everyMs: 60_000 });
    const stop = new AbortController();
    await append('a', 'b', 'c');
    await stamper.settle();
    const { epoch } = await readHead(pool);
    const seen: string[] = [];
    const following = (async () => {
      for await (const page of followFeed({ pool, stamper, after: { epoch, seq: 1 }, limit: 1, signal: stop.signal })) {
        seen.push(...page.changes.map((change) => change.subjectId));
        if (seen.length === 3) stop.abort();
      }
    })();
    await expect.poll(() => seen).toEqual(['b', 'c']);
    await append('d');
    stamper.touch();
    await following;
    expect(seen).toEqual(['b', 'c', 'd']);
  });
});

test('event ids are UUIDs of version 7 that sort by time', () => {
  const early = createEventId(Date.parse('2026-03-02T09:00:00Z'));
  const late = createEventId(Date.parse('2026-03-02T09:00:01Z'));
  expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(early < late).toBe(true);
});
