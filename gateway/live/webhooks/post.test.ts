import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { nothingAllowed, parseEgressAllowed } from '@kortelijn/schema/vocabulary/safe-address.ts';
import { afterEach, expect, test } from 'vitest';
import { createSafeConnect } from '../../transport/safe-connect.ts';
import { createPost } from './post.ts';
import { startReceiver } from './standins/receiver.ts';
import { secretA, secretB } from './standins/store.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const poster = (timeoutMs = 5_000, allowed = parseEgressAllowed('127.0.0.0/8')) => {
  const { post, [Symbol.asyncDispose]: close } = createPost({
    connect: createSafeConnect({ allowed, timeoutMs: 1_000 }),
    now: Date.now,
    timeoutMs,
  });
  closing.push(close);
  return (url: string, signal = new AbortController().signal) =>
    post({ url, secrets: [secretA, secretB], id: 'event-1', body: '{"type":"x"}', signal });
};
const serve = async (listener: RequestListener): Promise<string> => {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};
const answering = (status: number, headers: Record<string, string> = {}, body = '') =>
  serve((request, response) => {
    request.resume();
    response.writeHead(status, headers).end(body);
  });

test('a post carries what the specification asks for, signed with each secret', async () => {
  for (const secret of [secretA, secretB]) {
    await using receiver = await startReceiver(secret);
    expect(await poster()(receiver.url)).toEqual({ kind: 'delivered', status: 204 });
    const [{ headers, body } = {}] = receiver.received as [(typeof receiver.received)[number]];
    expect(body).toEqual({ type: 'x' });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'event-1' });
    expect(headers?.['user-agent']).toMatch(/^kortelijn-webhooks/);
    expect(headers?.['webhook-signature']?.toString().split(' ')).toHaveLength(2);
  }
});

const otherwise = { kind: 'failed', reason: 'ANSWERED_OTHERWISE' } as const;
test.each([
  [200, {}, { kind: 'delivered', status: 200 }],
  [204, {}, { kind: 'delivered', status: 204 }],
  [299, {}, { kind: 'delivered', status: 299 }],
  [301, { location: 'http://127.0.0.1:1/' }, { ...otherwise, status: 301 }],
  [302, { location: 'http://169.254.169.254/' }, { ...otherwise, status: 302 }],
  [304, {}, { ...otherwise, status: 304 }],
  [400, { 'retry-after': '60' }, { ...otherwise, status: 400 }],
  [410, {}, { kind: 'gone', status: 410, reason: 'RECEIVER_GONE' }],
  [429, { 'retry-after': '60' }, { ...otherwise, status: 429, retryAfterMs: 60_000 }],
  [500, {}, { ...otherwise, status: 500 }],
  [503, { 'retry-after': '7' }, { ...otherwise, status: 503, retryAfterMs: 7_000 }],
  [503, {}, { ...otherwise, status: 503 }],
])('status %i with %j', async (status, headers, posted) => {
  expect(await poster()(await answering(status, headers))).toEqual(posted);
});

test('A13: a redirect is followed by nobody, into the network least of all', async () => {
  let isReached = false;
  const inside = await serve((_request, response) => {
    isReached = true;
    response.end();
  });
  for (const status of [301, 302, 303, 307, 308])
    expect(await poster()(await answering(status, { location: inside }))).toMatchObject({ kind: 'failed', status });
  expect(isReached).toBe(false);
});

test('A13: an address that is not allowed is refused at connect time, whatever the registry took in', async () => {
  const url = await answering(204);
  expect(await poster(5_000, nothingAllowed)(url)).toEqual({ kind: 'failed', reason: 'URL_NOT_ALLOWED' });
  expect(await poster()('https://10.0.0.1/')).toEqual({ kind: 'failed', reason: 'URL_NOT_ALLOWED' });
});

test('nobody there, and one that hangs up, are UNREACHABLE; one that says nothing is TIMED_OUT', async () => {
  expect(await poster()('http://127.0.0.1:1/')).toEqual({ kind: 'failed', reason: 'UNREACHABLE' });
  const rude = createTcpServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  closing.push(() => rude.close());
  const port = (rude.address() as AddressInfo).port;
  expect(await poster()(`http://127.0.0.1:${port}/`)).toEqual({ kind: 'failed', reason: 'UNREACHABLE' });
  const silent = await serve((request) => request.resume());
  expect(await poster(100)(silent)).toEqual({ kind: 'failed', reason: 'TIMED_OUT' });
});

test('the status decides at once: a body that drips, never ends or is huge holds nothing up', async () => {
  let written = 0;
  const endless = await serve((request, response) => {
    request.resume();
    response.writeHead(200);
    const chunk = Buffer.alloc(65_536);
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk)) written += chunk.length;
      if (!response.destroyed) response.once('drain', pour);
    };
    pour();
  });
  const post = poster();
  expect(await post(endless)).toEqual({ kind: 'delivered', status: 200 });
  expect(await post(endless)).toEqual({ kind: 'delivered', status: 200 });
  const drip = await serve((request, response) => {
    request.resume();
    response.writeHead(500);
    const timer = setInterval(() => response.write('.'), 10);
    response.once('close', () => clearInterval(timer));
  });
  expect(await post(drip)).toEqual({ ...otherwise, status: 500 });
  // What the sockets themselves hold, and no more: nobody reads on.
  expect(written).toBeLessThan(64 * 1_048_576);
});

test('what is being sent is broken off when the lease is over, and that is no failure of the receiver', async () => {
  const over = new AbortController();
  const silent = await serve((request) => {
    request.resume();
    over.abort();
  });
  expect(await poster()(silent, over.signal)).toEqual({ kind: 'aborted' });
});
