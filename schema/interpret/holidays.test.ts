import { expect, test } from 'vitest';
import { dutchHolidays } from './holidays.ts';

const none = { goodFriday: false, liberationDay: 'NEVER' } as const;
const dateOf = (year: number, name: string, choice: Parameters<typeof dutchHolidays>[1] = none) =>
  dutchHolidays(year, choice).find((holiday) => holiday.name === name)?.date;

test.each([
  [1961, '1961-04-02'],
  [2000, '2000-04-23'],
  [2008, '2008-03-23'],
  [2011, '2011-04-24'],
  [2019, '2019-04-21'],
  [2024, '2024-03-31'],
  [2025, '2025-04-20'],
  [2026, '2026-04-05'],
  [2038, '2038-04-25'],
])('Easter of %d falls on %s', (year, date) => {
  expect(dateOf(year, 'Eerste Paasdag')).toBe(date);
});

test.each([
  [2014, 'Koningsdag', '2014-04-26'],
  [2025, 'Koningsdag', '2025-04-26'],
  [2026, 'Koningsdag', '2026-04-27'],
  [2031, 'Koningsdag', '2031-04-26'],
  [2013, 'Koninginnedag', '2013-04-30'],
  [2006, 'Koninginnedag', '2006-04-29'],
  [2012, 'Koninginnedag', '2012-04-30'],
])('in %d %s is celebrated on %s', (year, name, date) => {
  expect(dateOf(year, name)).toBe(date);
});

test('follows Easter to Ascension and Whit Monday', () => {
  expect(dateOf(2026, 'Hemelvaartsdag')).toBe('2026-05-14');
  expect(dateOf(2026, 'Tweede Pinksterdag')).toBe('2026-05-25');
});

test('counts Good Friday and Liberation Day only where they are chosen', () => {
  expect(dateOf(2026, 'Goede Vrijdag')).toBeUndefined();
  expect(dateOf(2026, 'Goede Vrijdag', { goodFriday: true, liberationDay: 'NEVER' })).toBe('2026-04-03');
  const liberation = (year: number, liberationDay: 'EVERY_FIFTH_YEAR' | 'EVERY_YEAR') =>
    dateOf(year, 'Bevrijdingsdag', { goodFriday: false, liberationDay });
  expect([2024, 2025, 2026].map((year) => liberation(year, 'EVERY_FIFTH_YEAR'))).toEqual([
    undefined,
    '2025-05-05',
    undefined,
  ]);
  expect(liberation(2026, 'EVERY_YEAR')).toBe('2026-05-05');
});
