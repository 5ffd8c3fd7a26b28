import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { buildSchema, GraphQLError } from 'graphql';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asHub, asPerson, createStandInHub, makeKeys, parsedPins } from '../trust/stand-in-hub.ts';
import { createVerifier } from '../trust/verify.ts';
import type { EndpointContext } from './endpoint-context.ts';
import { type Served, serve } from './serve.ts';

/** A busy machine is slow, not wrong. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

const source = { pulled: 0, open: 0 };
/** Never waits: only its reader can slow it down. */
async function* flood() {
  source.open++;
  try {
    for (;;) {
      source.pulled++;
      yield { flood: `${source.pulled}:${'x'.repeat(100_000)}` };
    }
  } finally {
    source.open--;
  }
}

/** Says one thing and then nothing until it is told to end. */
async function* quiet(_args: unknown, { signal }: EndpointContext) {
  source.open++;
  try {
    yield { quiet: 'begun' };
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
  } finally {
    source.open--;
  }
}

async function* breaking() {
  yield { breaking: 'one' };
  throw Object.assign(new Error('connect ECONNREFUSED /secret/socket'), { code: 'ECONNREFUSED' });
}

async function* counting(last: number) {
  for (let n = 1; n <= last; n++) yield { count: n };
}

function makeSchema() {
  const schema = buildSchema(`
    directive @inaccessible on FIELD_DEFINITION
    type Query { whoAmI: String }
    type Mutation { touch: String }
    type Subscription {
      count(last: Int!): Int! @inaccessible
      flood: String! @inaccessible
      quiet: String! @inaccessible
      breaking: String! @inaccessible
      refused: String! @inaccessible
      forParties: String!
    }
  `);
  const fields = schema.getSubscriptionType()?.getFields() ?? {};
  const begin: Record<string, (args: never, context: EndpointContext) => unknown> = {
    count: ({ last }: { last: number }) => counting(last),
    flood,
    quiet,
    breaking,
    refused: () => {
      throw new GraphQLError('No such cursor.', { extensions: { code: 'CURSOR_MALFORMED' } });
    },
    forParties: () => counting(1),
  };
  for (const [name, subscribe] of Object.entries(begin)) {
    const field = fields[name];
    if (field) field.subscribe = (_root, args, context) => subscribe(args as never, context);
  }
  return schema;
}

const [hub, registry, linde] = [makeKeys(), makeKeys(), makeKeys()];
const desk = asPerson('linde', ['SERVICEDESK']);
const logged: string[] = [];
let served: Served;
let standIn: ReturnType<typeof createStandInHub>;

const start = async (streams: { streamsMax?: number; lifeMs?: number; stallMs?: number } = {}) => {
  served = await serve({
    name: 'linde',
    schema: makeSchema(),
    port: 0,
    host: '127.0.0.1',
    verifier: createVerifier({ name: 'linde', keys: linde.keys, pins: parsedPins(hub, registry), now: Date.now }),
    now: Date.now,
    context: (base) => base,
    logger: pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
    inFlightMax: 4,
    streams,
  });
  standIn = createStandInHub({ hub, endpoint: { name: 'linde', keys: linde.keys }, url: served.url });
};

beforeEach(() => {
  Object.assign(source, { pulled: 0, open: 0 });
  logged.length = 0;
});
afterEach(() => served.close());

const all = async (events: AsyncIterable<{ event: string; data: unknown }>) => {
  const seen = [];
  for await (const { event, data } of events) seen.push(data === undefined ? event : data);
  return seen;
};

/** A reader that holds its own socket, so that it can leave unread what comes. */
const openRaw = (query: string): Promise<{ request: ClientRequest; response: IncomingMessage }> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({ query });
    const headers = { ...standIn.headersFor(body, asHub), accept: 'text/event-stream' };
    const request = httpRequest(served.url, { method: 'POST', headers }, (response) => resolve({ request, response }));
    request.on('error', reject);
    request.end(body);
  });

describe('a subscription at an endpoint', () => {
  test('is answered as events: its results in order, then that it is complete, with our time in front', async () => {
    await start();
    const { status, headers, events } = await standIn.follow(
      asHub,
      'subscription ($last: Int!) { count(last: $last) }',
      { last: 3 },
    );
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(headers.get('kortelijn-time')).toMatch(/^\d+$/);
    expect(await all(events)).toEqual([
      { data: { count: 1 } },
      { data: { count: 2 } },
      { data: { count: 3 } },
      'complete',
    ]);
  });

  test('A1: without trust, or with a proof for another body, gets 401 and nothing else', async () => {
    await start();
    const body = JSON.stringify({ query: 'subscription { flood }' });
    const proofs = [
      {},
      { 'kortelijn-assertion': 'a.b.c', 'kortelijn-seal': 'v1;t=1' },
      standIn.headersFor('{"query":""}', asHub),
    ];
    for (const proof of proofs) {
      const headers = { 'content-type': 'application/json', ...proof, accept: 'text/event-stream' };
      const response = await fetch(served.url, { method: 'POST', headers, body });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        errors: [{ message: 'The request is not trusted.', extensions: { code: 'NOT_TRUSTED' } }],
      });
    }
    expect(source.pulled).toBe(0);
  });

  test('for the hub begins for the hub only, and for parties not for the hub', async () => {
    await start();
    for (const [who, document] of [
      [desk, 'subscription { flood }'],
      [{ ...desk, kind: 'class', sub: undefined, name: undefined } as never, 'subscription { flood }'],
      [asHub, 'subscription { forParties }'],
    ] as const) {
      const { events } = await standIn.follow(who, document);
      expect(await all(events)).toMatchObject([{ errors: [{ extensions: { code: 'REFUSED' } }] }, 'complete']);
    }
    expect(source.pulled).toBe(0);
  });

  test('that is refused where it begins, or breaks on the way, ends with the code and no secret', async () => {
    await start();
    const refused = await standIn.follow(asHub, 'subscription { refused }');
    expect(await all(refused.events)).toMatchObject([
      { errors: [{ message: 'No such cursor.', extensions: { code: 'CURSOR_MALFORMED' } }] },
      'complete',
    ]);
    const broken = await all((await standIn.follow(asHub, 'subscription { breaking }')).events);
    expect(broken).toMatchObject([
      { data: { breaking: 'one' } },
      { errors: [{ extensions: { code: 'STORE_UNAVAILABLE', retryable: true } }] },
      'complete',
    ]);
    expect(JSON.stringify(broken)).not.toContain('secret');
    expect(logged.join()).toContain('secret');
  });

  test.each([
    ['a query', '{ whoAmI }', 'BAD_REQUEST'],
    ['a mutation', 'mutation { touch }', 'BAD_REQUEST'],
    ['no document', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['a field there is not', 'subscription { floods }', 'GRAPHQL_VALIDATION_FAILED'],
    ['two fields', 'subscription { flood quiet }', 'GRAPHQL_VALIDATION_FAILED'],
    ['introspection', 'subscription { __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('%s is no stream: 400, a code and no suggestion', async (_title, query, code) => {
    await start();
    const { status, refusal } = await standIn.follow(asHub, query);
    expect(status).toBe(400);
    expect(refusal).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(JSON.stringify(refusal)).not.toContain('Did you mean');
  });

  test('that does not ask for events is not run once as if it were a query', async () => {
    await start();
    const { status, data, errors } = await standIn.ask(asHub, 'subscription { flood }');
    expect([status, data, errors?.[0].extensions]).toEqual([400, undefined, { code: 'BAD_REQUEST' }]);
    expect(source.pulled).toBe(0);
  });

  test('F13: whose reader stops reading is asked for no more, and goes on where it was when he reads again', async () => {
    await start();
    const { request, response } = await openRaw('subscription { flood }');
    response.pause();
    let before = -1;
    await eventually(() => {
      const stands = source.pulled > 0 && source.pulled === before;
      before = source.pulled;
      return stands;
    }).toBe(true);
    // What lies between is what the two sockets hold: a few megabytes, never the whole flood.
    expect(source.pulled).toBeLessThan(300);
    const stopped = source.pulled;
    response.setEncoding('utf8');
    let text = '';
    for await (const chunk of response) {
      text += chunk;
      if (text.includes(`"${stopped + 20}:`)) break;
    }
    const numbers = [...text.matchAll(/"flood":"(\d+):/g)].map(([, n]) => Number(n));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    request.destroy();
    await eventually(() => source.open).toBe(0);
  });

  test('F13: whose reader leaves it unread for too long is let go', async () => {
    await start({ stallMs: 50 });
    const { response } = await openRaw('subscription { flood }');
    response.pause();
    await eventually(() => source.open).toBe(0);
  });

  test('is given up with everything it holds when its reader goes', async () => {
    await start({ streamsMax: 1 });
    const gone = new AbortController();
    const { events } = await standIn.follow(asHub, 'subscription { quiet }', {}, gone.signal);
    expect((await events.next()).value).toMatchObject({ data: { data: { quiet: 'begun' } } });
    expect(source.open).toBe(1);
    gone.abort();
    await eventually(() => source.open).toBe(0);
    await eventually(async () => (await standIn.follow(asHub, 'subscription { count(last: 1) }')).status).toBe(200);
  });

  test('F16: beyond the bound of streams is refused, which leaves requests alone and is no request in flight', async () => {
    await start({ streamsMax: 5 });
    const open = await Promise.all(Array.from({ length: 5 }, () => standIn.follow(asHub, 'subscription { quiet }')));
    expect(open.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const refused = await standIn.follow(asHub, 'subscription { quiet }');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.refusal).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });
    expect(await standIn.ask(desk, '{ whoAmI }')).toMatchObject({ status: 200 });
    for (const { events } of open) await events.return();
  });

  test('ends complete after its life, so that its reader proves anew who he is', async () => {
    await start({ lifeMs: 50 });
    const { events } = await standIn.follow(asHub, 'subscription { quiet }');
    expect(await all(events)).toEqual([{ data: { quiet: 'begun' } }, 'complete']);
    expect(source.open).toBe(0);
  });

  test('F23: ends complete when the endpoint closes, which does not wait for it', async () => {
    await start();
    const { events } = await standIn.follow(asHub, 'subscription { quiet }');
    const first = await events.next();
    expect(first.value).toMatchObject({ event: 'next' });
    await served.close();
    expect(await all(events)).toEqual(['complete']);
    expect(source.open).toBe(0);
  });
});
