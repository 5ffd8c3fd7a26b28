/**
 * One real endpoint with a database of its own, and just enough of a hub beside it: the signed directory, in which
 * another party stands that may send envelopes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { signJws } from '@kortelijn/kit/trust/jws.ts';
import { type MadeKeys, makeKeys, parsedPins } from '@kortelijn/kit/trust/stand-in-hub.ts';
import { seedOf } from '@kortelijn/participant/prisma/seed.ts';
import { createEndpoint } from '@kortelijn/participant/server.ts';
import { defaultRhythm } from '@kortelijn/participant/store/service-status.ts';
import { participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { pino } from 'pino';

export interface OwnEndpoint extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly hub: MadeKeys;
  readonly own: MadeKeys;
  /** A party of the directory. */
  readonly sender: { readonly name: string; readonly keys: MadeKeys };
}

export async function createOwnEndpoint(postgres: PostgresServer, database: string): Promise<OwnEndpoint> {
  const [hub, registry, own, other] = [makeKeys(), makeKeys(), makeKeys(), makeKeys()];
  const parties = { linde: own, denkbeeld: other };
  const participants = Object.entries(parties).map(([id, { published }]) => ({
    id,
    name: id,
    kind: 'PROVIDER',
    accessionState: 'ACTIVE',
    endpoint: 'http://127.0.0.1:9/graphql',
    issuer: `http://127.0.0.1:9/${id}`,
    calendarId: 'nl',
    keys: published,
  }));
  const directory = signJws('directory+jwt', { version: 1, at: Date.now() / 1_000, participants }, registry.keys.sign);
  const hubServer = createServer((request, response) => {
    request.resume();
    if (request.url === '/directory') response.end(directory);
    else response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => hubServer.listen(0, '127.0.0.1', resolve));
  await postgres.ensureDatabase(database);
  const dataDir = await mkdtemp(join(tmpdir(), 'kortelijn-check-'));
  const endpoint = await createEndpoint(
    {
      name: participantId('linde'),
      host: '127.0.0.1',
      port: 0,
      databaseUrl: postgres.url(database),
      dataDir,
      keys: own.keys,
      pins: parsedPins(hub, registry),
      hubUrl: `http://127.0.0.1:${(hubServer.address() as AddressInfo).port}`,
      seed: seedOf({
        name: 'Lindehof',
        teams: [{ name: 'Servicedesk', line: 1 }],
        persons: [],
        services: ['Delen'],
        calendarId: 'nl',
      }),
      rhythm: defaultRhythm,
      logLevel: 'silent',
    },
    pino({ level: 'silent' }),
  );
  return {
    name: 'linde',
    url: endpoint.url,
    hub,
    own,
    sender: { name: 'denkbeeld', keys: other },
    [Symbol.asyncDispose]: async () => {
      await endpoint.close();
      await new Promise((resolve) => hubServer.close(resolve));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
