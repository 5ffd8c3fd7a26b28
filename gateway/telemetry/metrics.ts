/** The figures of /metrics: rate, errors and duration per door and per participant, breakers, coverage. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];
  return {
    registry,
    requests: new Counter({
      name: 'kortelijn_requests_total',
      help: 'Requests that came in, by door, kind of operation and how they ended.',
      labelNames: ['door', 'kind', 'result'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'kortelijn_request_duration_seconds',
      help: 'Time from the first byte of a request to the last byte of its answer.',
      labelNames: ['door', 'kind'],
      buckets,
      registers,
    }),
    refusals: new Counter({
      name: 'kortelijn_refusals_total',
      help: 'Requests that were refused before execution, by code.',
      labelNames: ['door', 'code'],
      registers,
    }),
    connectionsEnded: new Counter({
      name: 'kortelijn_connections_ended_total',
      help: 'Sockets and event streams that the hub closed, by code.',
      labelNames: ['door', 'code'],
      registers,
    }),
    cost: new Counter({
      name: 'kortelijn_cost_total',
      help: 'Estimated cost of admitted operations, by the participant of the caller and its program.',
      labelNames: ['participant', 'program'],
      registers,
    }),
    participantRequests: new Counter({
      name: 'kortelijn_participant_requests_total',
      help: 'Requests to endpoints, by what became of them.',
      labelNames: ['participant', 'outcome'],
      registers,
    }),
    participantSeconds: new Histogram({
      name: 'kortelijn_participant_duration_seconds',
      help: 'Time that an endpoint took to answer.',
      labelNames: ['participant'],
      buckets,
      registers,
    }),
    breakerOpen: new Gauge({
      name: 'kortelijn_breaker_open',
      help: '1 while an endpoint is left alone because it failed too often.',
      labelNames: ['participant'],
      registers,
    }),
    coverage: new Counter({
      name: 'kortelijn_coverage_outcomes_total',
      help: 'What became of each participant in scattered answers.',
      labelNames: ['participant', 'outcome'],
      registers,
    }),
    feedEvents: new Counter({
      name: 'kortelijn_feed_events_total',
      help: 'Events that were heard from the feed of a participant or of the registry.',
      labelNames: ['feed'],
      registers,
    }),
    feedGaps: new Counter({
      name: 'kortelijn_feed_gaps_total',
      help: 'Times that events of a feed were missing for good, by reason.',
      labelNames: ['feed', 'reason'],
      registers,
    }),
    feedLinesEnded: new Counter({
      name: 'kortelijn_feed_lines_ended_total',
      help: 'Times that the line of a feed ended and was tried again.',
      labelNames: ['feed'],
      registers,
    }),
    feedLive: new Gauge({
      name: 'kortelijn_feed_live',
      help: '1 while everything of a feed up to a moment ago is here.',
      labelNames: ['feed'],
      registers,
    }),
    streamItems: new Counter({
      name: 'kortelijn_stream_items_total',
      help: 'Changes that were read for an audience: one for each selection and audience, however many follow.',
      labelNames: ['stream'],
      registers,
    }),
    /** How long ago each feed was last heard, asked for when somebody looks. */
    watchFeeds(states: () => readonly { readonly feed: string; readonly lagMs: number | undefined }[]): void {
      new Gauge({
        name: 'kortelijn_feed_lag_seconds',
        help: 'How long ago the feed of a participant or of the registry was last heard.',
        labelNames: ['feed'],
        registers,
        collect() {
          this.reset();
          for (const { feed, lagMs } of states()) if (lagMs !== undefined) this.set({ feed }, lagMs / 1_000);
        },
      });
    },
    /** Figures that are asked for when somebody looks. */
    watchConnections(count: () => number): void {
      new Gauge({
        name: 'kortelijn_connections',
        help: 'Sockets and event streams that are open now.',
        registers,
        collect() {
          this.set(count());
        },
      });
    },
    watchStreams(counts: () => { readonly subscribers: number; readonly groups: number }): void {
      new Gauge({
        name: 'kortelijn_stream_subscribers',
        help: 'Streams that are followed now.',
        registers,
        collect() {
          this.set(counts().subscribers);
        },
      });
      new Gauge({
        name: 'kortelijn_stream_groups',
        help: 'Sets of streams that ask the same and get the same.',
        registers,
        collect() {
          this.set(counts().groups);
        },
      });
    },
    webhookPosts: new Counter({
      name: 'kortelijn_webhook_posts_total',
      help: 'Posts to programs, by how they ended.',
      labelNames: ['result'],
      registers,
    }),
    webhookSeconds: new Histogram({
      name: 'kortelijn_webhook_duration_seconds',
      help: 'Time that a program took to answer a post.',
      buckets,
      registers,
    }),
    webhookDeadLetters: new Counter({
      name: 'kortelijn_webhook_dead_letters_total',
      help: 'Items that were given up on.',
      registers,
    }),
    webhooksHeld: new Gauge({
      name: 'kortelijn_webhooks',
      help: 'Webhooks that this hub delivers now.',
      registers,
    }),
    envelopes: new Counter({
      name: 'kortelijn_envelopes_total',
      help: 'Envelopes that were forwarded, by sender, receiver and how that ended.',
      labelNames: ['sender', 'receiver', 'result'],
      registers,
    }),
  };
}
