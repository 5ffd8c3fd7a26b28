/**
 * Everybody who asks the same of a stream and must get the same: each event is resolved once and its frame serves all.
 *
 * Events of one feed go out in their order; a feed whose source is slow holds up no other. A change that cannot be
 * read just now is tried again, for it may not be passed over.
 */
import type { ExecutionResult } from 'graphql';
import type { FanIn } from '../fan-in/fan-in.ts';
import type { FeedEvent, FeedStep, Position } from '../feed-event.ts';
import { judge, type Reader, type StreamFilter, takesFeed } from '../judge.ts';
import { createFrameLog, type Frame, type FrameLog } from './frame-log.ts';
import type { Resolved, Resolver, Selection } from './resolve-item.ts';
import { changeItem, gapItem, goneItem, heartbeatItem, type StreamItem, withCursor } from './stream-item.ts';

export interface GroupOptions {
  readonly id: string;
  readonly selection: Selection;
  readonly filter: StreamFilter;
  readonly reader: Reader;
  readonly resolver: Resolver;
  readonly fanIn: FanIn;
  /** Rises when the rights of a reader may have changed: what was resolved before does not go out after. */
  readonly accessEpoch: (reader: Reader) => number;
  /** A cursor for everything up to `feeds`, to be told with the frame of this index. */
  readonly seal: (
    feeds: ReadonlyMap<string, Position>,
    next: { id: string; index: number },
    isHeartbeat: boolean,
  ) => string;
  readonly now: () => number;
}

export interface Group {
  readonly log: FrameLog;
  readonly selection: Selection;
  readonly filter: StreamFilter;
  readonly reader: Reader;
  takesFeed(feed: string): boolean;
  /** A feed is heard; told of each, from the first time on its place is known. */
  hears(feed: string): void;
  take(step: FeedStep): void;
  /** For each feed the last event that has gone out, or was for nobody here. */
  places(): ReadonlyMap<string, Position>;
  /** Called once at the next frame. */
  onFrame(wake: () => void): void;
  /** Resolves one event for a reader, as things stand now; many who come back after one break share the work. */
  resolve(event: FeedEvent, reader: Reader): Promise<Resolved>;
  /** What the hub noticed by itself. */
  tell(event: FeedEvent): void;
  heartbeat(): void;
  close(): void;
}

interface Entry {
  readonly position: Position;
  /** Undefined: nothing to send; the feed only moved. */
  readonly make: (() => Promise<Made>) | undefined;
  made?: Promise<Made>;
  /** When it was begun, and under which rights. */
  epoch: number;
  startedAtMs: number;
}

type Made =
  | { readonly kind: 'none' }
  | { readonly kind: 'again' }
  | { readonly kind: 'personal'; readonly event: FeedEvent }
  | { readonly kind: 'item'; readonly unplaced: ExecutionResult; readonly event: FeedEvent | undefined };

interface Lane {
  readonly feed: string;
  readonly entries: Entry[];
  next: number;
  done: Position;
  isRunning: boolean;
}

/** So many items of one feed are resolved beside each other; they go out in order. */
const resolvedAheadMax = 16;
/** So many that went out are cleared away together: one at a time would move all that wait. */
const sentKeptMax = 1_024;
const rememberedMax = 256;
/** Rights may end at any moment, so what was resolved is only good for whoever asks with it. */
const rememberedMs = 1_000;
const retryMinMs = 200;
const retryMaxMs = 5_000;

export function createGroup(options: GroupOptions): Group {
  const { selection, filter, reader, resolver, fanIn, accessEpoch, seal, now } = options;
  const { declaration } = selection;
  const log = createFrameLog(options.id);
  const lanes = new Map<string, Lane>();
  let wakers: (() => void)[] = [];
  const remembered = new Map<
    string,
    { readonly resolving: Promise<Resolved>; readonly epoch: number; readonly atMs: number }
  >();
  let isClosed = false;

  const takes = (feed: string): boolean => takesFeed(declaration, filter, reader, feed);
  const reached = new Set(fanIn.states().flatMap(({ feed }) => (takes(feed) && fanIn.head(feed) ? [feed] : [])));

  const places = (): ReadonlyMap<string, Position> => {
    const found = new Map<string, Position>();
    for (const feed of reached) {
      const lane = lanes.get(feed);
      const place = lane?.isRunning ? lane.done : fanIn.head(feed);
      if (place !== undefined) found.set(feed, place);
    }
    return found;
  };
  const push = (frame: Frame): void => {
    log.push(frame);
    const woken = wakers;
    wakers = [];
    for (const wake of woken) wake();
  };
  const sealed = (unplaced: ExecutionResult, isHeartbeat = false): ExecutionResult =>
    withCursor(unplaced, () => seal(places(), { id: log.id, index: log.end + 1 }, isHeartbeat));

  const resolve = (event: FeedEvent, as: Reader): Promise<Resolved> => {
    if (as !== reader) return resolver.change(selection, event, as);
    const atMs = performance.now();
    const epoch = accessEpoch(reader);
    const known = remembered.get(event.id);
    if (known !== undefined && known.epoch === epoch && atMs - known.atMs < rememberedMs) return known.resolving;
    const resolving = resolver.change(selection, event, as);
    remembered.delete(event.id);
    remembered.set(event.id, { resolving, epoch, atMs });
    if (remembered.size > rememberedMax) remembered.delete(remembered.keys().next().value as string);
    const forget = (): void => {
      if (remembered.get(event.id)?.resolving === resolving) remembered.delete(event.id);
    };
    resolving.then(({ kind }) => kind === 'unavailable' && forget(), forget);
    return resolving;
  };

  const changed = async (event: FeedEvent): Promise<Made> => {
    const { kind, ...found } = await resolve(event, reader);
    if (kind !== 'shown') return { kind: kind === 'hidden' ? 'none' : 'again' };
    return { kind: 'item', unplaced: (found as { result: ExecutionResult }).result, event };
  };
  const said = async (item: StreamItem): Promise<Made> => ({
    kind: 'item',
    unplaced: await resolver.item(selection, item, reader),
    event: undefined,
  });
  const entryOf = (event: FeedEvent): Entry => {
    const position: Position = { epoch: event.epoch, seq: event.seq };
    const plain = { position, epoch: 0, startedAtMs: 0 };
    switch (judge(declaration, filter, reader, event)) {
      case 'CHANGE':
        return { ...plain, make: () => changed(event) };
      case 'GONE':
        return { ...plain, make: () => said(goneItem(event)) };
      case 'PERSONAL':
        return { ...plain, make: async () => ({ kind: 'personal', event }) };
      default:
        return { ...plain, make: undefined };
    }
  };

  const laneOf = (feed: string, done: Position): Lane => {
    let lane = lanes.get(feed);
    if (lane === undefined) {
      lane = { feed, entries: [], next: 0, done, isRunning: false };
      lanes.set(feed, lane);
    }
    return lane;
  };
  const start = (entry: Entry): void => {
    if (entry.make === undefined || entry.made !== undefined) return;
    entry.epoch = accessEpoch(reader);
    entry.startedAtMs = performance.now();
    entry.made = entry.make();
    // Whoever awaits it later hears of it; until then it is nobody's.
    entry.made.catch(() => {});
  };
  const send = (lane: Lane, { position, startedAtMs }: Entry, made: Made): void => {
    const { feed } = lane;
    lane.done = position;
    if (made.kind === 'personal') push({ kind: 'personal', event: made.event, feed, position });
    if (made.kind !== 'item') return;
    const { unplaced, event } = made;
    push({ kind: 'shared', result: sealed(unplaced), unplaced, event, resolvedAtMs: startedAtMs, feed, position });
  };
  const run = async (lane: Lane): Promise<void> => {
    let failures = 0;
    while (lane.next < lane.entries.length && !isClosed) {
      const ahead = Math.min(lane.entries.length, lane.next + resolvedAheadMax);
      for (let index = lane.next; index < ahead; index += 1) start(lane.entries[index] as Entry);
      const entry = lane.entries[lane.next] as Entry;
      const made: Made = (await entry.made?.catch(() => ({ kind: 'again' as const }))) ?? { kind: 'none' };
      if (isClosed) return;
      const isStale = entry.made !== undefined && entry.epoch !== accessEpoch(reader);
      if (made.kind === 'again' || isStale) {
        delete entry.made;
        if (made.kind === 'again') await pause(Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(failures++, 8)));
        continue;
      }
      failures = 0;
      lane.next += 1;
      // A lane that never comes to rest may not keep all that it has sent.
      if (lane.next === sentKeptMax) lane.next -= lane.entries.splice(0, sentKeptMax).length;
      send(lane, entry, made);
    }
    lane.entries.length = 0;
    lane.next = 0;
    lane.isRunning = false;
  };
  const enqueue = (lane: Lane, entries: readonly Entry[]): void => {
    lane.entries.push(...entries);
    if (lane.isRunning) return;
    lane.isRunning = true;
    void run(lane);
  };
  /** A feed that is heard for the first time since this group is there. */
  const reach = (feed: string, position: Position): void => {
    if (reached.has(feed)) return;
    reached.add(feed);
    push({ kind: 'reached', feed, position });
  };

  return {
    log,
    selection,
    filter,
    reader,
    takesFeed: takes,
    places,
    resolve,
    hears(feed) {
      const head = takes(feed) ? fanIn.head(feed) : undefined;
      if (head !== undefined) reach(feed, head);
    },
    take(step) {
      const { feed } = step;
      if (step.kind === 'gap') {
        const { reason, to } = step;
        const item = gapItem({ feed, reason, fromMs: undefined, toMs: now() });
        reach(feed, to);
        const entry = { position: to, epoch: 0, startedAtMs: 0, make: () => said(item) };
        enqueue(laneOf(feed, step.from ?? to), [entry]);
        return;
      }
      const [first] = step.events;
      if (first === undefined) return;
      const before: Position = { epoch: first.epoch, seq: first.seq - 1 };
      reach(feed, before);
      const entries = step.events.map(entryOf);
      const lane = lanes.get(feed);
      // What is for nobody here, behind nothing that waits, costs nothing: its place follows from the feed's head.
      if (!lane?.isRunning && entries.every(({ make }) => make === undefined)) return;
      const own = laneOf(feed, before);
      if (!own.isRunning) own.done = before;
      enqueue(own, entries);
    },
    onFrame(wake) {
      wakers.push(wake);
    },
    tell(event) {
      if (judge(declaration, filter, reader, event) !== 'CHANGE') return;
      resolver.item(selection, changeItem(declaration, event), reader).then(
        (unplaced) => !isClosed && push({ kind: 'told', result: sealed(unplaced), unplaced }),
        () => {},
      );
    },
    heartbeat() {
      const conditions = fanIn.states().filter(({ feed }) => takes(feed));
      resolver.item(selection, heartbeatItem(now(), conditions), reader).then(
        (unplaced) => !isClosed && push({ kind: 'heartbeat', result: sealed(unplaced, true), unplaced }),
        () => {},
      );
    },
    close() {
      isClosed = true;
      wakers = [];
    },
  };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms * (0.5 + Math.random() / 2)).unref();
  });
