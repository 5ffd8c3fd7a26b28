import { expect, test } from 'vitest';
import { participantId } from './ids.ts';
import { formatReference, parseReference, referencePrefix, referenceYear } from './reference.ts';

test.each([
  ['linde', 2026, 42, 'LINDE-2026-0042'],
  ['linde', 2026, 12345, 'LINDE-2026-12345'],
  ['zorg-4-you', 2026, 1, 'ZORG-4-YOU-2026-0001'],
  ['zorg-2025', 2026, 2025, 'ZORG-2025-2026-2025'],
])('writes and reads %s %d %d as %s', (name, year, counter, text) => {
  const reference = { participant: participantId(name), year, counter };
  expect(formatReference(reference)).toBe(text);
  expect(parseReference(text)).toEqual(reference);
});

test('reads what people type', () => {
  expect(referencePrefix(' linde-2026-0042 ')).toBe('linde');
});

test.each(['', 'LINDE', 'LINDE-2026', 'LINDE-2026-42', 'LINDE-2026-00042', 'LINDE-2026-0000', 'REGISTRY-2026-0001'])(
  'refuses %j',
  (text) => expect(parseReference(text)).toBeUndefined(),
);

test('takes the year in Amsterdam, where it changes an hour before UTC', () => {
  expect(referenceYear(Date.parse('2026-12-31T22:59:59Z'))).toBe(2026);
  expect(referenceYear(Date.parse('2026-12-31T23:00:00Z'))).toBe(2027);
});
