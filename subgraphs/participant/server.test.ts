/** The whole endpoint over HTTP, as the hub meets it: trusted, asked, changed, and closed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { asHub, asPerson, createStandInHub, makeKeys, parsedPins } from '@kortelijn/kit/trust/stand-in-hub.ts';
import { participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Config } from './config.ts';
import { seedOf } from './prisma/seed.ts';
import { createEndpoint, type Endpoint } from './server.ts';
import { defaultRhythm } from './store/service-status.ts';

const [hub, registry, own] = [makeKeys(), makeKeys(), makeKeys()];
let postgres: PostgresServer;
let config: Config;
let endpoint: Endpoint;
const silent = pino({ level: 'silent' });

beforeAll(async () => {
  postgres = await launchScratch();
  await postgres.ensureDatabase('linde');
  config = {
    name: participantId('linde'),
    host: '127.0.0.1',
    port: 0,
    databaseUrl: postgres.url('linde'),
    dataDir: await mkdtemp(join(tmpdir(), 'kortelijn-linde-')),
    keys: own.keys,
    pins: parsedPins(hub, registry),
    hubUrl: 'http://127.0.0.1:9',
    seed: seedOf({
      name: 'Lindehof',
      teams: [{ name: 'Servicedesk', line: 1 }],
      persons: [],
      services: ['Delen'],
      calendarId: 'nl',
    }),
    rhythm: defaultRhythm,
    logLevel: 'silent',
  };
  endpoint = await createEndpoint(config, silent);
});
afterAll(async () => {
  await endpoint.close();
  await postgres.stop();
  await rm(config.dataDir, { recursive: true, force: true });
});

const desk = asPerson('linde', ['SERVICEDESK'], 'Noor');
const ask = (...given: Parameters<ReturnType<typeof createStandInHub>['ask']>) =>
  createStandInHub({ hub, endpoint: { name: 'linde', keys: own.keys }, url: endpoint.url }).ask(...given);

const REPORT = `mutation ($input: ReportIncidentInput!) { reportIncident(input: $input) {
  __typename ... on IncidentSent { link { id } incident { reference state access version team { name } } envelope { id } }
  ... on InvalidInput { code path } ... on NotAllowed { code } } }`;

test('a report is made, read back and seen in the feed', async () => {
  const input = { commandId: 'c-1', service: 'Delen', title: 'Delen is traag' };
  const first = await ask(desk, REPORT, { input });
  expect(first.errors).toBeUndefined();
  expect(first.data.reportIncident).toMatchObject({
    __typename: 'IncidentSent',
    incident: { reference: expect.stringMatching(/^LINDE-\d{4}-0001$/), state: 'REPORTED', access: 'FULL', version: 1 },
    envelope: null,
  });
  expect((await ask(desk, REPORT, { input })).data).toEqual(first.data);
  const { id } = first.data.reportIncident.link;
  const list = await ask(
    desk,
    '{ incidents { totalCount nodes { id title timeline { nodes { event by { id } } } } } }',
  );
  expect(list.data.incidents).toMatchObject({
    totalCount: 1,
    nodes: [{ id, title: 'Delen is traag', timeline: { nodes: [{ event: 'report', by: { id: 'linde' } }] } }],
  });
  const feed = await ask(asHub, '{ changes { head changes { subjectId type } } }');
  expect(feed.data.changes.changes).toEqual([{ subjectId: id, type: 'incident.reported' }]);
});

test('two commands of one operation each answer with the incident as it was after them', async () => {
  const made = await ask(desk, REPORT, { input: { commandId: 'c-2', service: 'Delen', title: 'Nog een' } });
  const { id } = made.data.reportIncident.link;
  const both = await ask(
    desk,
    `mutation ($id: ID!) {
      a: acknowledgeIncident(input: { commandId: "c-3", incidentId: $id }) { ... on IncidentChanged { incident { ...I } } }
      b: startIncident(input: { commandId: "c-4", incidentId: $id }) { ... on IncidentChanged { incident { ...I } } }
    } fragment I on Incident { state version timeline { nodes { event } } }`,
    { id },
  );
  expect(both.errors).toBeUndefined();
  expect(both.data).toEqual({
    a: {
      incident: {
        state: 'ACKNOWLEDGED',
        version: 2,
        timeline: { nodes: [{ event: 'report' }, { event: 'acknowledge' }] },
      },
    },
    b: { incident: { state: 'IN_PROGRESS', version: 3, timeline: { nodes: expect.objectContaining({ length: 3 }) } } },
  });
});

test('without assertion and seal there is no answer, not even the SDL', async () => {
  const response = await fetch(endpoint.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  expect(response.status).toBe(401);
  expect(await response.text()).toBe(
    '{"errors":[{"message":"The request is not trusted.","extensions":{"code":"NOT_TRUSTED"}}]}',
  );
});

test('a role that the token says and the participant took away opens nothing, from the next request on', async () => {
  const asked = () => ask(asPerson('linde', ['SERVICEDESK'], 'Daan'), '{ viewer { roles } incidents { totalCount } }');
  const before = await asked();
  expect(before.data).toEqual({ viewer: { roles: ['SERVICEDESK'] }, incidents: { totalCount: 2 } });
  const input = { commandId: 'c-5', subject: 'daan', name: 'Daan Rand', roles: ['HELPDESK'] };
  const changed = await ask(
    asPerson('linde', ['SERVICEMANAGER'], 'Sanne'),
    'mutation ($input: ChangePersonRolesInput!) { changePersonRoles(input: $input) { __typename } }',
    { input },
  );
  expect(changed.data.changePersonRoles).toEqual({ __typename: 'PersonRolesChanged' });
  expect((await asked()).data).toEqual({ viewer: { roles: [] }, incidents: { totalCount: 0 } });
  const report = { commandId: 'c-6', service: 'Delen', title: 'Mag niet meer' };
  expect((await ask(asPerson('linde', ['SERVICEDESK'], 'Daan'), REPORT, { input: report })).data).toMatchObject({
    reportIncident: { __typename: 'NotAllowed', code: 'ROLE_DOES_NOT_ALLOW' },
  });
});

test('bad input has its code on the way out, and a fault of ours has none of its words', async () => {
  const codes = async (query: string) => (await ask(desk, query)).errors?.map(({ extensions }) => extensions.code);
  expect(await codes('{ incidents(first: 1000) { totalCount } }')).toEqual(['FIRST_OUT_OF_RANGE']);
  expect(await codes('{ incidents(after: "x") { totalCount } }')).toEqual(['CURSOR_MALFORMED']);
  expect(await codes('{ changes { head } }')).toEqual(['REFUSED']);
  const foreign = await ask(asHub, 'mutation { deliver(envelope: "no envelope") }');
  expect(foreign.errors).toMatchObject([{ extensions: { code: 'NOT_TRUSTED' } }]);
});

test('a second start keeps what is there; without its database it is not ready and says so by a code', async () => {
  await endpoint.close();
  endpoint = await createEndpoint(config, silent);
  expect((await ask(desk, '{ incidents { totalCount } teams { name } }')).data).toEqual({
    incidents: { totalCount: 2 },
    teams: [{ name: 'Servicedesk' }],
  });
  const ready = (url: string) => fetch(url.replace('/graphql', '/health/ready'));
  expect((await ready(endpoint.url)).status).toBe(200);
  await postgres.stop();
  expect((await ready(endpoint.url)).status).toBe(503);
  const unanswered = await ask(desk, '{ incidents { totalCount } }');
  expect(unanswered.errors).toMatchObject([{ extensions: { code: 'STORE_UNAVAILABLE', retryable: true } }]);
});
