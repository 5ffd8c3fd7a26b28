import { expect, test } from 'vitest';
import { nextVersion } from './directory.ts';

test('A22, F25: the version of the directory rises with each change, also within a second and after a restore', () => {
  const now = Date.parse('2026-05-20T08:00:00Z');
  const first = nextVersion(0, now);
  const second = nextVersion(first, now);
  expect(second).toBeGreaterThan(first);
  // A backup of yesterday is put back: the next change is still after everything that was published meanwhile.
  expect(nextVersion(first, now + 86_400_000)).toBeGreaterThan(second);
});
