import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import { stampAll } from '@kortelijn/kit/feed/stamp.ts';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { startHousekeeping } from '@kortelijn/kit/server/housekeeping.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEndpoint, type TestEndpoint } from './endpoint.fixture.ts';
import { keptNotifications } from './notifications.ts';

let postgres: PostgresServer;
let linde: TestEndpoint;
beforeAll(async () => {
  postgres = await launchScratch();
  linde = await createTestEndpoint(postgres);
});
afterAll(async () => {
  await linde.close();
  await postgres.stop();
});

test('feed, command log and notifications lose what is older than promised, in as many batches as it takes, and keep the rest', async () => {
  const { pool, clock } = linde;
  const daysAgo = (days: number) => new Date(clock.ms - days * 24 * 3_600_000);
  for (const days of [8, 7.1, 6.9]) {
    const event = { type: 'incident.report', subjectId: 'linde:inc_1', readersBefore: [], readersAfter: [], keys: {} };
    await appendEvent(pool, { ...event, at: daysAgo(days) });
  }
  await stampAll(pool);
  await pool.query(
    `INSERT INTO command_log (participant, command_id, actor, operation, request_hash, at)
     SELECT 'linde', n::text, 'a', 'addNote', 'h', CASE WHEN n = 1 THEN $2::timestamptz ELSE $1::timestamptz END
     FROM generate_series(1, 36) n`,
    [daysAgo(91), daysAgo(89)],
  );
  await pool.query(
    `INSERT INTO notification (id, kind, roles, at)
     SELECT 'linde:ntf_' || n, 'NOTE_ADDED', '{SERVICEDESK}', CASE WHEN n = 1 THEN $2::timestamptz ELSE $1::timestamptz END
     FROM generate_series(1, 36) n`,
    [daysAgo(91), daysAgo(89)],
  );
  await pool.query(`INSERT INTO notification_read SELECT id, 'linde:noor', at FROM notification`);
  const count = async (table: string) => (await pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n;
  const commandsKeptMs = 90 * 24 * 3_600_000;
  await using _ = startHousekeeping({
    pool,
    now: () => clock.ms,
    commandsKeptMs,
    alsoKept: [keptNotifications],
    everyMs: 10,
    batch: 10,
  });
  await expect.poll(() => count('command_log'), { timeout: 10_000 }).toBe(1);
  expect(await count('outbox')).toBe(1);
  await expect.poll(() => count('notification'), { timeout: 10_000 }).toBe(1);
  expect(await count('notification_read')).toBe(1);
});
