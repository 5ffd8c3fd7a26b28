/** The registry as a process of its own, with the server it launches itself: ready, killed, back, stopped. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asHub, asPerson, createStandInHub, makeKeys, pinsOf } from '@kortelijn/kit/trust/stand-in-hub.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoParticipants } from '../../network/demo-network.ts';
import { createManagedProcess, type ManagedProcess } from '../../network/managed-process.ts';
import { registrySeed } from '../../network/seed-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'kortelijn-registry-'));
const file = (name: string, content: unknown) => {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
};
const [hub, registry] = [makeKeys(), makeKeys()];
let managed: ManagedProcess;

beforeAll(() => {
  managed = createManagedProcess({
    name: 'registry',
    main: 'subgraphs/registry/main.ts',
    logFile: join(folder, 'registry.log'),
    env: {
      KORTELIJN_NAME: 'registry',
      DATA_DIR: join(folder, 'data'),
      DATABASE_URL: '',
      KEYS_FILE: file('keys.json', registry.json),
      PINS_FILE: file('pins.json', pinsOf(hub, registry)),
      HUB_URL: 'http://127.0.0.1:9',
      FOUNDATION: 'voorbeeld',
      SEED_FILE: file(
        'seed.json',
        registrySeed(demoParticipants, {
          endpoint: (id) => `http://127.0.0.1:9/${id}/graphql`,
          issuer: (id) => `http://127.0.0.1:9/${id}`,
          keys: () => makeKeys().published,
        }),
      ),
    },
  });
});
afterAll(async () => {
  await managed.stop();
  rmSync(folder, { recursive: true, force: true });
});

const hubAt = (url: string) => createStandInHub({ hub, endpoint: { name: 'registry', keys: registry.keys }, url });
const SUSPEND = `mutation { suspendParticipant(input: { commandId: "c", participantId: "linde", reason: "Proef." }) { __typename } }`;
const directoryOf = async (url: string) => (await hubAt(url).ask(asHub, '{ directory }')).data.directory as string;

test('F2, F3: it says when it is ready, keeps what it acknowledged through kill -9, and stops clean', async () => {
  const url = await managed.start();
  const foundation = asPerson('voorbeeld', ['FOUNDATION'], 'Ilse');
  const { data } = await hubAt(url).ask(foundation, SUSPEND);
  expect(data).toEqual({ suspendParticipant: { __typename: 'ParticipantChanged' } });
  const directory = await directoryOf(url);

  await managed.kill();
  const again = await managed.start();
  expect(await directoryOf(again)).toBe(directory);
  // The answer was lost with the process: the same command has its effect once.
  expect((await hubAt(again).ask(foundation, SUSPEND)).data).toEqual(data);
  expect(await directoryOf(again)).toBe(directory);

  const ready = await fetch(new URL('/health/ready', again));
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
  await managed.stop();
  expect(await managed.gone()).toBe(0);
});
