/**
 * Reads what a feed holds between two positions: from the window where it reaches, else page by page from the source.
 * Between pages the caller may take its time; a window that moved on meanwhile is made up for by the source.
 */
import type { FeedEvent, FeedStep, Position } from '../feed-event.ts';
import type { FeedSource, PageGap } from './feed-source.ts';
import type { Window } from './window.ts';

export interface ReadOptions {
  readonly feed: string;
  readonly source: FeedSource;
  readonly window: Window | undefined;
  readonly pageSize: number;
  readonly signal: AbortSignal;
}

export async function* readFeed(from: Position, to: Position, options: ReadOptions): AsyncGenerator<FeedStep, void> {
  const { feed, source, window, pageSize, signal } = options;
  let position = from;
  while (isBefore(position, to)) {
    signal.throwIfAborted();
    const held = window?.after(position, pageSize);
    const page = held === undefined ? await source.page(feed, position, pageSize, signal) : undefined;
    const gap = page === undefined ? undefined : gapIn(page, position);
    if (gap !== undefined) {
      // Whoever reads goes on after `to`, so nothing beyond it is missing to him.
      const end = isBefore(gap.to, to) ? gap.to : to;
      yield { kind: 'gap', feed, reason: gap.reason, from: position, to: end };
      if (gap.to.epoch === position.epoch && gap.to.seq <= position.seq) return;
      position = end;
      continue;
    }
    const events = nextOf(held ?? page?.events ?? [], position, to);
    const last = events.at(-1);
    if (last === undefined) {
      throw new Error(`Expected the events of ${feed} up to the position that was asked, found an end before it.`);
    }
    yield { kind: 'events', feed, events };
    position = { epoch: last.epoch, seq: last.seq };
  }
  // Positions of two epochs have nothing between them that could be read.
  if (position.epoch !== to.epoch) yield { kind: 'gap', feed, reason: 'RESTORED', from: position, to };
}

/** Whether a position was ever given out: a gap when it was not, and nothing when it was. */
export async function* questionPosition(from: Position, options: ReadOptions): AsyncGenerator<FeedStep, void> {
  const { feed, source, signal } = options;
  const page = await source.page(feed, from, 1, signal);
  const gap = gapIn(page, from);
  if (gap !== undefined) yield { kind: 'gap', feed, reason: gap.reason, from, to: gap.to };
}

const isBefore = (one: Position, other: Position): boolean => one.epoch === other.epoch && one.seq < other.seq;

function gapIn(page: { readonly gap?: PageGap; readonly head: Position }, from: Position): PageGap | undefined {
  if (page.gap !== undefined) return page.gap;
  return page.head.epoch === from.epoch ? undefined : { reason: 'RESTORED', from, to: page.head };
}

/** The unbroken run that comes right after a position, up to and including another. */
function nextOf(events: readonly FeedEvent[], position: Position, to: Position): readonly FeedEvent[] {
  const start = events.findIndex(({ epoch, seq }) => epoch === position.epoch && seq === position.seq + 1);
  if (start === -1) return [];
  let end = start;
  for (let seq = position.seq + 1; events[end]?.seq === seq && seq <= to.seq; seq += 1) end += 1;
  return events.slice(start, end);
}
