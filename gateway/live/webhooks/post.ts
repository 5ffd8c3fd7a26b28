/**
 * One POST of one item: signed, with a time-out, following nobody. Only the status of the answer counts; its body is
 * read away, and no more of it than keeps the connection usable.
 */
import type { ErrorCode } from '@kortelijn/schema/errors/codes.ts';
import { Agent, request } from 'undici';
import type { Connect } from '../../transport/safe-connect.ts';
import { readRetryAfter } from './schedule.ts';
import { signatures } from './sign.ts';

export interface Posting {
  readonly url: string;
  readonly secrets: readonly string[];
  /** The same at every attempt. */
  readonly id: string;
  readonly body: string;
  /** Ends it: the webhook is no longer this gateway's. */
  readonly signal: AbortSignal;
}

export type Posted =
  | { readonly kind: 'delivered'; readonly status: number }
  /** The receiver wants nothing more. */
  | { readonly kind: 'gone'; readonly status: number; readonly reason: ErrorCode }
  | {
      readonly kind: 'failed';
      readonly status?: number;
      readonly reason: ErrorCode;
      readonly retryAfterMs?: number | undefined;
    }
  | { readonly kind: 'aborted' };

export type Post = (posting: Posting) => Promise<Posted>;

export interface PostOptions {
  readonly connect: Connect;
  readonly now: () => number;
  /** For the whole exchange; default 15 s. */
  readonly timeoutMs?: number;
}

const answerBytesMax = 16_384;
const connectionsPerReceiverMax = 16;
/** A receiver that closes idle connections does it later than this, mostly. */
const idleMs = 4_000;

export function createPost({ connect, now, timeoutMs = 15_000 }: PostOptions): {
  readonly post: Post;
  [Symbol.asyncDispose](): Promise<void>;
} {
  const dispatcher = new Agent({
    connect,
    connections: connectionsPerReceiverMax,
    pipelining: 1,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    // The signal covers headers and body alike.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const post: Post = async ({ url, secrets, id, body, signal }) => {
    const late = AbortSignal.timeout(timeoutMs);
    const timestamp = Math.floor(now() / 1_000);
    try {
      const answer = await request(url, {
        dispatcher,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'kortelijn-webhooks/1',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signatures(secrets, id, timestamp, body),
        },
        body,
        signal: AbortSignal.any([signal, late]),
      });
      answer.body.on('error', () => {});
      void answer.body.dump({ limit: answerBytesMax, signal: late }).catch(() => {});
      return judge(answer.statusCode, first(answer.headers['retry-after']), now());
    } catch (error) {
      if (signal.aborted) return { kind: 'aborted' };
      const { code } = error as { code?: string };
      if (code === 'URL_NOT_ALLOWED') return { kind: 'failed', reason: 'URL_NOT_ALLOWED' };
      return { kind: 'failed', reason: late.aborted ? 'TIMED_OUT' : 'UNREACHABLE' };
    }
  };
  return { post, [Symbol.asyncDispose]: () => dispatcher.destroy() };
}

function judge(status: number, retryAfter: string | undefined, nowMs: number): Posted {
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  if (status === 410) return { kind: 'gone', status, reason: 'RECEIVER_GONE' };
  const mayAsk = status === 429 || status === 503;
  const retryAfterMs = mayAsk ? readRetryAfter(retryAfter, nowMs) : undefined;
  return { kind: 'failed', status, reason: 'ANSWERED_OTHERWISE', retryAfterMs };
}

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
