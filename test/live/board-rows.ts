/**
 * What stands on a board, and what of the stream has been seen. Pure: answers and items go in, rows come out.
 *
 * An answer that was asked for while the stream ran may be older than an item that came in the meantime: each row knows
 * when it was touched, and an answer changes nothing that was touched after it was asked for.
 */
import type { Loaded, Row } from './load-incidents.ts';

export interface Item {
  readonly __typename: 'IncidentChange' | 'Gone' | 'Gap' | 'Heartbeat';
  readonly cursor: string;
  readonly id?: string;
  readonly participant?: { readonly id: string };
  /** Of a Gap: whether it is the registry's changes that are missing. */
  readonly registry?: boolean;
  readonly incident?: Row | null;
  readonly subjectId?: string;
  readonly reason?: string;
  readonly feeds?: readonly {
    readonly participant: { readonly id: string };
    readonly registry: boolean;
    readonly state: string;
  }[];
}

/** What a board saw of one participant, in order: the ids of events, and where the hub said that some are missing. */
export type Seen = { readonly event: string } | { readonly gap: string };

/** Participants whose part must be asked for anew. */
export type Wanted = readonly string[] | 'ALL';

export interface BoardRows {
  rows(): readonly Row[];
  seen(participant: string): readonly Seen[];
  /** Where the hub said that changes are missing, and why. */
  readonly gaps: readonly { readonly participant: string; readonly reason: string }[];
  /** How the hub follows each participant, by the last heartbeat. */
  readonly feeds: ReadonlyMap<string, string>;
  readonly doubleCount: number;
  readonly counts: Readonly<Record<Item['__typename'], number>>;
  /** To be handed to `replace` with the answer. */
  mark(): number;
  /** Puts an answer in place of what there was, of these participants or of all. */
  replace(loaded: Loaded, mark: number, of: readonly string[] | undefined): void;
  apply(item: Item): Wanted;
  /** Nothing of before stands any more. */
  clear(): void;
}

interface Kept {
  readonly row: Row;
  readonly touched: number;
}

export const participantOf = (id: string): string => id.slice(0, id.indexOf(':'));

export function createBoardRows(): BoardRows {
  const kept = new Map<string, Kept>();
  const gone = new Map<string, number>();
  const seen = new Map<string, Seen[]>();
  const ids = new Set<string>();
  const gaps: { participant: string; reason: string }[] = [];
  const counts = { IncidentChange: 0, Gone: 0, Gap: 0, Heartbeat: 0 };
  let followed: ReadonlyMap<string, string> = new Map();
  let clock = 0;
  let doubleCount = 0;

  const put = (row: Row) => {
    const held = kept.get(row.id);
    // Changes carry the incident as it is when they are sent, so a later one never carries an earlier version.
    if (held !== undefined && held.row.version > row.version) return;
    kept.set(row.id, { row, touched: clock });
    gone.delete(row.id);
  };
  const see = (participant: string, what: Seen) => {
    const list = seen.get(participant) ?? [];
    seen.set(participant, list);
    list.push(what);
  };
  const take = (item: Item): Wanted => {
    const { participant, registry, incident, subjectId, reason = '', feeds = [] } = item;
    switch (item.__typename) {
      case 'IncidentChange':
        if (!incident) return [participant?.id ?? ''];
        put(incident);
        return [];
      case 'Gone':
        kept.delete(subjectId ?? '');
        gone.set(subjectId ?? '', clock);
        return [];
      case 'Gap':
        if (!participant || registry) return 'ALL';
        see(participant.id, { gap: reason });
        gaps.push({ participant: participant.id, reason });
        return [participant.id];
      case 'Heartbeat': {
        const before = followed;
        followed = new Map(feeds.filter((feed) => !feed.registry).map((feed) => [feed.participant.id, feed.state]));
        // Whoever is followed no longer is suspended or has left: a query does not show it either, until it is back.
        for (const rowId of kept.keys()) if (!followed.has(participantOf(rowId))) kept.delete(rowId);
        if (before.size === 0) return [];
        return [...followed.keys()].filter((one) => !before.has(one));
      }
    }
  };

  return {
    rows: () => [...kept.values()].map(({ row }) => row).sort((a, b) => (a.id < b.id ? -1 : 1)),
    seen: (participant) => seen.get(participant) ?? [],
    get doubleCount() {
      return doubleCount;
    },
    get feeds() {
      return followed;
    },
    counts,
    gaps,
    mark: () => ++clock,
    replace: ({ rows, missing }, mark, of) => {
      const isAnswered = (id: string) => {
        const participant = participantOf(id);
        return !missing.has(participant) && (of === undefined || of.includes(participant));
      };
      const answered = new Map(rows.map((row) => [row.id, row]));
      for (const [id, { touched }] of kept) {
        if (touched < mark && isAnswered(id) && !answered.has(id)) kept.delete(id);
      }
      for (const row of answered.values()) if ((gone.get(row.id) ?? -1) < mark) put(row);
    },
    apply: (item) => {
      counts[item.__typename] += 1;
      clock += 1;
      if (item.id !== undefined && item.participant) {
        if (ids.has(item.id)) doubleCount += 1;
        ids.add(item.id);
        see(item.participant.id, { event: item.id });
      }
      return take(item);
    },
    clear: () => {
      kept.clear();
      gone.clear();
    },
  };
}
