/** What an assertion that names no person may read, asked of the endpoint itself, field by field of the contract. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { everyField } from '@kortelijn/kit/server/every-field.ts';
import { asPerson, type Claimed, createStandInHub, makeKeys, parsedPins } from '@kortelijn/kit/trust/stand-in-hub.ts';
import { participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { printedFile } from './print.ts';
import { createEndpoint, type Endpoint } from './server.ts';
import { defaultRhythm } from './store/service-status.ts';

const [hub, registry, own] = [makeKeys(), makeKeys(), makeKeys()];
let postgres: PostgresServer;
let endpoint: Endpoint;
let dataDir: string;

beforeAll(async () => {
  postgres = await launchScratch();
  await postgres.ensureDatabase('linde');
  dataDir = await mkdtemp(join(tmpdir(), 'kortelijn-linde-'));
  endpoint = await createEndpoint(
    {
      name: participantId('linde'),
      host: '127.0.0.1',
      port: 0,
      databaseUrl: postgres.url('linde'),
      dataDir,
      keys: own.keys,
      pins: parsedPins(hub, registry),
      hubUrl: 'http://127.0.0.1:9',
      seed: undefined,
      rhythm: defaultRhythm,
      logLevel: 'silent',
    },
    pino({ level: 'silent' }),
  );
});
afterAll(async () => {
  await endpoint.close();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const desks: Claimed = { kind: 'class', participant: 'linde', roles: ['SERVICEDESK'] };
const fields = everyField(readFileSync(printedFile, 'utf8'));
const ask = (who: Claimed, document: string) =>
  createStandInHub({ hub, endpoint: { name: 'linde', keys: own.keys }, url: endpoint.url }).ask(who, document);

describe('A10: a class of callers', () => {
  test('is answered by each field that is the same for all of it, and by no other', async () => {
    const wrong: unknown[] = [];
    for (const { path, document, forClass } of fields) {
      const { status, data, errors = [] } = await ask(desks, document);
      const codes = errors.map(({ extensions }) => extensions.code);
      const refused = codes.includes('AUDIENCE_SUBJECT');
      const isWhole = status === 200 && (data === undefined) === refused && (!refused || codes.length === 1);
      if (refused === forClass || !isWhole) wrong.push({ path, document, status, codes });
    }
    expect(wrong).toEqual([]);
  });

  test('has both: fields to read, and fields that are for one person', () => {
    const paths = (open: boolean) => fields.filter(({ forClass }) => forClass === open).map(({ path }) => path);
    expect(paths(true)).toEqual(expect.arrayContaining(['Incident.title', 'Incident.availableActions', 'Note.text']));
    expect(paths(false)).toEqual(
      expect.arrayContaining(['Viewer.name', 'Notification.kind', 'Mutation.addNote', 'IncidentChanged.incident']),
    );
  });

  test('is refused the whole request for one such field, where a person reads it', async () => {
    const document = '{ incidents { totalCount } viewer { name } }';
    const asked = await ask(desks, document);
    expect([asked.data, asked.errors]).toMatchObject([undefined, [{ extensions: { code: 'AUDIENCE_SUBJECT' } }]]);
    const person = await ask(asPerson('linde', ['SERVICEDESK'], 'Noor'), document);
    expect(person).toMatchObject({
      data: { incidents: { totalCount: 0 }, viewer: { name: 'Noor' } },
      errors: undefined,
    });
  });
});
