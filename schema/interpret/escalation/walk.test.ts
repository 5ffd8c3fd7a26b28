import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counted, reached, step, walk } from './walk.fixture.ts';

const runs = 10_000;

test('M-18, M-19, M-20, M-22, M-24: random acts of random parties keep every invariant of the ladder', () => {
  fc.assert(fc.property(fc.array(step, { minLength: 8, maxLength: 26, size: 'max' }), walk), { numRuns: runs });
  console.log(
    `${runs} walks: ${JSON.stringify(counted)}; reached ${JSON.stringify(Object.fromEntries([...reached].sort()))}`,
  );
  // A walk that never got anywhere would prove nothing.
  for (const place of [
    '1:CLOSED_L1',
    '2:LIFTING',
    '2:NORMAL',
    '3:MEDIATING',
    '3:LIFTING',
    '4:EXTERNAL',
    '4:CLOSED_EXTERNAL',
  ]) {
    expect(reached.get(place) ?? 0, place).toBeGreaterThan(50);
  }
}, 600_000);
