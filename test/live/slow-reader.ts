/** A reader over one socket that can stop reading: the bytes stay with the sender, as with a screen that hangs. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

export interface SlowReader {
  pause(): void;
  resume(): void;
  /** Events of the first subscription, in order. */
  events(): readonly string[];
  /** Of the last item of the first subscription. */
  cursor(): string | undefined;
  /** The close code and reason, once it is closed; undefined when it is still open after so long. */
  ended(withinMs: number): Promise<string | undefined>;
  close(): void;
}

export interface SlowReading {
  readonly url: string;
  readonly token: string;
  /** The same subscription so many times on one socket: more bytes for each event. */
  readonly copies: number;
  readonly after?: string | undefined;
}

const document = `subscription ($after: String) { item: incidentChanged(after: $after) {
  __typename ... on IncidentChange { id cursor type incident { id title state participations { participant { id name } part state } } }
  ... on Gone { id cursor } ... on Gap { cursor reason } ... on Heartbeat { cursor } } }`;

export async function openSlowReader({ url, token, copies, after }: SlowReading): Promise<SlowReader> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
  const events: string[] = [];
  let cursor: string | undefined;
  let ended: string | undefined;
  let heard = 0;
  socket.on('error', () => {});
  socket.on('close', (code, reason) => {
    ended = `${code} ${reason}`;
  });
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as {
      id?: string;
      type: string;
      payload?: { data?: { item?: { id?: string; cursor?: string } } };
    };
    if (message.type !== 'next') return;
    heard += 1;
    const item = message.payload?.data?.item;
    if (message.id !== '0' || !item) return;
    if (item.id !== undefined) events.push(item.id);
    cursor = item.cursor ?? cursor;
  });
  const send = (message: object) => socket.send(JSON.stringify(message));
  await once(socket, 'open');
  send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  await once(socket, 'message');
  for (let id = 0; id < copies; id += 1) {
    send({ id: String(id), type: 'subscribe', payload: { query: document, variables: { after } } });
  }
  while (heard < copies && ended === undefined) await sleep(10);
  if (ended !== undefined) throw new Error(`Expected ${copies} streams on one socket, but it was closed with ${ended}`);
  const raw = () => (socket as unknown as { _socket: Socket })._socket;
  return {
    // Not socket.pause(): that would still take the bytes from the system.
    pause: () => void raw().pause(),
    resume: () => void raw().resume(),
    events: () => events,
    cursor: () => cursor,
    ended: async (withinMs) => {
      for (const until = Date.now() + withinMs; ended === undefined && Date.now() < until; ) await sleep(50);
      return ended;
    },
    close: () => socket.terminate(),
  };
}
