/** The feed of a whole endpoint, followed over HTTP as the hub follows it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import { beginEpoch } from '@kortelijn/kit/feed/epoch.ts';
import { stampAll } from '@kortelijn/kit/feed/stamp.ts';
import { createPool, inTransaction, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import {
  asHub,
  asPerson,
  type Claimed,
  createStandInHub,
  makeKeys,
  parsedPins,
} from '@kortelijn/kit/trust/stand-in-hub.ts';
import { participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEndpoint, type Endpoint } from '../server.ts';
import { randomFrom } from '../store/rows.fixture.ts';
import { defaultRhythm } from '../store/service-status.ts';

/** A busy machine is slow, not wrong. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

const [hub, registry, own] = [makeKeys(), makeKeys(), makeKeys()];
let postgres: PostgresServer;
let pool: Pool;
let endpoint: Endpoint;
let dataDir: string;
let databases = 0;

beforeAll(async () => {
  postgres = await launchScratch();
});
afterAll(() => postgres.stop());

beforeEach(async () => {
  const database = `linde_${++databases}`;
  await postgres.ensureDatabase(database);
  dataDir = await mkdtemp(join(tmpdir(), 'kortelijn-linde-'));
  endpoint = await createEndpoint(
    {
      name: participantId('linde'),
      host: '127.0.0.1',
      port: 0,
      databaseUrl: postgres.url(database),
      dataDir,
      keys: own.keys,
      pins: parsedPins(hub, registry),
      hubUrl: 'http://127.0.0.1:9',
      seed: undefined,
      rhythm: defaultRhythm,
      feedRetentionMs: 1_000,
      logLevel: 'silent',
    },
    pino({ level: 'silent' }),
  );
  pool = createPool(postgres.url(database), { connectionsMax: 12 });
});
afterEach(async () => {
  await endpoint.close();
  await pool.end();
  await rm(dataDir, { recursive: true, force: true });
});

const standIn = () => createStandInHub({ hub, endpoint: { name: 'linde', keys: own.keys }, url: endpoint.url });
const CHANGES = `($after: String, $first: Int!) { changes(after: $after, first: $first) {
  epoch head gap { reason from to } changes { id seq at type subjectId actorRole readersBefore readersAfter keys } } }`;

interface Page {
  readonly epoch: string;
  readonly head: string;
  readonly gap: { readonly reason: string; readonly from: string; readonly to: string } | null;
  readonly changes: readonly {
    readonly id: string;
    readonly seq: string;
    readonly subjectId: string;
    readonly keys: string;
  }[];
}

/** The pages of a stream; what is no page is thrown with what came instead. */
async function* follow(after: string | null, signal?: AbortSignal, first = 200): AsyncGenerator<Page, void, undefined> {
  const { events } = await standIn().follow(asHub, `subscription ${CHANGES}`, { after, first }, signal);
  for await (const { event, data } of events) {
    if (event === 'complete') return;
    if (!data?.data) throw new Error(JSON.stringify(data));
    yield data.data.changes;
  }
}

const firstPage = async (after: string | null) => {
  const pages = follow(after);
  const { value } = await pages.next();
  await pages.return();
  return value as Page;
};
const codesOf = async (who: Claimed, variables: Record<string, unknown>) => {
  const { events } = await standIn().follow(who, `subscription ${CHANGES}`, { first: 200, ...variables });
  const codes: unknown[] = [];
  for await (const { event, data } of events) {
    codes.push(event === 'complete' ? event : data.errors?.map((each: { extensions: object }) => each.extensions));
  }
  return codes;
};

const event = (subjectId: string, version = 1, at = new Date(Date.now() + 60_000)) => ({
  type: 'incident.changed',
  subjectId,
  actorRole: 'SERVICEDESK',
  at,
  readersBefore: [],
  readersAfter: ['linde#SERVICEDESK'],
  keys: { version },
});
const append = (...events: ReturnType<typeof event>[]) =>
  inTransaction(pool, async (client) => {
    for (const each of events) await appendEvent(client, each);
  });

describe('the stream of changes', () => {
  test('says at once where the feed ends, and then tells what happens, from there or from where it was asked', async () => {
    await append(event('linde:inc_1'), event('linde:inc_2'));
    const fromNow = follow(null);
    const first = (await fromNow.next()).value as Page;
    expect(first).toMatchObject({ head: `${first.epoch}:2`, gap: null, changes: [] });
    await append(event('linde:inc_3'));
    for await (const { changes } of fromNow) {
      if (changes.length === 0) continue;
      expect(changes).toMatchObject([{ seq: '3', subjectId: 'linde:inc_3', readersAfter: ['linde#SERVICEDESK'] }]);
      break;
    }
    expect((await firstPage(`${first.epoch}:1`)).changes.map(({ subjectId }) => subjectId)).toEqual([
      'linde:inc_2',
      'linde:inc_3',
    ]);
  });

  test('F6: shows by a page without changes that it lives while nothing happens', async () => {
    const pages: Page[] = [];
    for await (const page of follow(null)) {
      pages.push(page);
      if (pages.length === 3) break;
    }
    expect(pages.map(({ changes }) => changes)).toEqual([[], [], []]);
    expect(new Set(pages.map(({ head }) => head)).size).toBe(1);
  });

  test('F19: of a cursor older than what is kept, of the future or of another epoch begins with the gap, and goes on after it', async () => {
    const { epoch } = await firstPage(null);
    const old = new Date(Date.now() - 3_600_000);
    await append(event('a', 1, old), event('b', 1, old), event('c'));
    await stampAll(pool);
    const kept = async () =>
      (await pool.query('SELECT seq FROM outbox ORDER BY seq')).rows.map(({ seq }) => Number(seq));
    // The endpoint clears away by itself what is older than its feed is kept: here a second.
    await eventually(kept).toEqual([3]);

    const pages = follow(`${epoch}:0`);
    expect((await pages.next()).value).toMatchObject({
      gap: { reason: 'RETENTION', from: `${epoch}:0`, to: `${epoch}:2` },
      changes: [],
    });
    expect((await pages.next()).value).toMatchObject({ gap: null, changes: [{ seq: '3', subjectId: 'c' }] });
    await pages.return();
    expect(await firstPage(`${epoch}:2`)).toMatchObject({ gap: null, changes: [{ seq: '3' }] });
    expect((await firstPage(`${epoch}:4`)).gap).toEqual({
      reason: 'FUTURE_CURSOR',
      from: `${epoch}:4`,
      to: `${epoch}:3`,
    });

    const { epoch: restored } = await beginEpoch(pool);
    const later = follow(`${epoch}:3`);
    expect((await later.next()).value).toMatchObject({
      epoch: restored,
      gap: { reason: 'RESTORED', from: `${epoch}:3` },
    });
    await append(event('d'));
    for await (const { changes } of later) {
      if (changes.length > 0) {
        expect(changes).toMatchObject([{ subjectId: 'd' }]);
        break;
      }
    }
  });

  test('F19: an epoch that begins while somebody follows reaches him as a gap', async () => {
    const pages = follow(null);
    const { epoch } = (await pages.next()).value as Page;
    const { epoch: restored } = await beginEpoch(pool);
    for await (const { gap } of pages) {
      if (!gap) continue;
      expect(gap).toMatchObject({ reason: 'RESTORED', from: `${epoch}:0`, to: expect.stringContaining(restored) });
      break;
    }
  });

  test('F19: of a malformed cursor is a coded error and the end', async () => {
    const { epoch } = await firstPage(null);
    for (const after of ['', '5', `${epoch}:`, `${epoch}:-1`, `${epoch}:1e9`, 'x'.repeat(1_000), `${epoch}:1'--`]) {
      expect(await codesOf(asHub, { after }), after).toEqual([[{ code: 'CURSOR_MALFORMED' }], 'complete']);
    }
    for (const first of [0, 1_001, -1]) {
      expect(await codesOf(asHub, { first })).toEqual([[{ code: 'FIRST_OUT_OF_RANGE' }], 'complete']);
    }
  });

  test('A1: is the hub’s alone: without proof 401 and nothing, for a person or a class of them nothing', async () => {
    const body = JSON.stringify({ query: `subscription ${CHANGES}`, variables: { first: 200 } });
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const response = await fetch(endpoint.url, { method: 'POST', headers, body });
    expect([response.status, await response.text()]).toEqual([
      401,
      '{"errors":[{"message":"The request is not trusted.","extensions":{"code":"NOT_TRUSTED"}}]}',
    ]);
    const classOf: Claimed = { kind: 'class', participant: 'linde', roles: ['SERVICEDESK'] };
    for (const who of [
      asPerson('linde', ['SERVICEDESK', 'SERVICEMANAGER']),
      asPerson('voorbeeld', ['FOUNDATION']),
      classOf,
    ]) {
      expect(await codesOf(who, {})).toEqual([[{ code: 'REFUSED' }], 'complete']);
    }
  });

  test('tells a role that it does not know as none, and goes on', async () => {
    await append({ ...event('a'), actorRole: 'KEIZER' }, event('b'));
    await stampAll(pool);
    const { epoch } = await firstPage(null);
    expect((await firstPage(`${epoch}:0`)).changes).toMatchObject([{ actorRole: null }, { actorRole: 'SERVICEDESK' }]);
  });

  test('F22: skips and doubles nothing and keeps the order of each subject, beside a long transaction and through lines that break', async () => {
    const random = randomFrom(Number(process.env.SEED));
    const SUBJECTS = 6;
    await pool.query(
      `CREATE TABLE subject AS SELECT 's' || n AS id, 0 AS version FROM generate_series(1, ${SUBJECTS}) n`,
    );
    const { head: start } = await firstPage(null);
    const committed = new Set<string>();

    const long = await pool.connect();
    await long.query('BEGIN');
    const longId = (await appendEvent(long, event('long'))).eventId;

    const write = async (next: () => number) => {
      const subject = `s${1 + Math.floor(next() * SUBJECTS)}`;
      const id = await inTransaction(pool, async (client) => {
        const { rows } = await client.query('SELECT version FROM subject WHERE id = $1 FOR UPDATE', [subject]);
        const version = rows[0].version + 1;
        const { eventId } = await appendEvent(client, event(subject, version));
        await client.query('UPDATE subject SET version = $2 WHERE id = $1', [subject, version]);
        await sleep(next() < 0.2 ? next() * 30 : 0);
        if (next() < 0.1) throw ROLLED_BACK;
        return eventId;
      }).catch((error) => {
        if (error !== ROLLED_BACK) throw error;
      });
      if (id !== undefined) committed.add(id);
    };
    const writers = Array.from({ length: 8 }, async () => {
      const next = randomFrom(Math.floor(random() * 2 ** 31));
      for (let n = 0; n < 60; n++) await write(next);
    });

    const seen: Page['changes'][number][] = [];
    let position = start;
    let lines = 0;
    const isAllSeen = () => committed.has(longId) && seen.length >= committed.size;
    const reading = (async () => {
      while (!isAllSeen()) {
        lines++;
        const cut = new AbortController();
        let pagesLeft = 1 + Math.floor(random() * 3);
        try {
          for await (const { gap, epoch, changes } of follow(position, cut.signal, 1 + Math.floor(random() * 20))) {
            expect(gap).toBeNull();
            seen.push(...changes);
            const last = changes.at(-1);
            if (last) position = `${epoch}:${last.seq}`;
            if (isAllSeen()) break;
            // What was sent and not taken in comes again: from where the reader is.
            if (--pagesLeft === 0) cut.abort();
          }
        } catch (error) {
          if (!cut.signal.aborted) throw error;
        }
      }
    })();
    await Promise.all(writers);
    // The open transaction holds nobody up.
    await eventually(() => seen.length).toBe(committed.size);
    await long.query('COMMIT');
    long.release();
    committed.add(longId);
    await reading;

    expect(new Set(seen.map(({ id }) => id))).toEqual(committed);
    expect(seen.map(({ seq }) => Number(seq))).toEqual(seen.map((_, index) => index + 1));
    const versions = new Map<string, number[]>();
    for (const { subjectId, keys } of seen) {
      versions.set(subjectId, [...(versions.get(subjectId) ?? []), JSON.parse(keys).version]);
    }
    for (const [subject, found] of versions) expect(found, subject).toEqual(found.map((_, index) => index + 1));
    expect(lines).toBeGreaterThan(3);
  });
});
const ROLLED_BACK = new Error('rolled back on purpose');
