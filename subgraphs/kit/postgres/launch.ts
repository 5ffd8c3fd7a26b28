/**
 * Starts PostgreSQL from the npm platform package: one cluster per data folder, on a Unix socket only. A server that
 * already runs on the folder is adopted, never doubled; whoever launched it, or finds its launcher gone, stops it.
 * Two starts at once need no lock: the cluster is renamed into place, and PostgreSQL's own lock file picks one server.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Binaries, findBinaries } from './binaries.ts';
import { ensureDatabase } from './ensure-database.ts';
import { type Folders, prepareFolders, SOCKET_PORT, socketPath } from './folders.ts';
import { readOwner, writeOwner } from './owner.ts';
import { answerOf } from './probe.ts';
import { identityOf, isAlive, worksIn } from './process-identity.ts';
import { giveTo } from './server-user.ts';

export interface LaunchOptions {
  /** A folder for this server alone; it is made when missing and given to the server's user. */
  readonly dataDir: string;
  /** Further `-c name=value` settings, after our own. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** How long a start may take, recovery after a crash included. */
  readonly startMsMax?: number;
  readonly packageDir?: string;
  readonly cacheDir?: string;
  readonly stateDir?: string;
}

export interface PostgresServer extends AsyncDisposable {
  url(database: string): string;
  /** The socket's folder, or the host's name. */
  readonly host: string;
  readonly port: number;
  /** The postmaster; absent for a server that was installed by hand. */
  readonly pid?: number | undefined;
  /** It ran already when we came. */
  readonly adopted: boolean;
  ensureDatabase(name: string): Promise<void>;
  /** Resolves when the server is gone, whoever or whatever ended it. */
  exited(): Promise<void>;
  /** Stops the server when it is ours to stop; does nothing otherwise. Fast shutdown: open transactions roll back. */
  stop(): Promise<void>;
}

const SUPERUSER = 'kortelijn';
const START_MS_MAX = 30_000;
const STOP_MS_MAX = 20_000;
const LOG_BYTES_MAX = 10_000_000;

/** Small on purpose: this server shares a machine with a whole network. */
const SETTINGS = {
  listen_addresses: '',
  port: SOCKET_PORT,
  unix_socket_permissions: '0700',
  max_connections: 200,
  shared_buffers: '32MB',
  synchronous_commit: 'on',
  fsync: 'on',
  full_page_writes: 'on',
  io_method: 'sync',
  jit: 'off',
  max_parallel_workers_per_gather: 0,
  max_wal_size: '256MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const;

export async function launchPostgres(options: LaunchOptions): Promise<PostgresServer> {
  const folders = await prepareFolders(options.dataDir, options.stateDir);
  const deadline = Date.now() + (options.startMsMax ?? START_MS_MAX);
  let binaries: Binaries | undefined;
  let lastFailure = '';

  while (Date.now() < deadline) {
    const running = await findRunning(folders);
    if (running.kind === 'answers') return adopt(folders, running.pid, running.sockets);
    if (running.kind === 'busy') {
      lastFailure = `process ${running.pid} holds ${folders.cluster} but does not answer: ${running.reason}`;
      await sleep(50);
      continue;
    }
    binaries ??= await findBinaries(folders.user, options);
    await ensureCluster(folders, binaries);
    const started = await start(folders, binaries, options.settings ?? {}, deadline);
    if (started.kind === 'ready') return started.server;
    lastFailure = started.reason;
    if (!started.worthRetrying) break;
    await sleep(100);
  }
  throw new Error(`PostgreSQL did not start on ${folders.base}: ${lastFailure || 'no time was left'}`);
}

type Running =
  | { readonly kind: 'none' }
  | { readonly kind: 'busy'; readonly pid: number; readonly reason: string }
  | { readonly kind: 'answers'; readonly pid: number; readonly sockets: string };

/** A server that answers is believed before any file; the file only tells where to ask and whom to wait for. */
async function findRunning({ cluster, sockets }: Folders): Promise<Running> {
  const file = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = file.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return { kind: 'none' };

  const where = lines[4] || sockets;
  const answer = await answerOf(clientOptions(where));
  if (answer.kind === 'ready' && answer.dataDirectory === cluster) return { kind: 'answers', pid, sockets: where };
  if (worksIn(pid, cluster))
    return { kind: 'busy', pid, reason: answer.kind === 'ready' ? 'another cluster answered' : answer.reason };

  // The number may by now be another process of the same user; PostgreSQL would take that for a server and refuse.
  if (identityOf(pid)) {
    await rm(join(cluster, 'postmaster.pid'), { force: true });
    await rm(`${socketPath(where)}.lock`, { force: true });
  }
  return { kind: 'none' };
}

async function ensureCluster({ base, cluster, user }: Folders, { initdb }: Binaries): Promise<void> {
  await removeAbandoned(base);
  if (await stat(join(cluster, 'PG_VERSION')).catch(() => undefined)) return;
  const unfinished = join(base, `cluster.new-${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(unfinished, { mode: 0o700 });
  await giveTo(user, unfinished);
  const flags = ['-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-instructions'];
  const made = spawnSync(initdb, ['-D', unfinished, ...flags], {
    ...user,
    cwd: '/',
    env: serverEnv(),
    encoding: 'utf8',
  });
  if (made.status !== 0) {
    await rm(unfinished, { recursive: true, force: true });
    throw new Error(`initdb failed on ${base}: ${made.error?.message ?? made.stderr.trim()}`);
  }
  await rename(unfinished, cluster).catch(async (error: NodeJS.ErrnoException) => {
    await rm(unfinished, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // Another start was first: use its cluster.
  });
}

/** What an initdb left that was killed half-way. */
async function removeAbandoned(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const pid = /^cluster\.new-(\d+)-/.exec(name)?.[1];
    if (pid && !identityOf(Number(pid))) await rm(join(base, name), { recursive: true, force: true });
  }
}

type Started =
  | { readonly kind: 'ready'; readonly server: PostgresServer }
  | { readonly kind: 'failed'; readonly reason: string; readonly worthRetrying: boolean };

async function start(
  folders: Folders,
  { postgres }: Binaries,
  settings: Readonly<Record<string, string | number>>,
  deadline: number,
): Promise<Started> {
  const log = await openLog(folders.base);
  const flags = Object.entries({ ...SETTINGS, unix_socket_directories: folders.sockets, ...settings });
  // Its own session: Ctrl-C in a terminal reaches the whole group, and services must close before their database.
  const child = spawn(
    postgres,
    ['-D', folders.cluster, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...folders.user,
      cwd: '/',
      env: serverEnv(),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    },
  );
  closeSync(log.fd);
  let spawnError: Error | undefined;
  child.once('error', (error) => {
    spawnError = error;
  });
  child.unref();

  let reason = 'it was not ready in time';
  while (child.exitCode === null && child.signalCode === null && !spawnError && Date.now() < deadline) {
    const answer = await answerOf(clientOptions(folders.sockets));
    if (answer.kind === 'ready' && child.exitCode === null && child.pid !== undefined) {
      // Answering is not enough: it may be a server of another start that was faster than ours.
      if (answer.postmasterPid === child.pid)
        return { kind: 'ready', server: await launched(folders, child, child.pid) };
    } else if (answer.kind !== 'ready') reason = answer.reason;
    await sleep(15);
  }
  if (spawnError) return { kind: 'failed', reason: spawnError.message, worthRetrying: false };
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGQUIT');
    return { kind: 'failed', reason, worthRetrying: false };
  }
  const said = (await readFile(log.path, 'utf8')).slice(log.from).trim();
  // The lock file: another start won. The shared memory: backends of a killed postmaster are still on their way out.
  return { kind: 'failed', reason: said, worthRetrying: /lock file .* already exists|shared memory block/.test(said) };
}

async function openLog(base: string): Promise<{ fd: number; path: string; from: number }> {
  const path = join(base, 'server.log');
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.1`);
  return { fd: openSync(path, 'a', 0o600), path, from: size > LOG_BYTES_MAX ? 0 : size };
}

/** Nothing of our own environment: PGOPTIONS and the like would change the server, secrets do not belong there. */
const serverEnv = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' });

const clientOptions = (sockets: string) => ({
  host: sockets,
  port: SOCKET_PORT,
  user: SUPERUSER,
  database: 'postgres',
});

async function launched(folders: Folders, child: ChildProcess, pid: number): Promise<PostgresServer> {
  await writeOwner(folders.base);
  const gone = async () => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  return serverOn({ folders, pid, sockets: folders.sockets, adopted: false, owned: true, gone });
}

async function adopt(folders: Folders, pid: number, sockets: string): Promise<PostgresServer> {
  const owner = await readOwner(folders.base);
  const orphan = owner === undefined || !isAlive(owner);
  if (orphan) await writeOwner(folders.base);
  const self = identityOf(pid);
  const gone = async () => {
    while (self && isAlive(self)) await sleep(50);
  };
  return serverOn({ folders, pid, sockets, adopted: true, owned: orphan, gone });
}

function serverOn(given: {
  folders: Folders;
  pid: number;
  sockets: string;
  adopted: boolean;
  owned: boolean;
  gone: () => Promise<void>;
}): PostgresServer {
  const { pid, sockets, adopted, owned, gone } = given;
  const url = (database: string) =>
    `postgresql://${SUPERUSER}@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(sockets)}&port=${SOCKET_PORT}&sslmode=disable`;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= owned ? stopProcess(pid, gone) : Promise.resolve();
    return stopping;
  };
  return {
    url,
    host: sockets,
    port: SOCKET_PORT,
    pid,
    adopted,
    ensureDatabase: (name) => ensureDatabase(url('postgres'), name),
    exited: gone,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** SIGINT is the fast shutdown, SIGQUIT the immediate one that the next start recovers from. */
async function stopProcess(pid: number, gone: () => Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      return;
    }
    const timer = new AbortController();
    const inTime = await Promise.race([
      gone().then(() => true),
      sleep(STOP_MS_MAX, false, { signal: timer.signal }).catch(() => false),
    ]);
    timer.abort();
    if (inTime) return;
  }
  throw new Error(`PostgreSQL (process ${pid}) did not stop within ${(2 * STOP_MS_MAX) / 1000} s.`);
}
