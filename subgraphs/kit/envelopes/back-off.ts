/** Exponential with full jitter: a crowd that failed together does not come back together. Never ends. */
const BASE_MS = 250;
export const BACK_OFF_MS_MAX = 5 * 60_000;

/** `random` in [0, 1). The floor keeps two attempts apart even when the jitter is nothing. */
export function backOffMs(failures: number, maxMs = BACK_OFF_MS_MAX, random: () => number = Math.random): number {
  const ceiling = Math.min(maxMs, BASE_MS * 2 ** Math.min(failures - 1, 30));
  return Math.round(Math.max(50, random() * ceiling));
}
