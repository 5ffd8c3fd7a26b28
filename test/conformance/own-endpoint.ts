/**
 * One real endpoint, a process with a database of its own, and just enough of a hub beside it: the signed directory,
 * in which another party stands that may send envelopes.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckCommand } from '@kortelijn/cli/check/check.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { signJws } from '@kortelijn/kit/trust/jws.ts';
import { type MadeKeys, makeKeys, pinsOf } from '@kortelijn/kit/trust/stand-in-hub.ts';
import { createManagedProcess } from '../network/managed-process.ts';

export interface OwnEndpoint extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly hub: MadeKeys;
  readonly own: MadeKeys;
  /** A party of the directory. */
  readonly sender: { readonly name: string; readonly keys: MadeKeys };
  /** How the command line judges it: keys in files, and everything allowed. */
  readonly command: CheckCommand;
}

const main = fileURLToPath(new URL('../../subgraphs/participant/main.ts', import.meta.url));

export async function createOwnEndpoint(): Promise<OwnEndpoint> {
  const [hub, registry, own, other] = [makeKeys(), makeKeys(), makeKeys(), makeKeys()];
  const directory = signJws(
    'directory+jwt',
    { version: 1, at: Math.floor(Date.now() / 1_000), participants: [entry('linde', own), entry('denkbeeld', other)] },
    registry.keys.sign,
  );
  const postgres = await launchScratch();
  const hubServer = createServer((request, response) => {
    request.resume();
    if (request.url === '/directory') response.end(directory);
    else response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => hubServer.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'kortelijn-check-'));
  const file = async (name: string, content: unknown) => {
    await writeFile(join(folder, name), JSON.stringify(content), { mode: 0o600 });
    return join(folder, name);
  };
  await postgres.ensureDatabase('linde');
  const linde = createManagedProcess({
    name: 'linde',
    main,
    env: {
      KORTELIJN_NAME: 'linde',
      PORT: '0',
      DATABASE_URL: postgres.url('linde'),
      DATA_DIR: folder,
      KEYS_FILE: await file('linde.private.json', own.json),
      PINS_FILE: await file('pins.json', pinsOf(hub, registry)),
      HUB_URL: `http://127.0.0.1:${(hubServer.address() as AddressInfo).port}`,
      SEED_FILE: await file('seed.json', seed),
      LOG_LEVEL: 'warn',
    },
    logFile: join(folder, 'linde.log'),
  });
  const url = await linde.start();
  const command: CheckCommand = {
    url,
    name: 'linde',
    keys: await file('hub.json', hub.json),
    participantKeys: await file('linde.json', own.published),
    write: true,
    sender: 'denkbeeld',
    senderKeys: await file('denkbeeld.json', other.json),
  };
  return {
    name: 'linde',
    url,
    hub,
    own,
    sender: { name: 'denkbeeld', keys: other },
    command,
    [Symbol.asyncDispose]: async () => {
      await linde.stop();
      hubServer.closeAllConnections();
      await new Promise((resolve) => hubServer.close(resolve));
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const seed = {
  name: 'Lindehof',
  teams: [{ name: 'Servicedesk', line: 1 }],
  persons: [],
  services: ['Delen'],
  calendarId: 'nl',
};

const entry = (id: string, { published }: MadeKeys) => ({
  id,
  name: id,
  kind: 'PROVIDER',
  accessionState: 'ACTIVE',
  endpoint: 'http://127.0.0.1:9/graphql',
  issuer: `http://127.0.0.1:9/${id}`,
  calendarId: 'nl',
  keys: published,
});
