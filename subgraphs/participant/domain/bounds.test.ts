import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refuseText, refuseTexts, TEXTS } from './bounds.ts';

describe('a text', () => {
  test.each([
    ['an accent, a symbol and an emoji', 'Zoëven: ½ € 🙂', undefined],
    ['nothing', '', 'TEXT_REQUIRED'],
    ['only spaces', '  \t ', 'TEXT_REQUIRED'],
    ['as much as allowed', 'x'.repeat(200), undefined],
    ['one more', 'x'.repeat(201), 'TEXT_TOO_LONG'],
    ['U+0000', 'a\u0000', 'TEXT_NOT_STORABLE'],
    ['an escape for terminals', 'a\u001b[2Jb', 'TEXT_NOT_STORABLE'],
    ['a turn of direction', 'factuur\u202efdp.exe', 'TEXT_NOT_STORABLE'],
    ['the first half of a pair', 'a\ud83d', 'TEXT_NOT_STORABLE'],
    ['the second half of a pair', '\ude42a', 'TEXT_NOT_STORABLE'],
    ['a line break in one line', 'a\nb', 'TEXT_NOT_STORABLE'],
  ])('of one line with %s', (_, text, code) => {
    expect(refuseText(text, 'input.title', TEXTS.title)).toEqual(
      code === undefined ? undefined : expect.objectContaining({ kind: 'InvalidInput', code, path: 'input.title' }),
    );
  });

  test('of several lines may have line breaks and tabs, and may be left out where it is optional', () => {
    expect(refuseText('a\r\n\tb', 'x', TEXTS.description)).toBeUndefined();
    for (const nothing of [undefined, null, '']) expect(refuseText(nothing, 'x', TEXTS.description)).toBeUndefined();
    expect(refuseText(undefined, 'x', TEXTS.note)).toMatchObject({ code: 'TEXT_REQUIRED' });
  });

  test('that is let through is what PostgreSQL and JSON give back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        if (refuseText(text, 'x', TEXTS.note)) return;
        expect(text).not.toContain('\0');
        expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
      }),
    );
  });

  test('of several is refused by the first that breaks a rule', () => {
    const both = [
      ['', 'a', TEXTS.title],
      ['x'.repeat(201), 'b', TEXTS.title],
    ] as const;
    expect(refuseTexts(both)).toMatchObject({ path: 'a' });
    expect(refuseTexts([])).toBeUndefined();
  });
});
