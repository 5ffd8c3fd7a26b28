/**
 * Many subscribers in a process of their own, as cheap as they can be: they speak graphql-transport-ws over bare sockets
 * and look only for the id and the time of the event in a frame.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Collected, type Connect, type FromClients, nowMs, type ToClients } from './live-messages.ts';

const sockets = new Set<WebSocket>();
let events = new Map<string, { count: number; lastMs: number }>();
let latencies: Record<number, number> = {};
let lost: Record<string, number> = {};
let deliveryCount = 0;
let byteCount = 0;
let firstAtMs = 0;
let lastAtMs = 0;
let isLeaving = false;

const answer = (message: FromClients) => process.send?.(message);
const count = (tally: Record<string, number>, key: string) => {
  tally[key] = (tally[key] ?? 0) + 1;
};
const ready = '"type":"next"';
const change = '"__typename":"IncidentChange"';

/** The value of a string member, without reading the rest. */
function member(text: string, name: string): string {
  const from = text.indexOf(`"${name}":"`) + name.length + 4;
  return text.slice(from, text.indexOf('"', from));
}

function hear(data: Buffer): void {
  const text = data.toString('latin1');
  const start = text.indexOf(change);
  if (start === -1) return;
  const at = nowMs();
  const item = text.slice(start);
  const id = member(item, 'id');
  const lateMs = Math.max(0, at - Date.parse(member(item, 'at')));
  const event = events.get(id);
  if (event === undefined) events.set(id, { count: 1, lastMs: lateMs });
  else {
    event.count += 1;
    event.lastMs = Math.max(event.lastMs, lateMs);
  }
  const whole = Math.floor(lateMs);
  latencies[whole] = (latencies[whole] ?? 0) + 1;
  deliveryCount += 1;
  byteCount += data.length;
  if (firstAtMs === 0) firstAtMs = at;
  lastAtMs = at;
}

const triesMax = 5;

/** Resolves when the first item is there: nothing, or why not. The hub may have no room at once for so many. */
async function open(asked: Connect, document: string, token: string): Promise<string | undefined> {
  for (let tries = 1; ; tries += 1) {
    const failure = await tryToOpen(asked, document, token);
    if (failure === undefined || tries === triesMax) return failure;
    await sleep(1_000 * tries + Math.random() * 1_000);
  }
}

function tryToOpen({ url, localAddress }: Connect, document: string, token: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, 'graphql-transport-ws', {
      localAddress,
      perMessageDeflate: false,
      skipUTF8Validation: true,
      handshakeTimeout: 60_000,
    });
    sockets.add(socket);
    let isOpen = false;
    const send = (message: object) => socket.send(JSON.stringify(message));
    socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    socket.on('error', (error) => resolve(error.message));
    socket.on('close', (code, reason) => {
      sockets.delete(socket);
      if (isOpen && !isLeaving) count(lost, `${code} ${reason}`);
      resolve(`closed with ${code} ${reason}`);
    });
    socket.on('message', (data: Buffer) => {
      if (isOpen) return hear(data);
      const text = data.toString('latin1');
      if (text.includes('"connection_ack"')) send({ id: '1', type: 'subscribe', payload: { query: document } });
      else if (text.includes(ready)) {
        isOpen = true;
        hear(data);
        resolve(undefined);
      } else if (text.includes('"type":"error"')) resolve(text);
    });
  });
}

async function connect(asked: Connect): Promise<void> {
  const failures: Record<string, number> = {};
  const opening: Promise<void>[] = [];
  let connected = 0;
  const startedAt = performance.now();
  for (const [index, [document, token]] of asked.subscribers.entries()) {
    const aheadMs = (index * 1_000) / asked.perSecond - (performance.now() - startedAt);
    if (aheadMs > 5) await sleep(aheadMs);
    opening.push(
      open(asked, asked.documents[document] ?? '', asked.tokens[token] ?? '').then((failure) => {
        if (failure === undefined) connected += 1;
        else count(failures, failure.slice(0, 200));
      }),
    );
  }
  await Promise.all(opening);
  answer({ kind: 'connected', count: connected, failures });
}

function collect(): Collected {
  const collected: Collected = {
    kind: 'collected',
    events: [...events].map(([id, seen]) => ({ id, ...seen })),
    latencies,
    deliveryCount,
    byteCount,
    firstAtMs,
    lastAtMs,
    lost,
  };
  events = new Map();
  latencies = {};
  lost = {};
  deliveryCount = 0;
  byteCount = 0;
  firstAtMs = 0;
  lastAtMs = 0;
  return collected;
}

async function disconnect(): Promise<void> {
  isLeaving = true;
  for (const socket of sockets) socket.terminate();
  while (sockets.size > 0) await sleep(20);
  isLeaving = false;
  answer({ kind: 'disconnected' });
}

process.on('message', (message: ToClients) => {
  if (message.kind === 'connect') void connect(message);
  else if (message.kind === 'collect') answer(collect());
  else void disconnect();
});
process.on('disconnect', () => process.exit(0));
