import { describe, expect, test } from 'vitest';
import { afterFailure, defaultSchedule, readRetryAfter, retryDelayMs } from './schedule.ts';

const hour = 3_600_000;

/** Mulberry32, so that a run can be repeated from its seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test.each([
  [1, 5_000, 10_000],
  [2, 5_000, 20_000],
  [5, 5_000, 160_000],
  [8, 5_000, 900_000],
  [1_000, 5_000, 900_000],
])('after %i failures it waits between %i and %i ms', (failures, least, most) => {
  expect(retryDelayMs(failures, defaultSchedule, () => 0)).toBe(least);
  expect(retryDelayMs(failures, defaultSchedule, () => 1)).toBe(most);
});

describe('after a failure', () => {
  const at = { failures: 3, itemAtMs: 0, retryAfterMs: undefined };
  const highest = () => 1;
  test.each([
    ['an item of just now is tried again', { ...at, nowMs: 10 }, { kind: 'retry', delayMs: 40_000 }],
    [
      'near the end of its day it is tried once more at the end',
      { ...at, nowMs: 24 * hour - 9_000 },
      { kind: 'retry', delayMs: 9_000 },
    ],
    ['at the end of its day it is given up', { ...at, nowMs: 24 * hour }, { kind: 'dead', delayMs: 40_000 }],
    [
      'what the receiver asks for is waited',
      { ...at, nowMs: 10, retryAfterMs: 2 * hour },
      { kind: 'retry', delayMs: 2 * hour },
    ],
    [
      'and less than the back-off is not',
      { ...at, nowMs: 10, retryAfterMs: 1_000 },
      { kind: 'retry', delayMs: 40_000 },
    ],
    [
      'even beyond the end of its day',
      { ...at, nowMs: 23 * hour, retryAfterMs: 2 * hour },
      { kind: 'retry', delayMs: 2 * hour },
    ],
    [
      'an item that was old at its first attempt is given up after it',
      { ...at, failures: 1, nowMs: 72 * hour },
      { kind: 'dead', delayMs: 10_000 },
    ],
  ])('%s', (_what, failed, next) => {
    expect(afterFailure(failed, defaultSchedule, highest)).toEqual(next);
  });
});

test('F21: a thousand webhooks to one receiver that is down for an hour come back spread, and each a few dozen times at most', () => {
  const seed = Number(process.env.SEED);
  const random = seeded(seed);
  const attempts: number[][] = Array.from({ length: 1_000 }, () => {
    const times: number[] = [];
    for (let [nowMs, failures] = [0, 0]; nowMs < 2 * hour; ) {
      times.push(nowMs);
      // It is back after an hour; what waits goes at the next attempt.
      if (nowMs >= hour) break;
      failures += 1;
      const next = afterFailure({ failures, itemAtMs: 0, nowMs, retryAfterMs: undefined }, defaultSchedule, random);
      nowMs += next.delayMs;
    }
    return times;
  });
  const counts = attempts.map(({ length }) => length);
  expect(Math.max(...counts), `SEED=${seed}`).toBeLessThan(60);
  const returns = attempts.map((times) => times.at(-1) ?? 0);
  expect(returns.every((time) => time >= hour && time <= hour + 15 * 60_000)).toBe(true);
  const perSecond = new Map<number, number>();
  for (const time of returns)
    perSecond.set(Math.floor(time / 1_000), (perSecond.get(Math.floor(time / 1_000)) ?? 0) + 1);
  expect(Math.max(...perSecond.values()), `SEED=${seed}`).toBeLessThan(15);
});

test.each([
  ['120', 120_000],
  [' 5 ', 5_000],
  ['0', 0],
  ['999999999', 24 * hour],
  ['Sun, 22 Nov 2026 08:00:30 GMT', 30_000],
  ['Sun, 22 Nov 2026 07:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (value, ms) => {
  expect(readRetryAfter(value, Date.UTC(2026, 10, 22, 8))).toBe(ms);
});
