import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  binOf,
  emptyHistogram,
  histogramBounds,
  histogramOf,
  isHistogram,
  merge,
  percentile,
  record,
} from './histogram.ts';

const durations = fc.array(fc.double({ min: 0, max: 1e8, noNaN: true }), { maxLength: 60 });

test('has strictly ascending bounds, a sixteenth apart', () => {
  expect(histogramBounds[0]).toBe(0);
  for (let index = 2; index < histogramBounds.length; index += 1) {
    const [below, above] = [histogramBounds[index - 1] as number, histogramBounds[index] as number];
    expect(above).toBeGreaterThan(below);
    expect(above / below).toBeLessThanOrEqual(1 + 1 / 16);
  }
});

test('counts a bound in its own bin and what is above it in the next', () => {
  expect(binOf(0)).toBe(0);
  expect(binOf(1)).toBe(1);
  expect(binOf(1.0001)).toBe(1.0625);
  expect(binOf(1e12)).toBe(histogramBounds.at(-1));
});

test('merges parts to what the whole gives, in any order', () => {
  fc.assert(
    fc.property(durations, durations, (a, b) => {
      const whole = histogramOf([...a, ...b]);
      expect(merge(histogramOf(a), histogramOf(b))).toEqual(whole);
      expect(merge(histogramOf(b), histogramOf(a))).toEqual(whole);
    }),
  );
});

test('gives a percentile at most a sixteenth above the exact one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 1e8, noNaN: true }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 100 }),
      (values, p) => {
        const exact = [...values].sort((a, b) => a - b)[Math.ceil((p / 100) * values.length) - 1] as number;
        const found = percentile(histogramOf(values), p) as number;
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(exact * (1 + 1 / 16));
      },
    ),
  );
});

test('knows no percentile of nothing, and refuses p outside (0, 100]', () => {
  expect(percentile(emptyHistogram, 50)).toBeUndefined();
  for (const p of [0, -1, 100.1, Number.NaN]) expect(() => percentile(emptyHistogram, p)).toThrow(RangeError);
});

test('records one by one what histogramOf records at once', () => {
  expect([3, 1, 3].reduce((all, seconds) => record(all, seconds), emptyHistogram)).toEqual(histogramOf([3, 1, 3]));
});

test.each([
  ['a bound of its own', { count: 1, bins: [{ upTo: 1.01, count: 1 }] }],
  [
    'bins out of order',
    {
      count: 2,
      bins: [
        { upTo: 2, count: 1 },
        { upTo: 1, count: 1 },
      ],
    },
  ],
  [
    'a bin twice',
    {
      count: 2,
      bins: [
        { upTo: 1, count: 1 },
        { upTo: 1, count: 1 },
      ],
    },
  ],
  ['a sum that is not the count', { count: 2, bins: [{ upTo: 1, count: 1 }] }],
  ['a negative count', { count: -1, bins: [{ upTo: 1, count: -1 }] }],
  ['no bins', { count: 0 }],
  ['nothing', null],
  ['null among the bins', { count: 0, bins: [null] }],
])('does not take %s for a histogram', (_, value) => {
  expect(isHistogram(value)).toBe(false);
});

test('takes its own for a histogram', () => {
  fc.assert(fc.property(durations, (values) => isHistogram(histogramOf(values))));
});
