import { createClient } from 'graphql-ws/client';
import { resultOf, type WrittenResult } from './ask.ts';
import type { Door, HubAddress } from './door.ts';
import { failureOf, failureOfCode, KortelijnError, lineBroken, type WrittenError } from './errors.ts';

export interface WebSocketDoorOptions {
  /** The WebSocket to use where the platform has none, such as that of `ws` on Node 20. Default: the platform's. */
  readonly webSocketImpl?: unknown;
}

/** Who is let in slowly waits: coming again would only make the queue longer. */
const answerTimeoutMs = 30_000;

/**
 * Streams over one WebSocket, protocol `graphql-transport-ws`, with `graphql-ws` 6: install it beside this package. The
 * socket opens with the first stream and closes with the last.
 */
export function overWebSocket({ webSocketImpl }: WebSocketDoorOptions = {}): Door {
  const platform = webSocketImpl ?? globalThis.WebSocket;
  if (platform === undefined) {
    throw new Error(
      'Expected a WebSocket of the platform, found none: on Node 20 give `webSocketImpl`, such as that of ws.',
    );
  }
  return ({ url, auth }: HubAddress) => {
    let token = '';
    let socket: { terminate?: () => void } | undefined;
    const client = createClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: quiet(platform as typeof WebSocket),
      connectionParams: () => ({ authorization: `Bearer ${token}` }),
      // Whoever opened a stream decides when it comes back, and with which cursor.
      retryAttempts: 0,
      connectionAckWaitTimeout: answerTimeoutMs,
      on: {
        opened: (opened) => {
          socket = opened as typeof socket;
        },
      },
    });
    const whyOf = (thrown: unknown): KortelijnError => {
      if (thrown instanceof KortelijnError) return thrown;
      if (Array.isArray(thrown)) return new KortelijnError(failureOf((thrown[0] ?? {}) as WrittenError));
      const { code, reason = '', message = '' } = thrown as { code?: number; reason?: string; message?: string };
      // The hub says in the reason why it closes.
      const said = failureOfCode(reason);
      if (said?.code === 'TOKEN_EXPIRED') auth.expire(token);
      return said === undefined
        ? lineBroken(`The line broke: ${[code, reason || message].filter(Boolean).join(' ')}`, thrown)
        : new KortelijnError(said);
    };
    return ({ text, variables, onResult, onEnd }) => {
      let isOver = false;
      let unsubscribe = (): void => {};
      const end = (why: KortelijnError | undefined) => {
        if (isOver) return;
        isOver = true;
        onEnd(why);
      };
      const open = (fresh: string) => {
        if (isOver) return;
        token = fresh;
        unsubscribe = client.subscribe(
          { query: text, variables: { ...variables } },
          {
            next: (result) => isOver || onResult(resultOf(result as WrittenResult)),
            error: (thrown) => end(whyOf(thrown)),
            complete: () => end(undefined),
          },
        );
      };
      // Before the socket is opened: the hub gives whoever has not said who he is three seconds.
      auth.token().then(open, (error: unknown) => end(whyOf(error)));
      return {
        close() {
          isOver = true;
          unsubscribe();
        },
        drop() {
          end(lineBroken('The line was given up.'));
          client.terminate();
          // Where it can be: nobody is there to close with.
          socket?.terminate?.();
        },
      };
    };
  };
}

/** One that is left while it connects says so in an event, which ends a process in which nobody hears it. */
const quiet = (platform: typeof WebSocket) =>
  class extends platform {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      this.addEventListener('error', () => {});
    }
  };
