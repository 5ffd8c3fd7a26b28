/**
 * Merges pages of several participants into one page. Pure.
 *
 * Rows merge by the bytes of their cursors, so no type is known here. Each participant keeps its own position:
 * - one that answered every page gives rows after the furthest row shown; what sorts before that came or moved since,
 *   and is passed over, so that the order holds;
 * - one that missed a page goes on where it was: its rows come next, among themselves in order, and are announced.
 * A page is cut short where a participant's next row is not known: a row is never shown before one that sorts earlier.
 */
import { compareCursors } from './compare-cursors.ts';
import type { ListPosition, PartyPosition } from './page-cursor.ts';

export interface PartyPage {
  readonly participant: string;
  /** The endpoint's cursors of its rows, in its order; from several answers when it had to be asked again. */
  readonly cursors: readonly string[];
  readonly hasNextPage: boolean;
}

export interface ConnectionInput {
  readonly pages: readonly PartyPage[];
  /** Asked, and not heard. */
  readonly silent: readonly string[];
  /** Where the caller's cursor stands; undefined at the first page. */
  readonly position: ListPosition | undefined;
  readonly first: number;
  readonly nowMs: number;
}

export interface MergedRow {
  /** Index in `pages`. */
  readonly page: number;
  readonly row: number;
}

export interface ConnectionOutcome {
  readonly rows: readonly MergedRow[];
  readonly hasNextPage: boolean;
  /** Where to go on after this page. */
  readonly next: ListPosition;
  /** Where to go on after the row at this index. */
  positionAfter(index: number): ListPosition;
  /** Since when the participants whose late rows are on this page had been missing. */
  readonly resumed: ReadonlyMap<string, number>;
  /** Indexes of pages to which more rows must be added before this page can be filled. */
  readonly wanting: readonly number[];
}

interface Party {
  readonly participant: string;
  readonly cursors: readonly string[];
  readonly hasNextPage: boolean;
  readonly before: PartyPosition;
  /** Rows passed over because they sort before what was shown. */
  readonly passed: number;
}

export function gatherConnection(input: ConnectionInput): ConnectionOutcome {
  const { pages, silent, position, first, nowMs } = input;
  const furthestBefore = position?.furthest;
  const parties = pages.map((page) => partyOf(page, position, furthestBefore, nowMs));
  const taken = parties.map(({ passed }) => passed);
  const rows: MergedRow[] = [];
  const wanting: number[] = [];

  while (rows.length < first) {
    let best = -1;
    let bestCursor = '';
    for (let index = 0; index < parties.length; index += 1) {
      const party = parties[index] as Party;
      const cursor = party.cursors[taken[index] as number];
      if (cursor === undefined) {
        if (party.hasNextPage) wanting.push(index);
      } else if (best === -1 || compareCursors(cursor, bestCursor) < 0) {
        best = index;
        bestCursor = cursor;
      }
    }
    if (wanting.length > 0 || best === -1) break;
    rows.push({ page: best, row: taken[best] as number });
    taken[best] = (taken[best] as number) + 1;
  }

  const silentPositions = silent.map((participant): [string, PartyPosition] => {
    const before = position?.parties.get(participant);
    return [participant, { after: before?.after, missingSinceMs: before?.missingSinceMs ?? nowMs }];
  });

  /** The position when so many rows of each party are behind us. */
  const positionAt = (consumed: readonly number[], shown: number): ListPosition => {
    let furthest = furthestBefore;
    for (let index = 0; index < shown; index += 1) {
      const { page, row } = rows[index] as MergedRow;
      const cursor = (parties[page] as Party).cursors[row] as string;
      if (furthest === undefined || compareCursors(cursor, furthest) > 0) furthest = cursor;
    }
    // Parties that were not asked this time (suspended, or left out) keep their place.
    const next = new Map<string, PartyPosition>(position?.parties ?? []);
    for (const [index, party] of parties.entries()) {
      const count = consumed[index] as number;
      const after = count === 0 ? party.before.after : party.cursors[count - 1];
      const isBehind = party.before.missingSinceMs !== undefined && mayHaveEarlier(party, count, furthest);
      next.set(party.participant, { after, missingSinceMs: isBehind ? party.before.missingSinceMs : undefined });
    }
    for (const [participant, kept] of silentPositions) next.set(participant, kept);
    return { furthest, parties: next };
  };

  const resumed = new Map<string, number>();
  for (const { page, row } of rows) {
    const party = parties[page] as Party;
    const since = party.before.missingSinceMs;
    if (
      since !== undefined &&
      furthestBefore !== undefined &&
      compareCursors(party.cursors[row] as string, furthestBefore) <= 0
    ) {
      resumed.set(party.participant, since);
    }
  }

  return {
    rows,
    wanting,
    resumed,
    // A silent party may have more; an empty page says that for now there is nothing to wait for.
    hasNextPage:
      parties.some((party, index) => party.hasNextPage || (taken[index] as number) < party.cursors.length) ||
      (silent.length > 0 && rows.length > 0),
    next: positionAt(taken, rows.length),
    positionAfter(index) {
      const consumed = parties.map(({ passed }) => passed);
      for (let at = 0; at <= index; at += 1) {
        const { page, row } = rows[at] as MergedRow;
        consumed[page] = row + 1;
      }
      return positionAt(consumed, index + 1);
    },
  };
}

function partyOf(
  page: PartyPage,
  position: ListPosition | undefined,
  furthestBefore: string | undefined,
  nowMs: number,
): Party {
  // One that joined while the caller pages has missed the pages before.
  const isNew = position !== undefined && !position.parties.has(page.participant);
  const before = position?.parties.get(page.participant) ?? {
    after: undefined,
    missingSinceMs: isNew ? nowMs : undefined,
  };
  const { cursors } = page;
  let passed = 0;
  if (before.missingSinceMs === undefined && furthestBefore !== undefined) {
    while (passed < cursors.length && compareCursors(cursors[passed] as string, furthestBefore) <= 0) passed += 1;
  }
  return { participant: page.participant, cursors, hasNextPage: page.hasNextPage, before, passed };
}

/** Whether a party may still have rows that sort before the furthest shown. */
function mayHaveEarlier(party: Party, consumed: number, furthest: string | undefined): boolean {
  if (furthest === undefined) return false;
  const next = party.cursors[consumed];
  return next === undefined ? party.hasNextPage : compareCursors(next, furthest) <= 0;
}

const cursorLengthMax = 500;

/** What is wrong with one participant's rows; undefined when they can be merged. */
export function pageFinding(cursors: readonly unknown[], after: string | undefined, first: number): string | undefined {
  if (cursors.length > first) return `Expected at most ${first} rows, found ${cursors.length}.`;
  const isText = cursors.every(
    (cursor) => typeof cursor === 'string' && cursor.length > 0 && cursor.length <= cursorLengthMax,
  );
  // One look at all of them: a row's share of it is small.
  if (!isText || !/^[\w-]*$/.test(cursors.join(''))) return 'Expected cursors in base64url, found another.';
  let last = after;
  for (const cursor of cursors as readonly string[]) {
    if (last !== undefined && compareCursors(cursor, last) <= 0) {
      return 'Expected rows in strict order after the cursor, found them otherwise.';
    }
    last = cursor;
  }
  return undefined;
}
