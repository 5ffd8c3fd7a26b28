/** Whose feeds are followed, and by which road: straight from the endpoints, or through NATS where `FEED` names it. */
import type { GatewayConfig } from './config.ts';
import { createDirectSource } from './live/fan-in/direct-source.ts';
import { createFanIn, type FanIn, type FanInTelemetry } from './live/fan-in/fan-in.ts';
import { createNatsRoad } from './live/fan-in/nats/nats-connection.ts';
import { createNatsSource } from './live/fan-in/nats/nats-source.ts';
import { registryFeed } from './live/stream.ts';
import type { Network } from './network.ts';

export interface FollowFeedsOptions {
  readonly network: Network;
  /** Where NATS is; undefined: straight from the endpoints. */
  readonly feedUrl: GatewayConfig['feedUrl'];
  readonly now: () => number;
  readonly telemetry: FanInTelemetry;
}

export function followFeeds({ network, feedUrl, now, telemetry }: FollowFeedsOptions): FanIn {
  const { directory, send, streams } = network;
  const direct = createDirectSource({ streams, send, now });
  const road = feedUrl === undefined ? undefined : createNatsRoad(feedUrl, 'gateway');
  const active = () =>
    directory
      .current()
      .participants.filter(({ accessionState }) => accessionState === 'ACTIVE')
      .map(({ id }) => id);
  const fanIn = createFanIn({
    feeds: () => [...active(), registryFeed],
    onFeedsChange: (listener) => directory.onChange(listener),
    source: road === undefined ? direct : createNatsSource({ road, page: direct.page }),
    telemetry,
  });
  return {
    ...fanIn,
    async [Symbol.asyncDispose]() {
      await fanIn[Symbol.asyncDispose]();
      await road?.[Symbol.asyncDispose]();
    },
  };
}
