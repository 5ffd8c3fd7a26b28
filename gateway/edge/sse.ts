/**
 * GraphQL over Server-Sent Events, distinct connections mode: `POST /graphql` with `accept: text/event-stream`.
 *
 * The library graphql-sse is not used: it pulls results without regard to whether they are read, makes the text of each
 * result for each connection, and takes no document by its id.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { hubError } from '../errors.ts';
import type { Telemetry } from '../telemetry/events.ts';
import { sendRefusal, statusOf } from './answers.ts';
import type { Wire } from './connections.ts';
import { deadlineHeader, timeoutOf } from './deadline.ts';
import { formatError } from './format-error.ts';
import { textOf } from './frame.ts';
import type { Handle } from './graphql.ts';
import type { Limits } from './limits.ts';
import type { LiveDoor, Opened } from './live-door.ts';
import { foreignOrigin, type IsAllowedOrigin } from './origin.ts';
import { isUnread } from './read-body.ts';
import { formRefusal, readAsked } from './read-operation.ts';
import { traceIdOf } from './trace-id.ts';

export interface SseDoorOptions {
  readonly live: LiveDoor;
  readonly limits: Limits;
  readonly isAllowedOrigin: IsAllowedOrigin;
  readonly telemetry: Telemetry;
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies that gather an answer before they pass it on leave this one alone.
  'x-accel-buffering': 'no',
};
const complete = 'event: complete\ndata: \n\n';
/** Some clients take the answer for begun only when something of it has come. */
const comment = ':\n\n';

/** Clients that can read either are answered with JSON. */
export function wantsEvents({ headers: { accept = '' } }: IncomingMessage): boolean {
  const types = accept.split(',').map((one) => one.split(';')[0]?.trim().toLowerCase());
  return types.includes('text/event-stream') && !types.some((type) => type?.startsWith('application/'));
}

export function createSseDoor({ live, limits, isAllowedOrigin, telemetry }: SseDoorOptions): Handle {
  return async (request, response) => {
    const startedAt = performance.now();
    const traceId = traceIdOf(request.headers.traceparent);
    const refuse = (error: GraphQLError, more: RefuseMore = {}): void => {
      if (response.headersSent || response.destroyed) return;
      const code = String(error.extensions.code);
      telemetry.requestRefused({ door: 'SSE', code, traceId, durationMs: performance.now() - startedAt });
      turnAway(request, response, [error], traceId, more);
    };
    const unreadable = formRefusal(request);
    if (unreadable !== undefined) return refuse(unreadable.error, unreadable);
    if (!isAllowedOrigin(request)) return refuse(hubError('FORBIDDEN', foreignOrigin));
    const connection = live.enter(wire, { request, response, traceId });
    if (connection === undefined) return refuse(hubError(live.isFull ?? 'OVERLOADED'), comeBack);
    response.once('close', () => live.leave(connection));
    const refused = await live.introduce(connection, request.headers.authorization);
    if (refused !== undefined) return refuse(hubError(refused), statusOf(refused) === 401 ? logIn : comeBack);
    const asked = await readAsked(request, limits.bodyBytesMax);
    if (asked instanceof GraphQLError) return refuse(asked);
    const timeoutMs = timeoutOf(request.headers[deadlineHeader]);
    if (timeoutMs instanceof GraphQLError) return refuse(timeoutMs);
    const opened = await live.open(connection, { asked, traceId, timeoutMs });
    if (response.headersSent || response.destroyed) {
      if (opened.kind === 'stream') opened.results.leave();
      return;
    }
    await answer(request, response, opened, traceId);
  };

  async function answer(request: IncomingMessage, response: ServerResponse, opened: Opened, traceId: string) {
    if (opened.kind === 'refused') {
      const { errors, retryAfterSeconds } = opened;
      // What is wrong with the document is told in the stream that was asked for; whoever may not come in gets none.
      if (statusOf(String(errors[0]?.extensions.code)) === 400) {
        response.writeHead(200, headers);
        const formatted = errors.map((error) => formatError(error.toJSON(), traceId));
        return void response.end(next(JSON.stringify({ errors: formatted })) + complete);
      }
      const more = retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } };
      return turnAway(request, response, errors, traceId, more);
    }
    response.writeHead(200, headers);
    if (opened.kind === 'answer') return void response.end(next(JSON.stringify(opened.result)) + complete);
    response.write(comment);
    const { results } = opened;
    for (;;) {
      const result = await results.next();
      if (response.writableEnded || response.destroyed) return results.leave();
      if (result.done) return void response.end(complete);
      await write(response, next(textOf(result.value)));
    }
  }

  /** Waits when the reader is behind, until all was taken over or the reader has gone. */
  function write(response: ServerResponse, text: string): Promise<void> | undefined {
    if (response.writableLength > limits.unreadBytesMax) {
      return new Promise((resolve) => response.write(text, () => resolve()));
    }
    response.write(text);
    return undefined;
  }
}

function next(text: string): string {
  return `event: next\ndata: ${text}\n\n`;
}

interface EventStream {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly traceId: string;
}

const wire: Wire<EventStream> = {
  door: 'SSE',
  unreadBytes: ({ response }) => response.writableLength,
  ping({ response }, connection) {
    if (response.headersSent) response.write(comment);
    // Nothing ever comes back over this wire. Whether the other side has gone, its transport notices.
    connection.heardAtMs = performance.now();
  },
  end({ request, response, traceId }, code) {
    const error = hubError(code);
    if (!response.headersSent) return turnAway(request, response, [error], traceId, {});
    if (response.writableEnded) return;
    response.write(next(JSON.stringify({ errors: [formatError(error.toJSON(), traceId)] })));
    response.end(complete);
  },
  cut: ({ response }) => void response.destroy(),
};

interface RefuseMore {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}
const comeBack: RefuseMore = { headers: { 'retry-after': '1' } };
const logIn: RefuseMore = { headers: { 'www-authenticate': 'Bearer' } };

function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  errors: readonly GraphQLError[],
  traceId: string,
  more: RefuseMore,
): void {
  if (isUnread(request)) response.setHeader('connection', 'close');
  sendRefusal(response, { errors, traceId, ...more });
}
