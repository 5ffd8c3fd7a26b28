/** Who launched a server, written beside its cluster: that process stops it, or whoever finds that process gone. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, type ProcessIdentity } from './process-identity.ts';

const ownerFile = (base: string): string => join(base, 'launcher.json');

export async function readOwner(base: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(ownerFile(base), 'utf8')) as ProcessIdentity;
  } catch {
    return undefined; // Missing or cut off by a crash: nobody claims the server.
  }
}

export async function writeOwner(base: string): Promise<void> {
  await writeFile(ownerFile(base), JSON.stringify(identityOf(process.pid)));
}
