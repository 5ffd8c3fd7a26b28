/**
 * Asks one endpoint on a caller's behalf: bounds, breaker, seal, one exchange, and at most one more.
 *
 * A query may be asked twice: at once when its connection broke, or beside a slow first try; both out of a budget.
 * A mutation is sent twice only when its answer was lost and it carries a commandId: same id, same effect.
 * A refusal for clock skew carries the endpoint's time and is tried once more under it.
 */
import { answerOf } from './answer.ts';
import { type AttemptSettings, createAttempts, type Exchange } from './attempt.ts';
import { type BoundsSettings, createBounds } from './bounds.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import type { Caller } from './caller.ts';
import { createClockOffsets } from './clock-offsets.ts';
import { type Answered, type Failed, type Failure, failed, type Reply } from './reply.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import type { Seal } from './seal.ts';

export interface Outgoing {
  readonly document: string;
  /** The request's JSON as it goes over the line. */
  readonly body: string;
  readonly kind: 'query' | 'mutation';
  /** A mutation that carries a commandId has one effect however often it arrives. */
  readonly isRepeatable: boolean;
  readonly isPersonal: boolean;
}

export interface SendContext {
  readonly caller: Caller;
  /** When the whole request must be answered. */
  readonly deadlineMs: number;
  readonly requestId: string;
  /** W3C trace context, when the request has one. */
  readonly traceparent?: string | undefined;
}

export type Send = (endpoint: string, outgoing: Outgoing, context: SendContext) => Promise<Reply>;

export interface Transport {
  readonly send: Send;
  /** Endpoint's clock minus ours, in milliseconds. */
  offsetMs(endpoint: string): number;
  breakerState(endpoint: string): Breaker['state'];
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TransportSettings extends AttemptSettings, BoundsSettings {
  readonly attemptMs: number;
  /** A command that is given up on may have been carried out, so it is waited for longer than a query. */
  readonly mutationAttemptMs: number;
  /** When a query that has not been answered is asked beside the first; 0 never. */
  readonly hedgeAfterMs: number;
  /** Kept of the request's deadline to gather and print what the others said. */
  readonly reserveMs: number;
  readonly clockSkewMaxMs: number;
}

export const transportDefaults: TransportSettings = {
  attemptMs: 2_000,
  mutationAttemptMs: 4_500,
  hedgeAfterMs: 1_000,
  reserveMs: 100,
  connectTimeoutMs: 1_500,
  connectionsMax: 64,
  answerBytesMax: 5_000_000,
  answerDepthMax: 64,
  inFlightPerEndpointMax: 64,
  inFlightMax: 1_024,
  queuePerEndpointMax: 64,
  queueMax: 1_024,
  clockSkewMaxMs: 600_000,
};

export interface TransportOptions {
  /** Where an endpoint answers now; undefined when nobody of that name does. */
  readonly urlOf: (endpoint: string) => URL | undefined;
  readonly seal: Seal;
  readonly now: () => number;
  readonly settings?: Partial<TransportSettings>;
}

export function createTransport({ urlOf, seal, now, settings: given }: TransportOptions): Transport {
  const settings = { ...transportDefaults, ...given };
  const attempts = createAttempts(settings, now);
  const bounds = createBounds(settings, now);
  const clocks = createClockOffsets();
  const endpoints = new Map<string, { breaker: Breaker; budget: RetryBudget }>();

  const stateOf = (endpoint: string) => {
    let state = endpoints.get(endpoint);
    if (state === undefined) {
      state = { breaker: createBreaker(performance.now.bind(performance)), budget: createRetryBudget() };
      endpoints.set(endpoint, state);
    }
    return state;
  };

  /** One sealed exchange; measured, judged, not repeated. */
  const start = (endpoint: string, url: URL, outgoing: Outgoing, context: SendContext, timeoutMs: number) => {
    const headers = seal({
      endpoint,
      method: 'POST',
      path: url.pathname + url.search,
      body: outgoing.body,
      document: outgoing.document,
      caller: context.caller,
      isBound: outgoing.kind === 'mutation' || outgoing.isPersonal,
      endpointNowMs: now() + clocks.offsetMs(endpoint),
    });
    if (headers === undefined) {
      const none = failed('NOT_TRUSTED', `Expected a key of ${endpoint} in the directory, found none.`);
      return { reply: Promise.resolve<Reply>(none), cancel: () => {} };
    }
    const running = attempts.attempt({
      url,
      body: outgoing.body,
      timeoutMs,
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        'x-request-id': context.requestId,
        ...(context.traceparent !== undefined && { traceparent: context.traceparent }),
        ...headers,
      },
    });
    return { reply: running.exchange.then((result) => judged(endpoint, result)), cancel: running.cancel };
  };

  const judged = (endpoint: string, result: Exchange | Failed): Reply => {
    if (result.kind === 'failed') return result;
    const { timeMs, sentAtMs, headersAtMs } = result;
    if (timeMs !== undefined) clocks.observe(endpoint, timeMs, sentAtMs, headersAtMs);
    const skewMs = timeMs === undefined ? undefined : Math.round(clocks.offsetMs(endpoint));
    const answer = answerOf(result);
    if (skewMs !== undefined && Math.abs(skewMs) > settings.clockSkewMaxMs) {
      const reason = `Expected a clock within ${settings.clockSkewMaxMs / 60_000} minutes of ours, found ${Math.round(skewMs / 1_000)} s.`;
      return { ...failed('CLOCK_SKEW', reason), skewMs };
    }
    return answer.kind === 'failed' ? { ...answer, skewMs } : { ...answer, receivedAtMs: now(), skewMs };
  };

  const exchange = async (endpoint: string, url: URL, outgoing: Outgoing, context: SendContext): Promise<Reply> => {
    const { budget } = stateOf(endpoint);
    budget.earn();
    const attemptMs = outgoing.kind === 'mutation' ? settings.mutationAttemptMs : settings.attemptMs;
    const leftMs = () => Math.min(attemptMs, context.deadlineMs - settings.reserveMs - now());
    const timeoutMs = leftMs();
    if (timeoutMs <= 0) return failed('DEADLINE_EXCEEDED', 'The request had no time left to ask.');
    const first = start(endpoint, url, outgoing, context, timeoutMs);
    // A read of personal data writes a line in the source's access log: it is not asked twice for speed.
    const isHedgeable = outgoing.kind === 'query' && !outgoing.isPersonal;
    const mayHedge = isHedgeable && settings.hedgeAfterMs > 0 && timeoutMs > settings.hedgeAfterMs;
    const reply = await (mayHedge
      ? hedged(first, settings.hedgeAfterMs, () => {
          const restMs = timeoutMs - settings.hedgeAfterMs;
          return budget.spend() ? start(endpoint, url, outgoing, context, restMs) : undefined;
        })
      : first.reply);
    if (reply.kind === 'answered' || leftMs() <= 0) return reply;
    const isSkewed = reply.failure === 'CLOCK_SKEW' && Math.abs(reply.skewMs ?? Infinity) <= settings.clockSkewMaxMs;
    const isWorthwhile =
      isSkewed ||
      (outgoing.kind === 'query'
        ? reply.failure === 'LOST' && budget.spend()
        : outgoing.isRepeatable && (reply.failure === 'LOST' || reply.failure === 'TIMED_OUT'));
    if (!isWorthwhile) return reply;
    const second = await start(endpoint, url, outgoing, context, leftMs()).reply;
    // Whatever became of the second: the first may have had its effect.
    return second.kind === 'failed' && reply.mayHaveActed ? { ...second, mayHaveActed: true } : second;
  };

  const send: Send = async (endpoint, outgoing, context) => {
    const url = urlOf(endpoint);
    if (url === undefined) return failed('UNREACHABLE', `The directory names no endpoint of ${endpoint}.`);
    const { breaker } = stateOf(endpoint);
    if (breaker.state === 'OPEN') return failed('BREAKER_OPEN', `${endpoint} failed too often lately.`);
    const entering = bounds.enter(endpoint, context.deadlineMs - settings.reserveMs);
    const entrance = typeof entering === 'string' ? entering : await entering;
    if (entrance !== 'IN') return failed(entrance, `As much is under way to ${endpoint} as the hub allows.`);
    try {
      if (!breaker.mayPass()) return failed('BREAKER_OPEN', `${endpoint} failed too often lately.`);
      const startedAt = performance.now();
      const reply = await exchange(endpoint, url, outgoing, context);
      if (reply.kind !== 'failed' || !sickness.has(reply.failure)) {
        breaker.succeeded();
      } else if (breaker.state !== 'CLOSED' || !isQuickRefusal(reply, performance.now() - startedAt)) {
        breaker.failed();
      }
      return reply;
    } finally {
      bounds.leave(endpoint);
    }
  };

  return {
    send,
    offsetMs: clocks.offsetMs,
    breakerState: (endpoint) => stateOf(endpoint).breaker.state,
    [Symbol.asyncDispose]: () => attempts[Symbol.asyncDispose](),
  };
}

/** What counts against an endpoint's health; a refusal is an answer. */
const sickness: ReadonlySet<Failure> = new Set([
  'UNREACHABLE',
  'LOST',
  'TIMED_OUT',
  'UNAVAILABLE',
  'BREACH',
  'TOO_LARGE',
]);

/** A port that nobody listens on says so at once: there is nothing to spare, and it is noticed when it is back. */
function isQuickRefusal({ failure }: Failed, tookMs: number): boolean {
  return failure === 'UNREACHABLE' && tookMs < quickMs;
}

const quickMs = 250;

interface Started {
  readonly reply: Promise<Reply>;
  cancel(): void;
}

/** The first good answer of two tries, the second begun only when the first is slow. */
async function hedged(first: Started, afterMs: number, again: () => Started | undefined): Promise<Reply> {
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<'slow'>((resolve) => {
    timer = setTimeout(resolve, afterMs, 'slow');
  });
  const early = await Promise.race([first.reply, slow]);
  clearTimeout(timer);
  if (early !== 'slow') return early;
  const second = again();
  if (second === undefined) return first.reply;
  const winner = await Promise.race([first.reply.then(named(first)), second.reply.then(named(second))]);
  const other = winner.started === first ? second : first;
  if (winner.reply.kind === 'answered') {
    other.cancel();
    return winner.reply;
  }
  const last = await other.reply;
  return last.kind === 'answered' ? last : winner.reply;
}

const named = (started: Started) => (reply: Answered | Failed) => ({ started, reply });
