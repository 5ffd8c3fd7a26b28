/**
 * Pages by key: the place of a row is its sort keys and its id, the cursor is that place as bytes, and the next page
 * is what comes after it. One comparison of rows, so the index that has these columns is read from the place on.
 */
import { type CursorKind, type CursorPart, decodeCursor, encodeCursor } from './cursor-bytes.ts';

export interface KeysetOrder {
  /** The first byte of its cursors: one list in one order has one. */
  readonly list: number;
  readonly downwards: boolean;
  /** Never null. The id comes last by itself. */
  readonly keys: readonly { readonly kind: CursorKind; readonly sql: string }[];
}

export interface Keyset {
  /** The sort keys as columns of the row, for its cursor. */
  readonly columns: string;
  readonly after: string;
  readonly orderBy: string;
  cursorOf(row: Readonly<Record<string, unknown>>): string;
}

export function keysetOf(
  { list, downwards, keys }: KeysetOrder,
  after: string | null | undefined,
  bind: (value: unknown) => string,
): Keyset {
  const all = [...keys, { kind: 'text', sql: 'id' } as const];
  const kinds = all.map(({ kind }) => kind);
  const place = after == null ? undefined : decodeCursor(after, list, kinds, downwards).map(boundOf);
  const sqls = all.map(({ sql }) => sql).join(', ');
  return {
    columns: all.map(({ sql }, index) => `${sql} AS key${index}`).join(', '),
    after: place ? `(${sqls}) ${downwards ? '<' : '>'} (${place.map(bind).join(', ')})` : 'true',
    orderBy: all.map(({ sql }) => `${sql} ${downwards ? 'DESC' : 'ASC'}`).join(', '),
    cursorOf: (row) =>
      encodeCursor(
        list,
        kinds.map((kind, index) => partOf(kind, row[`key${index}`])),
        downwards,
      ),
  };
}

function boundOf(part: CursorPart): unknown {
  if (part.kind === 'time') return part.at;
  return part.kind === 'rank' ? part.rank : part.text;
}

function partOf(kind: CursorKind, value: unknown): CursorPart {
  if (kind === 'time') return { kind, at: value as Date };
  return kind === 'rank' ? { kind, rank: value as number } : { kind, text: value as string };
}

/** One row more than asked for tells whether a next page has any. */
export function pageOf<Row extends object>(rows: readonly Row[], first: number) {
  return { rows: rows.slice(0, first), hasNextPage: rows.length > first };
}
