/**
 * A board as a person keeps it open: it asks once, follows the stream from there, comes back by itself when the line or
 * the gateway goes, and says of itself when it is stale. What it shows must at any quiet moment equal a query.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { reconnectDelayMs } from '@kortelijn/sdk/reconnect-delay.ts';
import { type BoardRows, createBoardRows, type Item, type Wanted } from './board-rows.ts';
import { loadIncidents, Refused, type Row } from './load-incidents.ts';
import { type Door, type OpenStream, openStream, type StreamEnd } from './open-stream.ts';

export interface BoardOptions {
  /** Origins of the gateways; it goes to any of them. */
  readonly hubs: readonly string[];
  readonly door: Door;
  readonly token: () => Promise<string>;
  /** 0 ≤ value < 1. */
  readonly random: () => number;
  readonly participants?: readonly string[];
  /** What is kept of each incident, beside id and version. */
  readonly fields?: string;
  readonly heartbeatMs?: number;
}

export interface Board extends AsyncDisposable {
  state(): readonly Row[];
  readonly rows: BoardRows;
  readonly isStale: boolean;
  /** Follows the stream, has heard a heartbeat since, and waits for no answer. */
  readonly isSettled: boolean;
  readonly cursor: string | undefined;
  /** Moments at which it opened a stream, by performance.now(). */
  readonly openedAt: readonly number[];
  readonly staleAt: readonly number[];
  /** How its streams ended, in order. */
  readonly ends: readonly StreamEnd[];
  /** How often it had to ask everything anew. */
  readonly loadCount: number;
  /** Who was missing in an answer from which it went on: the hub tells of those as a gap. */
  readonly missedAtLoad: ReadonlySet<string>;
  /** Why it gave up, if it did. */
  readonly failure: string | undefined;
  /** Breaks its line; it comes back by itself. */
  drop(): void;
}

export const boardFields = 'reference state priority title access owner { id } reporter { id }';

/** After these no token and no waiting helps. */
const finalCodes = new Set(['FORBIDDEN', 'UNAUTHENTICATED', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED']);
/** After these what stands on the board is not known to be allowed or whole: everything is asked anew. */
const anewCodes = /^(ACCESS_REVOKED|FUTURE_CURSOR|RESTORED|RETENTION|CURSOR_.*)$/;
const missedHeartbeats = 3;
/** Who is let in slowly waits: coming again would only make the queue longer. */
const openingMsMax = 30_000;

export function openBoard(options: BoardOptions): Board {
  const { hubs, door, token, random, participants, fields = boardFields, heartbeatMs = 3_000 } = options;
  const rows = createBoardRows();
  const stopping = new AbortController();
  const { signal } = stopping;
  const openedAt: number[] = [];
  const staleAt: number[] = [];
  const ends: StreamEnd[] = [];
  const wanted = new Set<string>();
  const missedAtLoad = new Set<string>();
  let stream: OpenStream | undefined;
  let cursor: string | undefined;
  let heardAt = performance.now();
  let triedAt = heardAt;
  let isStale = false;
  let heardSinceOpen = false;
  let heardOnLine = false;
  let asking: Promise<void> | undefined;
  let loadCount = 0;
  let failure: string | undefined;

  const document = `subscription Board($after: String, $participants: [ID!]) {
    item: incidentChanged(after: $after, participants: $participants) {
      __typename
      ... on IncidentChange { id cursor participant { id } incident { id version ${fields} } }
      ... on Gone { id cursor participant { id } subjectId }
      ... on Gap { cursor participant { id } registry reason }
      ... on Heartbeat { cursor feeds { participant { id } registry state } }
    } }`;
  const hub = () => hubs[Math.floor(random() * hubs.length)] ?? '';
  const pause = (tries: number) => sleep(reconnectDelayMs(tries, random), undefined, { signal }).catch(() => {});
  const giveUp = (why: string) => {
    failure = why;
    stopping.abort();
  };

  /** Asks for everything; the stream goes on from the answer. */
  const load = async () => {
    loadCount += 1;
    wanted.clear();
    const mark = rows.mark();
    const loaded = await loadIncidents({ hub: hub(), token: await token(), fields, participants, signal });
    rows.clear();
    rows.replace(loaded, mark, undefined);
    if (loaded.liveCursor === null) throw new Error('Expected a liveCursor with the answer, found none');
    cursor = loaded.liveCursor;
    for (const participant of loaded.missing) {
      wanted.add(participant);
      missedAtLoad.add(participant);
    }
  };

  /** Asks for the parts that are missing until they came; one at a time. */
  const fill = async () => {
    for (let tries = 0; wanted.size > 0 && !signal.aborted; tries += 1) {
      const parts = [...wanted];
      const mark = rows.mark();
      try {
        const loaded = await loadIncidents({ hub: hub(), token: await token(), fields, participants: parts, signal });
        rows.replace(loaded, mark, parts);
        for (const part of parts) if (!loaded.missing.has(part)) wanted.delete(part);
      } catch (error) {
        if (error instanceof Refused && finalCodes.has(error.code)) return giveUp(error.message);
      }
      if (wanted.size > 0) await pause(tries);
    }
  };
  const want = (parts: Wanted) => {
    if (parts === 'ALL') {
      cursor = undefined;
      stream?.drop();
      return;
    }
    for (const part of parts) wanted.add(part);
    if (wanted.size === 0 || asking !== undefined) return;
    asking = fill().finally(() => {
      asking = undefined;
    });
  };

  const hear = (item: Item) => {
    heardAt = performance.now();
    heardOnLine = true;
    isStale = false;
    if (item.__typename === 'Heartbeat') heardSinceOpen = true;
    cursor = item.cursor;
    want(rows.apply(item));
  };

  const follow = async (): Promise<{ end: StreamEnd; heard: boolean }> => {
    const bearer = await token();
    let heard = false;
    heardSinceOpen = false;
    heardOnLine = false;
    triedAt = performance.now();
    const end = await new Promise<StreamEnd>((resolve) => {
      const onEnd = (ended: StreamEnd) => resolve(ended);
      stream = openStream(door, {
        hub: hub(),
        token: bearer,
        document,
        variables: { after: cursor, participants },
        onResult: ({ data, errors }) => {
          const item = data?.item as Item | null | undefined;
          if (item) {
            if (!heard) openedAt.push(performance.now());
            heard = true;
            hear(item);
            return;
          }
          const [first] = errors ?? [];
          onEnd({ code: String(first?.extensions?.code ?? 'UNKNOWN'), why: first?.message ?? 'An item that is null.' });
          stream?.drop();
        },
        onEnd,
      });
      signal.addEventListener('abort', () => resolve({ code: undefined, why: 'Stopped.' }), { once: true });
    });
    stream?.close();
    stream = undefined;
    heardSinceOpen = false;
    return { end, heard };
  };

  const run = async () => {
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        if (cursor === undefined) await load();
        want([]);
        const { end, heard } = await follow();
        if (signal.aborted) return;
        ends.push(end);
        if (heard) tries = 0;
        if (end.code !== undefined && finalCodes.has(end.code)) return giveUp(`${end.code}: ${end.why}`);
        if (end.code !== undefined && anewCodes.test(end.code)) cursor = undefined;
        if (end.code === 'ACCESS_REVOKED') rows.clear();
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refused && finalCodes.has(error.code)) return giveUp(error.message);
        ends.push({ code: error instanceof Refused ? error.code : undefined, why: String(error) });
      }
      await pause(tries);
    }
  };
  const watch = setInterval(() => {
    const bearsUntil = performance.now() - missedHeartbeats * heartbeatMs;
    if (heardAt < bearsUntil && !isStale) {
      isStale = true;
      staleAt.push(performance.now());
    }
    // The line may still stand: only what is heard on it says that somebody is there.
    if (heardOnLine ? heardAt < bearsUntil : performance.now() - triedAt > openingMsMax) stream?.drop();
  }, 100);
  const running = run();

  return {
    rows,
    state: rows.rows,
    get isStale() {
      return isStale;
    },
    get isSettled() {
      return heardSinceOpen && wanted.size === 0 && asking === undefined;
    },
    get cursor() {
      return cursor;
    },
    get loadCount() {
      return loadCount;
    },
    get failure() {
      return failure;
    },
    missedAtLoad,
    openedAt,
    staleAt,
    ends,
    drop: () => stream?.drop(),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      clearInterval(watch);
      stream?.close();
      await running;
      await asking;
    },
  };
}
