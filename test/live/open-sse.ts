/** One subscription over HTTP: POST, answered by server-sent events (GraphQL over SSE, distinct connections mode). */

import { readEvents } from '@kortelijn/sdk/read-events.ts';
import { type Dispatcher, request } from 'undici';

export interface Subscribing {
  /** The GraphQL address of the hub. */
  readonly url: string;
  readonly token: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  /** How long the line may be silent before it counts as broken. */
  readonly silenceMsMax: number;
  /** A pool of connections, where one is wanted. */
  readonly dispatcher?: Dispatcher;
}

/** The hub said no, with its code. */
export class StreamRefused extends Error {
  readonly code: string;
  /** Whether trying again can help. */
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, code: string, retryable: boolean, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

interface Result {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly retryable?: boolean };
  }[];
}

/** The results of a subscription, one by one; ends when the hub ends it, throws StreamRefused when the hub says why. */
export async function* openSse(subscribing: Subscribing): AsyncGenerator<Result> {
  const { url, token, document, variables, signal, silenceMsMax, dispatcher } = subscribing;
  const response = await request(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
    body: JSON.stringify({ query: document, variables }),
    signal,
    headersTimeout: silenceMsMax,
    bodyTimeout: silenceMsMax,
    ...(dispatcher && { dispatcher }),
  });
  const type = String(response.headers['content-type'] ?? '');
  if (!type.startsWith('text/event-stream')) {
    const seconds = Number(response.headers['retry-after']);
    throw refusalIn(await response.body.text(), response.statusCode, seconds >= 0 ? seconds * 1_000 : undefined);
  }
  for await (const { event, data } of readEvents(response.body)) {
    if (event === 'complete') return;
    if (event !== 'next') continue;
    const result = JSON.parse(data) as Result;
    // An item that came with errors inside is an item; errors without one are how a stream ends.
    if (result.data === undefined || result.data === null || Object.values(result.data)[0] == null) {
      const refused = refusal(result);
      if (refused !== undefined) throw refused;
    }
    yield result;
  }
}

function refusalIn(text: string, status: number, retryAfterMs: number | undefined): Error {
  let answer: Result;
  try {
    answer = JSON.parse(text) as Result;
  } catch {
    // Not the hub: a proxy before it, or something else at this address.
    return new Error(`Expected a stream of events, got HTTP ${status}: ${text.slice(0, 200)}`);
  }
  return refusal(answer, retryAfterMs) ?? new Error(`Expected a stream of events, got HTTP ${status}`);
}

function refusal({ errors }: Result, retryAfterMs?: number): StreamRefused | undefined {
  const [first] = errors ?? [];
  if (first === undefined) return undefined;
  const { code = 'UNKNOWN', retryable = false } = first.extensions ?? {};
  return new StreamRefused(first.message, code, retryable, retryAfterMs);
}
