/** The HTTP server of the hub: which door belongs to which address, and what every answer carries. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hubError } from '../errors.ts';
import { sendRefusal } from './answers.ts';
import { deadlineHeader } from './deadline.ts';
import type { Handle } from './graphql.ts';
import type { Health } from './health.ts';
import type { Pages } from './pages.ts';
import { wantsEvents } from './sse.ts';

export interface Doors {
  readonly graphql: Handle;
  /** GraphQL for whoever wants the answer as a stream of events. */
  readonly events: Handle;
  readonly envelopes: Handle;
  /** For the registry: the schema of an endpoint that wants to take part. */
  readonly contracts: Handle;
  readonly directory: Handle;
  readonly health: Health;
  readonly metrics: Handle;
  readonly pages: Pages;
}

export interface HttpOptions {
  readonly doors: Doors;
  /** Origins of partner applications in browsers; the hub's own pages need none. */
  readonly corsOrigins: readonly string[];
  readonly onError: (error: unknown) => void;
}

export interface HttpServer {
  readonly server: Server;
  listen(port: number, host: string): Promise<number>;
  /** Takes nothing new in, lets what runs finish, then closes what is left. */
  close(graceMs: number): Promise<void>;
}

/** Generous for a header with a token; the defaults of Node allow a slow sender five minutes. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const idleCheckMs = 50;
/** Longer than a client or a load balancer keeps an idle connection, so that they close it, not we. */
const keepAliveTimeoutMs = 65_000;

export function createHttpServer({ doors, corsOrigins, onError }: HttpOptions): HttpServer {
  const allowed = new Set(corsOrigins);
  const exact = new Map<string, Handle>([
    ['/graphql', doors.graphql],
    ['POST /envelopes', doors.envelopes],
    ['POST /contracts', doors.contracts],
    ['GET /directory', doors.directory],
    ['GET /health/live', doors.health.live],
    ['GET /health/ready', doors.health.ready],
    ['GET /health/network', doors.health.network],
    ['GET /metrics', doors.metrics],
  ]);
  let isClosing = false;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').replace(/[?#].*$/s, '');
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    if (isClosing) response.setHeader('connection', 'close');
    if (path === '/graphql' && allowOrigin(request, response, allowed)) return;
    if (path === '/graphql' && doors.events !== undefined && wantsEvents(request))
      return doors.events(request, response);
    const door = exact.get(path) ?? exact.get(`${request.method} ${path}`);
    if (door !== undefined) return door(request, response);
    if ((request.method === 'GET' || request.method === 'HEAD') && doors.pages.serve(path, response)) return;
    sendRefusal(response, {
      errors: [hubError('NOT_FOUND', 'Expected an address of the hub, found another.')],
      status: 404,
    });
  };

  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      ...onlyWebSocket,
    },
    (request, response) => {
      handle(request, response).catch((error) => {
        onError(error);
        if (response.headersSent) response.destroy();
        else sendRefusal(response, { errors: [hubError('INTERNAL')] });
      });
    },
  );

  return {
    server,
    async listen(port, host) {
      server.listen(port, host);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    async close(graceMs) {
      isClosing = true;
      const closed = once(server, 'close');
      server.close();
      // A connection that was at work when this began is closed once it has nothing to do.
      const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs);
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(idle);
      clearTimeout(timer);
    },
  };
}

/**
 * Some clients offer HTTP/2 with their first request and go on without it. Node before 24.9 does not know this option and
 * hands every offer to the door for sockets, which then refuses the request.
 */
const onlyWebSocket = {
  shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
};

/** Answers a preflight; true when that was all there was to do. Credentials are never allowed: there are no cookies. */
function allowOrigin(request: IncomingMessage, response: ServerResponse, allowed: ReadonlySet<string>): boolean {
  const { origin } = request.headers;
  response.setHeader('vary', 'origin');
  if (origin !== undefined && allowed.has(origin)) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', 'retry-after');
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-methods', 'POST');
      response.setHeader('access-control-allow-headers', `authorization, content-type, traceparent, ${deadlineHeader}`);
      response.setHeader('access-control-max-age', '600');
    }
  }
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(204, { allow: 'POST, OPTIONS' });
  response.end();
  return true;
}
