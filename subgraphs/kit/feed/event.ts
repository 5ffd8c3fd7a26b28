/** What the feed carries: which object changed, how, and who may know of it. Never the object itself. */
export interface FeedEvent {
  readonly type: string;
  readonly subjectId: string;
  readonly actorRole?: string | null;
  readonly at: Date;
  /** Who could see the subject before the change and after it; the shape is the subgraph's. */
  readonly readersBefore: unknown;
  readonly readersAfter: unknown;
  /** What a filter may look at: participants, program, state. No content. */
  readonly keys: Readonly<Record<string, unknown>>;
}

/** A place in a feed. An epoch lasts until the database is restored from a backup. */
export interface FeedPosition {
  readonly epoch: string;
  readonly seq: number;
}

export interface FeedChange extends FeedPosition {
  /** The same at every reading, in any process: consumers deduplicate by it. */
  readonly eventId: string;
  readonly at: Date;
  readonly type: string;
  readonly subjectId: string;
  readonly actorRole: string | null;
  readonly readersBefore: unknown;
  readonly readersAfter: unknown;
  readonly keys: Readonly<Record<string, unknown>>;
}
