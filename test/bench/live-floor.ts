/**
 * The floor under every delivery: a bare graphql-ws server that sends one frame from memory to all its subscribers. No
 * identity, no plan, no feed, no cursor of one's own; what a hub costs beyond this it costs for what it promises.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSchema, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { type FromFloor, nowMs, type ToFloor } from './live-messages.ts';

type Result = { readonly data: { readonly item: Readonly<Record<string, unknown>> } };

const schema = buildSchema('type Query { none: ID } type Subscription { item: ID }');
const document = parse('subscription { item }');
const subscribers = new Set<(result: Result) => void>();

async function* everything(): AsyncGenerator<Result> {
  const queue: Result[] = [];
  let wake: (() => void) | undefined;
  const take = (result: Result) => {
    queue.push(result);
    wake?.();
  };
  subscribers.add(take);
  try {
    // The first frame tells a subscriber that it is one.
    yield { data: { item: { __typename: 'Heartbeat' } } };
    for (;;) {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) yield next;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    subscribers.delete(take);
  }
}

const answer = (message: FromFloor) => process.send?.(message);

async function publish({ count, everyMs, frameBytes }: ToFloor): Promise<void> {
  const frame = (id: string, padding: string): Result => ({
    data: { item: { __typename: 'IncidentChange', id, at: new Date(nowMs()).toISOString(), padding } },
  });
  const bare = JSON.stringify({ id: '1', type: 'next', payload: frame('floor-0000', '') }).length;
  const padding = 'x'.repeat(Math.max(0, frameBytes - bare));
  const startedAt = performance.now();
  for (let number = 0; number < count; number += 1) {
    await sleep(Math.max(0, startedAt + number * everyMs - performance.now()));
    const result = frame(`floor-${String(number).padStart(4, '0')}`, padding);
    for (const take of subscribers) take(result);
  }
  answer({ kind: 'published' });
}

const http = createServer((_request, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({ server: http, path: '/graphql', perMessageDeflate: false });
useServer({ onSubscribe: () => ({ schema, document }), subscribe: everything }, sockets);
http.listen(0, '127.0.0.1');
await once(http, 'listening');
answer({ kind: 'ready', url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/graphql` });

process.on('message', (message: ToFloor) => void publish(message));
process.on('disconnect', () => process.exit(0));
