/**
 * Puts the feeds of all participants into NATS JetStream, so that many gateways read them there: each endpoint then
 * has one line to serve for every relay, not one for every gateway. Two relays side by side do no harm; the gateways
 * go on from where they were when one comes back. Configured as a gateway is, with FEED.
 */
import './production.ts';
import { readConfig } from './config.ts';
import { followFeeds } from './feeds.ts';
import { createNatsRoad } from './live/fan-in/nats/nats-connection.ts';
import { createRelay } from './live/fan-in/nats/relay-feeds.ts';
import { connectNetwork } from './network.ts';
import { createTelemetry } from './telemetry/events.ts';
import { createLogger, errorFields } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';

const config = readConfig(process.env);
const { feedUrl } = config;
if (feedUrl === undefined) throw new Error('The relay cannot start:\n- FEED: expected nats://host:port, found nothing');
const logger = createLogger(config.logLevel);
const telemetry = createTelemetry(logger, createMetrics());
const network = await connectNetwork(config, telemetry);
const fanIn = followFeeds({ network, feedUrl: undefined, now: config.now, telemetry });
const road = createNatsRoad(feedUrl, 'relay');
const relay = createRelay({
  fanIn,
  road,
  onProblem: ({ feed, reason }) => logger.warn({ event: 'relay.failed', feed, reason }),
});
console.log(JSON.stringify({ ready: true, name: 'relay', url: `nats://${feedUrl.host}` }));

process.on('uncaughtException', (error) => {
  logger.error({ event: 'process.broke', ...errorFields(error) });
  process.exit(1);
});

const stop = async (): Promise<void> => {
  await relay[Symbol.asyncDispose]();
  await fanIn[Symbol.asyncDispose]();
  await road[Symbol.asyncDispose]();
  await network[Symbol.asyncDispose]();
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
