/**
 * A stream that goes on: whatever breaks the line, it is opened again with the cursor of the last item. It ends when it is
 * told to, or by an error when the hub says no and would say so again. How bytes come in is the door's.
 */
import type { Result } from './ask.ts';
import type { Line, Opening } from './door.ts';
import { KortelijnError, lineBroken } from './errors.ts';
import { pause } from './pause.ts';
import { createPlace, type StreamItem } from './place.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';
import { createWaitingItems } from './waiting-items.ts';

/** How a stream is doing. For a "live" light use `isStale`: a socket that stands says nothing. */
export interface StreamState {
  /**
   * `OPENING`: the first item of this line has not come; `OPEN`: items come; `WAITING`: the line broke and is opened again
   * in `retryInMs`; `ENDED`: it is over.
   */
  readonly line: 'OPENING' | 'OPEN' | 'WAITING' | 'ENDED';
  /** Whether nothing has been heard for three heartbeats (9 s): what is on the screen may be old. */
  readonly isStale: boolean;
  /** When something was last heard, milliseconds since 1970; undefined when never. */
  readonly heardAtMs: number | undefined;
  /** Why the last line broke, or why the stream ended; undefined while all is well or when the caller ended it. */
  readonly why: KortelijnError | undefined;
  /** With WAITING: in how many milliseconds the line is opened again. */
  readonly retryInMs: number | undefined;
}

/**
 * The items of a subscription, in the order of the hub, each once. Iterate it once. Breaking out of the loop ends it; so
 * does the signal. Throws KortelijnError when it ends for good: the caller's rights were taken away (`ACCESS_REVOKED`), the
 * cursor is of no use (`CURSOR_MALFORMED`, …: ask anew), the document is refused.
 */
export interface Stream<Item> extends AsyncDisposable {
  /** After the last item that was handed out: keep it to go on later with `after`. Undefined before the first. */
  readonly cursor: string | undefined;
  readonly state: StreamState;
  next(): Promise<IteratorResult<Item, undefined>>;
  /** Ends it; what was waiting is not handed out any more. */
  return(): Promise<IteratorReturnResult<undefined>>;
  [Symbol.asyncIterator](): Stream<Item>;
}

export interface Streaming {
  readonly open: (opening: Opening) => Line;
  readonly text: string;
  readonly after: string | undefined;
  /** Read anew at every opening. */
  readonly variables: (after: string | undefined) => Readonly<Record<string, unknown>>;
  readonly onState: ((state: StreamState) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly heartbeatMs: number;
  readonly random: () => number;
}

const missedHeartbeats = 3;
/** Who is let in slowly waits: coming again would only make the queue longer. */
const openingHeartbeats = 10;
const over: IteratorReturnResult<undefined> = { value: undefined, done: true };

export function createStream<Item>(streaming: Streaming): Stream<Item> {
  const { open, text, variables, onState, random, heartbeatMs, signal } = streaming;
  const silenceMsMax = missedHeartbeats * heartbeatMs;
  const stopping = new AbortController();
  const place = createPlace(streaming.after);
  const waiting = createWaitingItems<{ readonly item: Item; readonly cursor: string | undefined }>();
  let state = begun;
  let handedOut = streaming.after;
  let running: Promise<void> | undefined;
  /** Thrown once, when all that was waiting has been handed out. */
  let thrown: { readonly error: unknown } | undefined;
  let heardAt = 0;
  let openedAt = 0;
  let hasHeard = false;
  let wakeReader = nothing;
  let wakeRoom = nothing;
  let endLine: (why?: KortelijnError) => void = nothing;
  let line: Line | undefined;

  const tell = (changes: Partial<StreamState>) => {
    state = { ...state, ...changes };
    onState?.(state);
  };
  const hear = () => {
    heardAt = performance.now();
    const heardAtMs = Date.now();
    if (state.line === 'OPEN' && !state.isStale) state = { ...state, heardAtMs };
    else tell({ line: 'OPEN', isStale: false, heardAtMs, why: undefined, retryInMs: undefined });
  };
  const stop = (why?: KortelijnError) => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    endLine();
    wakeRoom();
    wakeReader();
    tell({ line: 'ENDED', why, retryInMs: undefined });
  };
  const fail = (error: unknown) => {
    const why = error instanceof KortelijnError ? error : undefined;
    thrown = { error };
    stop(why);
  };
  /** The line may still stand: only what is heard on it says that somebody is there. */
  const listen = () => {
    const now = performance.now();
    if (now - heardAt > silenceMsMax && !state.isStale) tell({ isStale: true });
    const silentMs = hasHeard ? now - heardAt : now - openedAt;
    const silentMsMax = hasHeard ? silenceMsMax : openingHeartbeats * heartbeatMs;
    if (line === undefined || silentMs < silentMsMax) return;
    const given = line;
    endLine(lineBroken(`Expected a heartbeat every ${heartbeatMs} ms, heard nothing for ${silentMsMax} ms.`));
    given.drop();
  };

  /** One line, until it ends: why. */
  const follow = () =>
    new Promise<KortelijnError | undefined>((resolve) => {
      let isOver = false;
      const end = (why?: KortelijnError) => {
        if (isOver) return;
        isOver = true;
        line?.close();
        line = undefined;
        // What is not allowed any more is not handed out either.
        if (why?.code === 'ACCESS_REVOKED') waiting.clear();
        resolve(why);
      };
      const take = ({ data, failures }: Result) => {
        if (isOver) return;
        const item = data === null ? undefined : itemOf(data);
        if (item === undefined || 'missing' in item) {
          const [first] = failures;
          return end(first === undefined ? notResumable(item?.missing ?? 'data') : new KortelijnError(first));
        }
        hasHeard = true;
        hear();
        if (!place.take(item)) return;
        waiting.put({ item: item as Item, cursor: place.cursor }, item.__typename === 'Heartbeat');
        wakeReader();
        // Whoever reads slower than the hub writes goes on from here when it has caught up.
        if (waiting.isFull) end();
      };
      endLine = end;
      openedAt = performance.now();
      hasHeard = false;
      line = open({ text, variables: variables(place.cursor), onResult: take, onEnd: end });
    });

  const run = async () => {
    for (let tries = 0; !stopping.signal.aborted; tries += 1) {
      const why = await follow();
      if (stopping.signal.aborted) return;
      if (hasHeard) tries = 0;
      const isToFallBack = why?.code === 'CURSOR_MALFORMED' && place.fallBack();
      if (why !== undefined && !why.retryable && !isToFallBack) return fail(why);
      const retryInMs = Math.max(why?.retryAfterMs ?? 0, reconnectDelayMs(tries, random));
      tell({ line: 'WAITING', why, retryInMs });
      await pause(retryInMs, stopping.signal);
      while (!waiting.hasRoom && !stopping.signal.aborted) {
        await new Promise<void>((resolve) => {
          wakeRoom = resolve;
        });
      }
      if (!stopping.signal.aborted) tell({ line: 'OPENING', retryInMs: undefined });
    }
  };
  const start = async () => {
    const stopNow = () => stop();
    if (signal?.aborted) return stop();
    signal?.addEventListener('abort', stopNow, { once: true });
    heardAt = performance.now();
    const light = setInterval(listen, heartbeatMs / 6);
    try {
      tell({});
      await run();
    } catch (error) {
      // Of the caller's own `variables` or `onState`.
      fail(error);
    } finally {
      clearInterval(light);
      signal?.removeEventListener('abort', stopNow);
    }
  };
  const close = async (): Promise<IteratorReturnResult<undefined>> => {
    waiting.clear();
    thrown = undefined;
    stop();
    await running;
    return over;
  };

  return {
    get cursor() {
      return handedOut;
    },
    get state() {
      return state;
    },
    async next() {
      running ??= start();
      for (;;) {
        const next = waiting.take();
        if (next !== undefined) {
          handedOut = next.cursor;
          wakeRoom();
          return { value: next.item, done: false };
        }
        if (stopping.signal.aborted) {
          const last = thrown;
          thrown = undefined;
          if (last !== undefined) throw last.error;
          return over;
        }
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
      }
    },
    return: close,
    async [Symbol.asyncDispose]() {
      await close();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const begun: StreamState = {
  line: 'OPENING',
  isStale: false,
  heardAtMs: undefined,
  why: undefined,
  retryInMs: undefined,
};
const nothing = (): void => {};

/** The one root field of a subscription, whatever it is called in the document. */
function itemOf(data: Readonly<Record<string, unknown>>): StreamItem | { readonly missing: string } | undefined {
  const [item] = Object.values(data);
  if (typeof item !== 'object' || item === null) return undefined;
  const { __typename, cursor } = item as Partial<StreamItem>;
  if (typeof __typename !== 'string') return { missing: '__typename' };
  return typeof cursor === 'string' ? (item as StreamItem) : { missing: `cursor in ${__typename}` };
}

const notResumable = (missing: string): KortelijnError =>
  new KortelijnError({
    code: 'CURSOR_NOT_SELECTED',
    message: `Expected every item of a stream with __typename and cursor, found none (${missing}): select both in every member.`,
    retryable: false,
  });
