/**
 * All doors of a gateway over the checked-in supergraph, on a port of their own, and a client for each. Real sockets,
 * real admission; a test says who calls, what an execution answers and what the streams tell.
 */
import { readFileSync } from 'node:fs';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { WebSocket } from 'ws';
import type { Authority } from '../identity/authority.ts';
import type { VerifyToken } from '../identity/verify.ts';
import type { StreamEnd } from '../live/stream-end.ts';
import { loadSupergraph, type Supergraph } from '../supergraph/load.ts';
import { createPlanner } from '../supergraph/plan.ts';
import { createTelemetry } from '../telemetry/events.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createWayIn } from './admit.ts';
import { startApollo } from './apollo.ts';
import { createGraphqlDoor } from './graphql.ts';
import { createHttpServer } from './http.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { createLiveDoor, type StreamRequest, type Subscribe } from './live-door.ts';
import { createOriginCheck } from './origin.ts';
import { createPages } from './pages.ts';
import type { Asked } from './read-operation.ts';
import type { Execute } from './running.ts';
import { createSseDoor } from './sse.ts';
import type { TrustedDocuments } from './trusted-documents.ts';
import { createWebSocketDoor } from './websocket.ts';

export const desk: Authority = {
  kind: 'subject',
  participant: 'linde',
  subject: 'linde-desk',
  roles: ['SERVICEDESK'],
  scopes: [],
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  standing: 'FULL',
};

/** One stream as the doors opened it. */
export interface FakeStream {
  readonly request: StreamRequest;
  push(result: ExecutionResult): void;
  /** Ends as the live engine ends one. */
  end(end?: StreamEnd): void;
  fail(error: Error): void;
  /** How many results were taken from it. */
  readonly pulledCount: number;
  readonly waitingCount: number;
}

export interface Fixture {
  readonly url: string;
  readonly streams: readonly FakeStream[];
  readonly logLines: readonly string[];
  execute: Execute;
  verify: VerifyToken;
  /** Called at each subscription; what it answers is refused with. */
  refuseStream: (request: StreamRequest) => GraphQLError | undefined;
  readonly count: () => number;
  stream(index: number): Promise<FakeStream>;
  close(graceMs: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

let supergraph: Supergraph | undefined;

export interface FixtureOptions {
  readonly limits?: Partial<Limits>;
  readonly trustedDocuments?: TrustedDocuments;
  readonly now?: () => number;
}

export async function openDoors(options: FixtureOptions = {}): Promise<Fixture> {
  supergraph ??= loadSupergraph(readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8'));
  const limits = { ...defaultLimits, ...options.limits };
  const now = options.now ?? Date.now;
  const { trustedDocuments } = options;
  const { admit, documents } = createWayIn({
    supergraph,
    planner: createPlanner(supergraph),
    limits,
    trustedDocuments,
    now,
  });
  const logLines: string[] = [];
  const telemetry = createTelemetry(
    createLogger('info', { write: (line) => void logLines.push(line) }),
    createMetrics(),
  );
  const streams: FakeStream[] = [];
  const arrivals = new Set<() => void>();
  const subscribe: Subscribe = (request) => {
    const refusal = fixture.refuseStream(request);
    if (refusal !== undefined) return { ok: false, errors: [refusal] };
    const { stream, results } = fakeStream(request);
    streams.push(stream);
    for (const arrived of arrivals) arrived();
    return { ok: true, results };
  };
  const execute: Execute = (running) => fixture.execute(running);
  const verify: VerifyToken = (authorization) => fixture.verify(authorization);
  const apollo = await startApollo(supergraph.publicSchema, documents, execute);
  const live = createLiveDoor({ verify, admit, execute, subscribe, limits, telemetry, now });
  const isAllowedOrigin = createOriginCheck({ corsOrigins: ['https://partner.example'], publicUrl: undefined });
  const nothing = async () => {};
  const http = createHttpServer({
    doors: {
      graphql: createGraphqlDoor({ verify, admit, apollo, limits, telemetry, now }),
      events: createSseDoor({ live, limits, isAllowedOrigin, telemetry }),
      envelopes: nothing,
      contracts: nothing,
      directory: nothing,
      health: { live: nothing, ready: nothing, network: nothing },
      metrics: nothing,
      pages: createPages({ demoIdentitiesUrl: undefined, webFolder: undefined }),
    },
    corsOrigins: ['https://partner.example'],
    onError: (error) => {
      throw error;
    },
  });
  createWebSocketDoor({ live, limits, isAllowedOrigin, telemetry }).attach(http.server);
  const url = `http://127.0.0.1:${await http.listen(0, '127.0.0.1')}`;
  let isClosed = false;
  const fixture: Fixture = {
    url,
    streams,
    logLines,
    execute: async () => ({ data: {} }),
    verify: async (authorization) =>
      authorization?.startsWith('Bearer good') === true
        ? { ok: true, authority: { ...desk, subject: authorization } }
        : { ok: false, code: authorization === 'Bearer expired' ? 'TOKEN_EXPIRED' : 'UNAUTHENTICATED' },
    refuseStream: () => undefined,
    count: () => live.count,
    async stream(index) {
      for (;;) {
        const stream = streams[index];
        if (stream !== undefined) return stream;
        await new Promise<void>((resolve) => arrivals.add(resolve));
      }
    },
    async close(graceMs) {
      isClosed = true;
      await Promise.all([live.close(graceMs), http.close(graceMs)]);
      await apollo.stop();
    },
    async [Symbol.asyncDispose]() {
      if (!isClosed) await this.close(0);
    },
  };
  return fixture;
}

/** A source of results in memory, pulled as the live engine is. */
function fakeStream(request: StreamRequest): { stream: FakeStream; results: AsyncIterableIterator<ExecutionResult> } {
  const waiting: ExecutionResult[] = [];
  let wake = (): void => {};
  let isOver = false;
  let failure: Error | undefined;
  let pulledCount = 0;
  const over = (): void => {
    isOver = true;
    wake();
  };
  request.signal.addEventListener('abort', over);
  const results: AsyncIterableIterator<ExecutionResult> = {
    async next() {
      for (;;) {
        if (failure !== undefined) throw failure;
        const value = isOver ? undefined : waiting.shift();
        if (value !== undefined) {
          pulledCount += 1;
          return { value, done: false };
        }
        if (isOver) return { value: undefined, done: true };
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async return() {
      over();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  const stream: FakeStream = {
    request,
    push(result) {
      waiting.push(result);
      wake();
    },
    end(end) {
      if (end !== undefined) request.onEnd(end);
      over();
    },
    fail(error) {
      failure = error;
      wake();
    },
    get pulledCount() {
      return pulledCount;
    },
    get waitingCount() {
      return waiting.length;
    },
  };
  return { stream, results };
}

export interface Follow extends Asked {
  readonly token?: string;
  readonly origin?: string;
}

export type Result = { readonly data?: unknown; readonly errors?: readonly { extensions: Record<string, unknown> }[] };

/** What came over a door for one operation. */
export interface Followed {
  readonly results: readonly Result[];
  /** The code it was refused or ended with; undefined when it completed. */
  readonly ended: Promise<string | undefined>;
  /** When so many results have come. */
  has(count: number): Promise<readonly Result[]>;
  /** Reads nothing from the line until it resumes. */
  pause(): void;
  resume(): void;
  leave(): void;
}

export interface DoorClient {
  readonly name: 'WEBSOCKET' | 'SSE';
  follow(url: string, what: Follow): Followed;
}

export const subscription = 'subscription { incidentChanged { __typename ... on IncidentChange { id cursor } } }';

export function socketTo(
  url: string,
  headers: Record<string, string> = {},
  protocols = ['graphql-transport-ws'],
): WebSocket {
  return new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocols, { headers, perMessageDeflate: false });
}

/** What the protocol of sockets says by the number of a close. */
const sameAsHttp: Readonly<Record<number, string>> = { 1009: 'BODY_TOO_LARGE', 4400: 'BAD_REQUEST' };

export const websocket: DoorClient = {
  name: 'WEBSOCKET',
  follow(url, { token = 'Bearer good', origin, query, ...asked }) {
    const socket = socketTo(url, origin === undefined ? {} : { origin });
    const { followed, take, end } = follower({
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      leave: () => socket.terminate(),
    });
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: token } })),
    );
    socket.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data));
      if (type === 'connection_ack') {
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: query ?? '', ...asked } }));
      }
      if (type === 'next') take(payload);
      if (type === 'error') end(payload[0].extensions.code);
      if (type === 'complete') end(undefined);
      if (type === 'error' || type === 'complete') socket.close();
    });
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => end(JSON.parse(body).errors[0].extensions.code));
    });
    socket.on('error', () => {});
    socket.on('close', (code, reason) => end(sameAsHttp[code] ?? (String(reason) || `CLOSED ${code}`)));
    return followed;
  },
};

export const sse: DoorClient = {
  name: 'SSE',
  follow(url, { token = 'Bearer good', origin, ...asked }) {
    const leaving = new AbortController();
    let isOpen = Promise.resolve();
    let open = (): void => {};
    const { followed, take, end } = follower({
      pause() {
        isOpen = new Promise((resolve) => {
          open = resolve;
        });
      },
      resume: () => open(),
      leave: () => leaving.abort(),
    });
    const read = async (): Promise<void> => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          accept: 'text/event-stream',
          'content-type': 'application/json',
          authorization: token,
          ...(origin !== undefined && { origin }),
        },
        body: JSON.stringify(asked),
        signal: leaving.signal,
      });
      if (response.status !== 200) {
        const { errors } = (await response.json()) as Required<Result>;
        return end(String(errors[0]?.extensions.code));
      }
      let reason: string | undefined;
      for await (const { event, data } of events(response, () => isOpen)) {
        if (event === 'complete') return end(reason);
        const result = JSON.parse(data) as Result;
        // A result without data says why nothing comes after it.
        if (result.data === undefined) reason = String(result.errors?.[0]?.extensions.code);
        else take(result);
      }
      end('CLOSED');
    };
    read().catch((error) => end(`BROKEN ${error}`));
    return followed;
  },
};

async function* events(
  response: Response,
  isOpen: () => Promise<void>,
): AsyncGenerator<{ event: string; data: string }> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    await isOpen();
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const of = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
      if (of('event') !== '') yield { event: of('event'), data: of('data') };
    }
  }
}

function follower(line: Pick<Followed, 'pause' | 'resume' | 'leave'>) {
  const results: Result[] = [];
  const waiting = new Set<() => void>();
  let end = (_code: string | undefined): void => {};
  const ended = new Promise<string | undefined>((resolve) => {
    end = resolve;
  });
  const followed: Followed = {
    results,
    ended,
    async has(count) {
      while (results.length < count) await new Promise<void>((resolve) => waiting.add(resolve));
      return results;
    },
    ...line,
  };
  const take = (result: Result): void => {
    results.push(result);
    for (const wake of waiting) wake();
    waiting.clear();
  };
  return { followed, take, end: (code: string | undefined) => end(code) };
}
