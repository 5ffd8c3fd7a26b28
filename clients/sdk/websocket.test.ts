import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from './client.ts';
import { overWebSocket } from './websocket.ts';

test('F8: a socket that nobody answers is given up and tried again, and the process lives', async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    server.emit('came');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  const hub = createClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    token: async () => 'token',
    door: overWebSocket({ webSocketImpl: WebSocket }),
    heartbeatMs: 20,
    random: () => 0,
  });
  const stream = hub.subscribe('subscription { x { __typename cursor } }');
  const next = stream.next();
  while (sockets.size < 3) await once(server, 'came');
  expect(stream.state).toMatchObject({ isStale: true, why: { code: 'LINE_BROKEN' } });
  await stream.return();
  expect((await next).done).toBe(true);
});

test('where the platform has no WebSocket it says what to give', () => {
  const had = globalThis.WebSocket;
  onTestFinished(() => {
    globalThis.WebSocket = had;
  });
  globalThis.WebSocket = undefined as never;
  expect(() => overWebSocket()).toThrow(/webSocketImpl/);
});
