/**
 * The hub's doors with the real identity provider in front and the real trust behind: tokens, assertions, seals,
 * envelopes. The endpoints are stand-ins behind the kit's own server.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHubDoor } from '@kortelijn/kit/trust/hub-door.ts';
import { signJws } from '@kortelijn/kit/trust/jws.ts';
import { makeKeys, parsedPins } from '@kortelijn/kit/trust/stand-in-hub.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManagedProcess, type ManagedProcess } from '../../network/managed-process.ts';
import { participantResolvers, serveStandIn, signedDirectory } from './stand-ins.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const [hub, registry, linde, denkbeeld] = [makeKeys(), makeKeys(), makeKeys(), makeKeys()];
const skewMs = { linde: 0, denkbeeld: 90_000 };

let folder: string;
let identity: ManagedProcess;
let gateway: ManagedProcess;
let identityUrl: string;
let hubUrl: string;
let endpoints: Record<'linde' | 'denkbeeld', string>;
let version = 1;
let states: Record<string, string> = {};
const stopping: (() => Promise<unknown>)[] = [];
const delivered: string[] = [];

const directory = () =>
  signedDirectory(
    registry,
    version,
    Object.entries({ linde, denkbeeld }).map(([id, { published }]) => ({
      id,
      name: `Voorbeeld ${id}`,
      kind: id === 'denkbeeld' ? 'FOUNDATION' : 'CARE_COOPERATIVE',
      accessionState: states[id] ?? 'ACTIVE',
      endpoint: endpoints[id as 'linde'],
      issuer: `${identityUrl}/${id}`,
      keys: published,
      calendarId: 'nl',
    })),
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kortelijn-doors-'));
  const file = (name: string, content: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  const persona = (participant: string, roles: string[]) => ({
    subject: `${participant}-desk`,
    name: `Balie ${participant}`,
    roles,
    participant,
  });
  const { d: _secret, ...programKey } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const participants = ['linde', 'denkbeeld'].map((id) => ({
    id,
    name: id,
    personas: [persona(id, ['SERVICEDESK'])],
    programs: [
      {
        client_id: `${id}-import`,
        name: 'Import',
        scope: 'import',
        participant: id,
        jwks: { keys: [{ ...programKey, alg: 'EdDSA', kid: id }] },
      },
    ],
  }));
  identity = createManagedProcess({
    name: 'identity',
    main: join(root, 'test/network/identity-provider/main.ts'),
    env: { PORT: '0', PERSONAS_FILE: file('personas.json', { participants }), NODE_ENV: 'test' },
    logFile: join(folder, 'identity.log'),
  });
  identityUrl = await identity.start();
  stopping.push(() => identity.stop());

  const receiptOf = (name: string) => (envelope: string) => {
    delivered.push(`${name} ${envelope}`);
    return `receipt of ${name}`;
  };
  const standIn = async (name: 'linde' | 'denkbeeld', own: typeof linde) => {
    const now = () => Date.now() + skewMs[name];
    const served = await serveStandIn({
      name,
      hub,
      registry,
      own,
      now,
      resolvers: participantResolvers(receiptOf(name)),
    });
    stopping.push(() => served.close());
    return served.url;
  };
  endpoints = { linde: await standIn('linde', linde), denkbeeld: await standIn('denkbeeld', denkbeeld) };
  const registryServed = await serveStandIn({
    name: 'registry',
    hub,
    registry,
    own: registry,
    now: Date.now,
    resolvers: {
      Query: { directory: () => directory() },
      Mutation: {
        registryDeliver: (_: unknown, { envelope }: { envelope: string }) => receiptOf('registry')(envelope),
      },
    },
  });
  stopping.push(() => registryServed.close());
  gateway = createManagedProcess({
    name: 'gateway',
    main: join(root, 'gateway/main.ts'),
    env: {
      PORT: '0',
      KEYS_FILE: file('keys.json', hub.json),
      PINS_FILE: file('pins.json', { registry: registry.published }),
      CURSOR_KEYS: join(folder, 'cursors.json'),
      DATA_DIR: join(folder, 'gateway'),
      REGISTRY_URL: registryServed.url,
      DEMO_IDENTITIES: identityUrl,
    },
    logFile: join(folder, 'gateway.log'),
  });
  hubUrl = (await gateway.start()).replace('/graphql', '');
  stopping.push(() => gateway.stop());
});

afterAll(async () => {
  for (const stop of stopping.reverse()) await stop();
  if (process.env.KEEP_LOGS === undefined) rmSync(folder, { recursive: true, force: true });
});

async function tokenOf(participant: string, persona = `${participant}-desk`, more = {}): Promise<string> {
  const response = await fetch(`${identityUrl}/${participant}/demo/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ persona, ...more }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function ask(token: string, query: string) {
  const response = await fetch(`${hubUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects.
  return { status: response.status, ...((await response.json()) as any) };
}

const settles = async (check: () => Promise<boolean>) => {
  for (let tries = 0; tries < 100; tries++) {
    if (await check()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
};

describe('the GraphQL door', () => {
  it("tells a caller's own participant who calls, and only by a token of that participant's issuer", async () => {
    const { data, errors } = await ask(
      await tokenOf('linde'),
      '{ viewer { subject name roles participant { id name } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.viewer).toEqual({
      subject: 'linde:linde-desk',
      name: 'Balie linde',
      roles: ['SERVICEDESK'],
      participant: { id: 'linde', name: 'Voorbeeld linde' },
    });
  });

  it('F15: writes in the clock of an endpoint that is 90 seconds ahead, after one refusal that told its time', async () => {
    const token = await tokenOf('denkbeeld');
    for (let index = 0; index < 3; index++) {
      expect((await ask(token, '{ viewer { subject } }')).data?.viewer).toEqual({
        subject: 'denkbeeld:denkbeeld-desk',
      });
    }
  });

  it('carries a program with its scopes, and a command bound to its bytes', async () => {
    const token = await tokenOf('linde', 'linde-import');
    const { data } = await ask(token, '{ viewer { subject name roles program } }');
    expect(data.viewer).toEqual({
      subject: 'linde:linde-import',
      name: null,
      roles: ['PROGRAM'],
      program: 'linde-import',
    });
    const command =
      'mutation { retryEnvelope(input: {commandId: "1", envelopeId: "e"}) { __typename ... on NotFound { id } } }';
    expect((await ask(token, command)).data).toEqual({ retryEnvelope: { __typename: 'NotFound', id: 'e' } });
  });

  it('A8: answers introspection to who is known and nothing of the hub-only part', async () => {
    const { data } = await ask(
      await tokenOf('linde'),
      '{ __schema { queryType { fields { name } } } __type(name: "ChangePage") { name } }',
    );
    const names = data.__schema.queryType.fields.map(({ name }: { name: string }) => name);
    expect(names).toContain('incidents');
    expect(names).not.toContain('changes');
    expect(names).not.toContain('directory');
    expect(data.__type).toBeNull();
    expect((await ask('no-token', '{ __schema { queryType { name } } }')).status).toBe(401);
  });

  it('takes a token within the minute of tolerance after its end, and no altered one', async () => {
    const expired = await tokenOf('linde', 'linde-desk', { expiresInSeconds: 1 });
    const [header, payload, signature] = expired.split('.');
    expect(
      (await ask(`${header}.${payload}.${signature?.slice(0, -4)}AAAA`, '{ __typename }')).errors[0].extensions.code,
    ).toBe('UNAUTHENTICATED');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await ask(expired, '{ __typename }')).status).toBe(200);
  });

  it('leaves the people of a suspended participant what is their own to read, as soon as the directory says so', async () => {
    const token = await tokenOf('linde');
    states = { linde: 'SUSPENDED' };
    version += 1;
    const command = 'mutation { retryEnvelope(input: {commandId: "1", envelopeId: "e"}) { __typename } }';
    expect(await settles(async () => (await ask(token, command)).errors?.[0].extensions.code === 'SUSPENDED')).toBe(
      true,
    );
    expect((await ask(token, '{ viewer { subject } }')).data.viewer.subject).toBe('linde:linde-desk');
    const count = '{ incidentCount { value coverage { parties { participant { id } outcome } } } }';
    expect((await ask(token, count)).data.incidentCount).toEqual({
      value: 1,
      coverage: {
        parties: [
          { participant: { id: 'denkbeeld' }, outcome: 'REFUSED' },
          { participant: { id: 'linde' }, outcome: 'FRESH' },
        ],
      },
    });
    states = { linde: 'WITHDRAWN' };
    version += 1;
    expect(await settles(async () => (await ask(token, '{ viewer { subject } }')).status === 401)).toBe(true);
    states = {};
    version += 1;
    expect(await settles(async () => (await ask(token, command)).status === 200)).toBe(true);
  });
});

describe("the participants' door", () => {
  const doorOf = (name: string, own: typeof linde, now = () => Date.now()) =>
    createHubDoor({ hubUrl, name, keys: own.keys, pins: parsedPins(hub, registry), now });
  const envelope = (from: string, to: string, own: typeof linde) =>
    signJws(
      'envelope+jwt',
      { id: 'e1', from, to, subject: 's', n: 1, type: 'note.added', body: {}, at: Date.now() },
      own.keys.sign,
    );

  it('forwards a sealed envelope and brings back the receipt, also to the registry and from a clock that is off', async () => {
    await using sender = doorOf('linde', linde);
    await using late = doorOf('denkbeeld', denkbeeld, () => Date.now() - 3_600_000);
    const sent = envelope('linde', 'denkbeeld', linde);
    const answer = await sender.send('POST', '/envelopes', { body: JSON.stringify({ envelope: sent }) });
    expect(answer).toEqual({ status: 200, body: '{"receipt":"receipt of denkbeeld"}' });
    expect(delivered).toContain(`denkbeeld ${sent}`);
    const toRegistry = await late.send('POST', '/envelopes', {
      body: JSON.stringify({ envelope: envelope('denkbeeld', 'registry', denkbeeld) }),
    });
    expect(toRegistry.body).toBe('{"receipt":"receipt of registry"}');
  });

  it('A1: refuses who has no seal, a seal of another, or an envelope of another sender, with one code', async () => {
    const body = JSON.stringify({ envelope: envelope('linde', 'denkbeeld', linde) });
    await using impostor = doorOf('linde', denkbeeld);
    await using nobody = doorOf('atlantis', denkbeeld);
    for (const door of [impostor, nobody]) {
      const answer = await door.send('POST', '/envelopes', { body });
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.body).errors[0].extensions.code).toBe('NOT_TRUSTED');
    }
    const bare = await fetch(`${hubUrl}/envelopes`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${await tokenOf('linde')}` },
    });
    expect(bare.status).toBe(401);
    await using other = doorOf('denkbeeld', denkbeeld);
    const forAnother = await other.send('POST', '/envelopes', { body });
    expect(forAnother.status).toBe(400);
    const toNobody = await other.send('POST', '/envelopes', {
      body: JSON.stringify({ envelope: envelope('denkbeeld', 'atlantis', denkbeeld) }),
    });
    expect(JSON.parse(toNobody.body).errors[0].extensions.code).toBe('UNKNOWN_PARTICIPANT');
  });

  it('gives the signed directory as the registry made it, to endpoints only', async () => {
    await using door = doorOf('linde', linde);
    const { status, body } = await door.send('GET', '/directory');
    expect(status).toBe(200);
    const payload = JSON.parse(Buffer.from(body.split('.')[1] ?? '', 'base64url').toString());
    expect(payload.participants.map(({ id }: { id: string }) => id)).toEqual(['linde', 'denkbeeld']);
    expect((await fetch(`${hubUrl}/directory`)).status).toBe(401);
  });
});

describe('the process', () => {
  const alone = (name: string, env: Record<string, string>) =>
    createManagedProcess({ name, main: join(root, 'gateway/main.ts'), env, logFile: join(folder, `${name}.log`) });

  it('shows whether it lives and can work, its figures, and the network to the foundation only', async () => {
    expect((await fetch(`${hubUrl}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${hubUrl}/health/ready`)).json()).toEqual({ ready: true, reasons: [] });
    const network = async (participant: string) =>
      fetch(`${hubUrl}/health/network`, { headers: { authorization: `Bearer ${await tokenOf(participant)}` } });
    expect((await fetch(`${hubUrl}/health/network`)).status).toBe(401);
    expect((await network('linde')).status).toBe(403);
    const seen = (await (await network('denkbeeld')).json()) as { participants: { id: string; skewMs: number }[] };
    expect(seen.participants.map(({ id }) => id)).toEqual(['denkbeeld', 'linde']);
    expect(seen.participants[0]?.skewMs).toBeGreaterThan(80_000);
    const metrics = await (await fetch(`${hubUrl}/metrics`)).text();
    expect(metrics).toMatch(/kortelijn_participant_requests_total\{participant="linde",outcome="FRESH"\} [1-9]/);
  });

  it('A16: logs no token, no name and no document', async () => {
    const log = readFileSync(join(folder, 'gateway.log'), 'utf8');
    expect(log).toContain('request.answered');
    expect(log).not.toMatch(/eyJ|Balie|retryEnvelope|Bearer/);
  });

  it('F23: starts from its last signed copy while the registry is down, and ends what runs before it stops', async () => {
    const files = {
      KEYS_FILE: join(folder, 'keys.json'),
      PINS_FILE: join(folder, 'pins.json'),
      CURSOR_KEYS: join(folder, 'cursors.json'),
    };
    const second = alone('second', {
      PORT: '0',
      ...files,
      DATA_DIR: join(folder, 'gateway'),
      REGISTRY_URL: 'http://127.0.0.1:9/graphql',
    });
    const url = await second.start();
    expect((await fetch(url.replace('/graphql', '/health/ready'))).status).toBe(200);

    const token = await tokenOf('linde');
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const underWay = fetch(url, { method: 'POST', headers, body: '{"query":"{ teams { name } }"}' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stopped = second.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(fetch(url, { method: 'POST', headers, body: '{"query":"{ __typename }"}' })).rejects.toThrow();
    expect(await (await underWay).json()).toMatchObject({ data: { teams: [] } });
    await stopped;
    expect(await second.gone()).toBe(0);
  });

  it('names every problem of its configuration at once', async () => {
    const wrong = alone('wrong', { PORT: 'x', REGISTRY_URL: 'nowhere', KORTELIJN_CLOCK: 'f', NODE_ENV: 'production' });
    await expect(wrong.start()).rejects.toThrow('ended with 1');
    const log = readFileSync(join(folder, 'wrong.log'), 'utf8');
    for (const name of ['PORT', 'KEYS_FILE', 'PINS_FILE', 'CURSOR_KEYS', 'DATA_DIR', 'REGISTRY_URL', 'KORTELIJN_CLOCK'])
      expect(log).toContain(name);
  });
});
