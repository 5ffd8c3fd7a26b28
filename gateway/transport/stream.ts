/**
 * Follows a subscription at one endpoint: sealed as every request, answered as server-sent events (GraphQL over SSE,
 * distinct connections mode), read at the pace of whoever asks. A line has its own connections and never passes the
 * breaker of requests: it is what notices that an endpoint is back.
 *
 * It is not opened again here; who follows knows from where.
 */
import { randomUUID } from 'node:crypto';
import { Agent, type Dispatcher } from 'undici';
import { answerOf } from './answer.ts';
import type { Exchange } from './attempt.ts';
import { type ClockOffsets, createClockOffsets } from './clock-offsets.ts';
import { createJsonDepth } from './json-depth.ts';
import type { EndpointError, Failure } from './reply.ts';
import type { Seal } from './seal.ts';
import { createStreamEvents } from './stream-events.ts';

export interface StreamRequest {
  readonly endpoint: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Ends the line from our side. */
  readonly signal: AbortSignal;
}

/** One result of the subscription. */
export interface StreamResult {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly EndpointError[];
}

export interface Streams {
  /** Asked for under the hub's own name. Ends when the endpoint says that it is complete; throws StreamBroken. */
  follow(request: StreamRequest): AsyncGenerator<StreamResult, void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface StreamSettings {
  readonly connectTimeoutMs: number;
  /** From the request to the first byte of its answer. */
  readonly headersTimeoutMs: number;
  /** An endpoint says something every second. */
  readonly silenceMs: number;
  /** Of one result, in characters. */
  readonly eventLengthMax: number;
  readonly eventDepthMax: number;
  readonly clockSkewMaxMs: number;
}

export const streamDefaults: StreamSettings = {
  connectTimeoutMs: 1_500,
  headersTimeoutMs: 3_000,
  silenceMs: 4_000,
  eventLengthMax: 5_000_000,
  eventDepthMax: 64,
  clockSkewMaxMs: 600_000,
};

export interface StreamsOptions {
  /** Where an endpoint answers now; undefined when nobody of that name does. */
  readonly urlOf: (endpoint: string) => URL | undefined;
  readonly seal: Seal;
  readonly now: () => number;
  readonly clocks?: ClockOffsets;
  readonly settings?: Partial<StreamSettings>;
}

export class StreamBroken extends Error {
  override readonly name = 'StreamBroken';
  readonly failure: Failure;

  constructor(failure: Failure, reason: string) {
    super(reason);
    this.failure = failure;
  }
}

/** Of a refusal; what is longer is none. */
const refusalBytesMax = 65_536;

export function createStreams(options: StreamsOptions): Streams {
  const { urlOf, seal, now, clocks = createClockOffsets() } = options;
  const settings = { ...streamDefaults, ...options.settings };
  const agent = new Agent({
    connect: { timeout: settings.connectTimeoutMs },
    headersTimeout: settings.headersTimeoutMs,
    // Stands still while the connection is held back for a reader that takes its time.
    bodyTimeout: settings.silenceMs,
    pipelining: 0,
  });

  const open = async ({ endpoint, document, variables, signal }: StreamRequest): Promise<Opened> => {
    const url = urlOf(endpoint);
    if (url === undefined) throw new StreamBroken('UNREACHABLE', `The directory names no endpoint of ${endpoint}.`);
    const path = url.pathname + url.search;
    const body = JSON.stringify({ query: document, variables });
    const endpointNowMs = now() + clocks.offsetMs(endpoint);
    const caller = { kind: 'hub' } as const;
    const headers = seal({ endpoint, method: 'POST', path, body, document, caller, isBound: true, endpointNowMs });
    if (headers === undefined) {
      throw new StreamBroken('NOT_TRUSTED', `Expected a key of ${endpoint} in the directory, found none.`);
    }
    const sentAtMs = now();
    const response = await agent
      .request({
        origin: url.origin,
        path,
        method: 'POST',
        body,
        signal,
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          'x-request-id': randomUUID(),
          ...headers,
        },
      })
      .catch((error: Error & { code?: string }) => {
        signal.throwIfAborted();
        const isSent = error.code === 'UND_ERR_HEADERS_TIMEOUT';
        throw new StreamBroken(isSent ? 'TIMED_OUT' : 'UNREACHABLE', `No answer: ${error.code ?? error.name}.`);
      });
    const headersAtMs = now();
    const timeMs = timeOf(response.headers['kortelijn-time']);
    if (timeMs !== undefined) clocks.observe(endpoint, timeMs, sentAtMs, headersAtMs);
    return { response, sentAtMs, headersAtMs, timeMs };
  };

  /** An endpoint that finds our clock off has told its own: one more try under that. */
  const openOnceMore = async (request: StreamRequest): Promise<Dispatcher.ResponseData> => {
    const first = await open(request);
    if (isEventStream(first.response)) return first.response;
    const refusal = await refusalOf(first);
    const isNear = Math.abs(clocks.offsetMs(request.endpoint)) <= settings.clockSkewMaxMs;
    if (refusal.failure !== 'CLOCK_SKEW' || !isNear) throw refusal;
    const second = await open(request);
    if (isEventStream(second.response)) return second.response;
    throw await refusalOf(second);
  };

  return {
    async *follow(request) {
      const { body } = await openOnceMore(request);
      const events = createStreamEvents(settings.eventLengthMax);
      const chunks = body[Symbol.asyncIterator]();
      try {
        for (;;) {
          const chunk = await nextChunk(chunks, request.signal);
          if (chunk === undefined)
            throw new StreamBroken('LOST', 'The connection ended before the stream was complete.');
          for (const { event, data } of eventsOf(events, chunk)) {
            if (event === 'complete') return;
            if (event === 'next') yield resultOf(data, settings.eventDepthMax);
          }
        }
      } finally {
        body.on('error', () => {}).destroy();
      }
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

interface Opened {
  readonly response: Dispatcher.ResponseData;
  readonly sentAtMs: number;
  readonly headersAtMs: number;
  readonly timeMs: number | undefined;
}

async function nextChunk(chunks: AsyncIterator<Uint8Array>, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    const { done, value } = await chunks.next();
    return done === true ? undefined : value;
  } catch (error) {
    signal.throwIfAborted();
    const { code, name } = error as Error & { code?: string };
    if (code === 'UND_ERR_BODY_TIMEOUT') throw new StreamBroken('TIMED_OUT', 'Connected; nothing was heard any more.');
    throw new StreamBroken('LOST', `The connection broke: ${code ?? name}.`);
  }
}

function eventsOf(events: ReturnType<typeof createStreamEvents>, chunk: Uint8Array) {
  try {
    return events.take(chunk);
  } catch (error) {
    throw new StreamBroken('TOO_LARGE', error instanceof Error ? error.message : String(error));
  }
}

function resultOf(data: string, depthMax: number): StreamResult {
  if (!createJsonDepth(depthMax).take(Buffer.from(data))) {
    throw new StreamBroken('TOO_LARGE', `Expected a result at most ${depthMax} deep, found a deeper one.`);
  }
  const answer = answerOf({ ...anExchange, status: 200, contentType: 'application/json', text: data });
  if (answer.kind === 'failed') throw new StreamBroken(answer.failure, answer.reason);
  return answer;
}

/** A result is read as the answer to a request is; when it came says nothing about clocks. */
const anExchange = { kind: 'exchange', timeMs: undefined, sentAtMs: 0, headersAtMs: 0 } as const;

const isEventStream = ({ statusCode, headers }: Dispatcher.ResponseData): boolean =>
  statusCode === 200 && /^text\/event-stream\b/i.test(headerOf(headers['content-type']));

async function refusalOf({ response, ...times }: Opened): Promise<StreamBroken> {
  const { statusCode, headers, body } = response;
  const contentType = headerOf(headers['content-type']).toLowerCase();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > refusalBytesMax) break;
    }
  } catch {
    return new StreamBroken('LOST', 'The connection broke before the refusal was whole.');
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const exchange: Exchange = { kind: 'exchange', status: statusCode, contentType, text, ...times };
  const answer = answerOf(exchange);
  if (answer.kind === 'failed') return new StreamBroken(answer.failure, answer.reason);
  const found = answer.errors[0]?.code ?? 'an answer';
  return new StreamBroken('REFUSED', `Expected a stream of events, found ${found} with HTTP ${statusCode}.`);
}

const headerOf = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? '';

function timeOf(value: string | string[] | undefined): number | undefined {
  const text = headerOf(value);
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
