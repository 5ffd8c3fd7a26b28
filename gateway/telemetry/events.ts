/** What is told of what happens: one function per event, each to the log and to the figures. */
import { errorFields, type Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

export interface RequestTold {
  readonly door: string;
  readonly kind: string;
  readonly traceId: string;
  readonly participant: string;
  readonly program: string | undefined;
  readonly documentHash: string;
  readonly cost: number;
  readonly durationMs: number;
  /** The codes of all errors in the answer. */
  readonly codes: readonly string[];
}

export interface Telemetry {
  requestAnswered(told: RequestTold): void;
  requestRefused(told: { door: string; code: string; traceId: string; durationMs: number; participant?: string }): void;
  requestBroke(told: { door: string; traceId: string; error: unknown }): void;
  /** The hub closed a socket or an event stream, and why. */
  connectionEnded(told: { door: string; code: string; participant?: string }): void;
  endpointAnswered(told: { endpoint: string; outcome: string; durationMs: number }): void;
  participantCovered(participant: string, outcome: string): void;
  breakerChanged(told: { endpoint: string; isOpen: boolean }): void;
  envelopeForwarded(told: { sender: string; receiver: string; result: string; durationMs: number }): void;
  directoryChanged(told: { version: number; count: number }): void;
  directoryFailed(told: { reason: string }): void;
  cursorKeysRefused(reason: string): void;
  feedTold(told: { feed: string; count: number }): void;
  feedGap(told: { feed: string; reason: string }): void;
  feedLineEnded(told: { feed: string; reason: string; waitMs: number }): void;
  feedStateChanged(told: { feed: string; state: string }): void;
  itemResolved(stream: string): void;
  /** A post to a program; never its address, which may hold a secret of its own. */
  webhookPosted(told: { webhook: string; result: string; status: number | undefined; durationMs: number }): void;
  webhookGivenUp(told: { webhook: string; reason: string }): void;
  /** It is not posted for now, or not any more. */
  webhookStopped(told: { webhook: string; reason: string }): void;
  webhooksHeld(count: number): void;
  webhooksFailed(told: { reason: string }): void;
  schemaChanged(told: { version: string }): void;
  schemaRefused(reason: string): void;
  started(told: { url: string; count: number }): void;
  stopping(): void;
}

export function createTelemetry(logger: Logger, metrics: Metrics): Telemetry {
  return {
    requestAnswered({ durationMs, cost, program = '', ...told }) {
      const { door, kind, codes, participant } = told;
      metrics.requests.inc({ door, kind, result: codes.length === 0 ? 'ok' : 'partial' });
      metrics.requestSeconds.observe({ door, kind }, durationMs / 1_000);
      metrics.cost.inc({ participant, program }, cost);
      logger.info({ event: 'request.answered', ...told, program, cost, durationMs: Math.round(durationMs) });
    },
    requestRefused({ door, code, ...told }) {
      metrics.requests.inc({ door, kind: 'none', result: 'refused' });
      metrics.refusals.inc({ door, code });
      logger.info({ event: 'request.refused', door, code, ...told, durationMs: Math.round(told.durationMs) });
    },
    requestBroke({ door, traceId, error }) {
      metrics.requests.inc({ door, kind: 'none', result: 'broke' });
      logger.error({ event: 'request.broke', door, traceId, ...errorFields(error) });
    },
    connectionEnded({ door, code, ...told }) {
      metrics.connectionsEnded.inc({ door, code });
      logger.info({ event: 'connection.ended', door, code, ...told });
    },
    endpointAnswered({ endpoint, outcome, durationMs }) {
      metrics.participantRequests.inc({ participant: endpoint, outcome });
      metrics.participantSeconds.observe({ participant: endpoint }, durationMs / 1_000);
    },
    participantCovered: (participant, outcome) => metrics.coverage.inc({ participant, outcome }),
    breakerChanged({ endpoint, isOpen }) {
      metrics.breakerOpen.set({ participant: endpoint }, isOpen ? 1 : 0);
      logger.warn({ event: 'breaker.changed', endpoint, state: isOpen ? 'open' : 'closed' });
    },
    envelopeForwarded({ sender, receiver, result, durationMs }) {
      metrics.envelopes.inc({ sender, receiver, result });
      logger.info({
        event: 'envelope.forwarded',
        participant: sender,
        endpoint: receiver,
        outcome: result,
        durationMs,
      });
    },
    directoryChanged: ({ version, count }) => logger.info({ event: 'directory.changed', version, count }),
    directoryFailed: ({ reason }) => logger.warn({ event: 'directory.failed', reason }),
    cursorKeysRefused: (reason) => logger.error({ event: 'cursorKeys.refused', reason }),
    feedTold: ({ feed, count }) => metrics.feedEvents.inc({ feed }, count),
    feedGap({ feed, reason }) {
      metrics.feedGaps.inc({ feed, reason });
      logger.warn({ event: 'feed.gap', feed, reason });
    },
    feedLineEnded({ feed, reason, waitMs }) {
      metrics.feedLinesEnded.inc({ feed });
      logger.info({ event: 'feed.lineEnded', feed, reason, waitMs: Math.round(waitMs) });
    },
    feedStateChanged({ feed, state }) {
      metrics.feedLive.set({ feed }, state === 'LIVE' ? 1 : 0);
      logger.info({ event: 'feed.stateChanged', feed, state });
    },
    itemResolved: (stream) => metrics.streamItems.inc({ stream }),
    webhookPosted({ webhook, result, status, durationMs }) {
      metrics.webhookPosts.inc({ result });
      metrics.webhookSeconds.observe(durationMs / 1_000);
      if (result !== 'delivered')
        logger.warn({ event: 'webhook.failed', webhook, outcome: result, status, durationMs: Math.round(durationMs) });
    },
    webhookGivenUp({ webhook, reason }) {
      metrics.webhookDeadLetters.inc();
      logger.warn({ event: 'webhook.givenUp', webhook, reason });
    },
    webhookStopped: ({ webhook, reason }) => logger.warn({ event: 'webhook.stopped', webhook, reason }),
    webhooksHeld: (count) => metrics.webhooksHeld.set(count),
    webhooksFailed: ({ reason }) => logger.warn({ event: 'webhooks.failed', reason }),
    schemaChanged: ({ version }) => logger.info({ event: 'schema.changed', version }),
    schemaRefused: (reason) => logger.error({ event: 'schema.refused', reason }),
    started: ({ url, count }) => logger.info({ event: 'started', url, count }),
    stopping: () => logger.info({ event: 'stopping' }),
  };
}
