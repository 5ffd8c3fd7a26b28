/**
 * Keeps one feed followed: a line is opened, read, and opened again when it breaks, from where it was. What the line
 * left out is asked for before it goes on. Who is told, and when a line counts as silent, is fan-in.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '../feed-event.ts';
import type { FeedSource, Page } from './feed-source.ts';

export interface FollowOptions {
  readonly feed: string;
  readonly source: FeedSource;
  position(): Position | undefined;
  /** Takes a page; tells whether something is missing before it, and whether the feed goes on. */
  take(page: Page): { readonly isMissing: boolean; readonly isBehind: boolean };
  /** A line is about to be opened; `tearDown` ends it from our side. */
  onOpen(tearDown: (reason: string) => void): void;
  onEnd(told: { readonly reason: string; readonly waitMs: number }): void;
  readonly pageSize: number;
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  readonly random: () => number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** A line that lived this long was a good one: the next try need not wait longer than the first. */
const goodLineMs = 5_000;
const attemptsCountedMax = 10;

export async function followFeed(options: FollowOptions): Promise<void> {
  const { signal, now, random, retryMinMs, retryMaxMs } = options;
  let attempt = 0;
  while (!signal.aborted) {
    const openedAt = now();
    const reason = await readLine(options);
    if (signal.aborted) return;
    attempt = now() - openedAt >= goodLineMs ? 0 : Math.min(attempt + 1, attemptsCountedMax);
    // Full jitter: whoever lost their lines together do not come back together.
    const waitMs = random() * Math.min(retryMaxMs, retryMinMs * 2 ** attempt);
    options.onEnd({ reason, waitMs });
    await sleep(waitMs, undefined, { signal, ref: false }).catch(() => {});
  }
}

/** Reads one line to its end and says how it ended. */
async function readLine(options: FollowOptions): Promise<string> {
  const { feed, source, position, take, onOpen, signal } = options;
  const line = new AbortController();
  let tornDown: string | undefined;
  const tearDown = (reason: string): void => {
    tornDown ??= reason;
    line.abort(new Error(reason));
  };
  const stop = (): void => tearDown('It is no longer followed.');
  signal.addEventListener('abort', stop);
  onOpen(tearDown);
  try {
    for await (const page of source.follow(feed, position(), line.signal)) {
      if (line.signal.aborted) break;
      if (take(page).isMissing) await fill(options, line.signal);
    }
    return tornDown ?? 'It ended.';
  } catch (error) {
    return tornDown ?? (error instanceof Error ? error.message : String(error));
  } finally {
    signal.removeEventListener('abort', stop);
    // Whatever the source still holds for this line goes with it.
    line.abort();
  }
}

/** Asks the source for what comes after the position, until its end. */
async function fill({ feed, source, position, take, pageSize }: FollowOptions, signal: AbortSignal): Promise<void> {
  for (;;) {
    const before = position();
    if (before === undefined) return;
    const { isMissing, isBehind } = take(await source.page(feed, before, pageSize, signal));
    if (!isMissing && !isBehind) return;
    const after = position();
    if (after?.epoch === before.epoch && after.seq === before.seq) {
      throw new Error('Expected the events that the line left out, found none after the position.');
    }
  }
}
