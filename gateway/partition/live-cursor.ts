/**
 * Where a stream stands: for each feed the last event that is behind it. Sealed, so that it tells nobody how much goes
 * on where; bound to the stream and its filter, not to the person, whose rights are decided anew at every resume.
 *
 * Three forms, one use: of an answer (`coverage.liveCursor`; bound to nothing, for rows were read, not changes), of a
 * stream, and, in a large network, of a change since a heartbeat. That one holds only what moved since, is handed out
 * with a dot before it, and comes back behind the heartbeat's.
 */
import { createHash } from 'node:crypto';
import { type CursorKey, openCursor, sealCursor } from './sealed-cursor.ts';

export interface FeedPlace {
  /** The beginning of the epoch; enough to tell it from the one before. */
  readonly epoch: string;
  readonly seq: number;
}

export interface StreamPlace {
  /** Undefined: of an answer, good for any stream. */
  readonly binding: string | undefined;
  readonly feeds: ReadonlyMap<string, FeedPlace>;
  /** Where in the memory of which gateway this item stands, so that a short break costs no reading. */
  readonly log?: { readonly id: string; readonly index: number } | undefined;
  /** When it was made. */
  readonly atMs: number;
}

export type CursorKeyring = readonly [CursorKey, ...CursorKey[]];
export type LiveCursorRefusal = 'CURSOR_MALFORMED' | 'CURSOR_OF_ANOTHER_QUERY';

interface Written {
  readonly b?: string;
  readonly l?: readonly [id: string, index: number];
  readonly t: number;
  readonly f: Readonly<Record<string, readonly [epoch: string, seq: number]>>;
  /** The heartbeat's cursor that this one goes on from. */
  readonly c?: string;
}

const epochLength = 8;

export const shortEpoch = (epoch: string): string => epoch.slice(0, epochLength);

export function sealPlace(keys: CursorKeyring, place: StreamPlace, checkpoint?: string): string {
  const written: Written = {
    ...(place.binding !== undefined && { b: place.binding }),
    ...(place.log !== undefined && { l: [place.log.id, place.log.index] }),
    t: place.atMs,
    f: Object.fromEntries([...place.feeds].map(([feed, { epoch, seq }]) => [feed, [shortEpoch(epoch), seq]])),
    ...(checkpoint !== undefined && { c: nameOf(checkpoint) }),
  };
  return sealCursor(keys, 'live', JSON.stringify(written));
}

export function openPlace(
  keys: readonly CursorKey[],
  cursor: string,
  binding: string,
): StreamPlace | LiveCursorRefusal {
  const [whole = '', short, ...more] = cursor.split('.');
  const base = more.length > 0 ? undefined : read(keys, whole);
  if (base === undefined || base.c !== undefined) return 'CURSOR_MALFORMED';
  const since = short === undefined ? undefined : read(keys, short);
  if (short !== undefined && since?.c !== nameOf(whole)) return 'CURSOR_MALFORMED';
  for (const { b } of since ? [base, since] : [base]) {
    if (b !== undefined && b !== binding) return 'CURSOR_OF_ANOTHER_QUERY';
  }
  const newest = since ?? base;
  const feeds = Object.entries({ ...base.f, ...since?.f });
  return {
    binding: base.b,
    feeds: new Map(feeds.map(([feed, [epoch, seq]]) => [feed, { epoch, seq }])),
    log: newest.l && { id: newest.l[0], index: newest.l[1] },
    atMs: newest.t,
  };
}

/** What opens was written by a hub with these keys. */
function read(keys: readonly CursorKey[], cursor: string): Written | undefined {
  const text = openCursor(keys, 'live', cursor);
  return text === undefined ? undefined : (JSON.parse(text) as Written);
}

const nameOf = (cursor: string): string => createHash('sha256').update(cursor).digest('base64url').slice(0, 12);
