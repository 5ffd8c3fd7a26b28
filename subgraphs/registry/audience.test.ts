/** What an assertion that names no person may read, asked of the registry itself, field by field of the contract. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { everyField } from '@kortelijn/kit/server/every-field.ts';
import { type Claimed, createStandInHub, makeKeys, parsedPins } from '@kortelijn/kit/trust/stand-in-hub.ts';
import { participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { nothingAllowed } from '@kortelijn/schema/vocabulary/safe-address.ts';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sdlFile } from './print.ts';
import { createRegistry, type Registry } from './server.ts';

const [hub, own] = [makeKeys(), makeKeys()];
let postgres: PostgresServer;
let registry: Registry;
let dataDir: string;

beforeAll(async () => {
  postgres = await launchScratch();
  await postgres.ensureDatabase('registry');
  dataDir = await mkdtemp(join(tmpdir(), 'kortelijn-registry-'));
  registry = await createRegistry(
    {
      name: 'registry',
      host: '127.0.0.1',
      port: 0,
      dataDir,
      databaseUrl: postgres.url('registry'),
      keys: own.keys,
      pins: parsedPins(hub, own),
      hubUrl: 'http://127.0.0.1:9',
      foundation: participantId('voorbeeld'),
      seed: [],
      egressAllowed: nothingAllowed,
      logLevel: 'silent',
    },
    pino({ level: 'silent' }),
  );
});
afterAll(async () => {
  await registry.close();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const desks: Claimed = { kind: 'class', participant: 'linde', roles: ['SERVICEDESK'] };
const fields = everyField(readFileSync(sdlFile, 'utf8'));

test('A10: a class of callers is answered by each field that is the same for all of it, and by no other', async () => {
  const { ask } = createStandInHub({ hub, endpoint: { name: 'registry', keys: own.keys }, url: registry.url });
  const wrong: unknown[] = [];
  for (const { path, document, forClass } of fields) {
    const { status, data, errors = [] } = await ask(desks, document);
    const codes = errors.map(({ extensions }) => extensions.code);
    const refused = codes.includes('AUDIENCE_SUBJECT');
    const isWhole = status === 200 && (data === undefined) === refused && (!refused || codes.length === 1);
    if (refused === forClass || !isWhole) wrong.push({ path, document, status, codes });
  }
  expect(wrong).toEqual([]);
  const paths = (open: boolean) => fields.filter(({ forClass }) => forClass === open).map(({ path }) => path);
  expect(paths(true)).toEqual(
    expect.arrayContaining(['NetworkIncident.title', 'Participant.contacts', 'Channel.value']),
  );
  expect(paths(false)).toEqual(expect.arrayContaining(['Mutation.suspendParticipant', 'WebhookSecretShown.secret']));
});
