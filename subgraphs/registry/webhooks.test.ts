/** Webhooks at the registry: who may have them, what is refused, and how gateways share them. Real HTTP and PostgreSQL. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createPool, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import {
  asHub,
  asPerson,
  asProgram,
  type Claimed,
  createStandInHub,
  makeKeys,
  parsedPins,
} from '@kortelijn/kit/trust/stand-in-hub.ts';
import { participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { parseEgressAllowed } from '@kortelijn/schema/vocabulary/safe-address.ts';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRegistry, type Registry } from './server.ts';
import { createEgress } from './store/egress.ts';

const [hub, own] = [makeKeys(), makeKeys()];
const names = ['voorbeeld', 'linde', 'denkbeeld'] as const;
let postgres: PostgresServer;
let registry: Registry;
let pool: Pool;
let dataDir: string;
let standIn: ReturnType<typeof createStandInHub>;

beforeAll(async () => {
  postgres = await launchScratch();
  await postgres.ensureDatabase('registry');
  dataDir = await mkdtemp(`${tmpdir()}/kortelijn-webhooks-`);
  registry = await createRegistry(
    {
      name: 'registry',
      host: '127.0.0.1',
      port: 0,
      dataDir,
      databaseUrl: postgres.url('registry'),
      keys: own.keys,
      pins: parsedPins(hub, own),
      hubUrl: 'http://127.0.0.1:1',
      foundation: participantId('voorbeeld'),
      seed: names.map((id) => ({
        id,
        name: `Partij ${id}`,
        legalName: `Partij ${id} B.V.`,
        kind: id === 'voorbeeld' ? 'FOUNDATION' : 'OTHER',
        accessionState: 'ACTIVE',
        endpoint: `http://127.0.0.1:1/${id}/graphql`,
        issuer: `http://127.0.0.1:2/${id}`,
        keys: makeKeys().published,
        calendarId: 'nl-office',
        cooperationModel: null,
        contacts: [],
      })),
      egressAllowed: parseEgressAllowed('127.0.0.0/8'),
      logLevel: 'silent',
    },
    pino({ level: 'silent' }),
  );
  pool = createPool(postgres.url('registry'));
  standIn = createStandInHub({ hub, endpoint: { name: 'registry', keys: own.keys }, url: registry.url });
}, 60_000);

afterEach(async () => {
  await pool.query('DELETE FROM webhook');
});

afterAll(async () => {
  await registry?.close();
  await pool?.end();
  await postgres?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const manager = asPerson('linde', ['SERVICEMANAGER'], 'Maartje');
const builderProgram = asProgram('linde', 'bord-bouwer', 'incidents:read webhooks');
const foundation = asPerson('voorbeeld', ['FOUNDATION'], 'Ilse');
const DOCUMENT = 'subscription { incidentChanged { __typename } }';

let commands = 0;
const WEBHOOK = 'id program scopes url state variables deadLetterCount failures nextAttemptAt startedAt lastReason';
const command = async (who: Claimed, name: string, input: Record<string, unknown>) => {
  const type =
    name === 'rotateWebhookSecret' || name === 'removeWebhook'
      ? 'WebhookCommandInput'
      : `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename
    ... on WebhookSecretShown { secret webhook { ${WEBHOOK} } } ... on WebhookChanged { webhook { ${WEBHOOK} } }
    ... on WebhookRemoved { webhookId } ... on NotAllowed { code } ... on InvalidInput { code path message }
    ... on NotFound { id } ... on StateDoesNotAllow { state allowedFrom } ... on CommandIdReused { commandId } } }`;
  const { data, errors } = await standIn.ask(who, document, { input: { commandId: `c-${++commands}`, ...input } });
  if (errors) throw new Error(JSON.stringify(errors));
  return data[name];
};
const register = (who: Claimed, more: Record<string, unknown> = {}) =>
  command(who, 'registerWebhook', {
    program: 'bord-bouwer',
    scopes: ['incidents:read'],
    url: 'http://127.0.0.1:4321/haken',
    document: DOCUMENT,
    ...more,
  });
const webhooks = async (who: Claimed) => (await standIn.ask(who, `{ webhooks { ${WEBHOOK} } }`)).data.webhooks;

const LEASED =
  'id lease revision participant program scopes url secrets document documentId variables cursor failures reason replays { eventId cursor }';
const lease = async (holder: string, max = 10) => {
  const document = `mutation ($holder: String!, $max: Int!) { leaseWebhooks(holder: $holder, max: $max) { leaseMs webhooks { ${LEASED} } } }`;
  const { data, errors } = await standIn.ask(asHub, document, { holder, max });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.leaseWebhooks.webhooks;
};
const nothing = {
  hasDelivered: false,
  isDisabled: false,
  isReleased: false,
  deadLetters: [],
  replayed: [],
  failedReplays: [],
};
const report = async (holder: string, webhook: { id: string; lease: number; revision: number }, more: object) => {
  const document =
    'mutation ($holder: String!, $progress: [WebhookProgressInput!]!) { reportWebhookProgress(holder: $holder, progress: $progress) }';
  const { id: webhookId, lease: number, revision } = webhook;
  const progress = [{ ...nothing, webhookId, lease: number, revision, ...more }];
  const { data, errors } = await standIn.ask(asHub, document, { holder, progress });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.reportWebhookProgress as string[];
};
/** As if the time of the leases had passed. */
const lapse = () => pool.query("UPDATE webhook SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL");

describe('who may', () => {
  test('a servicemanager registers for a program of its participant, a program with the scope for itself', async () => {
    const { __typename, secret, webhook } = await register(manager, { variables: '{"participants": ["linde"]}' });
    expect(__typename).toBe('WebhookSecretShown');
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhook).toMatchObject({ program: 'bord-bouwer', state: 'ACTIVE', variables: '{"participants":["linde"]}' });
    const byItself = await register(builderProgram, { program: undefined });
    expect(byItself.webhook).toMatchObject({ program: 'bord-bouwer', scopes: ['incidents:read'] });
    expect(byItself.secret).not.toBe(secret);
    expect(await webhooks(manager)).toHaveLength(2);
    expect(await webhooks(builderProgram)).toHaveLength(2);
  });

  test('A9: nobody else registers, sees, changes or removes one', async () => {
    const { webhook } = await register(manager);
    const others: [Claimed, object][] = [
      [asPerson('linde', ['SERVICEDESK']), { code: 'ROLE_DOES_NOT_ALLOW' }],
      [asProgram('linde', 'bord-bouwer', 'incidents:read'), { code: 'SCOPE_MISSING' }],
      [foundation, { code: 'ROLE_DOES_NOT_ALLOW' }],
      [asPerson('denkbeeld', ['SERVICEMANAGER']), { __typename: 'NotFound', id: webhook.id }],
      [asProgram('linde', 'andere', 'incidents:read webhooks'), { __typename: 'NotFound', id: webhook.id }],
      [asProgram('denkbeeld', 'bord-bouwer', 'incidents:read webhooks'), { __typename: 'NotFound', id: webhook.id }],
    ];
    for (const [who, refusal] of others) {
      expect(await webhooks(who)).toEqual([]);
      const { data } = await standIn.ask(who, `{ webhook(id: "${webhook.id}") { id } }`);
      expect(data.webhook).toBeNull();
      for (const name of ['rotateWebhookSecret', 'removeWebhook'])
        expect(await command(who, name, { webhookId: webhook.id })).toMatchObject(refusal);
      expect(await command(who, 'changeWebhook', { webhookId: webhook.id, enabled: false })).toMatchObject(refusal);
      expect(await command(who, 'replayWebhook', { webhookId: webhook.id, deadLetter: 'x' })).toMatchObject(refusal);
    }
    expect(await register(asPerson('linde', ['SERVICEDESK']))).toMatchObject({ code: 'ROLE_DOES_NOT_ALLOW' });
    expect(await register(asProgram('linde', 'bord-bouwer', 'incidents:read'))).toMatchObject({
      code: 'SCOPE_MISSING',
    });
    expect(await register(builderProgram, { program: 'andere' })).toMatchObject({ code: 'SCOPE_MISSING' });
    expect(await webhooks(manager)).toEqual([webhook]);
  });

  test('leases and their secrets are for the hub alone', async () => {
    await register(manager);
    for (const who of [manager, foundation, builderProgram]) {
      for (const field of [
        'leaseWebhooks(holder: "h", max: 9) { leaseMs }',
        'reportWebhookProgress(holder: "h", progress: [])',
      ]) {
        const { data, errors } = await standIn.ask(who, `mutation { ${field} }`);
        expect([data, errors?.[0].extensions.code]).toEqual([null, 'REFUSED']);
      }
    }
    expect((await standIn.ask(asHub, '{ webhooks { id } }')).data).toEqual({ webhooks: null });
  });
});

describe('what is refused', () => {
  test.each([
    [{ url: 'file:///etc/passwd' }, 'URL_NOT_ALLOWED', 'input.url'],
    [{ url: 'https://10.0.0.1/' }, 'URL_NOT_ALLOWED', 'input.url'],
    [{ url: 'https://[::ffff:127.0.0.1]/' }, 'URL_NOT_ALLOWED', 'input.url'],
    [{ url: 'https://2852039166/latest/meta-data' }, 'URL_NOT_ALLOWED', 'input.url'],
    [{ url: 'https://u:p@8.8.8.8/' }, 'URL_NOT_ALLOWED', 'input.url'],
    [{ url: 'https://8.8.8.8:8443/' }, 'URL_NOT_ALLOWED', 'input.url'],
    [{ url: `https://8.8.8.8/${'x'.repeat(2_000)}` }, 'URL_NOT_ALLOWED', 'input.url'],
    [{ document: '{ incidents { nodes { id } } }' }, 'DOCUMENT_NOT_A_STREAM', 'input.document'],
    [{ document: `${DOCUMENT} ${DOCUMENT}` }, 'DOCUMENT_NOT_A_STREAM', 'input.document'],
    [{ document: 'subscription {' }, 'DOCUMENT_NOT_A_STREAM', 'input.document'],
    [{ document: `#${'x'.repeat(20_000)}\n${DOCUMENT}` }, 'DOCUMENT_NOT_A_STREAM', 'input.document'],
    [{ document: null }, 'DOCUMENT_NOT_A_STREAM', 'input.document'],
    [{ documentId: 'a'.repeat(64) }, 'DOCUMENT_NOT_A_STREAM', 'input.document'],
    [{ document: null, documentId: 'abc' }, 'DOCUMENT_NOT_A_STREAM', 'input.documentId'],
    [{ variables: '[]' }, 'VARIABLES_MALFORMED', 'input.variables'],
    [{ variables: '{' }, 'VARIABLES_MALFORMED', 'input.variables'],
    [{ variables: '{"a":"\\u0000"}' }, 'VARIABLES_MALFORMED', 'input.variables'],
    [{ scopes: ['incidents:write'] }, 'SCOPE_NOT_ALLOWED', 'input.scopes'],
    [{ program: null }, 'TEXT_REQUIRED', 'input.program'],
  ])('%j is refused with %s', async (more, code, path) => {
    expect(await register(manager, more)).toMatchObject({ __typename: 'InvalidInput', code, path });
    expect(await webhooks(manager)).toEqual([]);
  });

  test('A13: a name is judged by every address it leads to, and a name without any is refused in the same words', async () => {
    const table: Record<string, string[]> = {
      'open.example': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
      'binnen.example': ['93.184.215.14', '10.0.0.8'],
      'zelf.example': ['::1'],
      'wolk.example': ['169.254.169.254'],
    };
    const egress = createEgress(parseEgressAllowed('127.0.0.0/8'), async (name) => {
      const found = table[name];
      if (found === undefined) throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
      return found;
    });
    expect(await egress.refuse(new URL('https://open.example/'))).toBeUndefined();
    for (const name of ['binnen.example', 'zelf.example', 'wolk.example', 'nergens.example'])
      expect(await egress.refuse(new URL(`https://${name}/`)), name).toBe('ADDRESS_NOT_PUBLIC');
    const nowhere = await register(manager, { url: 'https://nergens.invalid/' });
    const inside = await register(manager, { url: 'https://192.168.1.1/' });
    expect(nowhere).toEqual(inside);
  });

  test('a scope that the program itself does not have, and more webhooks than a participant may have', async () => {
    expect(await register(builderProgram, { scopes: ['contacts:read'] })).toMatchObject({ code: 'SCOPE_NOT_ALLOWED' });
    await Promise.all(Array.from({ length: 49 }, () => register(manager)));
    const both = await Promise.all([register(manager), register(manager)]);
    expect(both.map(({ __typename }) => __typename).sort()).toEqual(['NotAllowed', 'WebhookSecretShown']);
    expect(await register(manager)).toMatchObject({ code: 'TOO_MANY_WEBHOOKS' });
  });
});

describe('the secret', () => {
  test('is shown once: to the command and its repetition, never in a list, the command log or a later answer', async () => {
    const input = { commandId: 'same', program: 'bord-bouwer' };
    const first = await register(manager, input);
    expect(await register(manager, input)).toEqual(first);
    expect(await webhooks(manager)).toHaveLength(1);
    const log = await pool.query('SELECT * FROM command_log');
    expect(JSON.stringify(log.rows)).not.toContain(first.secret);
    await pool.query("UPDATE webhook SET secret_at = now() - interval '11 minutes'");
    expect(await register(manager, input)).toEqual({ ...first, secret: null });
    await pool.query("DELETE FROM command_log WHERE command_id = 'same'");
  });

  test('is rotated with both signing for a day', async () => {
    const { secret, webhook } = await register(manager);
    const rotated = await command(manager, 'rotateWebhookSecret', { webhookId: webhook.id });
    expect(rotated.secret).not.toBe(secret);
    expect((await lease('a'))[0].secrets).toEqual([rotated.secret, secret]);
    await pool.query("UPDATE webhook SET previous_until = now() - interval '1 s'");
    expect((await lease('a'))[0].secrets).toEqual([rotated.secret]);
  });
});

describe('leases', () => {
  test('a webhook is with one gateway at a time; one that dies is followed by another under a new number', async () => {
    await Promise.all(Array.from({ length: 12 }, () => register(manager)));
    const [a, b] = await Promise.all([lease('a', 10), lease('b', 10)]);
    expect(a.length + b.length).toBe(12);
    expect(new Set([...a, ...b].map(({ id }) => id)).size).toBe(12);
    expect((await lease('a', 10)).map(({ id }: { id: string }) => id)).toEqual(a.map(({ id }: { id: string }) => id));
    await lapse();
    const taken = await lease('c', 20);
    expect(taken).toHaveLength(12);
    expect(taken.every(({ lease: number }: { lease: number }) => number === 2)).toBe(true);
    expect(await lease('a', 10)).toEqual([]);
  });

  test('a gateway whose lease ran out and that nobody followed goes on under its old number, with what it still reports', async () => {
    await register(manager);
    const [one] = await lease('a');
    await lapse();
    expect(await report('a', one, { cursor: 'late', hasDelivered: true })).toEqual([one.id]);
    expect((await lease('a'))[0]).toMatchObject({ lease: one.lease, cursor: 'late' });
  });

  test('what comes under an old lease changes nothing', async () => {
    await register(manager);
    const [old] = await lease('a');
    await lapse();
    const [fresh] = await lease('b');
    expect(await report('a', old, { cursor: 'too-late', hasDelivered: true })).toEqual([]);
    expect(await report('b', { ...fresh, lease: old.lease }, { cursor: 'too-late' })).toEqual([]);
    expect(await report('b', fresh, { cursor: 'now', hasDelivered: true })).toEqual([fresh.id]);
    expect((await lease('b'))[0].cursor).toBe('now');
  });

  test('progress moves the cursor, a failure puts it off and shows, a success clears it', async () => {
    await register(manager);
    const [one] = await lease('a');
    await report('a', one, { cursor: 'c1' });
    const more = { failures: 2, status: 500, reason: 'ANSWERED_OTHERWISE', retryAfterMs: 60_000, isReleased: true };
    await report('a', one, more);
    const [failing] = await webhooks(manager);
    expect(failing).toMatchObject({ state: 'FAILING', failures: 2, lastReason: 'ANSWERED_OTHERWISE' });
    expect(Date.parse(failing.nextAttemptAt)).toBeGreaterThan(Date.now() + 30_000);
    expect(await lease('b')).toEqual([]);
    await pool.query('UPDATE webhook SET next_attempt_at = now()');
    const [again] = await lease('b');
    expect(again).toMatchObject({ cursor: 'c1', failures: 2, lease: 2 });
    await report('b', again, { cursor: 'c2', hasDelivered: true, failures: 0, status: 200 });
    expect((await webhooks(manager))[0]).toMatchObject({
      state: 'ACTIVE',
      failures: 0,
      lastReason: null,
      nextAttemptAt: null,
    });
  });

  test('a webhook that is disabled, removed or whose party is suspended is not leased and not renewed', async () => {
    const { webhook } = await register(manager);
    expect(await lease('a')).toHaveLength(1);
    await command(manager, 'changeWebhook', { webhookId: webhook.id, enabled: false });
    expect(await lease('a')).toEqual([]);
    await command(manager, 'changeWebhook', { webhookId: webhook.id, enabled: true });
    expect(await lease('a')).toHaveLength(1);

    const membership = (name: string) =>
      standIn.ask(
        foundation,
        `mutation { ${name}(input: { commandId: "${name}", participantId: "linde", reason: "x" }) { __typename } }`,
      );
    await membership('suspendParticipant');
    expect(await lease('a')).toEqual([]);
    await membership('reinstateParticipant');
    expect(await lease('a')).toHaveLength(1);

    const [held] = await lease('a');
    expect(await command(manager, 'removeWebhook', { webhookId: webhook.id })).toMatchObject({ webhookId: webhook.id });
    expect(await lease('a')).toEqual([]);
    expect(await report('a', held, { cursor: 'x' })).toEqual([]);
  });

  test('410 disables, unless the webhook was changed meanwhile', async () => {
    const { webhook } = await register(manager);
    const [one] = await lease('a');
    await command(manager, 'changeWebhook', { webhookId: webhook.id, url: 'http://127.0.0.1:4322/' });
    await report('a', one, {
      isDisabled: true,
      failures: 1,
      status: 410,
      reason: 'RECEIVER_GONE',
      retryAfterMs: 60_000,
    });
    expect((await webhooks(manager))[0]).toMatchObject({ state: 'FAILING', url: 'http://127.0.0.1:4322/' });
    const [changed] = await lease('a');
    expect(changed.revision).toBe(one.revision + 1);
    await report('a', changed, { isDisabled: true, failures: 1, status: 410, reason: 'RECEIVER_GONE' });
    expect((await webhooks(manager))[0]).toMatchObject({ state: 'DISABLED', lastReason: 'RECEIVER_GONE' });
  });
});

describe('dead letters', () => {
  const letter = (n: number) => ({
    eventId: `event-${n}`,
    cursor: `before-${n}`,
    type: 'incident.reported',
    at: new Date(Date.UTC(2026, 2, n)).toISOString(),
    status: 500,
    reason: 'ANSWERED_OTHERWISE',
  });
  const letters = async () =>
    (
      await standIn.ask(
        manager,
        '{ webhooks { deadLetterCount deadLetters { eventId type lastStatus lastReason replayRequestedAt } } }',
      )
    ).data.webhooks[0];

  test('are listed, asked for again one by one or by time, and gone when they were taken', async () => {
    const { webhook } = await register(manager);
    const [one] = await lease('a');
    await report('a', one, {
      cursor: 'c',
      failures: 1,
      reason: 'ANSWERED_OTHERWISE',
      deadLetters: [letter(1), letter(2), letter(3)],
    });
    expect(await letters()).toMatchObject({
      deadLetterCount: 3,
      deadLetters: [{}, {}, { lastReason: 'ANSWERED_OTHERWISE' }],
    });

    const replay = (more: object) => command(manager, 'replayWebhook', { webhookId: webhook.id, ...more });
    expect(await replay({})).toMatchObject({ code: 'TEXT_REQUIRED' });
    expect(await replay({ deadLetter: 'event-9' })).toMatchObject({ __typename: 'NotFound' });
    expect(await replay({ deadLetter: 'event-1' })).toMatchObject({ __typename: 'WebhookChanged' });
    expect((await lease('a'))[0].replays).toEqual([{ eventId: 'event-1', cursor: 'before-1' }]);
    await replay({ since: letter(2).at });
    expect((await lease('a'))[0].replays.map(({ eventId }: { eventId: string }) => eventId)).toEqual([
      'event-1',
      'event-2',
      'event-3',
    ]);

    await report('a', one, {
      replayed: ['event-1', 'event-3'],
      failedReplays: [{ eventId: 'event-2', reason: 'ITEM_NOT_FOUND' }],
    });
    expect((await lease('a'))[0].replays).toEqual([]);
    expect((await letters()).deadLetters).toMatchObject([
      { eventId: 'event-2', lastReason: 'ITEM_NOT_FOUND', replayRequestedAt: null },
    ]);
    await command(manager, 'changeWebhook', { webhookId: webhook.id, enabled: false });
    expect(await replay({ deadLetter: 'event-2' })).toMatchObject({
      __typename: 'StateDoesNotAllow',
      state: 'DISABLED',
    });
  });
});
