import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFaultProxy, type FaultProxy } from './fault-proxy.ts';

const seed = Number(process.env.SEED ?? 1);
/** Long enough for bytes on this machine's own line; only the absence of something waits for it. */
const quietMs = 150;

let arrived: Socket[];
let heard: string;
let server: ReturnType<typeof createServer>;
let proxy: FaultProxy;

beforeEach(async () => {
  arrived = [];
  heard = '';
  server = createServer({ allowHalfOpen: true }, (socket) => {
    arrived.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      heard += bytes;
      socket.write(`echo ${bytes}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await createFaultProxy({ targetPort: (server.address() as AddressInfo).port, seed });
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  for (const socket of arrived) socket.destroy();
  server.close();
});

async function client() {
  const socket = dial({ port: proxy.port, host: '127.0.0.1' });
  const said = { text: '', error: '', ended: false };
  socket.on('data', (bytes) => {
    said.text += bytes;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    said.error = error.code ?? '';
  });
  socket.on('end', () => {
    said.ended = true;
  });
  // A refused line may be broken before it is seen to be there.
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => {});
  return { socket, said };
}
const soon = async (isSo: () => boolean) => {
  for (let waited = 0; !isSo() && waited < 5_000; waited += 5) await new Promise((resolve) => setTimeout(resolve, 5));
  return isSo();
};
const quiet = () => new Promise((resolve) => setTimeout(resolve, quietMs));

it('carries both ways and passes an end on', async () => {
  const { socket, said } = await client();
  socket.write('hello');
  expect(await soon(() => said.text === 'echo hello')).toBe(true);
  arrived[0]?.end();
  expect(await soon(() => said.ended)).toBe(true);
  socket.destroy();
});

it('F7: a cut line holds everything and loses nothing', async () => {
  const { socket, said } = await client();
  proxy.cut();
  socket.write('one ');
  await quiet();
  expect(heard).toBe('');
  proxy.heal();
  expect(await soon(() => said.text === 'echo one ')).toBe(true);
  socket.destroy();
});

it('F7: a line that is cut in one direction carries in the other', async () => {
  const { socket, said } = await client();
  proxy.cut('down');
  socket.write('asymmetric');
  expect(await soon(() => heard === 'asymmetric')).toBe(true);
  await quiet();
  expect(said.text).toBe('');
  proxy.heal();
  expect(await soon(() => said.text === 'echo asymmetric')).toBe(true);
  socket.destroy();
});

it('a new line reaches nobody while it is cut, and is broken by a healing with reset', async () => {
  proxy.cut();
  const { said } = await client();
  await quiet();
  expect(arrived).toHaveLength(0);
  proxy.heal({ reset: true });
  expect(await soon(() => said.error === 'ECONNRESET')).toBe(true);
});

it('breaks every line with a reset, on both sides, and refuses new ones', async () => {
  const first = await client();
  expect(await soon(() => arrived.length === 1)).toBe(true);
  expect(proxy.reset()).toBe(1);
  expect(await soon(() => first.said.error === 'ECONNRESET' && arrived[0]?.destroyed === true)).toBe(true);
  proxy.refuse();
  const second = await client();
  expect(await soon(() => second.said.error === 'ECONNRESET')).toBe(true);
  expect(arrived).toHaveLength(1);
});

it('keeps from one side that the other has gone', async () => {
  const { socket } = await client();
  expect(await soon(() => arrived.length === 1)).toBe(true);
  proxy.keepHalfOpen();
  socket.destroy();
  await quiet();
  expect(arrived[0]?.readableEnded || arrived[0]?.destroyed).toBe(false);
});

it('drips: the pieces come one after another and are whole in the end', async () => {
  const { socket, said } = await client();
  proxy.trouble({ pieceBytes: 1, delayMs: 5, jitterMs: 5 });
  socket.write('drip');
  expect(await soon(() => said.text.replaceAll('echo ', '') === 'drip')).toBe(true);
  expect(said.text.length).toBeGreaterThan('echo drip'.length); // It was heard in more than one piece.
  socket.destroy();
});

it('F9: drops lines at moments of chance', async () => {
  const { said } = await client();
  proxy.dropPerMinute(1_000);
  expect(await soon(() => said.error === 'ECONNRESET')).toBe(true);
  expect(proxy.lineCount).toBe(0);
});
