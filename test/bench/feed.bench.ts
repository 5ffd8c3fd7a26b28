/**
 * What the feed costs and how quickly it tells: transactions a second with 16 writers, without a stamper and with one,
 * and the time from a commit until a follower of the feed holds the change. Prints JSON, one line a scenario.
 * node --import tsx test/bench/feed.bench.ts [seconds]
 */
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import { FEED_SQL } from '@kortelijn/kit/feed/ddl.ts';
import { followFeed } from '@kortelijn/kit/feed/follow.ts';
import { stampAll } from '@kortelijn/kit/feed/stamp.ts';
import { createStamper } from '@kortelijn/kit/feed/stamper.ts';
import { createPool, inTransaction, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';

const WRITERS = 16;
const SUBJECTS = 1_000;
const seconds = Number(process.argv[2] ?? 5);

await using server = await launchScratch();

async function freshFeed(name: string): Promise<{ pool: Pool; reading: Pool }> {
  await server.ensureDatabase(name);
  const pool = createPool(server.url(name), { connectionsMax: WRITERS + 1 });
  await pool.query(`${FEED_SQL}; CREATE TABLE subject (id int PRIMARY KEY, version int NOT NULL);
    INSERT INTO subject SELECT n, 0 FROM generate_series(1, ${SUBJECTS}) n`);
  return { pool, reading: createPool(server.url(name)) };
}

async function write(pool: Pool, committedAt: Map<string, number>, subject: number): Promise<void> {
  const { eventId } = await inTransaction(pool, async (client) => {
    await client.query({
      name: 'change',
      text: 'UPDATE subject SET version = version + 1 WHERE id = $1',
      values: [subject],
    });
    return appendEvent(client, {
      type: 'INCIDENT_CHANGED',
      subjectId: `linde:inc_${subject}`,
      actorRole: 'SERVICEDESK',
      at: new Date(),
      readersBefore: ['linde', 'denkbeeld'],
      readersAfter: ['linde', 'denkbeeld'],
      keys: { state: 'OPEN', priority: 2 },
    });
  });
  committedAt.set(eventId, performance.now());
}

async function run(
  name: string,
  { stamping, following, ratePerSecond }: { stamping: boolean; following: boolean; ratePerSecond?: number },
) {
  const { pool, reading } = await freshFeed(name);
  const committedAt = new Map<string, number>();
  const seenAt = new Map<string, number>();
  const stop = new AbortController();
  const stamper = stamping ? createStamper(reading) : undefined;
  let started = () => {};
  const followerStarted = new Promise<void>((resolve) => {
    started = resolve;
  });
  const follower =
    stamper && following
      ? (async () => {
          for await (const page of followFeed({
            pool: reading,
            stamper,
            after: null,
            limit: 500,
            signal: stop.signal,
          })) {
            started();
            for (const { eventId } of page.changes) seenAt.set(eventId, performance.now());
          }
        })()
      : undefined;

  if (follower) await followerStarted; // It follows from its own start on.

  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      for (let n = 0; performance.now() < end; n++) {
        await write(pool, committedAt, 1 + ((writer * 61 + n * 17) % SUBJECTS));
        stamper?.touch();
        if (ratePerSecond) await new Promise((resolve) => setTimeout(resolve, (1_000 * WRITERS) / ratePerSecond));
      }
    }),
  );
  const elapsed = (performance.now() - start) / 1_000;
  const used = process.cpuUsage(cpu);
  await stampAll(reading, 1_000);
  const { rows } = await reading.query('SELECT count(*)::int AS rows, max(seq)::int AS head FROM outbox');
  if (follower) {
    while (seenAt.size < committedAt.size) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    await follower;
  }
  await stamper?.close();
  await Promise.all([pool.end(), reading.end()]);

  const delays = [...seenAt].map(([id, at]) => at - (committedAt.get(id) ?? at)).sort((a, b) => a - b);
  const percentile = (p: number) => Number(delays[Math.floor(delays.length * p)]?.toFixed(1));
  console.log(
    JSON.stringify({
      scenario: name,
      writers: WRITERS,
      txPerSecond: Math.round(committedAt.size / elapsed),
      cpuMsPerTx: Number(((used.user + used.system) / 1_000 / committedAt.size).toFixed(3)),
      holes: rows[0].rows - rows[0].head,
      ...(follower
        ? { commitToFollowerMs: { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) } }
        : {}),
    }),
  );
}

await run('unstamped', { stamping: false, following: false });
await run('stamped', { stamping: true, following: false });
await run('followed', { stamping: true, following: true });
await run('followed_at_200_a_second', { stamping: true, following: true, ratePerSecond: 200 });
