const shortestMs = 300;
const firstSpreadMs = 1_200;
const longestMs = 8_000;

/**
 * How long to wait before the try with this number (0 is the first). Anywhere between 0.3 s and a bound that doubles up to
 * 8 s: thousands that lost the hub at one moment do not come back at one moment.
 */
export const reconnectDelayMs = (tries: number, random: () => number): number =>
  shortestMs + random() * (Math.min(longestMs, firstSpreadMs * 2 ** Math.min(tries, 10)) - shortestMs);
