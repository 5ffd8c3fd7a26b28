import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CursorPart, decodeCursor, encodeCursor } from './cursor-bytes.ts';

const instant = fc
  .integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') })
  .map((ms): CursorPart => ({ kind: 'time', at: new Date(ms) }));
const rank = fc.integer({ min: 0, max: 255 }).map((value): CursorPart => ({ kind: 'rank', rank: value }));
const text = fc
  .string({ unit: fc.constantFrom('a', 'b', '-', '0', 'é', '€', '😀'), maxLength: 6 })
  .map((value): CursorPart => ({ kind: 'text', text: value }));
const place = fc.tuple(rank, instant, text);
const KINDS = ['rank', 'time', 'text'] as const;

function compareParts(a: readonly CursorPart[], b: readonly CursorPart[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index] as CursorPart;
    const difference =
      one.kind === 'text'
        ? Buffer.compare(Buffer.from(one.text), Buffer.from((other as typeof one).text))
        : one.kind === 'time'
          ? one.at.getTime() - (other as typeof one).at.getTime()
          : one.rank - (other as typeof one).rank;
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a, 'base64url'), Buffer.from(b, 'base64url'));

test('the order of the bytes is the order of the list, upwards and downwards', () => {
  fc.assert(
    fc.property(place, place, fc.boolean(), (a, b, downwards) => {
      const order = compareBytes(encodeCursor(7, a, downwards), encodeCursor(7, b, downwards));
      expect(order).toBe(downwards ? 0 - compareParts(a, b) || 0 : compareParts(a, b));
    }),
    { numRuns: 2_000 },
  );
});

test('a cursor is read back as what was written', () => {
  fc.assert(
    fc.property(place, fc.boolean(), (parts, downwards) => {
      expect(decodeCursor(encodeCursor(7, parts, downwards), 7, KINDS, downwards)).toEqual(parts);
    }),
    { numRuns: 500 },
  );
});

test('what is no cursor of this list is refused by its code and never by a crash', () => {
  const good = encodeCursor(
    7,
    [
      { kind: 'rank', rank: 1 },
      { kind: 'time', at: new Date(0) },
      { kind: 'text', text: 'a' },
    ],
    false,
  );
  const bad = [
    '',
    ' ',
    'ééé',
    'AAAA',
    `${good}A`,
    good.slice(0, -1),
    good.slice(0, 6),
    'x'.repeat(1_000),
    `${good}=`,
    encodeCursor(8, [{ kind: 'rank', rank: 1 }], false),
    encodeCursor(7, [{ kind: 'rank', rank: 1 }], false),
    Buffer.from([7, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]).toString('base64url'),
    // Before the year 1: the database has no such time.
    Buffer.from([7, 1, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0]).toString('base64url'),
    Buffer.from([7, 1, 0x80, 0, 0, 0, 0, 0, 0, 0, 0xc3, 0]).toString('base64url'),
  ];
  for (const cursor of bad) {
    expect(() => decodeCursor(cursor, 7, KINDS, false), cursor).toThrow('Expected a cursor of this list');
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
      try {
        decodeCursor(Buffer.from(bytes).toString('base64url'), 7, KINDS, true);
      } catch (error) {
        expect(error).toMatchObject({ extensions: { code: 'CURSOR_MALFORMED' } });
      }
    }),
    { numRuns: 2_000 },
  );
});
