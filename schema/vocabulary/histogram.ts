/**
 * Histograms of durations in seconds that merge without moving a row: every party counts in the same bins.
 *
 * A bin is named by its upper bound, inclusive. Bounds run in octaves of sixteen steps, so a percentile is at most
 * 1/16 too high; they are sums of powers of two and thus exact in every language. Zero has a bin of its own; what is
 * longer than the last bound (17 years) is counted in the last bin.
 */
export interface HistogramBin {
  readonly upTo: number;
  readonly count: number;
}

export interface Histogram {
  readonly count: number;
  /** Sparse and ascending. */
  readonly bins: readonly HistogramBin[];
}

const STEPS_PER_OCTAVE = 16;
const FIRST_OCTAVE = -10; // from 1/1024 s
const LAST_OCTAVE = 28; // to 2^29 s

export const histogramBounds: readonly number[] = [
  0,
  2 ** FIRST_OCTAVE,
  ...Array.from({ length: LAST_OCTAVE - FIRST_OCTAVE + 1 }, (_, octave) =>
    Array.from(
      { length: STEPS_PER_OCTAVE },
      (_, step) => 2 ** (FIRST_OCTAVE + octave) * (1 + (step + 1) / STEPS_PER_OCTAVE),
    ),
  ).flat(),
];

const boundSet = new Set(histogramBounds);

export const emptyHistogram: Histogram = { count: 0, bins: [] };

/** The upper bound of the bin that a duration falls in. */
export function binOf(seconds: number): number {
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new RangeError(`A duration is a finite number of seconds of at least 0; found ${seconds}.`);
  }
  let low = 0;
  let high = histogramBounds.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((histogramBounds[middle] as number) >= seconds) high = middle;
    else low = middle + 1;
  }
  return histogramBounds[low] as number;
}

export function histogramOf(durations: Iterable<number>): Histogram {
  const counts = new Map<number, number>();
  for (const seconds of durations) {
    const upTo = binOf(seconds);
    counts.set(upTo, (counts.get(upTo) ?? 0) + 1);
  }
  return fromCounts(counts);
}

export function record(histogram: Histogram, seconds: number, times = 1): Histogram {
  const upTo = binOf(seconds);
  return merge(histogram, { count: times, bins: [{ upTo, count: times }] });
}

export function merge(...histograms: readonly Histogram[]): Histogram {
  const counts = new Map<number, number>();
  for (const { bins } of histograms) {
    for (const { upTo, count } of bins) counts.set(upTo, (counts.get(upTo) ?? 0) + count);
  }
  return fromCounts(counts);
}

/** The upper bound of the bin the percentile falls in (nearest rank), 0 < p ≤ 100; undefined when nothing was counted. */
export function percentile(histogram: Histogram, p: number): number | undefined {
  if (!(p > 0 && p <= 100)) throw new RangeError(`A percentile lies above 0 and at most at 100; found ${p}.`);
  const rank = Math.ceil((p / 100) * histogram.count);
  let seen = 0;
  for (const { upTo, count } of histogram.bins) {
    seen += count;
    if (seen >= rank) return upTo;
  }
  return undefined;
}

/** Whether what another party sent is a histogram of this contract: known bounds, ascending, counts that add up. */
export function isHistogram(value: unknown): value is Histogram {
  if (typeof value !== 'object' || value === null) return false;
  const { count, bins } = value as { count?: unknown; bins?: unknown };
  if (!isCount(count) || !Array.isArray(bins)) return false;
  let sum = 0;
  let last = -1;
  for (const bin of bins as readonly { upTo?: unknown; count?: unknown }[]) {
    if (typeof bin?.upTo !== 'number' || !boundSet.has(bin.upTo) || bin.upTo <= last || !isCount(bin.count))
      return false;
    last = bin.upTo;
    sum += bin.count;
  }
  return sum === count;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function fromCounts(counts: ReadonlyMap<number, number>): Histogram {
  const bins = [...counts]
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => a - b)
    .map(([upTo, count]) => ({ upTo, count }));
  return { count: bins.reduce((sum, bin) => sum + bin.count, 0), bins };
}
