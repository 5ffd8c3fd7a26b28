/** All groups of this gateway: made when the first follows, kept a while after the last has gone. */
import { randomBytes } from 'node:crypto';
import { participantsOf } from '@kortelijn/schema/vocabulary/readers.ts';
import { type CursorKeyring, sealPlace } from '../../partition/live-cursor.ts';
import type { FanIn } from '../fan-in/fan-in.ts';
import type { FeedEvent, FeedStep, Position } from '../feed-event.ts';
import { type Reader, readersOf, type StreamFilter } from '../judge.ts';
import { createGroup, type Group } from './group.ts';
import type { Resolver, Selection } from './resolve-item.ts';

export interface GroupsOptions {
  readonly fanIn: FanIn;
  readonly accessEpoch: (reader: Reader) => number;
  readonly cursorKeys: () => CursorKeyring;
  readonly now: () => number;
}

export interface Wanted {
  readonly selection: Selection;
  readonly filter: StreamFilter;
  readonly reader: Reader;
  readonly resolver: Resolver;
  /** To what its cursors are bound. */
  readonly binding: string;
}

export interface Groups {
  readonly count: number;
  /** The group of this key; the function takes this member out again. */
  join(key: string, wanted: Wanted): { readonly group: Group; leave(): void };
  /** What the rights of everybody of this participant hid meanwhile may not stay hidden in a log. */
  forget(participant: string): void;
  take(step: FeedStep): void;
  hears(feed: string): void;
  tell(event: FeedEvent): void;
  /** Lets every group that is followed say that it lives, and drops those that nobody came back to. */
  beat(): void;
  close(): void;
}

interface Held {
  readonly group: Group;
  count: number;
  /** Since when nobody follows it, by a clock that nobody sets. */
  emptySinceMs: number;
}

/** A group without members keeps its frames so long for who comes back. */
const keptEmptyMs = 60_000;
/** From here on a change carries what moved since a heartbeat instead of every place. */
export const largeNetwork = 50;

export function createGroups({ fanIn, accessEpoch, cursorKeys, now }: GroupsOptions): Groups {
  const groups = new Map<string, Held>();
  const byParticipant = new Map<string, Set<Group>>();

  const drop = (key: string, { group }: Held): void => {
    group.close();
    groups.delete(key);
    const others = byParticipant.get(group.reader.participant);
    others?.delete(group);
    if (others?.size === 0) byParticipant.delete(group.reader.participant);
  };
  const make = ({ selection, filter, reader, resolver, binding }: Wanted): Group => {
    let checkpoint: { readonly cursor: string; readonly places: ReadonlyMap<string, Position> } | undefined;
    return createGroup({
      id: randomBytes(6).toString('base64url'),
      selection,
      filter,
      reader,
      resolver,
      fanIn,
      accessEpoch,
      now,
      seal(feeds, log, isHeartbeat) {
        const place = { binding, log, atMs: now() };
        if (isHeartbeat || feeds.size <= largeNetwork || checkpoint === undefined) {
          const cursor = sealPlace(cursorKeys(), { ...place, feeds });
          if (isHeartbeat) checkpoint = { cursor, places: feeds };
          return cursor;
        }
        const { places, cursor } = checkpoint;
        const moved = [...feeds].filter(([feed, { epoch, seq }]) => {
          const then = places.get(feed);
          return then?.epoch !== epoch || then.seq !== seq;
        });
        // The dot tells the client that this one goes behind its last heartbeat's.
        return `.${sealPlace(cursorKeys(), { ...place, feeds: new Map(moved) }, cursor)}`;
      },
    });
  };
  /** Who is no reader of an event is not asked. */
  function* groupsFor(event: FeedEvent): Generator<Group> {
    const { before, after } = readersOf(event);
    const parties = [participantsOf(before), participantsOf(after)];
    if (parties.includes('ALL')) for (const { group } of groups.values()) yield group;
    else for (const party of new Set(parties.flatMap((some) => [...some]))) yield* byParticipant.get(party) ?? [];
  }

  return {
    get count() {
      return groups.size;
    },
    join(key, wanted) {
      let held = groups.get(key);
      if (held === undefined) {
        held = { group: make(wanted), count: 0, emptySinceMs: 0 };
        groups.set(key, held);
        const { participant } = wanted.reader;
        byParticipant.set(participant, (byParticipant.get(participant) ?? new Set()).add(held.group));
      }
      const joined = held;
      joined.count += 1;
      return {
        group: joined.group,
        leave() {
          joined.count -= 1;
          joined.emptySinceMs = performance.now();
        },
      };
    },
    forget(participant) {
      for (const [key, held] of groups) if (held.group.reader.participant === participant) drop(key, held);
    },
    take(step) {
      if (step.kind === 'gap') {
        for (const { group } of groups.values()) if (group.takesFeed(step.feed)) group.take(step);
        return;
      }
      const shares = new Map<Group, FeedEvent[]>();
      for (const event of step.events) {
        for (const group of groupsFor(event)) {
          const own = shares.get(group);
          if (own === undefined) shares.set(group, [event]);
          else own.push(event);
        }
      }
      for (const [group, events] of shares) {
        if (group.takesFeed(step.feed)) group.take({ kind: 'events', feed: step.feed, events });
      }
    },
    hears(feed) {
      for (const { group } of groups.values()) group.hears(feed);
    },
    tell(event) {
      for (const { group } of groups.values()) group.tell(event);
    },
    beat() {
      const atMs = performance.now();
      for (const [key, held] of groups) {
        if (held.count > 0) held.group.heartbeat();
        else if (atMs - held.emptySinceMs > keptEmptyMs) drop(key, held);
      }
    },
    close() {
      for (const [key, held] of groups) drop(key, held);
    },
  };
}
