/**
 * One who follows a stream: first what happened since his cursor, then his group's frames, at his own pace. He pulls;
 * nothing is kept for him. What he has not got yet of a feed comes before anything newer of that feed.
 */
import type { ExecutionResult } from 'graphql';
import type { FeedPlace, StreamPlace } from '../../partition/live-cursor.ts';
import type { FanIn } from '../fan-in/fan-in.ts';
import type { FeedEvent, FeedStep, Position } from '../feed-event.ts';
import { judge, type Reader } from '../judge.ts';
import type { StreamEnd } from '../stream-end.ts';
import type { Group } from './group.ts';
import type { Resolver } from './resolve-item.ts';
import { gapItem, goneItem, heartbeatItem, type StreamItem, withCursor } from './stream-item.ts';

export interface SubscriberOptions {
  readonly group: Group;
  /** The person or program itself; its group may stand for a class. */
  readonly self: Reader;
  readonly after: StreamPlace | undefined;
  readonly resolver: Resolver;
  readonly fanIn: FanIn;
  readonly seal: (feeds: ReadonlyMap<string, Position>) => string;
  /** In a large network the cursors of a group go on from its heartbeats, and are of use only after one. */
  readonly needsHeartbeat: boolean;
  readonly now: () => number;
  /** Aborted when it is over, by whomever. */
  readonly stop: AbortController;
  /** Told when it ends by itself. */
  readonly onEnd: (end: StreamEnd) => void;
}

const readTimeoutMs = 5_000;
const retryMs = 500;
/** What was resolved longer ago is resolved again before it goes out: rights may have ended since. */
const freshMs = 5_000;
/** So often something is tried before the other feeds go on without it. */
const triesMax = 3;

export function createSubscriber(options: SubscriberOptions): AsyncIterableIterator<ExecutionResult> {
  const { stop } = options;
  const items = follow(options);
  return {
    async next() {
      const item = await items.next();
      if (item.done) stop.abort();
      return item;
    },
    // A generator that waits for a frame only hears of its end once it is woken.
    return() {
      stop.abort();
      return items.return(undefined);
    },
    throw(error) {
      stop.abort();
      return items.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* follow(options: SubscriberOptions): AsyncGenerator<ExecutionResult, undefined> {
  const { signal } = options.stop;
  const { group, self, after, resolver, fanIn, seal, now, onEnd } = options;
  const { log, selection, filter, reader } = group;
  const { declaration } = selection;
  /** What this one has got of each feed. */
  const places = new Map<string, Position>();
  /** Feeds of which something is still to be read, from here. */
  const pending = new Map<string, Position>();
  /** Feeds of which another hub had heard more than this one, up to here. */
  const ahead = new Map<string, Position>();
  let hasHeartbeat = !options.needsHeartbeat;
  let index = log.end;

  /** The group's own cursor says too much for whom something is missing, and too little for whom is ahead. */
  const placed = (frame: { result: ExecutionResult; unplaced: ExecutionResult }): ExecutionResult =>
    hasHeartbeat && pending.size === 0 && ahead.size === 0
      ? frame.result
      : withCursor(frame.unplaced, () => seal(places));
  const item = async (made: StreamItem): Promise<ExecutionResult> =>
    withCursor(await resolver.item(selection, made, reader), () => seal(places));
  const gap = (feed: string, reason: string, fromMs = after?.atMs): Promise<ExecutionResult> =>
    item(gapItem({ feed, reason, fromMs, toMs: now() }));

  /** One event as this reader may see it; undefined when it is not for him, `later` when its source is silent. */
  async function resolved(event: FeedEvent, as: Reader): Promise<ExecutionResult | 'later' | undefined> {
    const verdict = judge(declaration, filter, as, event);
    if (verdict === 'SKIP') return undefined;
    if (verdict === 'PERSONAL') return resolved(event, self);
    if (verdict === 'GONE') return resolver.item(selection, goneItem(event), as);
    for (let tries = 0; tries < triesMax && !signal.aborted; tries += 1) {
      if (tries > 0) await pause(retryMs, signal);
      const { kind, ...found } = await group.resolve(event, as);
      if (kind === 'hidden') return undefined;
      if (kind === 'shown') return (found as { result: ExecutionResult }).result;
    }
    return 'later';
  }

  async function* taken(step: FeedStep): AsyncGenerator<ExecutionResult, boolean> {
    if (step.kind === 'gap') {
      places.set(step.feed, step.to);
      yield await gap(step.feed, step.reason);
      return true;
    }
    for (const event of step.events) {
      const result = await resolved(event, reader);
      if (result === 'later') return false;
      places.set(event.feed, event);
      if (result !== undefined) yield withCursor(result, () => seal(places));
    }
    return true;
  }

  /** Reads a feed on to `to`; what cannot be read now stays pending. */
  async function* readOn(
    feed: string,
    from: Position,
    to: Position | undefined,
  ): AsyncGenerator<ExecutionResult, boolean> {
    places.set(feed, from);
    try {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(readTimeoutMs)]);
      for await (const step of fanIn.read(feed, from, to, patience)) {
        if (!(yield* taken(step))) throw new Error(`${feed} does not answer.`);
      }
      if (to !== undefined) places.set(feed, to);
      pending.delete(feed);
      return true;
    } catch {
      pending.set(feed, places.get(feed) ?? from);
      return false;
    }
  }

  /** Everything between the cursor and a place in the log where the group's frames take over. */
  async function* catchUp(since: StreamPlace): AsyncGenerator<ExecutionResult> {
    const known = new Map([...since.feeds].filter(([feed]) => group.takesFeed(feed)));
    // From the first item on a cursor forgets nobody.
    for (const [feed, place] of known) places.set(feed, positionOf(place, fanIn.head(feed)) ?? place);
    do {
      index = log.end;
      for (const [feed, to] of group.places()) {
        if (pending.has(feed)) continue;
        const place = positionOf(places.get(feed), to);
        if (place === undefined) {
          places.set(feed, to);
          yield await gap(feed, known.has(feed) ? 'RESTORED' : 'NOT_IN_SNAPSHOT');
        } else if (place.seq !== to.seq) {
          // Beyond what this hub has heard: another hub was ahead, or nobody ever gave it out. The source knows.
          const isAhead = place.seq > to.seq;
          if (isAhead) ahead.set(feed, place);
          yield* readOn(feed, place, isAhead ? undefined : to);
        } else places.set(feed, place);
      }
    } while (index < log.start && !signal.aborted);
    const reachedNow = group.places();
    for (const [feed, { epoch, seq }] of known) {
      if (!reachedNow.has(feed)) pending.set(feed, { epoch, seq });
    }
  }

  /** What was silent when this one came, and is heard again. */
  async function* readPending(): AsyncGenerator<ExecutionResult> {
    for (const [feed, from] of [...pending]) {
      const isHeard = fanIn.states().some((one) => one.feed === feed && one.state === 'LIVE');
      const to = isHeard ? group.places().get(feed) : undefined;
      if (to === undefined) continue;
      const place = positionOf(from, to);
      if (place !== undefined) yield* readOn(feed, place, to);
      else {
        pending.delete(feed);
        places.set(feed, to);
        yield await gap(feed, 'RESTORED');
      }
    }
  }

  const conditions = fanIn.states().filter(({ feed }) => group.takesFeed(feed));
  const isInLog = after?.log?.id === log.id && after.log.index >= log.start && after.log.index <= log.end;
  if (after !== undefined && isInLog) {
    index = after.log?.index ?? index;
    for (const [feed, place] of after.feeds) {
      const position = positionOf(place, fanIn.head(feed));
      places.set(feed, position ?? place);
      if (position === undefined) pending.set(feed, place);
    }
    yield await item(heartbeatItem(now(), conditions));
  } else if (after !== undefined) {
    yield* catchUp(after);
    yield await item(heartbeatItem(now(), conditions));
  } else {
    for (const [feed, position] of group.places()) places.set(feed, position);
    yield await item(heartbeatItem(now(), conditions));
  }

  while (!signal.aborted) {
    if (index < log.start) {
      onEnd('CONSUMER_TOO_SLOW');
      return;
    }
    const frame = log.at(index);
    if (frame === undefined) {
      await new Promise<void>((wake) => {
        const forget = group.onFrame(done);
        function done(): void {
          signal.removeEventListener('abort', done);
          forget();
          wake();
        }
        signal.addEventListener('abort', done, { once: true });
      });
      continue;
    }
    index += 1;
    if (frame.kind === 'told') {
      yield placed(frame);
      continue;
    }
    if (frame.kind === 'heartbeat') {
      yield* readPending();
      for (const [feed, place] of ahead) if (!isBehind(place, places.get(feed))) ahead.delete(feed);
      // An old one would light a light that is out.
      if (index !== log.end) continue;
      hasHeartbeat = true;
      yield placed(frame);
      continue;
    }
    const { feed, position } = frame;
    const from = pending.get(feed);
    if (frame.kind === 'reached') {
      if (from === undefined && !isBehind(position, places.get(feed))) {
        places.set(feed, position);
        yield await gap(feed, 'NOT_IN_SNAPSHOT');
      }
      continue;
    }
    if (from !== undefined) {
      const place = positionOf(from, position);
      const before = { ...position, seq: position.seq - 1 };
      if (place !== undefined && place.seq < before.seq && !(yield* readOn(feed, place, before))) {
        onEnd('STOPPING');
        return;
      }
      pending.delete(feed);
    }
    if (isBehind(position, places.get(feed))) continue;
    places.set(feed, position);
    ahead.delete(feed);
    if (frame.kind === 'shared' && (frame.event === undefined || performance.now() - frame.resolvedAtMs < freshMs)) {
      yield placed(frame);
      continue;
    }
    const result = await resolved(frame.event as FeedEvent, frame.kind === 'personal' ? self : reader);
    if (result === 'later') pending.set(feed, { ...position, seq: position.seq - 1 });
    else if (result !== undefined) yield withCursor(result, () => seal(places));
  }
}

/** What is at or before a place has been delivered already. */
function isBehind(position: Position, place: Position | undefined): boolean {
  return place !== undefined && place.epoch === position.epoch && position.seq <= place.seq;
}

/** A cursor holds the beginning of an epoch; undefined when the feed counts in another one now. */
function positionOf(place: FeedPlace | undefined, head: Position | undefined): Position | undefined {
  if (place === undefined || head === undefined || !head.epoch.startsWith(place.epoch)) return undefined;
  return { epoch: head.epoch, seq: place.seq };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
