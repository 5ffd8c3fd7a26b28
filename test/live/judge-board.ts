/** Compares what a board saw of one participant with what that participant's feed holds. Pure. */
import { admits, parseReaders, type ReaderCaller } from '@kortelijn/schema/vocabulary/readers.ts';
import type { Seen } from './board-rows.ts';

export interface FeedRow {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly subjectId: string;
  readonly readersBefore: readonly string[];
  readonly readersAfter: readonly string[];
}

/** Where the feed stood before and after the answer was asked for from which the board went on. */
export interface Began {
  readonly before: number;
  readonly after: number;
}

export interface Verdict {
  /** Events that this caller should have seen and did not. */
  readonly lost: readonly string[];
  readonly double: readonly string[];
  /** Seen after a later one. */
  readonly misplaced: readonly string[];
  /** Seen, and not of this feed or not for this caller. */
  readonly foreign: readonly string[];
  /** Seen, and already in the answer. */
  readonly early: readonly string[];
}

export const clean: Verdict = { lost: [], double: [], misplaced: [], foreign: [], early: [] };

const prefix = 'incident.';

export function judgeBoard(
  feed: readonly FeedRow[],
  seen: readonly Seen[],
  caller: ReaderCaller,
  began: Began,
): Verdict {
  const mine = feed.filter(
    ({ type, readersBefore, readersAfter }) =>
      type.startsWith(prefix) && (isFor(readersBefore, caller) || isFor(readersAfter, caller)),
  );
  const place = new Map(mine.map(({ id }, index) => [id, index]));
  const verdict = { lost: [] as string[], double: [] as string[], misplaced: [] as string[], foreign: [] as string[] };
  const early: string[] = [];
  const found = new Set<string>();
  let last = -1;
  for (const one of seen) {
    if (!('event' in one)) continue;
    const { event } = one;
    const index = place.get(event);
    if (index === undefined) verdict.foreign.push(event);
    else if (found.has(event)) verdict.double.push(event);
    else if (index < last) verdict.misplaced.push(event);
    else last = index;
    if (index !== undefined && (mine[index]?.seq ?? 0) <= began.before) early.push(event);
    found.add(event);
  }
  // What is seen first was said first: nothing between the answer and it may be missing.
  const first = Math.min(
    ...[...found].map((id) => mine[place.get(id) ?? Number.POSITIVE_INFINITY]?.seq ?? began.after + 1),
  );
  const from = Math.min(first, began.after + 1);
  verdict.lost = mine
    .filter(({ id, seq }) => seq >= from && !found.has(id))
    .filter((event) => !isTakenBack(event, mine, caller))
    .map(({ id }) => id);
  return { ...verdict, early };
}

const isFor = (readers: readonly string[], caller: ReaderCaller) => admits(parseReaders(readers), caller);

/** A change whose object the caller could not see any more when it was sent is not delivered: he gets the Gone. */
const isTakenBack = ({ seq, subjectId }: FeedRow, feed: readonly FeedRow[], caller: ReaderCaller) =>
  feed.some((later) => later.seq > seq && later.subjectId === subjectId && !isFor(later.readersAfter, caller));
