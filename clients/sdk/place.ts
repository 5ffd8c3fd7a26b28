/** Where a stream stands, and what of it has been seen. No clock, no wire. */

/** What every item bears. */
export interface StreamItem {
  readonly __typename: string;
  /** Where to go on after this item. */
  readonly cursor: string;
  /** Of changes: the same however often it is delivered. */
  readonly id?: string;
}

export interface Place {
  /** To go on from; undefined: from now on. */
  readonly cursor: string | undefined;
  /** False when this change has been here before. */
  take(item: StreamItem): boolean;
  /** The hub does not know the cursor. Answers whether there is an earlier one to try: what comes again is left out. */
  fallBack(): boolean;
}

const seenCountMax = 4_096;

/**
 * In a large network the cursor of a change may begin with a dot: it says only what moved since the last heartbeat, and is
 * of use behind the cursor of that one. All others stand alone.
 */
export function createPlace(after: string | undefined): Place {
  let cursor = after;
  let heartbeat: string | undefined;
  const seen = new Set<string>();
  return {
    get cursor() {
      return cursor;
    },
    take({ __typename, cursor: told, id }) {
      if (!told.startsWith('.')) cursor = told;
      else if (heartbeat !== undefined) cursor = heartbeat + told;
      if (__typename === 'Heartbeat') heartbeat = told;
      if (id === undefined) return true;
      if (seen.has(id)) return false;
      if (seen.size >= seenCountMax) for (const oldest of [...seen].slice(0, seenCountMax / 4)) seen.delete(oldest);
      seen.add(id);
      return true;
    },
    fallBack() {
      const isJoined = heartbeat !== undefined && cursor?.startsWith(`${heartbeat}.`) === true;
      if (isJoined) cursor = heartbeat;
      return isJoined;
    },
  };
}
