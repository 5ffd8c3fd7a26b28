/**
 * What happens to a server and its data when processes are killed, stopped or confused. Every test has a data folder of
 * its own; what it launches in other processes it kills itself.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import { FEED_SQL } from '@kortelijn/kit/feed/ddl.ts';
import { ensureEpoch } from '@kortelijn/kit/feed/epoch.ts';
import { readChanges } from '@kortelijn/kit/feed/read.ts';
import { stampAll } from '@kortelijn/kit/feed/stamp.ts';
import { createStamper } from '@kortelijn/kit/feed/stamper.ts';
import { createPool, inTransaction } from '@kortelijn/kit/postgres/connect.ts';
import { removeCluster } from '@kortelijn/kit/postgres/folders.ts';
import { launchPostgres, type PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { serverAt } from '@kortelijn/kit/postgres/open.ts';
import { identityOf } from '@kortelijn/kit/postgres/process-identity.ts';
import { supervisePostgres } from '@kortelijn/kit/postgres/supervise.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 60_000 });

let dataDir: string;
let servers: PostgresServer[] = [];
let children: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'kortelijn-faults-'));
  chmodSync(dataDir, 0o755);
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  // One more start finds whatever still runs, and stops it as nobody's.
  servers.push(await launchPostgres({ dataDir }));
  for (const server of servers) await server.stop();
  servers = [];
  children = [];
  await removeCluster(dataDir);
});

async function launch(): Promise<PostgresServer> {
  const server = await launchPostgres({ dataDir });
  servers.push(server);
  return server;
}

async function launchElsewhere(folder = dataDir): Promise<{ child: ChildProcess; pid: number; adopted: boolean }> {
  const script = fileURLToPath(new URL('launch-and-wait.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  return { child, ...JSON.parse(String(line)) };
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** The postmaster and everything it has started. */
const family = (postmaster: number): number[] => [
  postmaster,
  ...execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === postmaster)
    .map(([pid = 0]) => pid),
];

const killAll = (pids: readonly number[]) => {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
};

async function query(server: PostgresServer, sql: string) {
  const pool = createPool(server.url('postgres'));
  try {
    return (await pool.query(sql)).rows;
  } finally {
    await pool.end();
  }
}

describe('launching', () => {
  test('a launcher that was killed leaves its server; the next one adopts it and stops it', async () => {
    const { child, pid } = await launchElsewhere();
    await killed(child);
    const heir = await launch();
    expect([heir.adopted, heir.pid]).toEqual([true, pid]);
    await heir.stop();
    expect(identityOf(pid)).toBeUndefined(); // A zombie, where nobody reaps orphans, counts as gone.
    expect((await launch()).adopted).toBe(false);
  });

  test.runIf(process.getuid?.() === 0)(
    'a server whose launcher was killed and whose data folder was thrown away is stopped by the next start',
    async () => {
      const home = join(dataDir, 'home');
      mkdirSync(home, { mode: 0o700 });
      const { child, pid } = await launchElsewhere(join(home, 'one'));
      await killed(child);
      rmSync(join(home, 'one'), { recursive: true });
      await using next = await launchPostgres({ dataDir: join(home, 'two') });
      expect(next.adopted).toBe(false);
      await expect.poll(() => identityOf(pid), { timeout: 10_000 }).toBeUndefined();
      await next.stop();
      await removeCluster(join(home, 'two'));
    },
  );

  test('three processes that start at once on an empty folder share one server', async () => {
    const started = await Promise.all([launchElsewhere(), launchElsewhere(), launchElsewhere()]);
    expect(new Set(started.map(({ pid }) => pid)).size).toBe(1);
    expect(started.filter(({ adopted }) => !adopted)).toHaveLength(1);
  });

  test('F3: after kill -9 of launcher, postmaster and all backends a start recovers what was acknowledged', async () => {
    const { child, pid } = await launchElsewhere();
    const before = await launch();
    await query(before, 'CREATE TABLE acknowledged AS SELECT generate_series(1, 1000) AS n');
    const pool = createPool(before.url('postgres'));
    const open = await pool.connect();
    open.on('error', () => {});
    await open.query('BEGIN; INSERT INTO acknowledged SELECT -1');

    child.kill('SIGKILL');
    killAll(family(pid));
    await once(child, 'exit');
    const after = await launch();
    expect(after.adopted).toBe(false);
    expect(await query(after, 'SELECT count(*)::int, min(n) FROM acknowledged')).toEqual([{ count: 1000, min: 1 }]);
    open.release(true);
    await pool.end();
  });

  test('F3: a backend that outlives its postmaster is waited for, not joined by a second server', async () => {
    const { child, pid } = await launchElsewhere();
    const before = await launch();
    const pool = createPool(before.url('postgres'));
    const [backend] = (await pool.query('SELECT pg_backend_pid() AS pid')).rows as { pid: number }[];
    if (backend === undefined) throw new Error('Expected a backend to tell its number.');
    const busy = pool.query('SELECT pg_sleep(60)').catch(() => 'cut off');
    // A stopped process learns of nothing: this backend outlives its postmaster until it is ended here.
    process.kill(backend.pid, 'SIGSTOP');
    child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    const starting = launch();
    const log = () => readFileSync(join(dataDir, 'server.log'), 'utf8');
    await expect.poll(log, { timeout: 20_000 }).toContain('shared memory block');
    process.kill(backend.pid, 'SIGKILL');
    const after = await starting;
    expect(after.pid).not.toBe(pid);
    expect(await query(after, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await busy;
    await pool.end();
  });

  test('a lock file whose number now belongs to another process of the same user does not stop a start', async () => {
    const { child, pid } = await launchElsewhere();
    child.kill('SIGKILL');
    killAll(family(pid));
    await once(child, 'exit');
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const stranger = spawn('/bin/sleep', ['60'], { ...user, cwd: '/' });
    children.push(stranger);
    const lockFile = join(dataDir, 'cluster/postmaster.pid');
    const lock = readFileSync(lockFile, 'utf8').split('\n');
    writeFileSync(lockFile, [stranger.pid, ...lock.slice(1)].join('\n'));
    writeFileSync(join(dataDir, 'socket/.s.PGSQL.5432.lock'), [stranger.pid, ...lock.slice(1)].join('\n'));
    expect((await launch()).adopted).toBe(false);
    expect(stranger.exitCode).toBe(null);
  });

  test('F5: a server that is stopped is waited for, and never doubled', async () => {
    const { pid } = await launchElsewhere();
    const all = family(pid);
    for (const each of all) process.kill(each, 'SIGSTOP');
    try {
      const refused = launchPostgres({ dataDir, startMsMax: 1_000 });
      await expect(refused).rejects.toThrow(`process ${pid} holds`);
      const patient = launch();
      await sleep(500);
      for (const each of all) process.kill(each, 'SIGCONT');
      expect((await patient).pid).toBe(pid);
    } finally {
      for (const each of all) process.kill(each, 'SIGCONT');
    }
  });
});

/** Counts the writes that were acknowledged, and goes on after each failure as a client would. */
async function writeThrough(
  pool: ReturnType<typeof createPool>,
  over: () => boolean,
  acknowledged: Set<string>,
  failures: { count: number },
) {
  while (!over()) {
    try {
      const written = await inTransaction(pool, (client) =>
        appendEvent(client, {
          type: 'T',
          subjectId: 's',
          at: new Date(),
          readersBefore: [],
          readersAfter: [],
          keys: {},
        }),
      );
      acknowledged.add(written.eventId);
    } catch {
      failures.count++;
      await sleep(20);
    }
  }
}

test('F3: the same pool, stamper and feed go on after PostgreSQL was killed twice in the middle of writing', async () => {
  let server = await launch();
  const pool = createPool(server.url('postgres'), { connectionsMax: 8 });
  await pool.query(FEED_SQL);
  const { epoch } = await ensureEpoch(pool);
  const stamper = createStamper(pool, { everyMs: 20 });
  const acknowledged = new Set<string>();
  const failures = { count: 0 };
  const published = new Map<number, string>();
  let over = false;

  const following = (async () => {
    let after = { epoch, seq: 0 };
    while (!over) {
      const page = await readChanges(pool, { after, limit: 100 }).catch(() => undefined);
      for (const change of page?.changes ?? []) published.set(change.seq, change.eventId);
      after = page?.changes.at(-1) ?? after;
      await sleep(5);
    }
  })();
  const writing = Array.from({ length: 8 }, () => writeThrough(pool, () => over, acknowledged, failures));
  for (let crash = 1; crash <= 2; crash++) {
    await sleep(600);
    const acknowledgedBefore = acknowledged.size;
    killAll(family(server.pid ?? 0));
    server = await launch();
    await expect.poll(() => acknowledged.size, { timeout: 10_000 }).toBeGreaterThan(acknowledgedBefore + 50);
  }
  over = true;
  await Promise.all([...writing, following]);
  await stampAll(pool);

  const { rows } = await pool.query('SELECT seq::int, event_id FROM outbox ORDER BY seq');
  const stored = rows.map((row) => row.event_id);
  console.log(JSON.stringify({ acknowledged: acknowledged.size, stored: stored.length, failures: failures.count }));
  await stamper.close();
  expect((await ensureEpoch(pool)).restored).toBe(false);
  await pool.end();

  expect(failures.count).toBeGreaterThan(0);
  expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
  expect(new Set(stored).size).toBe(stored.length);
  expect([...acknowledged].filter((eventId) => !stored.includes(eventId))).toEqual([]);
  // What a reader saw before the crash stands where it saw it.
  expect([...published].filter(([seq, eventId]) => stored[seq - 1] !== eventId)).toEqual([]);
});

test('F3: a supervised server that is killed comes back at the same URL by itself, until it is stopped', async () => {
  const failures: string[] = [];
  const server = await supervisePostgres({ dataDir, onFailure: (error) => failures.push(error.message) });
  servers.push(server);
  const pool = createPool(server.url('postgres'));
  await pool.query('CREATE TABLE kept AS SELECT 1 AS n');
  const first = server.pid ?? 0;
  killAll(family(first));
  const count = () =>
    pool.query('SELECT count(*)::int FROM kept').then(
      ({ rows }) => rows[0].count,
      () => 'away',
    );
  await expect.poll(count, { timeout: 10_000 }).toBe(1);
  // The server answers a moment before its supervisor has seen that it does.
  await expect.poll(() => server.pid, { timeout: 10_000 }).not.toBe(first);
  expect(failures[0]).toContain(`process ${first}) ended unasked`);
  const told = failures.length;
  const second = server.pid ?? 0;
  await pool.end();
  await server.stop();
  expect(identityOf(second)).toBeUndefined();
  expect(failures).toHaveLength(told);
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && tryMount();

function tryMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'kortelijn-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1M', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(place);
  }
}

test.runIf(canMount)('F14: a full disk acknowledges nothing that is lost, and needs room but no repair', async () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=90M,mode=755', 'tmpfs', dataDir]);
  const server = await supervisePostgres({ dataDir });
  const pool = createPool(server.url('postgres'), { connectionsMax: 2 });
  try {
    await pool.query('CREATE TABLE blob (id int PRIMARY KEY, bytes bytea)');
    const acknowledged: number[] = [];
    const write = (id: number) =>
      inTransaction(pool, async (client) => {
        await client.query('INSERT INTO blob VALUES ($1, $2)', [id, randomBytes(100_000)]);
      });
    let refusal: unknown;
    for (let id = 1; !refusal && id <= 2_000; id++) {
      await write(id).then(
        () => acknowledged.push(id),
        (error) => (refusal = error),
      );
    }
    expect(refusal).toBeDefined();
    execFileSync('mount', ['-o', 'remount,size=300M', dataDir]);
    const stored = () =>
      pool.query('SELECT id FROM blob ORDER BY id').then(
        ({ rows }) => rows.map(({ id }) => id),
        () => [],
      );
    await expect
      .poll(async () => (await stored()).slice(0, acknowledged.length), { timeout: 20_000 })
      .toEqual(acknowledged);
    await write(5_000);
    expect(await stored()).toContain(5_000);
    console.log(JSON.stringify({ acknowledged: acknowledged.length, refusal: String(refusal) }));
  } finally {
    await pool.end();
    await server.stop();
    execFileSync('umount', [dataDir]);
  }
});

test.runIf(process.env.DATABASE_URL)(
  'a server installed by hand, at DATABASE_URL, carries a database, feed and epoch',
  async () => {
    const byHand = serverAt(process.env.DATABASE_URL ?? '', `kortelijn_test_${process.pid}_`);
    await byHand.ensureDatabase('linde');
    const admin = createPool(process.env.DATABASE_URL ?? '');
    const pool = createPool(byHand.url('linde'));
    try {
      await pool.query(FEED_SQL);
      const { rows } = await pool.query(`SELECT datcollate FROM pg_database WHERE datname = current_database()`);
      expect(rows).toEqual([{ datcollate: 'C' }]);
      expect((await ensureEpoch(pool)).restored).toBe(false);
      expect((await ensureEpoch(pool)).restored).toBe(false);
      await inTransaction(pool, (client) =>
        appendEvent(client, {
          type: 'T',
          subjectId: 's',
          at: new Date(),
          readersBefore: [],
          readersAfter: [],
          keys: {},
        }),
      );
      expect(await stampAll(pool)).toMatchObject({ stamped: 1, head: { seq: 1 } });
    } finally {
      await pool.end();
      await admin.query(`DROP DATABASE "kortelijn_test_${process.pid}_linde"`);
      await admin.end();
    }
  },
);
