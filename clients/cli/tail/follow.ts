/**
 * A stream that goes on: whatever breaks the line, it is opened again with the cursor of the last item. It ends only when
 * it is told to, or by an error when the hub says no and would say so again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openSse, StreamRefused } from './open-sse.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';
import type { Stream, StreamItem } from './streams.ts';

export interface FollowOptions {
  readonly url: string;
  readonly stream: Stream;
  readonly participants: readonly string[] | undefined;
  readonly after: string | undefined;
  /** Called before each opening; may log in anew. */
  readonly token: () => Promise<string>;
  /** Whether `token` can answer a fresh one when one has expired. */
  readonly renewsToken: boolean;
  readonly signal: AbortSignal;
  readonly onLine: (line: LineState) => void;
  readonly random?: () => number;
}

export type LineState =
  | { readonly kind: 'open' }
  | { readonly kind: 'broken'; readonly why: string; readonly delayMs: number };

/** Three heartbeats, and a little for the way. */
const silenceMsMax = 10_000;

/** Trying again gives the same answer. */
export class FinalError extends Error {}

export async function* follow(options: FollowOptions): AsyncGenerator<StreamItem> {
  const { stream, signal, random = Math.random } = options;
  let cursor = options.after;
  for (let failures = 0; !signal.aborted; failures += 1) {
    let why = 'The hub ended the stream.';
    let waitMs = 0;
    try {
      const results = openSse({
        url: options.url,
        token: await options.token(),
        document: stream.document,
        variables: { after: cursor, ...(stream.takesParticipants && { participants: options.participants }) },
        signal,
        silenceMsMax,
      });
      let isOpen = false;
      for await (const { data } of results) {
        const item = data?.item as StreamItem | null | undefined;
        if (item === null || item === undefined) continue;
        if (!isOpen) options.onLine({ kind: 'open' });
        isOpen = true;
        failures = 0;
        yield item;
        // After it was taken: whoever stops in between gets it again.
        cursor = item.cursor;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(error, options.renewsToken)) throw error;
      why = reasonOf(error);
      if (error instanceof StreamRefused) waitMs = error.retryAfterMs ?? 0;
    }
    if (signal.aborted) return;
    const delayMs = Math.max(waitMs, reconnectDelayMs(failures, random));
    options.onLine({ kind: 'broken', why, delayMs });
    await sleep(delayMs, undefined, { signal }).catch(() => {});
  }
}

const isFinal = (error: unknown, renewsToken: boolean): boolean =>
  error instanceof FinalError ||
  (error instanceof StreamRefused && (error.code === 'TOKEN_EXPIRED' ? !renewsToken : !error.retryable));

function reasonOf(error: unknown): string {
  if (error instanceof StreamRefused) return `${error.code}: ${error.message}`;
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'UND_ERR_BODY_TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT') {
    return `Nothing was heard for ${silenceMsMax / 1000} s.`;
  }
  return message || code || String(error);
}
