/** A server for one test file: a fresh cluster under the system's temporary folder, gone with its data at the end. */
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCluster } from './folders.ts';
import { launchPostgres, type PostgresServer } from './launch.ts';
import { readOwner } from './owner.ts';
import { isAlive } from './process-identity.ts';

const PREFIX = 'kortelijn-pg-';

export async function launchScratch(): Promise<PostgresServer> {
  await sweep();
  const dataDir = await mkdtemp(join(tmpdir(), PREFIX));
  const server = await launchPostgres({ dataDir });
  const stop = async () => {
    await server.stop();
    await removeCluster(dataDir);
  };
  return { ...server, stop, [Symbol.asyncDispose]: stop };
}

/** A test that was killed leaves its server running. The next one stops what nobody alive launched. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const dataDir = join(tmpdir(), name);
    const owner = await readOwner(dataDir);
    if (!owner || isAlive(owner)) continue;
    try {
      await (await launchPostgres({ dataDir })).stop(); // Adopted, and so ours to stop.
      await removeCluster(dataDir);
    } catch {
      // Another test file is sweeping the same one.
    }
  }
}
