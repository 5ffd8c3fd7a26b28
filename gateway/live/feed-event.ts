/** What a feed says, as this stage carries it: which object changed, how, and who may know. Never the object itself. */
export interface FeedEvent {
  /** The same at every reading: whoever has seen it leaves it out. */
  readonly id: string;
  /** The participant whose feed it is of, or `registry`. */
  readonly feed: string;
  readonly epoch: string;
  /** Without a hole in its epoch; it stands in no public answer. */
  readonly seq: number;
  /** RFC 3339. */
  readonly at: string;
  readonly type: string;
  readonly subjectId: string;
  readonly actorRole: string | null;
  /** As schema/vocabulary/readers.ts reads them. */
  readonly readersBefore: readonly string[];
  readonly readersAfter: readonly string[];
  readonly keys: Readonly<Record<string, unknown>>;
}

/** A place in a feed: after the event with this number. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

export type FeedGapReason = 'RETENTION' | 'RESTORED' | 'FUTURE_CURSOR';

/** What comes next in a feed: events in order, or that events are missing and it goes on after `to`. */
export type FeedStep =
  | { readonly kind: 'events'; readonly feed: string; readonly events: readonly FeedEvent[] }
  | {
      readonly kind: 'gap';
      readonly feed: string;
      readonly reason: FeedGapReason;
      readonly from?: Position;
      readonly to: Position;
    };
