import { createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHubDoor, type HubDoor } from '../trust/hub-door.ts';
import { signJws } from '../trust/jws.ts';
import { pairKey } from '../trust/pair-key.ts';
import { isMacRight, parseSeal } from '../trust/seal.ts';
import { makeKeys, parsedPins } from '../trust/stand-in-hub.ts';
import { createDirectory, type FetchedDirectory } from './directory.ts';

/** A busy machine is slow, not wrong. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

const [hub, registry, linde, denkbeeld] = [makeKeys(), makeKeys(), makeKeys(), makeKeys()];
const pins = parsedPins(hub, registry);

let dataDir: string;
let server: Server;
let door: HubDoor;
let directory: FetchedDirectory | undefined;
let answer: () => { status: number; body: string };
let asked = 0;
let hubAheadMs = 0;
const errors: string[] = [];

const signed = (version: number, more: object = {}, signer = registry) =>
  signJws(
    'directory+jwt',
    {
      version,
      at: 1,
      participants: [
        {
          id: 'denkbeeld',
          name: 'Arbonetwerk Denkbeeld',
          kind: 'OCCUPATIONAL_HEALTH',
          accessionState: 'ACTIVE',
          endpoint: 'http://127.0.0.1:1/graphql',
          issuer: 'http://127.0.0.1:2/denkbeeld',
          calendarId: 'nl',
          keys: denkbeeld.published,
          ...more,
        },
      ],
    },
    signer.keys.sign,
  );

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kortelijn-directory-'));
  asked = 0;
  hubAheadMs = 0;
  errors.length = 0;
  answer = () => ({ status: 200, body: signed(3) });
  const key = pairKey({ own: hub.keys.agree, other: createPublicKey(linde.keys.agree), endpoint: 'linde' });
  // A hub that looks at seals as the real one does.
  server = createServer((request, response) => {
    asked++;
    const seal = parseSeal(String(request.headers['kortelijn-seal']));
    const sealed = { method: request.method ?? '', path: request.url ?? '', body: '', assertion: '' };
    const now = Date.now() + hubAheadMs;
    response.setHeader('kortelijn-time', String(now));
    if (!seal || request.headers['kortelijn-from'] !== 'linde' || !isMacRight(key, sealed, seal)) {
      return response.writeHead(401).end('{"errors":[{"extensions":{"code":"NOT_TRUSTED"}}]}');
    }
    if (Math.abs(now - seal.t) > 5_000) {
      return response.writeHead(401).end('{"errors":[{"extensions":{"code":"CLOCK_SKEW"}}]}');
    }
    const { status, body } = answer();
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  door = createHubDoor({ hubUrl, name: 'linde', keys: linde.keys, pins, now: Date.now, timeoutMs: 1_000 });
});
afterEach(async () => {
  await directory?.close();
  directory = undefined;
  await door.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(dataDir, { recursive: true });
});

const start = (more: object = {}) => {
  directory = createDirectory({ door, pins, dataDir, onError: (error) => errors.push(error.message), ...more });
  return directory;
};
const { kid } = denkbeeld.keys.sign;

test('is fetched sealed, kept on disk, and read from there when the hub is silent', async () => {
  await start().ready();
  expect(directory?.participant('denkbeeld')).toMatchObject({
    name: 'Arbonetwerk Denkbeeld',
    accessionState: 'ACTIVE',
  });
  await eventually(() => readFile(join(dataDir, 'directory.jws'), 'utf8').catch(() => '')).toBe(signed(3));
  await directory?.close();
  answer = () => ({ status: 503, body: '' });
  await start().ready();
  expect(directory?.version).toBe(3);
  expect((await directory?.signingKeys('denkbeeld', kid))?.has(kid)).toBe(true);
});

test('A22: neither an older copy nor one of another signer takes its place', async () => {
  await start().ready();
  for (const [body, message] of [
    [signed(2), /older than 3/],
    [signed(9, {}, hub), /not signed by a pinned key/],
    [signJws('envelope+jwt', { version: 9, participants: [] }, registry.keys.sign), /not signed by a pinned key/],
    ['<html>', /not signed by a pinned key/],
  ] as const) {
    answer = () => ({ status: 200, body });
    await expect(directory?.refresh()).rejects.toThrow(message);
  }
  expect(directory?.version).toBe(3);
  answer = () => ({ status: 200, body: signed(4, { accessionState: 'SUSPENDED' }) });
  await directory?.refresh();
  expect(directory?.mayAct('denkbeeld')).toBe(false);
  expect(directory?.mayAct('registry')).toBe(true);
  expect(directory?.mayAct('nobody')).toBe(false);
});

test('A22: a copy on disk that somebody changed is not believed', async () => {
  await start().ready();
  await eventually(() => readFile(join(dataDir, 'directory.jws'), 'utf8').catch(() => '')).toBe(signed(3));
  await directory?.close();
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(dataDir, 'directory.jws'), signed(99, {}, linde));
  answer = () => ({ status: 200, body: signed(3) });
  await start().ready();
  expect(directory?.version).toBe(3);
  expect(errors.join()).toContain('not signed by a pinned key');
});

test('F20: an unknown kid fetches at once, a storm of them fetches once, and the new key is found', async () => {
  await start().ready();
  const next = makeKeys();
  const keys = { sign: [...denkbeeld.published.sign, ...next.published.sign], agree: [] };
  answer = () => ({ status: 200, body: signed(4, { keys }) });
  asked = 0;
  const found = await Promise.all(
    Array.from({ length: 50 }, () => directory?.signingKeys('denkbeeld', next.keys.sign.kid)),
  );
  expect(found.every((known) => known?.has(next.keys.sign.kid))).toBe(true);
  for (let storm = 0; storm < 200; storm++) await directory?.signingKeys('denkbeeld', `unknown-${storm}`);
  expect(asked).toBe(1);
});

test('F15: a hub whose clock is far off tells its time and is asked again with it', async () => {
  hubAheadMs = 600_000;
  await start().ready();
  expect(asked).toBe(2);
  await directory?.refresh();
  expect(asked).toBe(3);
});
