import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { buildSchema, GraphQLError, type GraphQLFieldResolver } from 'graphql';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommitOutcomeUnknown } from '../postgres/connect.ts';
import { asHub, asPerson, createStandInHub, makeKeys, parsedPins } from '../trust/stand-in-hub.ts';
import { createVerifier } from '../trust/verify.ts';
import { type Served, serve } from './serve.ts';

const schema = buildSchema(`
  directive @inaccessible on FIELD_DEFINITION
  type Query { whoAmI: String slow: String broken: String down: String lost: String coded: String changes: String @inaccessible _service: String }
  type Mutation { touch(id: ID!): String deliver: String @inaccessible }
`);
let release = () => {};
const slow = new Promise<string>((resolve) => {
  release = () => resolve('done');
});
const resolvers: Record<string, Record<string, (...given: never[]) => unknown>> = {
  Query: {
    whoAmI: (_root: unknown, _args: unknown, { caller }: { caller: { participant?: string } }) => caller.participant,
    slow: () => slow,
    broken: () => {
      throw new Error('secret: connection string');
    },
    down: () => {
      throw Object.assign(new Error('connect ECONNREFUSED /secret/socket'), { code: 'ECONNREFUSED' });
    },
    lost: () => {
      throw new CommitOutcomeUnknown(new Error('cut'));
    },
    coded: () => {
      throw new GraphQLError('There is none.', { extensions: { code: 'NOT_FOUND', secret: 'x' } });
    },
    changes: () => 'changes',
    _service: () => 'sdl',
  },
  Mutation: { touch: (_root: unknown, { id }: { id: string }) => id, deliver: () => 'receipt' },
};
for (const [type, fields] of Object.entries(resolvers)) {
  for (const [field, resolve] of Object.entries(fields)) {
    const definition = (type === 'Query' ? schema.getQueryType() : schema.getMutationType())?.getFields()[field];
    if (definition) definition.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
  }
}

/** A busy machine is slow, not wrong. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

const [hub, registry, linde] = [makeKeys(), makeKeys(), makeKeys()];
let served: Served;
let standIn: ReturnType<typeof createStandInHub>;
const logged: string[] = [];

beforeAll(async () => {
  served = await serve({
    name: 'linde',
    schema,
    port: 0,
    host: '127.0.0.1',
    verifier: createVerifier({ name: 'linde', keys: linde.keys, pins: parsedPins(hub, registry), now: Date.now }),
    now: Date.now,
    context: (base) => base,
    logger: pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
    bodyBytesMax: 200_000,
    inFlightMax: 4,
  });
  standIn = createStandInHub({ hub, endpoint: { name: 'linde', keys: linde.keys }, url: served.url });
});
afterAll(() => served.close());

const desk = asPerson('linde', ['SERVICEDESK']);
const raw = (init: RequestInit) => fetch(served.url, init);
const json = { 'content-type': 'application/json' };

describe('an endpoint', () => {
  test('answers the hub for a person, with its own time', async () => {
    const before = Date.now();
    const answer = await standIn.ask(desk, '{ whoAmI }');
    expect(answer).toMatchObject({ status: 200, data: { whoAmI: 'linde' } });
    expect(Number(answer.headers.get('kortelijn-time'))).toBeGreaterThanOrEqual(before);
    expect(await standIn.ask(desk, 'mutation { touch(id: "x") }')).toMatchObject({ data: { touch: 'x' } });
  });

  test.each([
    ['a query', '{ whoAmI }'],
    ['the SDL', '{ _service }'],
    ['a field for the hub', '{ changes }'],
    ['introspection', '{ __schema { types { name } } }'],
  ])('A1: answers %s without trust with 401 and nothing else, and logs it', async (_title, query) => {
    logged.length = 0;
    const body = JSON.stringify({ query });
    for (const headers of [json, { ...json, 'kortelijn-assertion': 'a.b.c', 'kortelijn-seal': 'v1;t=1' }]) {
      const response = await raw({ method: 'POST', headers, body });
      expect(response.status).toBe(401);
      expect(response.headers.get('kortelijn-time')).toMatch(/^\d+$/);
      expect(await response.json()).toEqual({
        errors: [{ message: 'The request is not trusted.', extensions: { code: 'NOT_TRUSTED' } }],
      });
    }
    expect(logged.join()).toContain('not trusted');
  });

  test('opens fields for the hub to the hub only, and nothing else to it', async () => {
    expect(await standIn.ask(asHub, '{ changes _service }')).toMatchObject({
      data: { changes: 'changes', _service: 'sdl' },
    });
    expect(await standIn.ask(asHub, 'mutation { deliver }')).toMatchObject({ data: { deliver: 'receipt' } });
    for (const [who, document] of [
      [asHub, '{ whoAmI }'],
      [asHub, 'mutation { touch(id: 1) }'],
      [desk, '{ changes }'],
      [desk, '{ _service }'],
      [desk, 'mutation { deliver }'],
    ] as const) {
      const { data, errors } = await standIn.ask(who, document);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['REFUSED']);
      expect(Object.values(data)).toEqual([null]);
    }
  });

  test('A8: gives no schema away: no introspection, no suggestion, no timing tree', async () => {
    const introspected = await standIn.ask(desk, '{ __schema { types { name } } }');
    expect(introspected).toMatchObject({ status: 400, data: undefined });
    const misspelt = await standIn.ask(desk, '{ whoAmY }');
    expect(JSON.stringify(misspelt.errors)).not.toContain('whoAmI');
    const body = JSON.stringify({ query: '{ whoAmI }' });
    const headers = { ...standIn.headersFor(body, desk), 'apollo-federation-include-trace': 'ftv1' };
    const traced = await raw({ method: 'POST', headers, body });
    expect(await traced.json()).toEqual({ data: { whoAmI: 'linde' } });
  });

  test('says what broke to its log and not to the caller', async () => {
    logged.length = 0;
    const { data, errors } = await standIn.ask(desk, '{ broken coded }');
    expect(data).toEqual({ broken: null, coded: null });
    expect(errors).toMatchObject([
      { path: ['broken'], extensions: { code: 'INTERNAL' } },
      { path: ['coded'], message: 'There is none.', extensions: { code: 'NOT_FOUND' } },
    ]);
    expect(JSON.stringify(errors)).not.toContain('secret');
    expect(logged.join()).toContain('secret: connection string');
  });

  test('F3: a store that is down and a commit whose answer was lost have codes of their own', async () => {
    const { errors } = await standIn.ask(desk, '{ down lost }');
    expect(errors?.map(({ path, extensions }) => [path[0], extensions])).toEqual([
      ['down', { code: 'STORE_UNAVAILABLE', retryable: true }],
      ['lost', { code: 'OUTCOME_UNKNOWN', retryable: true }],
    ]);
    expect(JSON.stringify(errors)).not.toContain('secret');
  });

  test.each([
    ['A6: GET', { method: 'GET' }, 405],
    ['A6: text/plain', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }, 415],
    [
      'A6: a form',
      { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b' },
      415,
    ],
    [
      'A6: an odd charset',
      { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-7' }, body: '{}' },
      415,
    ],
    ['F11: a packed body', { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: 'x' }, 415],
    ['F12: a body above the bound', { method: 'POST', headers: json, body: 'x'.repeat(200_001) }, 413],
  ])('%s is refused before trust is asked for', async (_title, init, status) => {
    expect((await raw(init)).status).toBe(status);
  });

  test('F12: a body without a stated length is cut at the bound', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(served.url, { method: 'POST', headers: json }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      for (let chunk = 0; chunk < 20; chunk++) request.write('x'.repeat(20_000));
      request.end();
    });
    expect(status).toBe(413);
  });

  test('A6: a batch and a body without a query are refused under trust too', async () => {
    for (const body of [JSON.stringify([{ query: '{ whoAmI }' }]), '{"query":1}', '"x"']) {
      const headers = standIn.headersFor('{"query":""}', desk);
      expect((await raw({ method: 'POST', headers, body })).status).toBe(401);
    }
  });

  test('A4: a document of many tokens is refused before it runs', async () => {
    const aliases = Array.from({ length: 6_000 }, (_, index) => `a${index}:whoAmI`).join(' ');
    const { status, errors } = await standIn.ask(desk, `{ ${aliases} }`);
    expect([status, errors?.[0].extensions.code]).toEqual([400, 'GRAPHQL_PARSE_FAILED']);
  });

  test('F16: more than it may have under way is refused at once, and health is answered all the same', async () => {
    const running = Array.from({ length: 4 }, () => standIn.ask(desk, '{ slow }'));
    await eventually(async () => (await standIn.ask(desk, '{ whoAmI }')).status).toBe(503);
    expect((await fetch(new URL('/health/live', served.url))).status).toBe(200);
    expect((await fetch(new URL('/health/ready', served.url))).status).toBe(200);
    release();
    expect(await Promise.all(running)).toMatchObject(Array(4).fill({ data: { slow: 'done' } }));
  });
});

test('F23: an endpoint that closes does not wait for a connection that never asked anything', async () => {
  const closing = await serve({
    name: 'linde',
    schema: buildSchema('type Query { x: String }'),
    port: 0,
    host: '127.0.0.1',
    verifier: createVerifier({ name: 'linde', keys: linde.keys, pins: parsedPins(hub, registry), now: Date.now }),
    now: Date.now,
    context: (base) => base,
    logger: pino({ level: 'silent' }),
    graceMs: 2 ** 30,
  });
  const silent = connect(Number(new URL(closing.url).port), '127.0.0.1');
  await once(silent, 'connect');
  const gone = once(silent, 'close');
  await fetch(new URL('/health/live', closing.url));
  await closing.close();
  await gone;
});

test('F23: an endpoint that closes finishes what it has begun', async () => {
  let finish = () => {};
  const waiting = new Promise<string>((resolve) => {
    finish = () => resolve('done');
  });
  const own = buildSchema('type Query { slow: String }');
  const field = own.getQueryType()?.getFields().slow;
  let begun = false;
  if (field)
    field.resolve = () => {
      begun = true;
      return waiting;
    };
  const closing = await serve({
    name: 'linde',
    schema: own,
    port: 0,
    host: '127.0.0.1',
    verifier: createVerifier({ name: 'linde', keys: linde.keys, pins: parsedPins(hub, registry), now: Date.now }),
    now: Date.now,
    context: (base) => base,
    logger: pino({ level: 'silent' }),
  });
  const asking = createStandInHub({ hub, endpoint: { name: 'linde', keys: linde.keys }, url: closing.url }).ask(
    desk,
    '{ slow }',
  );
  await eventually(() => begun).toBe(true);
  const closed = closing.close();
  await expect(fetch(closing.url)).rejects.toThrow();
  finish();
  expect(await asking).toMatchObject({ data: { slow: 'done' } });
  await closed;
});
