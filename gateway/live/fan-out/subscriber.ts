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

/** One follower at work: an object and functions over it, since closures of each would cost more than all he holds. */
interface Follower {
  readonly options: SubscriberOptions;
  readonly signal: AbortSignal;
  /** What he has got of each feed. */
  readonly places: Map<string, Position>;
  /** Feeds of which something is still to be read, from here. */
  readonly pending: Map<string, Position>;
  /** Feeds of which another hub had heard more than this one, up to here. */
  readonly ahead: Map<string, Position>;
  /** The index of the frame that comes next. */
  index: number;
  hasHeartbeat: boolean;
  /** Whoever waits for a frame also hears of the end. */
  wake: () => void;
}

async function* follow(options: SubscriberOptions): AsyncGenerator<ExecutionResult, undefined> {
  const { group, stop, after, onEnd } = options;
  const { signal } = stop;
  const { log } = group;
  const follower: Follower = {
    options,
    signal,
    places: new Map(),
    pending: new Map(),
    ahead: new Map(),
    index: log.end,
    hasHeartbeat: !options.needsHeartbeat,
    wake: () => {},
  };
  const { places, pending, ahead } = follower;
  signal.addEventListener('abort', () => follower.wake(), { once: true });

  if (after === undefined) for (const [feed, position] of group.places()) places.set(feed, position);
  else if (!isInLog(follower, after)) yield* catchUp(follower, after);
  yield await heartbeat(follower);

  while (!signal.aborted) {
    if (follower.index < log.start) {
      onEnd('CONSUMER_TOO_SLOW');
      return;
    }
    const frame = log.at(follower.index);
    if (frame === undefined) {
      await new Promise<void>((resolve) => {
        follower.wake = resolve;
        group.onFrame(resolve);
      });
      continue;
    }
    follower.index += 1;
    if (frame.kind === 'told') {
      yield placed(follower, frame);
      continue;
    }
    if (frame.kind === 'heartbeat') {
      if (pending.size > 0) yield* readPending(follower);
      for (const [feed, place] of ahead) if (!isBehind(place, places.get(feed))) ahead.delete(feed);
      // An old one would light a light that is out.
      const isNewest = follower.index === log.end;
      // Cursors that follow go on from exactly this one: who gets another instead cannot use them.
      follower.hasHeartbeat = !options.needsHeartbeat || (isNewest && pending.size === 0 && ahead.size === 0);
      if (isNewest) yield placed(follower, frame);
      continue;
    }
    const { feed, position } = frame;
    const from = pending.get(feed);
    if (frame.kind === 'reached') {
      if (from === undefined && !isBehind(position, places.get(feed))) {
        places.set(feed, position);
        yield await gap(follower, feed, 'NOT_IN_SNAPSHOT');
      }
      continue;
    }
    if (from !== undefined) {
      const place = positionOf(from, position);
      const before = { ...position, seq: position.seq - 1 };
      if (place !== undefined && place.seq < before.seq && !(yield* readOn(follower, feed, place, before))) {
        onEnd('STOPPING');
        return;
      }
      pending.delete(feed);
    }
    if (isBehind(position, places.get(feed))) continue;
    places.set(feed, position);
    ahead.delete(feed);
    if (frame.kind === 'shared' && (frame.event === undefined || performance.now() - frame.resolvedAtMs < freshMs)) {
      yield placed(follower, frame);
      continue;
    }
    const as = frame.kind === 'personal' ? options.self : group.reader;
    const result = await resolved(follower, frame.event as FeedEvent, as);
    if (result === 'later') pending.set(feed, { ...position, seq: position.seq - 1 });
    else if (result !== undefined) yield withCursor(result, () => options.seal(places));
  }
}

/** The group's own cursor says too much for whom something is missing, and too little for whom is ahead. */
function placed(
  { options, hasHeartbeat, places, pending, ahead }: Follower,
  frame: { readonly result: ExecutionResult; readonly unplaced: ExecutionResult },
): ExecutionResult {
  if (hasHeartbeat && pending.size === 0 && ahead.size === 0) return frame.result;
  return withCursor(frame.unplaced, () => options.seal(places));
}

async function item({ options, places }: Follower, made: StreamItem): Promise<ExecutionResult> {
  const { resolver, group, seal } = options;
  return withCursor(await resolver.item(group.selection, made, group.reader), () => seal(places));
}

function gap(follower: Follower, feed: string, reason: string): Promise<ExecutionResult> {
  const { after, now } = follower.options;
  return item(follower, gapItem({ feed, reason, fromMs: after?.atMs, toMs: now() }));
}

function heartbeat(follower: Follower): Promise<ExecutionResult> {
  const { fanIn, group, now } = follower.options;
  const conditions = fanIn.states().filter(({ feed }) => group.takesFeed(feed));
  return item(follower, heartbeatItem(now(), conditions));
}

/** One event as this reader may see it; undefined when it is not for him, `later` when its source is silent. */
async function resolved(
  follower: Follower,
  event: FeedEvent,
  as: Reader,
): Promise<ExecutionResult | 'later' | undefined> {
  const { options, signal } = follower;
  const { group, self, resolver } = options;
  const { selection, filter } = group;
  const verdict = judge(selection.declaration, filter, as, event);
  if (verdict === 'SKIP') return undefined;
  if (verdict === 'PERSONAL') return resolved(follower, event, self);
  if (verdict === 'GONE') return resolver.item(selection, goneItem(event), as);
  for (let tries = 0; tries < triesMax && !signal.aborted; tries += 1) {
    if (tries > 0) await pause(retryMs, signal);
    const { kind, ...found } = await group.resolve(event, as);
    if (kind === 'hidden') return undefined;
    if (kind === 'shown') return (found as { result: ExecutionResult }).result;
  }
  return 'later';
}

async function* taken(follower: Follower, step: FeedStep): AsyncGenerator<ExecutionResult, boolean> {
  const { options, places } = follower;
  if (step.kind === 'gap') {
    places.set(step.feed, step.to);
    yield await gap(follower, step.feed, step.reason);
    return true;
  }
  for (const event of step.events) {
    const result = await resolved(follower, event, options.group.reader);
    if (result === 'later') return false;
    places.set(event.feed, event);
    if (result !== undefined) yield withCursor(result, () => options.seal(places));
  }
  return true;
}

/** Reads a feed on to `to`; what cannot be read now stays pending. */
async function* readOn(
  follower: Follower,
  feed: string,
  from: Position,
  to: Position | undefined,
): AsyncGenerator<ExecutionResult, boolean> {
  const { places, pending, signal, options } = follower;
  places.set(feed, from);
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(readTimeoutMs)]);
    for await (const step of options.fanIn.read(feed, from, to, patience)) {
      if (!(yield* taken(follower, step))) throw new Error(`${feed} does not answer.`);
    }
    if (to !== undefined) places.set(feed, to);
    pending.delete(feed);
    return true;
  } catch {
    pending.set(feed, places.get(feed) ?? from);
    return false;
  }
}

/** What was silent when this one came, and is heard again. */
async function* readPending(follower: Follower): AsyncGenerator<ExecutionResult> {
  const { options, places, pending } = follower;
  const { fanIn, group } = options;
  for (const [feed, from] of [...pending]) {
    const isHeard = fanIn.states().some((one) => one.feed === feed && one.state === 'LIVE');
    const to = isHeard ? group.places().get(feed) : undefined;
    if (to === undefined) continue;
    const place = positionOf(from, to);
    if (place !== undefined) yield* readOn(follower, feed, place, to);
    else {
      pending.delete(feed);
      places.set(feed, to);
      yield await gap(follower, feed, 'RESTORED');
    }
  }
}

/** Whether the group still holds everything since: then nothing has to be read. */
function isInLog(follower: Follower, { log: place, feeds }: StreamPlace): boolean {
  const { places, pending, options } = follower;
  const { log } = options.group;
  if (place?.id !== log.id || place.index < log.start || place.index > log.end) return false;
  follower.index = place.index;
  for (const [feed, { epoch, seq }] of feeds) {
    const position = positionOf({ epoch, seq }, options.fanIn.head(feed));
    places.set(feed, position ?? { epoch, seq });
    if (position === undefined) pending.set(feed, { epoch, seq });
  }
  return true;
}

/** Everything between the cursor and a place in the log where the group's frames take over. */
async function* catchUp(follower: Follower, since: StreamPlace): AsyncGenerator<ExecutionResult> {
  const { options, places, pending, ahead, signal } = follower;
  const { group, fanIn } = options;
  const known = new Map([...since.feeds].filter(([feed]) => group.takesFeed(feed)));
  // From the first item on a cursor forgets nobody.
  for (const [feed, place] of known) places.set(feed, positionOf(place, fanIn.head(feed)) ?? place);
  do {
    follower.index = group.log.end;
    for (const [feed, to] of group.places()) {
      if (pending.has(feed)) continue;
      const place = positionOf(places.get(feed), to);
      if (place === undefined) {
        places.set(feed, to);
        yield await gap(follower, feed, known.has(feed) ? 'RESTORED' : 'NOT_IN_SNAPSHOT');
      } else if (place.seq !== to.seq) {
        // Beyond what this hub has heard: another hub was ahead, or nobody ever gave it out. The source knows.
        const isAhead = place.seq > to.seq;
        if (isAhead) ahead.set(feed, place);
        yield* readOn(follower, feed, place, isAhead ? undefined : to);
      } else places.set(feed, place);
    }
  } while (follower.index < group.log.start && !signal.aborted);
  const reachedNow = group.places();
  for (const [feed, { epoch, seq }] of known) if (!reachedNow.has(feed)) pending.set(feed, { epoch, seq });
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
