/**
 * Cursors as bytes: comparing two of one list byte by byte is comparing their places in it, so the hub merges lists of
 * many participants without knowing what they are sorted by. The first byte names the list, so that a cursor of one
 * order is not taken for one of another; what sorts downwards is written with every bit inverted.
 */
import { codedError } from '../errors.ts';

export type CursorPart =
  | { readonly kind: 'time'; readonly at: Date }
  | { readonly kind: 'rank'; readonly rank: number }
  | { readonly kind: 'text'; readonly text: string };
export type CursorKind = CursorPart['kind'];

/** Makes every instant that a Date can hold a positive number. */
const TIME_BIAS = 2n ** 63n;
/** What PostgreSQL and RFC 3339 both can say. */
const YEAR_1 = Date.parse('0001-01-01T00:00:00Z');
const YEAR_10000 = Date.parse('9999-12-31T23:59:59.999Z') + 1;
/** Ends a text: shorter before longer, in both directions. No text of ours holds it. */
const END = 0;

export function encodeCursor(list: number, parts: readonly CursorPart[], downwards: boolean): string {
  const bytes = Buffer.concat(parts.map(bytesOf));
  return Buffer.concat([Buffer.of(list), downwards ? inverted(bytes) : bytes]).toString('base64url');
}

export function decodeCursor(
  text: string,
  list: number,
  kinds: readonly CursorKind[],
  downwards: boolean,
): readonly CursorPart[] {
  const whole = /^[A-Za-z0-9_-]{1,400}$/.test(text) ? Buffer.from(text, 'base64url') : undefined;
  if (whole?.[0] !== list || whole.toString('base64url') !== text) throw malformed();
  let rest = downwards ? inverted(whole.subarray(1)) : whole.subarray(1);
  const parts = kinds.map((kind) => {
    const [part, length] = readPart(kind, rest);
    rest = rest.subarray(length);
    return part;
  });
  if (rest.length > 0) throw malformed();
  return parts;
}

function bytesOf(part: CursorPart): Buffer {
  if (part.kind === 'rank') return Buffer.of(part.rank);
  if (part.kind === 'text') return Buffer.concat([Buffer.from(part.text, 'utf8'), Buffer.of(END)]);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(part.at.getTime()) + TIME_BIAS);
  return bytes;
}

function readPart(kind: CursorKind, bytes: Buffer): [CursorPart, number] {
  if (kind === 'rank') {
    const rank = bytes[0];
    if (rank === undefined) throw malformed();
    return [{ kind, rank }, 1];
  }
  if (kind === 'text') {
    const end = bytes.indexOf(END);
    if (end < 0) throw malformed();
    const text = bytes.toString('utf8', 0, end);
    if (Buffer.compare(Buffer.from(text, 'utf8'), bytes.subarray(0, end)) !== 0) throw malformed();
    return [{ kind, text }, end + 1];
  }
  if (bytes.length < 8) throw malformed();
  const at = new Date(Number(bytes.readBigUInt64BE() - TIME_BIAS));
  if (!(at.getTime() >= YEAR_1 && at.getTime() < YEAR_10000)) throw malformed();
  return [{ kind, at }, 8];
}

const inverted = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => 0xff ^ byte));

const malformed = () =>
  codedError(
    'CURSOR_MALFORMED',
    'Expected a cursor of this list in this order; take it from a page of the same query.',
  );
