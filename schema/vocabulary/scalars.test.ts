import { expect, test } from 'vitest';
import { dateScalar, dateTimeScalar, parseDateTime } from './scalars.ts';

test.each([
  ['2026-05-20T08:00:00Z', '2026-05-20T08:00:00.000Z'],
  ['2026-05-20T10:00:00.5+02:00', '2026-05-20T08:00:00.500Z'],
  ['2024-02-29t23:59:59.999z', '2024-02-29T23:59:59.999Z'],
])('reads %s', (text, utc) => {
  expect(dateTimeScalar.serialize(dateTimeScalar.parseValue(text))).toBe(utc);
});

test.each([
  '2026-05-20',
  '2026-05-20T08:00:00',
  '2026-05-20T08:00Z',
  '2026-05-20T08:00:00.1234Z',
  '2026-02-30T08:00:00Z',
  '2025-02-29T08:00:00Z',
  '2026-05-20T24:00:00Z',
  '2026-05-20T08:60:00Z',
  '2026-05-20T08:00:60Z',
  '2026-05-20T08:00:00+2500',
  '2026-05-20T08:00:00+99:00',
  ' 2026-05-20T08:00:00Z',
  '0',
  '',
])('refuses %j as an instant', (text) => {
  expect(parseDateTime(text)).toBeUndefined();
});

test('refuses with a code, naming what was expected and found', () => {
  for (const value of ['yesterday', 1, { lt: '2026' }, null]) {
    expect(() => dateTimeScalar.parseValue(value)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^DateTime expects an instant such as .*; found/),
        extensions: { code: 'BAD_USER_INPUT' },
      }),
    );
  }
});

test('takes real dates only', () => {
  expect(dateScalar.parseValue('2024-02-29')).toBe('2024-02-29');
  for (const value of ['2025-02-29', '2026-13-01', '20260520', 5]) expect(() => dateScalar.parseValue(value)).toThrow();
});
