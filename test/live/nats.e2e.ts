/** Feeds that go through NATS JetStream: a relay puts them in, fan-ins take them out. */
import { createDirectSource } from '@kortelijn/gateway/live/fan-in/direct-source.ts';
import { createFanIn, type FanIn, type FanInOptions } from '@kortelijn/gateway/live/fan-in/fan-in.ts';
import { streamOf } from '@kortelijn/gateway/live/fan-in/nats/feed-stream.ts';
import { createNatsRoad, type NatsRoad } from '@kortelijn/gateway/live/fan-in/nats/nats-connection.ts';
import { createNatsSource } from '@kortelijn/gateway/live/fan-in/nats/nats-source.ts';
import { createRelay, type Relay } from '@kortelijn/gateway/live/fan-in/nats/relay-feeds.ts';
import { createFeedEndpoint } from '@kortelijn/gateway/live/fan-in/standins/feed-endpoint.ts';
import { createLogFeed, type LogFeed } from '@kortelijn/gateway/live/fan-in/standins/log-feed.ts';
import type { FeedStep } from '@kortelijn/gateway/live/feed-event.ts';
import { createStreams } from '@kortelijn/gateway/transport/stream.ts';
import { createTransport } from '@kortelijn/gateway/transport/transport.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { launchNats, type NatsServer, natsProgram } from './nats-server.ts';

const names = ['linde', 'denkbeeld', 'registry'];
const within = { timeout: 30_000, interval: 20 };

describe.skipIf(natsProgram === undefined)('with FEED=nats://… (needs NATS_SERVER, as .ci/run sets it)', () => {
  let nats: NatsServer;
  let closing: AsyncDisposable[] = [];
  let feeds: ReadonlyMap<string, LogFeed>;
  let asked: string[];
  let direct: ReturnType<typeof createDirectSource>;

  const closed = <T extends AsyncDisposable>(one: T): T => {
    closing.push(one);
    return one;
  };

  beforeEach(async () => {
    nats = closed(await launchNats());
    feeds = new Map(names.map((name) => [name, createLogFeed(name)]));
    asked = [];
    const urls = new Map<string, URL>();
    for (const [name, feed] of feeds) {
      const endpoint = await createFeedEndpoint(name === 'registry' ? 'registryChanges' : 'changes', feed, 500);
      urls.set(name, closed(endpoint).url);
    }
    const to = { urlOf: (name: string) => urls.get(name), seal: () => ({}), now: Date.now };
    const transport = closed(createTransport(to));
    direct = createDirectSource({ streams: closed(createStreams(to)), send: transport.send, now: Date.now });
  });
  afterEach(async () => {
    for (const one of closing.reverse()) await one[Symbol.asyncDispose]();
    closing = [];
  });

  const follow = (source: FanInOptions['source'], more: Partial<FanInOptions> = {}): FanIn =>
    closed(
      createFanIn({
        feeds: () => names,
        onFeedsChange: () => () => {},
        source,
        retryMinMs: 50,
        retryMaxMs: 500,
        ...more,
      }),
    );
  const road = (name: string): NatsRoad => closed(createNatsRoad(nats.url, name));

  const startRelay = (): Relay => closed(createRelay({ fanIn: follow(direct), road: road('relay'), beatMs: 200 }));

  const startGateway = () => {
    const page: typeof direct.page = (...request) => {
      asked.push(request[0]);
      return direct.page(...request);
    };
    let followed: readonly string[] = names;
    let onChange = (): void => {};
    const fanIn = follow(createNatsSource({ road: road('gateway'), page }), {
      feeds: () => followed,
      onFeedsChange(listener) {
        onChange = listener;
        return () => {};
      },
    });
    const told: FeedStep[] = [];
    fanIn.onStep((step) => told.push(step));
    return {
      fanIn,
      told,
      follow(...feedsNow: readonly string[]) {
        followed = feedsNow;
        onChange();
      },
      ids: (feed: string) =>
        told.flatMap((step) => (step.feed === feed && step.kind === 'events' ? step.events : [])).map(({ id }) => id),
    };
  };
  type Gateway = ReturnType<typeof startGateway>;

  const append = (count: number) => {
    for (const feed of feeds.values()) feed.append(count);
  };
  const reached = ({ fanIn }: Gateway) =>
    vi.waitFor(() => {
      for (const [name, feed] of feeds) expect(fanIn.head(name)).toEqual(feed.head);
    }, within);
  const relayed = (relay: Relay) =>
    vi.waitFor(() => {
      for (const [name, feed] of feeds) expect(relay.published(name)).toEqual(feed.head);
    }, within);
  const expectAll = ({ ids, told }: Gateway, from: number) => {
    expect(told.filter(({ kind }) => kind === 'gap')).toEqual([]);
    for (const [name, feed] of feeds) expect(ids(name)).toEqual(feed.written.slice(from).map(({ id }) => id));
  };

  test('a relay carries every event once and in order to every gateway, and no gateway asks an endpoint', async () => {
    append(5);
    startRelay();
    const gateways = [startGateway(), startGateway()];
    for (const gateway of gateways) await reached(gateway);
    for (let turn = 0; turn < 20; turn += 1) {
      append(1 + (turn % 7) * 20);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const gateway of gateways) {
      await reached(gateway);
      expectAll(gateway, 5);
      expect(gateway.fanIn.states().map(({ state }) => state)).toEqual(['LIVE', 'LIVE', 'LIVE']);
    }
    expect(asked).toEqual([]);
  });

  test('F7: NATS is killed and comes back, and nothing is lost or doubled', async () => {
    append(3);
    startRelay();
    const gateway = startGateway();
    await reached(gateway);
    append(50);
    await reached(gateway);
    await nats.kill();
    append(300);
    await vi.waitFor(
      () => expect(gateway.fanIn.states().map(({ state }) => state)).toEqual(['SILENT', 'SILENT', 'SILENT']),
      within,
    );
    await nats.start();
    append(50);
    await reached(gateway);
    append(1);
    await reached(gateway);
    expectAll(gateway, 3);
  });

  test('F7: NATS comes back without anything it kept, and the endpoints fill what is missing', async () => {
    append(3);
    const relay = startRelay();
    const gateway = startGateway();
    await reached(gateway);
    append(80);
    await reached(gateway);
    await nats.kill();
    nats.loseEverything();
    append(40);
    await nats.start();
    append(40);
    await reached(gateway);
    await relayed(relay);
    append(2);
    await reached(gateway);
    expectAll(gateway, 3);
  });

  test('a stream that is purged is refilled from the source for whoever still needs what it held', async () => {
    append(3);
    const relay = startRelay();
    const gateway = startGateway();
    await reached(gateway);
    const { manager } = await road('operator').open();
    const purge = async () => {
      for (const name of names) await manager.streams.purge(streamOf(name));
    };
    append(400);
    await purge();
    append(2);
    await reached(gateway);
    expectAll(gateway, 3);

    gateway.follow();
    append(30);
    await relayed(relay);
    await purge();
    append(4);
    await relayed(relay);
    asked = [];
    gateway.follow(...names);
    await reached(gateway);
    expectAll(gateway, 3);
    expect(asked.sort()).toEqual([...names].sort());
  });

  test('two relays put each event in once, and one of them is enough', async () => {
    append(3);
    const relays = [startRelay(), startRelay()];
    const gateway = startGateway();
    await reached(gateway);
    append(150);
    await reached(gateway);
    for (const relay of relays) await relayed(relay);
    const { manager } = await road('operator').open();
    for (const name of names) expect((await manager.streams.info(streamOf(name))).state.messages).toBe(150);

    await relays[0]?.[Symbol.asyncDispose]();
    append(20);
    await reached(gateway);
    await relays[1]?.[Symbol.asyncDispose]();
    append(20);
    // A relay that starts goes on where the stream ends.
    startRelay();
    await reached(gateway);
    expectAll(gateway, 3);
    for (const name of names) expect((await manager.streams.info(streamOf(name))).state.messages).toBe(190);
  });

  test('a participant that is restored is told as a gap through NATS too, and it goes on in the new epoch', async () => {
    append(3);
    startRelay();
    const gateway = startGateway();
    await reached(gateway);
    append(5);
    await reached(gateway);
    feeds.get('linde')?.restore(2);
    append(4);
    await reached(gateway);
    const gaps = gateway.told.filter(({ kind }) => kind === 'gap');
    expect(gaps).toMatchObject([{ feed: 'linde', reason: 'RESTORED', from: { seq: 8 } }]);
    expect(gateway.ids('denkbeeld')).toHaveLength(9);
  });
});
