/**
 * Many feeds into one place: one line for every participant that takes part and one for the registry, whatever the
 * number of boards. A line goes through backfill, cut over and live without its listeners noticing: they are told
 * each event once, in order, or that events are missing.
 *
 * What a page adds is decided by take-page.ts, keeping a line by follow-feed.ts, reading back by read-feed.ts.
 */
import type { FeedStep, Position } from '../feed-event.ts';
import type { FeedSource, Page } from './feed-source.ts';
import { followFeed } from './follow-feed.ts';
import { questionPosition, readFeed } from './read-feed.ts';
import { noProgress, type Progress, takePage } from './take-page.ts';
import { createWindow, type Window } from './window.ts';

/** LIVE: all is told that there is. BEHIND: there is more, or nothing was heard yet. SILENT: nothing is heard. */
export type FeedState = 'LIVE' | 'BEHIND' | 'SILENT';

export interface FanIn {
  /** Every feed that is followed; `lagMs` is how long ago it was last heard. */
  states(): readonly { readonly feed: string; readonly state: FeedState; readonly lagMs: number | undefined }[];
  /** Up to where `onStep` has told of a feed; undefined before it was first reached. */
  head(feed: string): Position | undefined;
  /** Told synchronously, in order, exactly once per event; `head(feed)` already covers it. */
  onStep(listener: (step: FeedStep) => void): () => void;
  /** Told of every change of state; the head is known when a feed is first LIVE or BEHIND. */
  onState(listener: (feed: string, state: FeedState) => void): () => void;
  /**
   * What a feed holds after `from` up to and including `to`: events, or that they are missing. Without `to` nothing,
   * or a gap when the source never gave out `from`. Throws when the source does not answer, and when aborted.
   */
  read(feed: string, from: Position, to: Position | undefined, signal: AbortSignal): AsyncIterable<FeedStep>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What is told of lines for the log and the figures. */
export interface FanInTelemetry {
  feedTold(told: { readonly feed: string; readonly count: number }): void;
  feedGap(told: { readonly feed: string; readonly reason: string }): void;
  feedLineEnded(told: { readonly feed: string; readonly reason: string; readonly waitMs: number }): void;
  feedStateChanged(told: { readonly feed: string; readonly state: FeedState }): void;
}

export interface FanInOptions {
  /** Who is followed now. */
  readonly feeds: () => readonly string[];
  /** Calls back when that may have changed. */
  readonly onFeedsChange: (listener: () => void) => () => void;
  readonly source: FeedSource;
  /** Milliseconds of a clock that nobody sets; default `performance.now`. */
  readonly now?: () => number;
  readonly random?: () => number;
  readonly telemetry?: FanInTelemetry;
  /** How many events of a feed stay in memory, and about how many bytes. Defaults 5,000 and 4 MB. */
  readonly windowCountMax?: number;
  readonly windowBytesMax?: number;
  /** A line that says nothing for so long is torn down and tried again. Default 3,000. */
  readonly silentMs?: number;
  /** A line that broke is tried again after 0 to `retryMinMs`, doubling to `retryMaxMs`. Defaults 300 and 8,000. */
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  /** For how long the events of a feed that is no longer followed stay in memory. Default 600,000. */
  readonly forgetMs?: number;
  readonly pageSize?: number;
}

interface Feed {
  readonly name: string;
  readonly window: Window;
  progress: Progress;
  state: FeedState;
  heardAtMs: number | undefined;
  /** How many times in a row the watch found that nothing had been heard, at all and on this line. */
  quietTicks: number;
  lineQuietTicks: number;
  /** Undefined while the feed is not followed. */
  stop: AbortController | undefined;
  running: Promise<void>;
  tearDown: (reason: string) => void;
  forgetTimer: NodeJS.Timeout | undefined;
}

/** The watch looks so many times within `silentMs`. */
const ticksUntilSilent = 6;

export function createFanIn(options: FanInOptions): FanIn {
  const { source, telemetry, now = performance.now.bind(performance), random = Math.random } = options;
  const { silentMs = 3_000, retryMinMs = 300, retryMaxMs = 8_000, forgetMs = 600_000, pageSize = 200 } = options;
  const windowMax = { countMax: options.windowCountMax ?? 5_000, bytesMax: options.windowBytesMax ?? 4_000_000 };
  const feeds = new Map<string, Feed>();
  const stepListeners = new Set<(step: FeedStep) => void>();
  const stateListeners = new Set<(feed: string, state: FeedState) => void>();
  let isClosed = false;

  const setState = (feed: Feed, state: FeedState): void => {
    if (feed.state === state) return;
    feed.state = state;
    telemetry?.feedStateChanged({ feed: feed.name, state });
    for (const listener of stateListeners) tell(() => listener(feed.name, state));
  };

  const take = (feed: Feed, page: Page) => {
    feed.heardAtMs = now();
    feed.quietTicks = 0;
    feed.lineQuietTicks = 0;
    const { progress, steps, isMissing, isBehind } = takePage(feed.name, feed.progress, page);
    let { position } = feed.progress;
    for (const step of steps) {
      // Each step moves the head by itself, so that whoever is told of one finds the head right behind it.
      const last = step.kind === 'events' ? step.events.at(-1) : undefined;
      position = step.kind === 'gap' ? step.to : last && { epoch: last.epoch, seq: last.seq };
      feed.progress = { position, epochsLeft: progress.epochsLeft };
      if (step.kind === 'gap') {
        feed.window.clear();
        telemetry?.feedGap({ feed: feed.name, reason: step.reason });
      } else {
        feed.window.push(step.events);
        telemetry?.feedTold({ feed: feed.name, count: step.events.length });
      }
      for (const listener of stepListeners) tell(() => listener(step));
    }
    feed.progress = progress;
    setState(feed, isBehind || isMissing ? 'BEHIND' : 'LIVE');
    return { isMissing, isBehind };
  };

  const start = (feed: Feed): void => {
    clearTimeout(feed.forgetTimer);
    const stop = new AbortController();
    feed.stop = stop;
    feed.state = 'BEHIND';
    feed.heardAtMs = undefined;
    feed.quietTicks = 0;
    const before = feed.running;
    feed.running = before.then(() =>
      followFeed({
        feed: feed.name,
        source,
        position: () => feed.progress.position,
        take: (page) => (stop.signal.aborted ? { isMissing: false, isBehind: false } : take(feed, page)),
        onOpen(tearDown) {
          feed.lineQuietTicks = 0;
          feed.tearDown = tearDown;
        },
        onEnd: ({ reason, waitMs }) => telemetry?.feedLineEnded({ feed: feed.name, reason, waitMs }),
        pageSize,
        retryMinMs,
        retryMaxMs,
        random,
        now,
        signal: stop.signal,
      }),
    );
  };

  /** The position stays, so that the feed goes on from where it was when it is back. */
  const end = (feed: Feed): void => {
    feed.stop?.abort();
    feed.stop = undefined;
    feed.forgetTimer = setTimeout(feed.window.clear, forgetMs).unref();
  };

  const followWhoIsThere = (): void => {
    if (isClosed) return;
    const wanted = new Set(options.feeds());
    for (const feed of feeds.values()) if (feed.stop !== undefined && !wanted.has(feed.name)) end(feed);
    for (const name of wanted) {
      const feed = feeds.get(name) ?? createFeed(name, createWindow(windowMax));
      feeds.set(name, feed);
      if (feed.stop === undefined) start(feed);
    }
  };

  // Ticks are counted, not milliseconds: when this process itself stood still, nobody else was silent.
  const watch = setInterval(() => {
    for (const feed of feeds.values()) {
      if (feed.stop === undefined) continue;
      feed.quietTicks += 1;
      feed.lineQuietTicks += 1;
      if (feed.quietTicks >= ticksUntilSilent) setState(feed, 'SILENT');
      if (feed.lineQuietTicks >= ticksUntilSilent) feed.tearDown(`Nothing was heard for ${silentMs} ms.`);
    }
  }, silentMs / ticksUntilSilent);
  watch.unref();

  const stopListening = options.onFeedsChange(followWhoIsThere);
  followWhoIsThere();

  return {
    states: () =>
      [...feeds.values()]
        .filter(({ stop }) => stop !== undefined)
        .map(({ name, state, heardAtMs }) => ({
          feed: name,
          state,
          lagMs: heardAtMs === undefined ? undefined : Math.max(0, now() - heardAtMs),
        })),
    head: (feed) => feeds.get(feed)?.progress.position,
    onStep(listener) {
      stepListeners.add(listener);
      return () => stepListeners.delete(listener);
    },
    onState(listener) {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    read(feed, from, to, signal) {
      const readOptions = { feed, source, window: feeds.get(feed)?.window, pageSize, signal };
      return to === undefined ? questionPosition(from, readOptions) : readFeed(from, to, readOptions);
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      stopListening();
      clearInterval(watch);
      for (const feed of feeds.values()) {
        clearTimeout(feed.forgetTimer);
        feed.stop?.abort();
      }
      await Promise.all([...feeds.values()].map(({ running }) => running));
    },
  };
}

function createFeed(name: string, window: Window): Feed {
  return {
    name,
    window,
    progress: noProgress,
    state: 'BEHIND',
    heardAtMs: undefined,
    quietTicks: 0,
    lineQuietTicks: 0,
    stop: undefined,
    running: Promise.resolve(),
    tearDown: () => {},
    forgetTimer: undefined,
  };
}

/** A listener that breaks must not keep the others from being told; what it broke is unknown, so the process ends. */
function tell(act: () => void): void {
  try {
    act();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
