import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePageCursor, encodePageCursor, fingerprint, type ListPosition } from './page-cursor.ts';
import { cursorKeys, openCursor, sealCursor } from './sealed-cursor.ts';

const old = Buffer.alloc(32, 1);
const fresh = Buffer.alloc(32, 2);
const binding = { query: fingerprint('incidents {}'), person: fingerprint('linde joris') };

test('a position comes back as it was written, whatever it holds', () => {
  const cursor = fc
    .uint8Array({ minLength: 1, maxLength: 40 })
    .map((bytes) => Buffer.from(bytes).toString('base64url'));
  const party = fc.record({
    after: fc.option(cursor, { nil: undefined }),
    missingSinceMs: fc.option(fc.nat(), { nil: undefined }),
  });
  const position = fc.record({
    furthest: fc.option(cursor, { nil: undefined }),
    parties: fc.array(fc.tuple(fc.stringMatching(/^[a-z][a-z0-9-]{1,30}$/), party)).map((entries) => new Map(entries)),
  });
  fc.assert(
    fc.property(position, (written: ListPosition) => {
      const keys = cursorKeys([fresh]);
      expect(decodePageCursor(keys, encodePageCursor(keys, written, binding), binding)).toEqual(written);
    }),
  );
});

const position: ListPosition = {
  furthest: 'YQ',
  parties: new Map([['linde', { after: 'YQ', missingSinceMs: undefined }]]),
};

test('F20: the first key encrypts and every key opens, so that keys rotate', () => {
  const before = encodePageCursor(cursorKeys([old]), position, binding);
  expect(decodePageCursor(cursorKeys([fresh, old]), before, binding)).toEqual(position);
  expect(decodePageCursor(cursorKeys([fresh]), before, binding)).toBe('CURSOR_MALFORMED');
});

test('A11: a cursor with any bit flipped, cut or made for another use does not open', () => {
  const keys = cursorKeys([fresh]);
  const cursor = encodePageCursor(keys, position, binding);
  const bytes = Buffer.from(cursor, 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(decodePageCursor(keys, flipped.toString('base64url'), binding)).toBe('CURSOR_MALFORMED');
  }
  for (const bad of ['', 'garbage', '💥', cursor.slice(0, 40), 'a'.repeat(1_000_000)]) {
    expect(decodePageCursor(keys, bad, binding)).toBe('CURSOR_MALFORMED');
  }
  expect(openCursor(keys, 'live', cursor)).toBeUndefined();
  expect(openCursor(keys, 'live', sealCursor(keys, 'live', 'x'))).toBe('x');
});

test('A11: a cursor of another person or another query says which it is, and nothing of its content', () => {
  const keys = cursorKeys([fresh]);
  const cursor = encodePageCursor(keys, position, binding);
  expect(decodePageCursor(keys, cursor, { ...binding, person: fingerprint('x') })).toBe('CURSOR_OF_ANOTHER_PERSON');
  expect(decodePageCursor(keys, cursor, { ...binding, query: fingerprint('x') })).toBe('CURSOR_OF_ANOTHER_QUERY');
});

test('keys that are no keys are refused at start', () => {
  expect(() => cursorKeys([])).toThrow('at least one');
  expect(() => cursorKeys([Buffer.alloc(16)])).toThrow('32 bytes');
});
