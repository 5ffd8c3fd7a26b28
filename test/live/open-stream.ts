/** One subscription at one gateway over one of the doors, and how it ended in one word. Nothing here comes back by itself. */
import { type CloseCode, createClient } from 'graphql-ws';
import { Agent } from 'undici';
import { WebSocket } from 'ws';
import { openSse, StreamRefused } from './open-sse.ts';

export type Door = 'WEBSOCKET' | 'SSE';

export interface StreamResult {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

/** How a stream ended: by a code of the hub, or without one when the line broke. */
export interface StreamEnd {
  readonly code: string | undefined;
  readonly why: string;
}

export interface Opening {
  /** The gateway's origin. */
  readonly hub: string;
  readonly token: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly onResult: (result: StreamResult) => void;
  /** Once, whatever happens. */
  readonly onEnd: (end: StreamEnd) => void;
}

export interface OpenStream {
  /** As when a cable is pulled: nothing is said to the other side. */
  drop(): void;
  /** Says that it wants no more. */
  close(): void;
}

export const openStream = (door: Door, opening: Opening): OpenStream =>
  door === 'WEBSOCKET' ? openWebSocket(opening) : openEvents(opening);

/** Close codes with which the hub says in the reason why; the others are a broken line or a fault of ours. */
const saysWhy = new Set([1008, 1012, 1013, 4401, 4403, 4490]);

/** Longer than a board waits: it decides. */
const silenceMsMax = 45_000;

/** One that is left while it connects says so in an event, which ends the process when nobody hears it. */
class QuietWebSocket extends WebSocket {
  constructor(address: string | URL, protocols?: string | string[]) {
    super(address, protocols);
    this.on('error', () => {});
  }
}

function openWebSocket({ hub, token, document, variables, onResult, onEnd }: Opening): OpenStream {
  let socket: WebSocket | undefined;
  const end = once(onEnd);
  const client = createClient({
    url: `${hub.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: QuietWebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    // Whoever opened it decides when to come back, and with which cursor.
    retryAttempts: 0,
    connectionAckWaitTimeout: silenceMsMax,
    on: {
      opened: (opened) => {
        socket = opened as WebSocket;
      },
      closed: (event) => end(endOf(event)),
    },
  });
  const unsubscribe = client.subscribe(
    { query: document, variables: { ...variables } },
    {
      next: (result) => onResult(result as StreamResult),
      error: (error) => {
        end(endOf(error));
        void client.dispose();
      },
      complete: () => {
        end({ code: undefined, why: 'The hub completed the stream.' });
        void client.dispose();
      },
    },
  );
  return {
    drop: () => {
      end({ code: undefined, why: 'Dropped.' });
      socket?.terminate();
      client.terminate();
    },
    close: () => {
      unsubscribe();
      void client.dispose();
    },
  };
}

/** graphql-ws tells of a closed socket, of errors in answer to the subscription, or of what was thrown. */
function endOf(error: unknown): StreamEnd {
  if (Array.isArray(error)) {
    const [first] = error as StreamResult['errors'] & object;
    return { code: String(first?.extensions?.code ?? 'UNKNOWN'), why: first?.message ?? 'An error without a message.' };
  }
  const { code, reason, message } = error as { code?: CloseCode | number; reason?: string; message?: string };
  const said = typeof code === 'number' && saysWhy.has(code) ? reason : undefined;
  return { code: said, why: `${code ?? ''} ${reason ?? message ?? ''}`.trim() };
}

function openEvents({ hub, token, document, variables, onResult, onEnd }: Opening): OpenStream {
  const stopping = new AbortController();
  // A connection of its own, so that it can be broken without the others.
  const dispatcher = new Agent({ connections: 1 });
  const end = once(onEnd);
  const run = async () => {
    const url = `${hub}/graphql`;
    const { signal } = stopping;
    for await (const result of openSse({ url, token, document, variables, signal, silenceMsMax, dispatcher })) {
      onResult(result);
    }
  };
  run()
    .then(() => end({ code: undefined, why: 'The hub completed the stream.' }))
    .catch((error: Error) =>
      end({ code: error instanceof StreamRefused ? error.code : undefined, why: error.message || String(error) }),
    )
    .finally(() => dispatcher.destroy().catch(() => {}));
  const drop = () => {
    end({ code: undefined, why: 'Dropped.' });
    stopping.abort();
    dispatcher.destroy().catch(() => {});
  };
  // Leaving a stream of events is leaving the connection: there is nothing to say.
  return { drop, close: drop };
}

function once(call: (end: StreamEnd) => void): (end: StreamEnd) => void {
  let isCalled = false;
  return (end) => {
    if (isCalled) return;
    isCalled = true;
    call(end);
  };
}
