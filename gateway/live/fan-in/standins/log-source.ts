/** A wire to feeds in memory that can be cut, frozen and made to stammer. */
import type { Position } from '../../feed-event.ts';
import type { FeedSource, Page } from '../feed-source.ts';
import type { LogFeed } from './log-feed.ts';

export interface LogSource extends FeedSource {
  /** Breaks every open line and lets no new one through. */
  cut(): void;
  /** Lines stay open and say nothing, as when packets vanish. */
  freeze(): void;
  mend(): void;
  /** From where each line was opened, in order. */
  readonly opened: readonly { readonly feed: string; readonly after: Position | undefined }[];
  readonly openCount: number;
  readonly pagesAsked: number;
}

export interface LogSourceOptions {
  readonly feeds: ReadonlyMap<string, LogFeed>;
  readonly pageSize?: number;
  readonly beatMs?: number;
  /** What becomes of each page on its way; default: it arrives. */
  readonly onTheWay?: (page: Page) => readonly Page[];
}

export function createLogSource(options: LogSourceOptions): LogSource {
  const { feeds, pageSize = 20, beatMs = 10, onTheWay = (page) => [page] } = options;
  const opened: { feed: string; after: Position | undefined }[] = [];
  const wakers = new Set<() => void>();
  let weather: 'CLEAR' | 'CUT' | 'FROZEN' = 'CLEAR';
  let openCount = 0;
  let pagesAsked = 0;

  const feedOf = (name: string): LogFeed => {
    const feed = feeds.get(name);
    if (feed === undefined) throw new Error(`No connection to ${name}.`);
    return feed;
  };
  const wakeAll = () => {
    for (const wake of wakers) wake();
  };
  /** Until something is written, the weather changes or a beat has passed. */
  const nextBeat = (feed: LogFeed, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        stopListening();
        wakers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const stopListening = feed.onAppend(wake);
      const timer = setTimeout(wake, beatMs);
      wakers.add(wake);
      signal.addEventListener('abort', wake);
    });

  return {
    async *follow(name, after, signal) {
      opened.push({ feed: name, after });
      const feed = feedOf(name);
      let position = after ?? feed.head;
      let isFirst = true;
      openCount += 1;
      try {
        for (;;) {
          signal.throwIfAborted();
          if (weather === 'CUT') throw new Error('The line was cut.');
          if (weather === 'CLEAR') {
            const page = feed.page(isFirst ? after : position, pageSize);
            isFirst = false;
            position = page.gap?.to ?? page.events.at(-1) ?? position;
            for (const arriving of onTheWay(page)) yield arriving;
            if (page.head.seq > position.seq) continue;
          }
          await nextBeat(feed, signal);
        }
      } finally {
        openCount -= 1;
      }
    },
    async page(name, after, first) {
      pagesAsked += 1;
      await new Promise(setImmediate);
      if (weather !== 'CLEAR') throw new Error('The line was cut.');
      return feedOf(name).page(after, first);
    },
    cut() {
      weather = 'CUT';
      wakeAll();
    },
    freeze() {
      weather = 'FROZEN';
    },
    mend() {
      weather = 'CLEAR';
      wakeAll();
    },
    opened,
    get openCount() {
      return openCount;
    },
    get pagesAsked() {
      return pagesAsked;
    },
  };
}
