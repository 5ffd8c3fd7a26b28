/** The database of this endpoint, up to date: pool and Prisma over the same connections. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureEpoch } from '@kortelijn/kit/feed/epoch.ts';
import { createPool, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import { launchPostgres } from '@kortelijn/kit/postgres/launch.ts';
import { migrate } from '@kortelijn/kit/postgres/migrate.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { statementName } from './statement.ts';

export interface Store extends AsyncDisposable {
  readonly pool: Pool;
  /** Made at its first use: its engine takes memory and a moment, and the hot paths do without it. */
  readonly prisma: () => Promise<PrismaClient>;
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly name: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly onIdleError?: (error: Error) => void;
}

const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

export async function openStore({ name, dataDir, databaseUrl, onIdleError }: StoreOptions): Promise<Store> {
  const { url, stop } = databaseUrl ? { url: databaseUrl, stop: async () => {} } : await ownServer(name, dataDir);
  try {
    await migrate(url, MIGRATIONS);
    const pool = createPool(url, { applicationName: `kortelijn-${name}`, ...(onIdleError && { onIdleError }) });
    await ensureEpoch(pool);
    const lazy = createPrisma(pool);
    const close = async () => {
      await lazy.close();
      await pool.end();
      await stop();
    };
    return { pool, prisma: lazy.client, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Over the pool's own connections: the paths that are read by hand and the others share one bound. */
export function createPrisma(pool: Pool) {
  let made: Promise<PrismaClient> | undefined;
  const make = async () => {
    const [{ PrismaPg }, { PrismaClient }] = await Promise.all([
      import('@prisma/adapter-pg'),
      import('../generated/prisma/client.ts'),
    ]);
    const adapter = new PrismaPg(pool, { statementNameGenerator: ({ sql }) => statementName('prisma', sql) });
    return new PrismaClient({ adapter });
  };
  return {
    client: (): Promise<PrismaClient> => {
      made ??= make();
      return made;
    },
    close: async (): Promise<void> => {
      await (await made)?.$disconnect();
    },
  };
}

async function ownServer(name: string, dataDir: string) {
  const server = await launchPostgres({ dataDir: join(dataDir, 'postgres') });
  const database = name.replaceAll('-', '_');
  await server.ensureDatabase(database);
  return { url: server.url(database), stop: server.stop };
}
