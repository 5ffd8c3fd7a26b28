/** How a refusal looks at every HTTP door: JSON with a coded error, a status, and the hub's time. */
import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { formatError } from './format-error.ts';

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

export interface Refusal {
  readonly status?: number;
  readonly errors: readonly GraphQLError[];
  readonly traceId?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  const { errors, traceId, extensions, headers = {} } = refusal;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const status = refusal.status ?? statusOf(String(errors[0]?.extensions.code));
  const formatted = errors.map((error) => formatError(error.toJSON(), traceId));
  const told = { ...(traceId !== undefined && { traceId }), ...extensions };
  sendJson(response, status, { errors: formatted, ...(Object.keys(told).length > 0 && { extensions: told }) });
}

export function statusOf(code: string): number {
  switch (code) {
    case 'UNAUTHENTICATED':
    case 'TOKEN_EXPIRED':
    case 'NOT_TRUSTED':
    case 'CLOCK_SKEW':
      return 401;
    case 'FORBIDDEN':
    case 'SUSPENDED':
    case 'DOCUMENT_NOT_TRUSTED':
    case 'ACCESS_REVOKED':
      return 403;
    case 'NOT_FOUND':
    case 'UNKNOWN_PARTICIPANT':
      return 404;
    case 'REQUEST_TIMED_OUT':
      return 408;
    case 'BODY_TOO_LARGE':
      return 413;
    case 'RATE_LIMITED':
    case 'TOO_MANY_STREAMS':
      return 429;
    case 'INTERNAL':
      return 500;
    case 'OVERLOADED':
    case 'STOPPING':
    case 'PLAN_TIMED_OUT':
      return 503;
    default:
      return 400;
  }
}
