/**
 * Where a list stands, for each participant apart, so that one that missed a page goes on where it was.
 *
 * Bound to the query (field, filter, order, participants) and to the person: another's cursor would tell where his
 * rows begin, and one of another filter would skip or double rows.
 */
import { createHash } from 'node:crypto';
import { type CursorKey, openCursor, sealCursor } from './sealed-cursor.ts';

export interface PartyPosition {
  /** The endpoint's own cursor of the last row it gave; undefined before its first. */
  readonly after: string | undefined;
  /** Since when it has missed pages; its rows from before the list's position are still to come. */
  readonly missingSinceMs: number | undefined;
}

export interface ListPosition {
  /** The endpoint's cursor of the furthest row that the list has shown. */
  readonly furthest: string | undefined;
  readonly parties: ReadonlyMap<string, PartyPosition>;
}

export interface CursorBinding {
  readonly query: string;
  readonly person: string;
}

export type CursorRefusal = 'CURSOR_MALFORMED' | 'CURSOR_OF_ANOTHER_QUERY' | 'CURSOR_OF_ANOTHER_PERSON';

interface Written {
  readonly q: string;
  readonly s: string;
  readonly f?: string;
  readonly p: Readonly<Record<string, readonly [after: string, missingSinceMs?: number]>>;
}

/** A short fingerprint: enough that two never meet by chance, and short in every cursor. */
export function fingerprint(value: string): string {
  return createHash('sha256').update(value).digest().subarray(0, 12).toString('base64url');
}

export function encodePageCursor(
  keys: readonly [CursorKey, ...CursorKey[]],
  position: ListPosition,
  binding: CursorBinding,
): string {
  const parties: Record<string, readonly [string, number?]> = {};
  for (const [participant, { after, missingSinceMs }] of position.parties) {
    parties[participant] = missingSinceMs === undefined ? [after ?? ''] : [after ?? '', missingSinceMs];
  }
  const written: Written = {
    q: binding.query,
    s: binding.person,
    ...(position.furthest !== undefined && { f: position.furthest }),
    p: parties,
  };
  return sealCursor(keys, 'page', JSON.stringify(written));
}

export function decodePageCursor(
  keys: readonly CursorKey[],
  cursor: string,
  binding: CursorBinding,
): ListPosition | CursorRefusal {
  const text = openCursor(keys, 'page', cursor);
  if (text === undefined) return 'CURSOR_MALFORMED';
  // What opens was written by a hub with these keys.
  const written = JSON.parse(text) as Written;
  if (written.s !== binding.person) return 'CURSOR_OF_ANOTHER_PERSON';
  if (written.q !== binding.query) return 'CURSOR_OF_ANOTHER_QUERY';
  const parties = new Map<string, PartyPosition>();
  for (const [participant, [after, missingSinceMs]] of Object.entries(written.p)) {
    parties.set(participant, { after: after === '' ? undefined : after, missingSinceMs });
  }
  return { furthest: written.f, parties };
}
