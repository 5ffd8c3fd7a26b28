import { afterEach, describe, expect, test, vi } from 'vitest';
import type { FeedStep, Position } from '../feed-event.ts';
import { createFanIn, type FanIn, type FanInOptions, type FeedState } from './fan-in.ts';
import { createLogFeed, type LogFeed } from './standins/log-feed.ts';
import { createLogSource, type LogSource, type LogSourceOptions } from './standins/log-source.ts';

const open: FanIn[] = [];
afterEach(async () => {
  for (const fanIn of open.splice(0)) await fanIn[Symbol.asyncDispose]();
});

interface Scene {
  readonly fanIn: FanIn;
  readonly source: LogSource;
  readonly told: FeedStep[];
  readonly states: string[];
  /** The ids that were told of a feed, in order. */
  ids(feed: string): readonly string[];
  follow(...feeds: string[]): void;
}

function setUp(
  feeds: ReadonlyMap<string, LogFeed>,
  options: Partial<FanInOptions> = {},
  wire: Partial<LogSourceOptions> = {},
): Scene {
  let followed = [...feeds.keys()];
  let onChange = (): void => {};
  const source = createLogSource({ feeds, ...wire });
  const told: FeedStep[] = [];
  const states: string[] = [];
  const fanIn = createFanIn({
    feeds: () => followed,
    onFeedsChange(listener) {
      onChange = listener;
      return () => {};
    },
    source,
    silentMs: 120,
    retryMinMs: 5,
    retryMaxMs: 40,
    ...options,
  });
  open.push(fanIn);
  fanIn.onStep((step) => {
    const last = step.kind === 'gap' ? step.to : step.events.at(-1);
    expect(fanIn.head(step.feed)).toEqual(last && { epoch: last.epoch, seq: last.seq });
    told.push(step);
  });
  fanIn.onState((feed, state) => states.push(`${feed} ${state}`));
  return {
    fanIn,
    source,
    told,
    states,
    ids: (feed) =>
      told.flatMap((step) => (step.kind === 'events' && step.feed === feed ? step.events : [])).map(({ id }) => id),
    follow(...next) {
      followed = next;
      onChange();
    },
  };
}

const stateOf = (fanIn: FanIn, feed: string): FeedState | undefined =>
  fanIn.states().find((one) => one.feed === feed)?.state;
const reached = (fanIn: FanIn, feed: LogFeed, name = 'linde') =>
  vi.waitFor(() => expect(fanIn.head(name)).toEqual(feed.head), { timeout: 10_000 });
const idsOf = (feed: LogFeed, from = 0) => feed.written.slice(from).map(({ id }) => id);
const linde = () => {
  const log = createLogFeed('linde');
  log.append(5);
  return { log, feeds: new Map([['linde', log]]) };
};

async function collect(steps: AsyncIterable<FeedStep>): Promise<FeedStep[]> {
  const collected: FeedStep[] = [];
  for await (const step of steps) collected.push(step);
  return collected;
}
const read = (fanIn: FanIn, from: Position, to: Position | undefined) =>
  collect(fanIn.read('linde', from, to, new AbortController().signal));
const numbers = (steps: readonly FeedStep[]) =>
  steps.flatMap((step) => (step.kind === 'events' ? step.events.map(({ seq }) => seq) : []));

describe('following', () => {
  test('a hub that starts follows from the end of a feed', async () => {
    const { log, feeds } = linde();
    const { fanIn, ids, told } = setUp(feeds);
    expect(fanIn.head('linde')).toBeUndefined();
    await reached(fanIn, log);
    expect(told).toEqual([]);
    log.append(3);
    await reached(fanIn, log);
    expect(ids('linde')).toEqual(idsOf(log, 5));
    expect(stateOf(fanIn, 'linde')).toBe('LIVE');
    expect(fanIn.states()[0]?.lagMs).toBeGreaterThanOrEqual(0);
  });

  test('F7: a line that is cut comes back by itself, and the backlog arrives complete and in order', async () => {
    const { log, feeds } = linde();
    const { fanIn, source, ids, states } = setUp(feeds);
    await reached(fanIn, log);
    source.cut();
    log.append(130);
    await vi.waitFor(() => expect(stateOf(fanIn, 'linde')).toBe('SILENT'));
    source.mend();
    log.append(7);
    await reached(fanIn, log);
    expect(ids('linde')).toEqual(idsOf(log, 5));
    expect(states.filter((one) => one !== 'linde BEHIND')).toEqual(['linde LIVE', 'linde SILENT', 'linde LIVE']);
  });

  test('F7: a line on which packets vanish is torn down after the silence, opened again and made up for', async () => {
    const { log, feeds } = linde();
    const { fanIn, source, ids } = setUp(feeds);
    await reached(fanIn, log);
    source.freeze();
    log.append(30);
    await vi.waitFor(() => expect(source.opened.length).toBeGreaterThanOrEqual(3), { timeout: 10_000 });
    expect(stateOf(fanIn, 'linde')).toBe('SILENT');
    expect(source.openCount).toBeLessThanOrEqual(1);
    source.mend();
    await reached(fanIn, log);
    expect(ids('linde')).toEqual(idsOf(log, 5));
  });

  test('F26: pages that come twice, late or never leave the feed as it was written', async () => {
    const { log, feeds } = linde();
    let count = 0;
    let late: Parameters<NonNullable<LogSourceOptions['onTheWay']>>[0] | undefined;
    const { fanIn, source, ids } = setUp(
      feeds,
      {},
      {
        pageSize: 3,
        onTheWay(page) {
          count += 1;
          if (count % 5 === 2) return [];
          if (count % 5 === 3) return [page, page];
          if (count % 5 === 4) {
            late = page;
            return [];
          }
          return late === undefined ? [page] : [page, late];
        },
      },
    );
    await reached(fanIn, log);
    for (let turn = 0; turn < 60; turn += 1) {
      log.append(1 + (turn % 4));
      if (turn % 3 === 0) await new Promise(setImmediate);
    }
    await reached(fanIn, log);
    expect(ids('linde')).toEqual(idsOf(log, 5));
    expect(source.pagesAsked).toBeGreaterThan(0);
  });

  test('a restore and a cut by retention are told as gaps, and it goes on after them', async () => {
    const { log, feeds } = linde();
    const { fanIn, source, told, ids } = setUp(feeds);
    await reached(fanIn, log);
    log.append(2);
    await reached(fanIn, log);
    const beforeRestore = log.head;
    log.restore(1);
    await reached(fanIn, log);
    expect(told.at(-1)).toEqual({ kind: 'gap', feed: 'linde', reason: 'RESTORED', from: beforeRestore, to: log.head });
    expect(await read(fanIn, beforeRestore, fanIn.head('linde'))).toEqual([told.at(-1)]);

    source.cut();
    await vi.waitFor(() => expect(source.openCount).toBe(0));
    log.append(10);
    log.prune(4);
    source.mend();
    await reached(fanIn, log);
    expect(told.map((step) => (step.kind === 'gap' ? step.reason : step.events.length))).toEqual([
      2,
      'RESTORED',
      'RETENTION',
      6,
    ]);
    expect(ids('linde')).toEqual([...idsOf(log, 5).slice(0, 2), ...idsOf(log, 11)]);
  });

  test('F18: feeds are added and removed while it runs, and one that is back goes on from where it was', async () => {
    const { log, feeds } = linde();
    const other = createLogFeed('denkbeeld');
    other.append(2);
    const { fanIn, source, ids, follow } = setUp(new Map([...feeds, ['denkbeeld', other]]));
    follow('linde');
    await reached(fanIn, log);
    expect(fanIn.states().map(({ feed }) => feed)).toEqual(['linde']);

    follow('linde', 'denkbeeld');
    await reached(fanIn, other, 'denkbeeld');
    follow('denkbeeld');
    await vi.waitFor(() => expect(source.openCount).toBe(1));
    log.append(40);
    other.append(3);
    await reached(fanIn, other, 'denkbeeld');
    expect(ids('linde')).toEqual([]);
    expect(fanIn.states().map(({ feed }) => feed)).toEqual(['denkbeeld']);

    follow('denkbeeld', 'linde');
    await reached(fanIn, log);
    expect(ids('linde')).toEqual(idsOf(log, 5));
    expect(ids('denkbeeld')).toEqual(idsOf(other, 2));
  });

  test('one feed that is silent keeps no other waiting', async () => {
    const { log, feeds } = linde();
    const { fanIn, ids, follow } = setUp(feeds);
    follow('linde', 'nobody');
    await reached(fanIn, log);
    await vi.waitFor(() => expect(stateOf(fanIn, 'nobody')).toBe('SILENT'));
    log.append(4);
    await reached(fanIn, log);
    expect(ids('linde')).toEqual(idsOf(log, 5));
    expect(fanIn.head('nobody')).toBeUndefined();
  });

  test('nothing stays open when it is closed, and nobody is told anything any more', async () => {
    const { log, feeds } = linde();
    const { fanIn, source, told } = setUp(feeds);
    await reached(fanIn, log);
    await fanIn[Symbol.asyncDispose]();
    expect(source.openCount).toBe(0);
    log.append(5);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).toEqual([]);
    expect(source.opened).toHaveLength(1);
  });
});

describe('reading back', () => {
  test('what the window holds is read from it, and what it no longer holds page by page from the source', async () => {
    const { log, feeds } = linde();
    const { fanIn, source } = setUp(feeds, { windowCountMax: 10, pageSize: 4 });
    await reached(fanIn, log);
    log.append(45);
    await reached(fanIn, log);
    const asked = source.pagesAsked;
    const at = (seq: number) => ({ epoch: log.head.epoch, seq });
    expect(numbers(await read(fanIn, at(42), at(48)))).toEqual([43, 44, 45, 46, 47, 48]);
    expect(source.pagesAsked).toBe(asked);
    expect(numbers(await read(fanIn, at(0), at(50)))).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(source.pagesAsked).toBe(asked + 10);
    expect(await read(fanIn, at(50), at(50))).toEqual([]);
  });

  test('the window is bounded by size too', async () => {
    const { log, feeds } = linde();
    const { fanIn, source } = setUp(feeds, { windowBytesMax: 3_000 });
    await reached(fanIn, log);
    log.append(30);
    await reached(fanIn, log);
    const asked = source.pagesAsked;
    expect(numbers(await read(fanIn, { ...log.head, seq: 20 }, log.head))).toHaveLength(15);
    expect(source.pagesAsked).toBeGreaterThan(asked);
  });

  test('F19: what retention dropped is a gap, then what is kept; what was never given out is of the future', async () => {
    const { log, feeds } = linde();
    const { fanIn } = setUp(feeds);
    await reached(fanIn, log);
    log.prune(3);
    const at = (seq: number) => ({ epoch: log.head.epoch, seq });
    const steps = await read(fanIn, at(1), log.head);
    expect(steps[0]).toEqual({ kind: 'gap', feed: 'linde', reason: 'RETENTION', from: at(1), to: at(3) });
    expect(numbers(steps)).toEqual([4, 5]);
    expect(await read(fanIn, at(5), undefined)).toEqual([]);
    expect(await read(fanIn, at(9), undefined)).toEqual([
      { kind: 'gap', feed: 'linde', reason: 'FUTURE_CURSOR', from: at(9), to: at(5) },
    ]);
  });

  test('a gap reaches no further than what was asked for: the rest is told live', async () => {
    const { log, feeds } = linde();
    const { fanIn } = setUp(feeds);
    await reached(fanIn, log);
    const asked = log.head;
    log.append(5);
    log.prune(8);
    const from = { ...asked, seq: 2 };
    expect(await read(fanIn, from, asked)).toEqual([
      { kind: 'gap', feed: 'linde', reason: 'RETENTION', from, to: asked },
    ]);
  });

  test('whoever gives up is not read for any longer', async () => {
    const { log, feeds } = linde();
    const { fanIn } = setUp(feeds, { pageSize: 1 });
    await reached(fanIn, log);
    const giveUp = new AbortController();
    const steps = fanIn.read('linde', { ...log.head, seq: 0 }, log.head, giveUp.signal)[Symbol.asyncIterator]();
    expect((await steps.next()).done).toBe(false);
    giveUp.abort();
    await expect(steps.next()).rejects.toThrow(/abort/);
  });
});
