/**
 * Decides where a cluster and its socket live. Normally both are in the data folder; but a data folder below a
 * private home cannot be entered by the server's user, and a socket's path must stay under 107 bytes.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOwner } from './owner.ts';
import { isAlive, worksIn } from './process-identity.ts';
import { canWrite, giveTo, type ServerUser, serverUserFor } from './server-user.ts';

export const SOCKET_PORT = 5432;
const SOCKET_PATH_BYTES_MAX = 106;
const RELOCATED_TO = 'relocated-to';
const RELOCATED_FROM = 'relocated-from';
const RELOCATED = /\/postgres-[0-9a-f]{12}$/;
const STATE_DIR = '/var/lib/kortelijn';

export interface Folders {
  readonly user: ServerUser;
  /** Holds everything of this server: cluster, log, who launched it. */
  readonly base: string;
  readonly cluster: string;
  readonly sockets: string;
}

export async function prepareFolders(dataDir: string, stateDir?: string): Promise<Folders> {
  await mkdir(dataDir, { recursive: true });
  const base = (await relocationOf(dataDir)) ?? (await ownFolder(await realpath(dataDir), stateDir));
  if (!(await lstat(base).catch(() => undefined))) {
    throw new Error(
      `The data of ${dataDir} are in ${base}, which is gone. Restore it, or remove ${dataDir} to begin anew.`,
    );
  }
  const cluster = join(base, 'cluster');
  const user = await serverUserFor(cluster);
  const sockets = socketFolder(base);
  await makePrivate(sockets, user);
  return { user, base, cluster, sockets };
}

/** Removes a cluster with everything that belongs to it, wherever it lives. Its server must have been stopped. */
export async function removeCluster(dataDir: string): Promise<void> {
  const real = await realpath(dataDir).catch(() => undefined);
  if (real === undefined) return;
  const base = (await relocationOf(real)) ?? real;
  await rm(socketFolder(base), { recursive: true, force: true });
  await rm(base, { recursive: true, force: true });
  await rm(real, { recursive: true, force: true });
}

async function relocationOf(dataDir: string): Promise<string | undefined> {
  const note = await readFile(join(dataDir, RELOCATED_TO), 'utf8').catch(() => undefined);
  const base = note?.trim();
  if (base !== undefined && !RELOCATED.test(base)) {
    throw new Error(
      `${join(dataDir, RELOCATED_TO)} must name a folder like /…/postgres-0123456789ab; found "${base}".`,
    );
  }
  return base;
}

async function ownFolder(dataDir: string, stateDir: string | undefined): Promise<string> {
  const user = await serverUserFor(join(dataDir, 'cluster'));
  await giveTo(user, dataDir);
  await chmod(dataDir, 0o700);
  return user === null || canWrite(user, dataDir) ? dataDir : relocate(dataDir, stateDir, user);
}

/**
 * The note ties the two together: whoever removes the data folder gets a new cluster, as he would expect.
 * `wx` settles two starts at once: the second takes the place that the first wrote down.
 */
async function relocate(dataDir: string, given: string | undefined, user: ServerUser): Promise<string> {
  const temporary = await realpath(tmpdir());
  const stateDir = given ?? (dataDir.startsWith(`${temporary}/`) ? join(temporary, 'kortelijn-state') : STATE_DIR);
  await prepareStateDir(stateDir);
  if (stateDir.startsWith(`${temporary}/`)) await sweep(stateDir);

  const base = join(stateDir, `postgres-${randomBytes(6).toString('hex')}`);
  await makePrivate(base, user);
  if (!canWrite(user, base)) {
    throw new Error(
      `PostgreSQL runs as user ${user?.uid}, who can enter neither ${dataDir} nor ${base}. ` +
        'Choose a data folder outside private homes, or set DATABASE_URL to use a server of your own.',
    );
  }
  try {
    await writeFile(join(base, RELOCATED_FROM), `${dataDir}\n`);
    await writeFile(join(dataDir, RELOCATED_TO), `${base}\n`, { flag: 'wx' });
    return base;
  } catch (error) {
    await rm(base, { recursive: true, force: true });
    const first = await relocationOf(dataDir);
    if (first === undefined) throw error;
    return first;
  }
}

/** A folder in a place where everybody may write is ours only if we made it. */
async function prepareStateDir(stateDir: string): Promise<void> {
  const created = await mkdir(stateDir, { recursive: true, mode: 0o755 });
  if (created) await chmod(stateDir, 0o755); // Whatever the umask says.
  const { uid, mode } = await lstat(stateDir);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new Error(`${stateDir} must belong to user ${process.getuid?.()} and be writable for that user only.`);
  }
}

/**
 * Under the temporary folder only: there a data folder that is gone was thrown away. Elsewhere it may be a volume that
 * is not mounted today, and nothing is ever removed.
 */
async function sweep(stateDir: string): Promise<void> {
  for (const name of await readdir(stateDir)) {
    const base = join(stateDir, name);
    const from = (await readFile(join(base, RELOCATED_FROM), 'utf8').catch(() => '')).trim();
    if (!RELOCATED.test(base) || from === '' || (await lstat(from).catch(() => undefined))) continue;
    const pid = Number((await readFile(join(base, 'cluster/postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
    if (!(pid > 0 && worksIn(pid, join(base, 'cluster')))) {
      await rm(base, { recursive: true, force: true });
      continue;
    }
    const owner = await readOwner(base);
    if (owner && !isAlive(owner)) process.kill(pid, 'SIGQUIT'); // Its folder goes at the next sweep.
  }
}

/** A short place derived from the long one, so that the next start finds the same socket. */
export function socketFolder(base: string): string {
  const digest = createHash('sha256').update(base).digest('hex').slice(0, 16);
  const candidates = [join(base, 'socket'), join(tmpdir(), `kortelijn-${digest}`), `/tmp/kortelijn-${digest}`];
  const short = candidates.find((folder) => Buffer.byteLength(socketPath(folder)) <= SOCKET_PATH_BYTES_MAX);
  return short ?? `/tmp/kortelijn-${digest}`;
}

export const socketPath = (sockets: string): string => join(sockets, `.s.PGSQL.${SOCKET_PORT}`);

/** Whoever can enter this folder is trusted by the server, so a folder of somebody else's is refused. */
async function makePrivate(folder: string, user: ServerUser): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
    await giveTo(user, folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = await lstat(folder);
  const wanted = user?.uid ?? process.getuid?.();
  if (!found.isDirectory() || found.uid !== wanted) {
    // Another start of the same server may stand between its mkdir and its chown.
    if (found.isDirectory() && found.uid === process.getuid?.()) await giveTo(user, folder);
    else throw new Error(`${folder} must be a folder of user ${wanted}, but belongs to ${found.uid}. Remove it.`);
  }
  await chmod(folder, 0o700);
}
