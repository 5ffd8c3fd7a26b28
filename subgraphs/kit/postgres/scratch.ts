/** A server for one test file: a fresh cluster under the system's temporary folder, gone with its data at the end. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCluster } from './folders.ts';
import { launchPostgres, type PostgresServer } from './launch.ts';

export async function launchScratch(): Promise<PostgresServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kortelijn-pg-'));
  const server = await launchPostgres({ dataDir });
  const stop = async () => {
    await server.stop();
    await removeCluster(dataDir);
  };
  return { ...server, stop, [Symbol.asyncDispose]: stop };
}
