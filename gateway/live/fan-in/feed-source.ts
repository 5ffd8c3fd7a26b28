/** Where feeds come from: sockets to the endpoints themselves, or what a relay has put into NATS. */
import type { FeedEvent, FeedGapReason, Position } from '../feed-event.ts';

/** What a feed says in one breath. Without events it says that it is there, and where it ends. */
export interface Page {
  /** Where the feed ended when this was read. */
  readonly head: Position;
  /** In order; what is told twice or out of order is sorted out by take-page.ts. */
  readonly events: readonly FeedEvent[];
  /** Reading cannot go on from where it was asked, but after `to`. */
  readonly gap?: PageGap;
}

export interface PageGap {
  readonly reason: FeedGapReason;
  readonly from?: Position;
  readonly to: Position;
}

export interface FeedSource {
  /**
   * First what is there after a position, then what comes; without a position what comes from now on. Says something
   * every second or so, ends by itself now and then, and throws when the line breaks.
   */
  follow(feed: string, after: Position | undefined, signal: AbortSignal): AsyncIterable<Page>;
  /** One page after a position, from whoever has the truth; rejects when that one does not answer. */
  page(feed: string, after: Position, first: number, signal: AbortSignal): Promise<Page>;
}
