/**
 * GraphQL over WebSocket, subprotocol `graphql-transport-ws` and no other. graphql-ws keeps to the protocol, ws to the
 * sockets; who may come in and what is answered is live-door.ts.
 *
 * The text of a result is shared by all connections that get it, so results are sent from here: graphql-ws is given an
 * iterable that yields nothing and ends with the stream.
 */
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type DocumentNode, type ExecutionArgs, GraphQLError, parse } from 'graphql';
import { CloseCode, type ConnectionInitMessage, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import { hubError } from '../errors.ts';
import type { Telemetry } from '../telemetry/events.ts';
import { sendRefusal } from './answers.ts';
import type { Connection, Wire } from './connections.ts';
import { deadlineHeader, timeoutOf } from './deadline.ts';
import { formatError } from './format-error.ts';
import { textOf } from './frame.ts';
import type { Limits } from './limits.ts';
import type { LiveDoor, Opening, Results } from './live-door.ts';
import { takeMessage } from './message-rate.ts';
import { foreignOrigin, type IsAllowedOrigin } from './origin.ts';
import { closeCodes } from './stream-end.ts';
import { traceIdOf } from './trace-id.ts';

export interface WebSocketDoorOptions {
  readonly live: LiveDoor;
  readonly limits: Limits;
  readonly isAllowedOrigin: IsAllowedOrigin;
  readonly telemetry: Telemetry;
}

export interface WebSocketDoor {
  /** Takes over what asks this server to become a WebSocket. The live door closes what is open. */
  attach(server: Server): void;
}

/** What goes with a socket through graphql-ws. */
interface Extra {
  readonly connection: Connection;
  readonly socket: WebSocket;
  readonly raw: Socket;
}

const operationIdLengthMax = 128;
const strangerBytesMax = 48 * 1_024;
const closeTimeoutMs = 5_000;

export function createWebSocketDoor({ live, limits, isAllowedOrigin, telemetry }: WebSocketDoorOptions): WebSocketDoor {
  const protocol = makeServer<ConnectionInitMessage['payload'], Extra>({
    connectionInitWaitTimeout: limits.strangerTimeoutMs,
    async onConnect({ connectionParams, extra: { connection, raw } }) {
      const given = connectionParams?.authorization ?? connectionParams?.Authorization;
      const refused = await live.introduce(connection, typeof given === 'string' ? given : undefined);
      if (refused === undefined) {
        raw.off('data', cutStranger);
        return true;
      }
      tellRefused(refused);
      live.end(connection, refused);
      return false;
    },
    async onSubscribe({ extra: { connection, socket } }, id, payload) {
      if (id.length > operationIdLengthMax) {
        return [hubError('BAD_REQUEST', `Expected an id of at most ${operationIdLengthMax} characters.`)];
      }
      // Given up and not answered yet: graphql-ws would send its answer as that of the new one.
      for (const operation of connection.operations) {
        if (operation.id !== id) continue;
        socket.close(CloseCode.SubscriberAlreadyExists, 'Subscriber already exists');
        return [hubError('BAD_REQUEST')];
      }
      const opening = openingOf(id, payload);
      if (opening instanceof GraphQLError) return [opening];
      const opened = await live.open(connection, opening);
      if (opened.kind === 'refused') return opened.errors;
      if (opened.kind === 'answer') return ready(query, opened.result);
      // The message is kept as long as the stream lasts: its text is of no use any more.
      (payload as { query: string }).query = '';
      return ready(subscription, deliver(opened.results, id, socket));
    },
    execute: ({ contextValue }) => contextValue as never,
    subscribe: ({ contextValue }) => contextValue as never,
    onNext: (_context, _id, _payload, _args, result) => result as never,
    onError: (_context, _id, _payload, errors) => errors.map((error) => formatError(error.toJSON())),
  });
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // What a message sets going in graphql-ws has come to rest before the next: an id may be given up and taken again.
    allowSynchronousEvents: false,
    perMessageDeflate: false,
    handleProtocols: (offered) => handleProtocols(offered),
    maxPayload: limits.bodyBytesMax,
    maxFragments: limits.fragmentCountMax,
    maxBufferedChunks: 4 * limits.fragmentCountMax,
    closeTimeout: closeTimeoutMs,
  } as ConstructorParameters<typeof WebSocketServer>[0]);

  /** A promise when the reader is behind: it is kept when all was taken over, or the reader has gone. */
  function send(socket: WebSocket, text: string): Promise<void> | undefined {
    if (socket.readyState !== WebSocket.OPEN) return undefined;
    if (socket.bufferedAmount > limits.unreadBytesMax) {
      return new Promise((resolve) => socket.send(text, () => resolve()));
    }
    socket.send(text);
    return undefined;
  }

  /** Sends each result of a stream as it comes, and pulls no further while the reader is behind. Yields nothing. */
  function deliver(results: Results, id: string, socket: WebSocket): AsyncIterableIterator<never, undefined> {
    const beginning = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    let isLeft = false;
    let end = (_over: IteratorReturnResult<undefined>): void => {};
    const sendAll = async (): Promise<void> => {
      for (;;) {
        const result = await results.next();
        if (result.done || isLeft) return end(over);
        const caughtUp = send(socket, `${beginning}${textOf(result.value)}}`);
        if (caughtUp !== undefined) await caughtUp;
      }
    };
    return {
      next() {
        return new Promise((resolve) => {
          end = resolve;
          sendAll().catch((error) => {
            telemetry.requestBroke({ door: 'WEBSOCKET', traceId: '', error });
            socket.close(CloseCode.InternalServerError, 'INTERNAL');
          });
        });
      },
      // It is over at once, whatever the engine is waiting for.
      async return() {
        isLeft = true;
        end(over);
        results.leave();
        return over;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Whether what came in may be looked at. */
  function takes(connection: Connection, bytes: number): boolean {
    const atMs = performance.now();
    connection.heardAtMs = atMs;
    if (connection.endingSinceMs !== undefined) return false;
    if (takeMessage(connection, bytes, atMs, limits)) return true;
    live.end(connection, 'RATE_LIMITED');
    return false;
  }

  function accept(socket: WebSocket, { socket: raw }: IncomingMessage): void {
    const connection = live.enter(wire, socket);
    // There was room when the handshake began.
    if (connection === undefined) {
      socket.close(closeCodes.TOO_MANY_STREAMS, 'OVERLOADED');
      return;
    }
    raw.prependListener('data', cutStranger);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send(text) {
          return send(socket, text);
        },
        close(code, reason) {
          // It may hold an id, and a reason has 123 bytes at most.
          socket.close(code, reason?.slice(0, 40));
        },
        onMessage(receive) {
          socket.on('message', (data: Buffer, isBinary) => {
            if (!takes(connection, data.byteLength)) return;
            if (isBinary) return socket.close(CloseCode.BadRequest, 'Expected text, found bytes.');
            receive(data.toString()).catch((error) => {
              telemetry.requestBroke({ door: 'WEBSOCKET', traceId: '', error });
              socket.close(CloseCode.BadRequest, 'BAD_REQUEST');
            });
          });
        },
      },
      { connection, socket, raw },
    );
    socket.on('ping', (data) => void takes(connection, data.byteLength));
    socket.on('pong', (data) => void takes(connection, data.byteLength));
    // It closes after an error by itself.
    socket.on('error', ignore);
    socket.once('close', (code, reason) => {
      live.leave(connection);
      void closed(code, reason.toString());
    });
  }

  function tellRefused(code: string): void {
    telemetry.requestRefused({ door: 'WEBSOCKET', code, traceId: '', durationMs: 0 });
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const error = handshakeRefusal(request);
    if (error === undefined) {
      sockets.handleUpgrade(request, socket, head, accept);
      return;
    }
    tellRefused(String(error.extensions.code));
    socket.on('error', ignore);
    const response = new ServerResponse(request);
    response.assignSocket(request.socket);
    response.shouldKeepAlive = false;
    response.once('finish', () => socket.destroy());
    sendRefusal(response, { errors: [error], headers: live.isFull === undefined ? {} : { 'retry-after': '1' } });
  }

  function handshakeRefusal(request: IncomingMessage): GraphQLError | undefined {
    const { headers, url = '/' } = request;
    if (url.replace(/[?#].*$/s, '') !== '/graphql') {
      return hubError('NOT_FOUND', 'Expected /graphql, found another address.');
    }
    if (headers.upgrade?.toLowerCase() !== 'websocket') {
      return hubError('BAD_REQUEST', 'Expected an upgrade to websocket, found one to another protocol.');
    }
    if (!isAllowedOrigin(request)) return hubError('FORBIDDEN', foreignOrigin);
    if (!handleProtocols(headers['sec-websocket-protocol'] ?? '')) {
      return hubError('BAD_REQUEST', 'Expected the subprotocol graphql-transport-ws, found another or none.');
    }
    return live.isFull && hubError(live.isFull);
  }

  return { attach: (server) => void server.on('upgrade', upgrade) };
}

/** Who has not said who it is has nothing to say that is long. */
function cutStranger(this: Socket): void {
  if (this.bytesRead > strangerBytesMax) this.destroy();
}

function ignore(): void {}

const wire: Wire<WebSocket> = {
  door: 'WEBSOCKET',
  unreadBytes: (socket) => socket.bufferedAmount,
  ping: (socket) => socket.ping(),
  end: (socket, code) => socket.close(closeCodes[code], code),
  cut: (socket) => socket.terminate(),
};

/** What HTTP says in headers stands in `extensions` here, under the same names. */
function openingOf(id: string, payload: SubscribePayload): Opening | GraphQLError {
  const { query, variables, operationName, extensions } = payload;
  const { documentId } = payload as { readonly documentId?: unknown };
  const { traceparent, [deadlineHeader]: deadline } = extensions ?? {};
  const timeoutMs = timeoutOf(deadline === undefined ? undefined : String(deadline));
  if (timeoutMs instanceof GraphQLError) return timeoutMs;
  return {
    id,
    asked: {
      query: query === '' ? undefined : query,
      documentId: typeof documentId === 'string' ? documentId : undefined,
      operationName: operationName ?? undefined,
      variables: variables ?? undefined,
    },
    traceId: traceIdOf(typeof traceparent === 'string' ? traceparent : undefined),
    timeoutMs,
  };
}

/** graphql-ws looks for the kind of an operation and hands the rest back: what is to be sent has been made already. */
function ready(document: DocumentNode, contextValue: unknown): ExecutionArgs {
  return { document, contextValue } as ExecutionArgs;
}
const subscription = parse('subscription { __typename }');
const query = parse('{ __typename }');

const over = { value: undefined, done: true } as const;
