import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createStreams, type StreamResult, type StreamSettings, type Streams } from './stream.ts';

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void;

const opened: { server: Server; streams: Streams }[] = [];
const now = () => 1_000_000;

async function endpoint(answer: Answer, settings: Partial<StreamSettings> = {}) {
  const seen: { headers: IncomingMessage['headers']; body: string; sealedAtMs: number }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ headers: request.headers, body, sealedAtMs: Number(request.headers['kortelijn-seal']) });
    answer(response, request, body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
  const streams = createStreams({
    urlOf: (name) => (name === 'linde' ? url : undefined),
    seal: ({ endpointNowMs }) => ({ 'kortelijn-seal': String(endpointNowMs) }),
    now,
    settings,
  });
  opened.push({ server, streams });
  const follow = (signal = new AbortController().signal, name = 'linde') =>
    streams.follow({ endpoint: name, document: 'subscription { changes { head } }', variables: { first: 2 }, signal });
  return { seen, follow, server };
}

afterEach(async () => {
  for (const { server, streams } of opened.splice(0)) {
    await streams[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  }
});

const begin = (response: ServerResponse, headers = {}) =>
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
const next = (value: unknown) => `event: next\ndata: ${JSON.stringify({ data: { changes: value } })}\n\n`;
const complete = 'event: complete\ndata: \n\n';
const all = async (results: AsyncIterable<StreamResult>) => {
  const values: unknown[] = [];
  for await (const { data, errors } of results) values.push(data?.changes ?? errors);
  return values;
};

test('results come in order until the stream is complete, asked for with a seal and as events', async () => {
  const { seen, follow } = await endpoint((response) => begin(response).end(next(1) + next(2) + next(3) + complete));
  expect(await all(follow())).toEqual([1, 2, 3]);
  expect(seen[0]?.headers).toMatchObject({ accept: 'text/event-stream', 'content-type': 'application/json' });
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
    query: 'subscription { changes { head } }',
    variables: { first: 2 },
  });
});

test('an error is a result: what it means is for whoever follows', async () => {
  const error = { message: 'Expected epoch, colon, number.', extensions: { code: 'CURSOR_MALFORMED' } };
  const { follow } = await endpoint((response) =>
    begin(response).end(`event: next\ndata: ${JSON.stringify({ errors: [error] })}\n\n${complete}`),
  );
  expect(await all(follow())).toMatchObject([[{ code: 'CURSOR_MALFORMED' }]]);
});

test.each<[string, string, Answer, Partial<StreamSettings>?]>([
  ['an end before the end', 'LOST', (response) => begin(response).end(next(1))],
  ['a connection that breaks', 'LOST', (response) => void begin(response).write(next(1), () => response.destroy())],
  [
    'JSON where events were asked',
    'REFUSED',
    (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{}}'),
  ],
  ['a page for people', 'BREACH', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
  ['an endpoint that is full', 'UNAVAILABLE', (response) => response.writeHead(503).end()],
  ['F11: a result that is no JSON', 'BREACH', (response) => begin(response).end('event: next\ndata: <p>\n\n')],
  ['F11: a result without data or errors', 'BREACH', (response) => begin(response).end('event: next\ndata: {}\n\n')],
  [
    'F12: a result without end',
    'TOO_LARGE',
    (response) => void begin(response).write(`data: ${'x'.repeat(2_000)}`),
    { eventLengthMax: 1_000 },
  ],
  [
    'F12: a result without bottom',
    'TOO_LARGE',
    (response) => begin(response).end(`event: next\ndata: ${'['.repeat(90)}\n\n`),
  ],
  [
    'silence after the first result',
    'TIMED_OUT',
    (response) => void begin(response).write(next(1)),
    { silenceMs: 200 },
  ],
  ['silence before it', 'TIMED_OUT', () => {}, { headersTimeoutMs: 200 }],
])('F11: %s ends the line with its name', async (_, failure, answer, settings) => {
  const { follow } = await endpoint(answer, settings);
  await expect(all(follow())).rejects.toMatchObject({ name: 'StreamBroken', failure });
});

test('nobody of that name, and a door that is shut, are unreachable', async () => {
  const { follow, server } = await endpoint((response) => begin(response).end(complete));
  await expect(all(follow(undefined, 'nobody'))).rejects.toMatchObject({ failure: 'UNREACHABLE' });
  server.close();
  await expect(all(follow())).rejects.toMatchObject({ failure: 'UNREACHABLE' });
});

test('F15: an endpoint that finds our clock off is asked once more in its own time', async () => {
  const theirs = 1_000_000 + 90_000;
  const { seen, follow } = await endpoint((response, { headers }) => {
    const isNear = Math.abs(Number(headers['kortelijn-seal']) - theirs) < 5_000;
    if (isNear) begin(response, { 'kortelijn-time': String(theirs) }).end(next(1) + complete);
    else {
      response
        .writeHead(401, { 'content-type': 'application/json', 'kortelijn-time': String(theirs) })
        .end('{"errors":[{"message":"","extensions":{"code":"CLOCK_SKEW"}}]}');
    }
  });
  expect(await all(follow())).toEqual([1]);
  expect(seen.map(({ sealedAtMs }) => sealedAtMs)).toEqual([1_000_000, theirs]);
  expect(await all(follow())).toEqual([1]);
  expect(seen).toHaveLength(3);
});

test('F15: a clock that is off by more than ten minutes is not followed', async () => {
  const { seen, follow } = await endpoint((response) => {
    response
      .writeHead(401, { 'content-type': 'application/json', 'kortelijn-time': '9000000' })
      .end('{"errors":[{"message":"","extensions":{"code":"CLOCK_SKEW"}}]}');
  });
  await expect(all(follow())).rejects.toMatchObject({ failure: 'CLOCK_SKEW' });
  expect(seen).toHaveLength(1);
});

test('F13: who reads slowly holds the endpoint back instead of filling memory', async () => {
  const page = next('x'.repeat(100_000));
  let written = 0;
  const { follow } = await endpoint((response) => {
    begin(response);
    const write = () => {
      while (written < 500) {
        written += 1;
        if (!response.write(page)) {
          response.once('drain', write);
          return;
        }
      }
      response.end(complete);
    };
    write();
  });
  const results = follow();
  await results.next();
  // The endpoint writes on until the sockets between are full, and then no more.
  let before = -1;
  await vi.waitFor(
    () => {
      const stands = written === before;
      before = written;
      expect(stands).toBe(true);
    },
    { interval: 300, timeout: 10_000 },
  );
  expect(written).toBeLessThan(200);
  let read = 1;
  for await (const _ of results) read += 1;
  expect(read).toBe(500);
});

test('whoever gives up closes the connection at once, and so does who stops reading', async () => {
  let openCount = 0;
  const { follow } = await endpoint((response) => {
    openCount += 1;
    response.on('close', () => {
      openCount -= 1;
    });
    begin(response).write(next(1));
  });
  const giveUp = new AbortController();
  const results = follow(giveUp.signal);
  await results.next();
  const waiting = results.next();
  giveUp.abort(new Error('no longer'));
  await expect(waiting).rejects.toThrow('no longer');
  for await (const _ of follow()) break;
  await vi.waitFor(() => expect(openCount).toBe(0));
});
