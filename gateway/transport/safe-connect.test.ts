import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nothingAllowed, parseEgressAllowed } from '@kortelijn/schema/vocabulary/safe-address.ts';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAttempts } from './attempt.ts';
import { createSafeConnect, type LookUp } from './safe-connect.ts';

let server: Server;
let port: number;
let hits: string[];
const open: Agent[] = [];

beforeEach(async () => {
  hits = [];
  server = createServer((incoming, outgoing) => {
    hits.push(`${incoming.headers.host} ${incoming.url}`);
    if (incoming.url === '/redirect') outgoing.writeHead(302, { location: `http://127.0.0.1:${port}/inside` });
    outgoing.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((agent) => agent.destroy()));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const loopback = parseEgressAllowed('127.0.0.0/8');
const get = async (url: string, lookUp: LookUp, allowed = loopback) => {
  const dispatcher = new Agent({ connect: createSafeConnect({ allowed, lookUp, timeoutMs: 2_000 }) });
  open.push(dispatcher);
  return getBy(dispatcher, url);
};
const getBy = async (dispatcher: Agent, url: string) => {
  try {
    const { statusCode, body } = await request(url, { dispatcher });
    await body.dump();
    return statusCode;
  } catch (error) {
    return (error as { code?: string }).code;
  }
};
const nobody: LookUp = async (name) => {
  throw Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' });
};

test('connects to the address that was judged, whatever the name would lead to a moment later', async () => {
  const asked: string[] = [];
  const answers = [['127.0.0.1'], ['10.0.0.1']];
  const lookUp: LookUp = async (name) => {
    asked.push(name);
    return answers.shift() ?? [];
  };
  const connect = createSafeConnect({ allowed: loopback, lookUp, timeoutMs: 2_000 });
  const dispatcher = new Agent({ connect, connections: 1 });
  open.push(dispatcher);
  expect(await getBy(dispatcher, `http://haken.example:${port}/een`)).toBe(200);
  // The open connection is used again and stays where it was made to.
  expect(await getBy(dispatcher, `http://haken.example:${port}/twee`)).toBe(200);
  expect(asked).toEqual(['haken.example']);
  expect(hits).toEqual([`haken.example:${port} /een`, `haken.example:${port} /twee`]);
});

test('A13: a name that was good at registration and leads inside at connect time (DNS rebinding) is refused', async () => {
  const answers = [['127.0.0.1'], ['127.0.0.1', '10.0.0.1'], ['::ffff:127.0.0.1'], []];
  const rebinding: LookUp = async () => answers.shift() ?? [];
  expect(await get(`http://haken.example:${port}/`, rebinding)).toBe(200);
  for (let turn = 0; turn < 3; turn += 1)
    expect(await get(`http://haken.example:${port}/`, rebinding)).toBe('URL_NOT_ALLOWED');
  expect(hits).toHaveLength(1);
});

test('A13: addresses in the URL itself are judged too, though nothing is looked up for them', async () => {
  const closed = nothingAllowed;
  for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '0'])
    expect(await get(`https://${host}/`, nobody, closed), host).toBe('URL_NOT_ALLOWED');
  expect(await get(`http://127.0.0.1:${port}/`, nobody, closed)).toBe('URL_NOT_ALLOWED');
  expect(await get(`https://haken.example:${port}/`, async () => ['8.8.8.8'], closed)).toBe('URL_NOT_ALLOWED');
  expect(hits).toEqual([]);
});

test('A13: a redirect to the inside is an answer like any other, followed by nobody', async () => {
  expect(await get(`http://127.0.0.1:${port}/redirect`, nobody)).toBe(302);
  expect(hits).toEqual([`127.0.0.1:${port} /redirect`]);
});

test('a name that is not found, or not in time, is no connection', async () => {
  expect(await get('http://haken.example/', nobody)).toBe('ENOTFOUND');
  const connect = createSafeConnect({ allowed: loopback, lookUp: () => new Promise(() => {}), timeoutMs: 50 });
  const dispatcher = new Agent({ connect });
  open.push(dispatcher);
  expect(await getBy(dispatcher, 'http://haken.example/')).toBe('LOOKUP_TIMED_OUT');
});

test('the same connect guards the pools to endpoints', async () => {
  const settings = { connectTimeoutMs: 1_000, connectionsMax: 2, answerBytesMax: 1_000, answerDepthMax: 9 };
  const connect = createSafeConnect({ allowed: nothingAllowed, timeoutMs: 1_000 });
  const attempts = createAttempts({ ...settings, connect }, Date.now);
  const url = new URL(`http://127.0.0.1:${port}/graphql`);
  const { exchange } = attempts.attempt({ url, headers: {}, body: '{}', timeoutMs: 2_000 });
  expect(await exchange).toMatchObject({
    kind: 'failed',
    failure: 'UNREACHABLE',
    reason: 'No connection: URL_NOT_ALLOWED.',
  });
  await attempts[Symbol.asyncDispose]();
  expect(hits).toEqual([]);
});
