import { expect, test, vi } from 'vitest';
import { createStreams } from '../../transport/stream.ts';
import { createTransport } from '../../transport/transport.ts';
import { createDirectSource } from './direct-source.ts';
import { createFanIn } from './fan-in.ts';
import { createFeedEndpoint } from './standins/feed-endpoint.ts';
import { createLogFeed } from './standins/log-feed.ts';

async function setUp() {
  const linde = createLogFeed('linde');
  const registry = createLogFeed('registry');
  linde.append(450);
  registry.append(3);
  const endpoints = new Map([
    ['linde', await createFeedEndpoint('changes', linde)],
    ['registry', await createFeedEndpoint('registryChanges', registry)],
  ]);
  const to = { urlOf: (name: string) => endpoints.get(name)?.url, seal: () => ({}), now: Date.now };
  const streams = createStreams(to);
  const transport = createTransport(to);
  const source = createDirectSource({ streams, send: transport.send, now: Date.now });
  const signal = new AbortController().signal;
  return {
    linde,
    registry,
    endpoints,
    source,
    signal,
    async [Symbol.asyncDispose]() {
      await streams[Symbol.asyncDispose]();
      await transport[Symbol.asyncDispose]();
      for (const endpoint of endpoints.values()) await endpoint[Symbol.asyncDispose]();
    },
  };
}

test('the feeds of a participant and of the registry are followed over the wire as they were written', async () => {
  await using scene = await setUp();
  const { linde, registry, source, signal } = scene;
  const fromStart = source.follow('linde', { ...linde.head, seq: 0 }, signal);
  const events = [];
  for await (const page of fromStart) {
    events.push(...page.events);
    if (events.length === 450) break;
  }
  expect(events).toEqual(linde.written);
  for await (const page of source.follow('registry', undefined, signal)) {
    expect(page).toEqual({ head: registry.head, events: [] });
    break;
  }
});

test('a page is asked for by a request, and a gap comes with it', async () => {
  await using scene = await setUp();
  const { linde, source, signal } = scene;
  linde.prune(10);
  const at = (seq: number) => ({ ...linde.head, seq });
  expect((await source.page('linde', at(440), 4, signal)).events).toEqual(linde.written.slice(440, 444));
  expect(await source.page('linde', at(2), 4, signal)).toEqual({
    head: linde.head,
    events: [],
    gap: { reason: 'RETENTION', from: at(2), to: at(10) },
  });
  await expect(source.page('nobody', at(2), 4, signal)).rejects.toThrow(
    'nobody gave no page of its feed: UNREACHABLE.',
  );
});

test('F7: lines that break under a fan-in are opened again, and every event is told once', async () => {
  await using scene = await setUp();
  const { linde, endpoints, source } = scene;
  const told: string[] = [];
  const fanIn = createFanIn({
    feeds: () => ['linde', 'registry'],
    onFeedsChange: () => () => {},
    source,
    retryMinMs: 5,
    retryMaxMs: 20,
  });
  fanIn.onStep((step) => {
    if (step.kind === 'events') told.push(...step.events.map(({ id }) => id));
  });
  const reached = () => vi.waitFor(() => expect(fanIn.head('linde')).toEqual(linde.head), { timeout: 10_000 });
  await reached();
  for (let turn = 0; turn < 8; turn += 1) {
    linde.append(70);
    if (turn % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    endpoints.get('linde')?.breakLines();
    linde.append(3);
  }
  await reached();
  expect(told).toEqual(linde.written.slice(450).map(({ id }) => id));
  await fanIn[Symbol.asyncDispose]();
  await vi.waitFor(() => expect([...endpoints.values()].map(({ lineCount }) => lineCount)).toEqual([0, 0]));
});
