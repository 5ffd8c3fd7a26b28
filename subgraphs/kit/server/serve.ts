/**
 * An endpoint's HTTP: one path for GraphQL, open to nobody but the hub, and two for whoever keeps the process alive.
 * A request passes form, size and trust, in this order, before GraphQL sees it; each answer tells our time.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HeaderMap } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Caller } from '../trust/caller.ts';
import type { GraphQLRequestBody } from '../trust/operation-kind.ts';
import { TIME_HEADER } from '../trust/seal.ts';
import type { Verifier } from '../trust/verify.ts';
import { createApollo } from './apollo.ts';
import type { EndpointContext } from './endpoint-context.ts';
import { createEventStreams, type EventStreamsOptions } from './event-streams.ts';
import { createFormatError } from './format-error.ts';
import { BODY_BYTES_MAX, readBody } from './read-body.ts';
import { guardRootFields } from './root-fields.ts';

/** A request of which everything is proven. */
interface Accepted {
  readonly request: GraphQLRequestBody;
  readonly wantsStream: boolean;
  readonly context: EndpointContext;
}

export interface ServeOptions<Context extends EndpointContext> {
  readonly name: string;
  readonly schema: GraphQLSchema;
  /** 0 for any free one. */
  readonly port: number;
  readonly host: string;
  readonly verifier: Verifier;
  readonly now: () => number;
  /** Once per request: loaders live here, so that nothing is shared between callers. */
  readonly context: (base: EndpointContext) => Context;
  /**
   * As whom this endpoint takes the caller of a query or mutation, by a book of its own; as the hub says when left out.
   * A throw is an error of the whole request.
   */
  readonly callerHere?: (caller: Caller) => Promise<Caller>;
  readonly logger: Logger;
  /** Whether to take work, e.g. whether the database answers. */
  readonly isReady?: () => Promise<boolean>;
  readonly bodyBytesMax?: number;
  readonly inFlightMax?: number;
  /** How long a close waits for requests that are under way. */
  readonly graceMs?: number;
  /** Bounds of subscriptions. */
  readonly streams?: Pick<EventStreamsOptions, 'streamsMax' | 'lifeMs' | 'stallMs'>;
}

export interface Served extends AsyncDisposable {
  readonly url: string;
  /** Takes nothing new in, lets what runs finish, then closes. */
  close(): Promise<void>;
}

const PATH = '/graphql';
const EVENT_STREAM = 'text/event-stream';
const IN_FLIGHT_MAX = 256;
const GRACE_MS = 10_000;

export async function serve<Context extends EndpointContext>(options: ServeOptions<Context>): Promise<Served> {
  const { name, schema, verifier, now, context, logger } = options;
  const callerHere = options.callerHere ?? (async (caller: Caller) => caller);
  const { bodyBytesMax = BODY_BYTES_MAX, inFlightMax = IN_FLIGHT_MAX, graceMs = GRACE_MS } = options;
  guardRootFields(schema);
  const formatError = createFormatError((error) => logger.error({ err: error }, 'internal error'));
  const apollo = createApollo<Context>({ schema, formatError, logger });
  const streams = createEventStreams({ ...options.streams, schema, formatError });
  await apollo.start();
  let inFlight = 0;
  let closing = false;

  const commonHeaders = () => ({ 'cache-control': 'no-store', [TIME_HEADER]: String(Math.round(now())) });
  const answer = (response: ServerResponse, status: number, body: string, type = 'application/json') => {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      ...commonHeaders(),
      ...(closing && { connection: 'close' }),
      ...(status === 503 && { 'retry-after': '1' }),
    });
    response.end(body);
  };
  const refuse = (response: ServerResponse, status: number, code: string, message: string) =>
    answer(response, status, JSON.stringify({ errors: [{ message, extensions: { code } }] }));

  const graphql = async (request: IncomingMessage, response: ServerResponse, path: string) => {
    const malformed = formOf(request);
    if (malformed) return refuse(response, malformed.status, 'BAD_REQUEST', malformed.message);
    if (inFlight >= inFlightMax)
      return refuse(response, 503, 'OVERLOADED', 'The endpoint has as much to do as it can.');
    inFlight++;
    let accepted: Accepted | undefined;
    try {
      accepted = await accept(request, response, path);
      if (accepted && !accepted.wantsStream) await answerWhole(accepted, response);
    } finally {
      inFlight--;
    }
    if (accepted?.wantsStream) await answerAsStream(accepted, response);
  };

  /** What is asked and by whom, once all of it is proven; undefined when that was refused already. */
  const accept = async (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<Accepted | undefined> => {
    const body = await readBody(request, bodyBytesMax);
    if (body === 'BROKEN_OFF') return;
    if (body === 'TOO_LARGE') {
      // The rest is not read, so the connection cannot be used again.
      response.setHeader('connection', 'close');
      refuse(response, 413, 'BODY_TOO_LARGE', `The body is larger than ${bodyBytesMax} bytes.`);
      return;
    }
    const verified = await verifier.verify(request.headers, 'POST', path, body);
    if (!verified.ok) {
      logger.warn({ code: verified.code, why: verified.why, remote: request.socket.remoteAddress }, 'not trusted');
      refuse(response, 401, verified.code, 'The request is not trusted.');
      return;
    }
    if (!verified.request) {
      refuse(response, 400, 'BAD_REQUEST', 'Expected a JSON object with a query.');
      return;
    }
    const { accept: form, 'x-request-id': requestId } = request.headers;
    return {
      request: verified.request,
      wantsStream: form?.startsWith(EVENT_STREAM) === true,
      context: {
        caller: verified.caller,
        now,
        endpoint: name,
        requestId: typeof requestId === 'string' ? requestId.slice(0, 100) : randomUUID(),
      },
    };
  };

  const answerWhole = async (accepted: Accepted, response: ServerResponse) => {
    const result = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers: HEADERS, search: '', body: accepted.request },
      context: async () => context({ ...accepted.context, caller: await callerHere(accepted.context.caller) }),
    });
    if (result.body.kind !== 'complete') throw new Error('Expected one whole result, found a stream of them.');
    answer(response, result.status ?? 200, result.body.string);
  };

  const answerAsStream = async ({ request, context: base }: Accepted, response: ServerResponse) => {
    const refused = await streams.answer(
      { request, context: (signal) => context({ ...base, signal }), headers: commonHeaders() },
      response,
    );
    if (refused) refuse(response, refused.status, refused.code, refused.message);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    if (path === '/health/live') return answer(response, 200, '{"status":"live"}');
    if (path === '/health/ready') {
      const ready = !closing && (await (options.isReady?.() ?? true));
      return answer(response, ready ? 200 : 503, JSON.stringify({ status: ready ? 'ready' : 'not ready' }));
    }
    if (path !== PATH) return refuse(response, 404, 'BAD_REQUEST', `Expected ${PATH}.`);
    return graphql(request, response, path);
  };

  const server = createServer({ requestTimeout: 15_000, headersTimeout: 10_000, keepAliveTimeout: 30_000 });
  server.on('request', (request, response) => {
    handle(request, response).catch((error: unknown) => {
      logger.error({ err: error }, 'request failed');
      refuse(response, 500, 'INTERNAL', 'The endpoint broke a rule of its own; its log says which.');
    });
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;

  const close = async () => {
    if (closing) return;
    closing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    streams.close();
    server.closeIdleConnections();
    // Node does not count as idle what was opened ahead of its first request.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    const late = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(late);
    await apollo.stop();
  };
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}${PATH}`, close, [Symbol.asyncDispose]: close };
}

/** Apollo is told what was checked here; the caller's own headers decide nothing further in. */
const HEADERS = new HeaderMap([['content-type', 'application/json']]);

function formOf({ method, headers }: IncomingMessage): { status: number; message: string } | undefined {
  if (method !== 'POST') return { status: 405, message: 'Expected POST.' };
  if (!/^application\/json(; ?charset=utf-8)?$/i.test(headers['content-type'] ?? ''))
    return { status: 415, message: 'Expected content-type application/json.' };
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
    return { status: 415, message: 'Expected a body without content-encoding.' };
  return undefined;
}
