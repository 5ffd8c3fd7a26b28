import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Fixture, openDoors, socketTo, subscription } from './door-fixture.ts';

const query = '{ participants { id } }';
const item = (id: unknown) => ({ data: { incidentChanged: { id } } });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await pause(10);
};

interface Spoken {
  readonly socket: WebSocket;
  say(message: unknown): void;
  /** The next message that came. */
  hear(): Promise<Record<string, unknown>>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** A socket that speaks the protocol word by word. */
async function speak(url: string, isKnown = true): Promise<Spoken> {
  const socket = socketTo(url);
  const heard: Record<string, unknown>[] = [];
  let wake = (): void => {};
  socket.on('message', (data) => {
    heard.push(JSON.parse(String(data)));
    wake();
  });
  socket.on('error', () => {});
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  const spoken: Spoken = {
    socket,
    closed,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async hear() {
      for (;;) {
        const message = heard.shift();
        if (message !== undefined) return message;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
  if (isKnown) {
    spoken.say({ type: 'connection_init', payload: { authorization: 'Bearer good' } });
    expect(await spoken.hear()).toEqual({ type: 'connection_ack' });
  }
  return spoken;
}

/** The bytes of a handshake, as no library would send them. */
async function handshake(url: string, headers: readonly string[], path = '/graphql'): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write([`GET ${path} HTTP/1.1`, 'host: 127.0.0.1', ...headers, '', ''].join('\r\n'));
  return socket;
}

const good = [
  'connection: Upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol: graphql-transport-ws',
];

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'close');
  return text;
}

/** A frame from a client, masked with zeroes. */
function frame(opcode: number, payload: Buffer, isLast = true, statedLength = payload.byteLength): Buffer {
  const head = Buffer.alloc(14);
  head[0] = (isLast ? 0x80 : 0) | opcode;
  if (statedLength < 126) {
    head[1] = 0x80 | statedLength;
    return Buffer.concat([head.subarray(0, 6), payload]);
  }
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(statedLength), 2);
  return Buffer.concat([head, payload]);
}

describe('the handshake', () => {
  it('A7: refuses what is no WebSocket of this hub, with a status and a code', async () => {
    await using hub = await openDoors();
    const without = (name: string) => good.filter((line) => !line.startsWith(name));
    const table: Record<string, readonly [status: number, code: string, headers: readonly string[], path?: string]> = {
      'a foreign page with a cookie': [
        403,
        'FORBIDDEN',
        [...good, 'origin: https://attacker.example', 'cookie: session=1'],
      ],
      'no subprotocol': [400, 'BAD_REQUEST', without('sec-websocket-protocol')],
      'the older subprotocol': [
        400,
        'BAD_REQUEST',
        [...without('sec-websocket-protocol'), 'sec-websocket-protocol: graphql-ws'],
      ],
      'another address': [404, 'NOT_FOUND', good, '/'],
      'another protocol': [400, 'BAD_REQUEST', [...without('upgrade'), 'upgrade: h2c']],
    };
    for (const [what, [status, code, headers, path]] of Object.entries(table)) {
      const text = await textOf(await handshake(hub.url, headers, path));
      expect(text, what).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))), what).toMatchObject({
        errors: [{ extensions: { code } }],
      });
      expect(text, what).not.toContain('101 Switching');
    }
    expect(hub.count()).toBe(0);
  });

  it('takes graphql-transport-ws among others, and compresses nothing', async () => {
    await using hub = await openDoors();
    const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/graphql`, ['graphql-ws', 'graphql-transport-ws'], {
      perMessageDeflate: true,
    });
    await once(socket, 'open');
    expect(socket.protocol).toBe('graphql-transport-ws');
    expect(socket.extensions).toBe('');
    socket.terminate();
  });

  it('refuses by POST and by a broken key as HTTP does', async () => {
    await using hub = await openDoors();
    const broken = [...good.filter((line) => !line.startsWith('sec-websocket-key')), 'sec-websocket-key: no'];
    expect(await textOf(await handshake(hub.url, broken))).toMatch(/^HTTP\/1.1 400 /);
    const status = await new Promise((resolve) => {
      const asking = request(`${hub.url}/graphql`, {
        method: 'POST',
        headers: { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-protocol': 'graphql-transport-ws' },
      });
      asking.on('response', (response) => resolve(response.resume().statusCode));
      asking.end();
    });
    expect(status).toBe(405);
  });
});

describe('the protocol', () => {
  it('A7: closes who does not say in time who it is', async () => {
    await using hub = await openDoors({ limits: { strangerTimeoutMs: 100 } });
    const { closed } = await speak(hub.url, false);
    expect((await closed).code).toBe(4408);
    await until(() => hub.count() === 0);
  });

  it('A7: closes who asks before it was let in', async () => {
    await using hub = await openDoors();
    const { say, closed } = await speak(hub.url, false);
    say({ id: '1', type: 'subscribe', payload: { query: subscription } });
    expect((await closed).code).toBe(4401);
    expect(hub.streams).toHaveLength(0);
  });

  it('A7: closes who asks while its token is still being looked at', async () => {
    await using hub = await openDoors();
    const { verify } = hub;
    hub.verify = async (authorization) => {
      await pause(100);
      return verify(authorization);
    };
    const { say, closed } = await speak(hub.url, false);
    say({ type: 'connection_init', payload: { authorization: 'Bearer good' } });
    say({ id: '1', type: 'subscribe', payload: { query: subscription } });
    expect((await closed).code).toBe(4401);
    await until(() => hub.count() === 0);
    expect(hub.streams).toHaveLength(0);
  });

  it('A7: says with its numbers whether another token helps', async () => {
    await using hub = await openDoors();
    const table = {
      'Bearer expired': { code: 4401, reason: 'TOKEN_EXPIRED' },
      'Bearer bad': { code: 4403, reason: 'UNAUTHENTICATED' },
    };
    for (const [authorization, end] of Object.entries(table)) {
      const { say, closed } = await speak(hub.url, false);
      say({ type: 'connection_init', payload: { authorization } });
      expect(await closed).toEqual(end);
    }
    const nobody = await speak(hub.url, false);
    nobody.say({ type: 'connection_init' });
    expect(await nobody.closed).toEqual({ code: 4403, reason: 'UNAUTHENTICATED' });
  });

  it.each([
    ['ACCESS_REVOKED', 4403],
    ['CONSUMER_TOO_SLOW', 4490],
    ['STOPPING', 1012],
  ] as const)('ends with %s as %i', async (reason, code) => {
    await using hub = await openDoors();
    const { say, closed } = await speak(hub.url);
    say({ id: '1', type: 'subscribe', payload: { query: subscription } });
    (await hub.stream(0)).end(reason);
    expect(await closed).toEqual({ code, reason });
  });

  it('carries many operations on one socket, each of which can be left', async () => {
    await using hub = await openDoors();
    hub.execute = async () => ({ data: { participants: [] } });
    const { say, hear, socket } = await speak(hub.url);
    say({ id: 'a', type: 'subscribe', payload: { query: subscription } });
    say({ id: 'b', type: 'subscribe', payload: { query: subscription } });
    const [a, b] = [await hub.stream(0), await hub.stream(1)];
    a.push(item(1));
    expect(await hear()).toEqual({ id: 'a', type: 'next', payload: item(1) });
    say({ id: 'a', type: 'complete' });
    await until(() => a.request.signal.aborted);
    expect(b.request.signal.aborted).toBe(false);
    b.push(item(2));
    expect(await hear()).toEqual({ id: 'b', type: 'next', payload: item(2) });
    say({ id: 'c', type: 'subscribe', payload: { query } });
    expect(await hear()).toMatchObject({ id: 'c', type: 'next', payload: { data: { participants: [] } } });
    expect(await hear()).toEqual({ id: 'c', type: 'complete' });
    // An id that is free again may be used again.
    say({ id: 'a', type: 'subscribe', payload: { query: subscription } });
    (await hub.stream(2)).end();
    expect(await hear()).toEqual({ id: 'a', type: 'complete' });
    socket.terminate();
    await until(() => b.request.signal.aborted && hub.count() === 0);
  });

  it('takes an id again in the same breath in which it was given up', async () => {
    await using hub = await openDoors();
    const { say, hear, socket } = await speak(hub.url);
    say({ id: 'a', type: 'subscribe', payload: { query: subscription } });
    await hub.stream(0);
    for (let index = 1; index <= 10; index += 1) {
      say({ id: 'a', type: 'complete' });
      say({ id: 'a', type: 'subscribe', payload: { query: subscription } });
      (await hub.stream(index)).push(item(index));
      expect(await hear()).toEqual({ id: 'a', type: 'next', payload: item(index) });
    }
    socket.terminate();
  });

  it('never sends the answer to what was given up as that to another', async () => {
    await using hub = await openDoors();
    hub.execute = async () => {
      await pause(100);
      return { data: { participants: [] } };
    };
    const { socket, say, closed } = await speak(hub.url);
    const heard: unknown[] = [];
    socket.on('message', (data) => heard.push(String(data)));
    say({ id: 'a', type: 'subscribe', payload: { query } });
    say({ id: 'a', type: 'complete' });
    say({ id: 'a', type: 'subscribe', payload: { query: subscription } });
    expect((await closed).code).toBe(4409);
    expect(heard).toEqual([]);
    // Answered and forgotten, its id is free.
    const other = await speak(hub.url);
    other.say({ id: 'a', type: 'subscribe', payload: { query } });
    other.say({ id: 'a', type: 'complete' });
    await pause(300);
    other.say({ id: 'a', type: 'subscribe', payload: { query } });
    expect(await other.hear()).toMatchObject({ id: 'a', type: 'next' });
    expect(await other.hear()).toEqual({ id: 'a', type: 'complete' });
    other.socket.terminate();
  });

  it('reads the trace and the deadline of an operation in its extensions', async () => {
    await using hub = await openDoors();
    const { say, hear, socket } = await speak(hub.url);
    const extensions = {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'kortelijn-deadline-ms': 150,
    };
    hub.execute = async ({ context, signal }) => {
      if (!signal.aborted) await once(signal, 'abort');
      return { data: { participants: null }, extensions: { leftMs: context.deadlineMs - Date.now() } };
    };
    say({ id: '1', type: 'subscribe', payload: { query, extensions } });
    expect(await hear()).toMatchObject({
      payload: { extensions: { traceId: '0af7651916cd43dd8448eb211c80319c' } },
    });
    await hear();
    say({ id: '2', type: 'subscribe', payload: { query, extensions: { 'kortelijn-deadline-ms': 'soon' } } });
    expect(await hear()).toMatchObject({ id: '2', type: 'error', payload: [{ extensions: { code: 'BAD_REQUEST' } }] });
    socket.terminate();
  });

  it('closes on what is no message of the protocol', async () => {
    await using hub = await openDoors();
    const table: Record<string, readonly [unknown, number]> = {
      'no JSON': ['{', 4400],
      'a list': [[], 4400],
      'a type that does not exist': [{ type: 'start' }, 4400],
      "a server's own message": [{ id: '1', type: 'next', payload: {} }, 4400],
      'a subscription without an id': [{ type: 'subscribe', payload: { query } }, 4400],
      'an id that is a number': [{ id: 1, type: 'subscribe', payload: { query } }, 4400],
      'variables that are a list': [{ id: '1', type: 'subscribe', payload: { query, variables: [] } }, 4400],
      'a second introduction': [{ type: 'connection_init' }, 4429],
    };
    for (const [what, [message, code]] of Object.entries(table)) {
      const { say, closed } = await speak(hub.url);
      say(message);
      expect((await closed).code, what).toBe(code);
    }
    const bytes = await speak(hub.url);
    bytes.socket.send(Buffer.from(JSON.stringify({ type: 'ping' })), { binary: true });
    expect((await bytes.closed).code).toBe(4400);
    for (const id of ['1', 'é'.repeat(128)]) {
      const twice = await speak(hub.url);
      for (let index = 0; index < 2; index += 1) twice.say({ id, type: 'subscribe', payload: { query: subscription } });
      expect((await twice.closed).code).toBe(4409);
    }
    await until(() => hub.count() === 0);
  });

  it('refuses an id that would be sent back with every result at great length', async () => {
    await using hub = await openDoors();
    const { say, hear, socket } = await speak(hub.url);
    say({ id: 'x'.repeat(129), type: 'subscribe', payload: { query: subscription } });
    expect(await hear()).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'BAD_REQUEST' } }] });
    say({ id: '"},\n', type: 'subscribe', payload: { query: subscription } });
    (await hub.stream(0)).push(item(1));
    expect(await hear()).toEqual({ id: '"},\n', type: 'next', payload: item(1) });
    socket.terminate();
  });

  it('is the protocol that the client of graphql-ws speaks', async () => {
    await using hub = await openDoors();
    hub.execute = async () => ({ data: { participants: [] } });
    const client = createClient({
      url: `${hub.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: 'Bearer good' },
      retryAttempts: 0,
      keepAlive: 20,
    });
    const items = client.iterate({ query: subscription });
    const first = items.next();
    const stream = await hub.stream(0);
    stream.push(item(1));
    expect(await first).toEqual({ value: item(1), done: false });
    for await (const answer of client.iterate({ query })) expect(answer).toMatchObject({ data: { participants: [] } });
    const refused = client.iterate({ query: '{ nonsense }' }).next();
    await expect(refused).rejects.toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    await items.return?.();
    await until(() => stream.request.signal.aborted);
    await client.dispose();
    await until(() => hub.count() === 0);
  });
});

describe('A5: on one socket', () => {
  it('no more operations are open than its share; those that are go on', async () => {
    await using hub = await openDoors({ limits: { operationCountMaxPerConnection: 3 } });
    const { say, hear, socket } = await speak(hub.url);
    for (const id of ['1', '2', '3', '4']) say({ id, type: 'subscribe', payload: { query: subscription } });
    expect(await hear()).toMatchObject({
      id: '4',
      type: 'error',
      payload: [{ extensions: { code: 'TOO_MANY_STREAMS', retryable: true } }],
    });
    (await hub.stream(0)).push(item(1));
    expect(await hear()).toMatchObject({ id: '1', type: 'next' });
    say({ id: '2', type: 'complete' });
    await until(() => hub.streams[1]?.request.signal.aborted === true);
    say({ id: '5', type: 'subscribe', payload: { query: subscription } });
    (await hub.stream(3)).push(item(5));
    expect(await hear()).toMatchObject({ id: '5', type: 'next' });
    socket.terminate();
  });
});

describe('A20: a hostile socket', () => {
  const rssMb = () => process.memoryUsage().rss / 1_048_576;

  it('is closed as soon as a frame says that it is 100 MB', async () => {
    await using hub = await openDoors();
    for (const isKnown of [true, false]) {
      const { socket, closed } = await speak(hub.url, isKnown);
      const raw = (socket as unknown as { _socket: Socket })._socket;
      raw.write(frame(1, Buffer.alloc(1_000), true, 100 * 1_048_576));
      expect((await closed).code).toBe(1009);
    }
    await until(() => hub.count() === 0);
  });

  it('is closed when it compresses what it sends, for nobody agreed to that', async () => {
    await using hub = await openDoors();
    const { socket, closed } = await speak(hub.url);
    const bomb = frame(1, Buffer.alloc(1_000));
    bomb[0] = 0x80 | 0x40 | 1;
    (socket as unknown as { _socket: Socket })._socket.write(bomb);
    expect((await closed).code).toBe(1002);
  });

  it('is closed when a message comes in more pieces than any client makes', async () => {
    await using hub = await openDoors();
    const before = rssMb();
    const { socket, closed } = await speak(hub.url);
    const raw = (socket as unknown as { _socket: Socket })._socket;
    raw.write(frame(1, Buffer.from('{'), false));
    const pieces = Buffer.concat(Array.from({ length: 2_000 }, () => frame(0, Buffer.from(' '), false)));
    for (let index = 0; index < 50 && !raw.destroyed; index += 1) raw.write(pieces);
    expect((await closed).code).toBe(1008);
    await until(() => hub.count() === 0);
    console.info(`tiny fragments: ${(rssMb() - before).toFixed(1)} MB more`);
    expect(rssMb() - before).toBeLessThan(64);
  });

  it.each([
    ['messages', (socket: WebSocket) => socket.send('{"type":"ping"}')],
    ['pongs that nobody asked for', (socket: WebSocket) => socket.pong()],
    [
      'operations',
      (socket: WebSocket) =>
        socket.send(JSON.stringify({ id: crypto.randomUUID(), type: 'subscribe', payload: { query: '{' } })),
    ],
  ])('is closed when it floods the hub with %s', async (_what, send) => {
    await using hub = await openDoors();
    const { socket, closed } = await speak(hub.url);
    for (let index = 0; index < 1_000; index += 1) send(socket);
    expect(await closed).toEqual({ code: 1008, reason: 'RATE_LIMITED' });
    await until(() => hub.count() === 0);
  });

  it('is cut off when it sends pings faster than they can be answered', async () => {
    await using hub = await openDoors();
    const { socket, closed } = await speak(hub.url);
    for (let index = 0; index < 1_000; index += 1) socket.ping();
    expect([1006, 1008]).toContain((await closed).code);
    await until(() => hub.count() === 0);
  });

  it('is closed when it sends long messages one after the other', async () => {
    await using hub = await openDoors();
    const { say, closed } = await speak(hub.url);
    const message = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(500_000) } });
    for (let index = 0; index < 6; index += 1) say(message);
    expect(await closed).toEqual({ code: 1008, reason: 'RATE_LIMITED' });
  });

  it('is cut off when it no longer answers', async () => {
    await using hub = await openDoors({ limits: { silenceMaxMs: 3_000 } });
    const alive = await speak(hub.url);
    const dead = await speak(hub.url);
    (dead.socket as unknown as { _autoPong: boolean })._autoPong = false;
    expect((await dead.closed).code).toBe(1006);
    alive.say({ type: 'ping' });
    expect(await alive.hear()).toEqual({ type: 'pong' });
    expect(hub.count()).toBe(1);
    alive.socket.terminate();
  });

  it('gets no more answers than it reads', async () => {
    await using hub = await openDoors({ limits: { unreadBytesMax: 64 * 1_024 } });
    let executedCount = 0;
    hub.execute = async () => {
      executedCount += 1;
      return { data: { participants: 'x'.repeat(1_000_000) } };
    };
    const { socket, say, hear } = await speak(hub.url);
    socket.pause();
    for (let index = 0; index < 100; index += 1) {
      say({ id: String(index), type: 'subscribe', payload: { query } });
      await pause(5);
    }
    await pause(300);
    console.info(`${executedCount} of 100 queries with an answer of 1 MB were executed for who reads nothing`);
    expect(executedCount).toBeLessThan(50);
    socket.resume();
    const codes = new Set<unknown>();
    for (let endedCount = 0; endedCount < 100; ) {
      const { type, payload } = await hear();
      if (type === 'error') codes.add((payload as { extensions: { code: string } }[])[0]?.extensions.code);
      if (type !== 'next') endedCount += 1;
    }
    expect([...codes]).toEqual(['CONSUMER_TOO_SLOW']);
    socket.terminate();
  });

  it('has little to say before it says who it is', async () => {
    await using hub = await openDoors();
    const { say, closed } = await speak(hub.url, false);
    say({ type: 'ping', payload: { text: 'x'.repeat(100_000) } });
    expect((await closed).code).toBe(1006);
    await until(() => hub.count() === 0);
    const known = await speak(hub.url);
    known.say({ type: 'ping', payload: { text: 'x'.repeat(100_000) } });
    expect(await known.hear()).toMatchObject({ type: 'pong' });
    known.socket.terminate();
  });

  it('finds no room among 1,000 at once where there is room for 100, and finds it later', async () => {
    await using hub = await openDoors({ limits: { connectionCountMax: 100, strangerTimeoutMs: 60_000 } });
    await fill(hub, 1_000, 100);
  });

  it('finds no room among strangers, while who is known keeps its place', async () => {
    await using hub = await openDoors({ limits: { strangerCountMax: 50, strangerTimeoutMs: 60_000 } });
    const known = await speak(hub.url);
    await fill(hub, 300, 50);
    known.say({ type: 'ping' });
    expect(await known.hear()).toEqual({ type: 'pong' });
    known.socket.terminate();
  });
});

async function fill(hub: Fixture, count: number, roomFor: number): Promise<void> {
  const opened: WebSocket[] = [];
  const refused: number[] = [];
  await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = socketTo(hub.url);
      await new Promise<void>((resolve) => {
        socket.on('error', () => resolve());
        socket.on('open', () => {
          opened.push(socket);
          resolve();
        });
        socket.on('unexpected-response', (_asking, response) => {
          refused.push(response.statusCode ?? 0);
          response.resume();
          resolve();
        });
      });
    }),
  );
  expect(opened).toHaveLength(roomFor);
  expect(refused).toHaveLength(count - roomFor);
  expect(new Set(refused)).toEqual(new Set([503]));
  const before = hub.count();
  for (const socket of opened) socket.terminate();
  await until(() => hub.count() === before - roomFor);
  const again = await speak(hub.url);
  again.socket.terminate();
}
