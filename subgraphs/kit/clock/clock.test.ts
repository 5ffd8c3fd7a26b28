import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createClock, writeSharedClock } from './clock.ts';
import { nextUpdatedAt } from './next-updated-at.ts';

const folder = mkdtempSync(join(tmpdir(), 'kortelijn-clock-'));
const file = join(folder, 'clock');
const env = { NODE_ENV: 'test', KORTELIJN_CLOCK: file };
afterAll(() => rmSync(folder, { recursive: true }));

const expectBetween = (early: number, value: number, late: number) => {
  expect(value).toBeGreaterThanOrEqual(early);
  expect(value).toBeLessThanOrEqual(late);
};

test('without a shared clock it is the time of the machine', () => {
  const early = Date.now();
  expectBetween(early, createClock({}).now(), Date.now());
});

test('two clocks on one file move together, frozen or shifted', () => {
  writeSharedClock(file, { frozenAt: Date.parse('2026-03-02T09:00:00Z') });
  const [one, other] = [createClock(env), createClock(env)];
  expect([one.now(), other.now()]).toEqual([1772442000000, 1772442000000]);

  writeSharedClock(file, { frozenAt: Date.parse('2026-03-02T09:00:00.250Z') });
  expect([one.now(), other.now()]).toEqual([1772442000250, 1772442000250]);

  const early = Date.now();
  writeSharedClock(file, { offsetMs: -600_000 });
  expectBetween(early - 600_000, one.now(), Date.now() - 600_000);
});

test('a shared clock is refused outside tests', () => {
  expect(() => createClock({ ...env, NODE_ENV: 'production' })).toThrow('expected NODE_ENV=test, found production');
  expect(() => createClock({ KORTELIJN_CLOCK: file })).toThrow('found none');
});

test('a clock file that is missing or holds something else is an error, never the real time', () => {
  expect(() => createClock({ ...env, KORTELIJN_CLOCK: join(folder, 'absent') }).now()).toThrow('ENOENT');
  for (const text of ['', 'yesterday', '12 apples', '2026-13-40T00:00:00Z']) {
    writeFileSync(file, text);
    expect(() => createClock(env).now(), text).toThrow('must hold an offset in milliseconds');
  }
});

test('a change is later than the one before it, whatever the clock says', () => {
  expect(nextUpdatedAt(1_000, null).getTime()).toBe(1_000);
  expect(nextUpdatedAt(1_000, 900).getTime()).toBe(1_000);
  expect(nextUpdatedAt(1_000, 1_000).getTime()).toBe(1_001);
  expect(nextUpdatedAt(1_000, new Date(5_000)).getTime()).toBe(5_001);
});
