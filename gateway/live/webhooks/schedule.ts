/** When a post that failed is tried again. Pure. */
export interface Schedule {
  /** The least time between two attempts; default 5 s. */
  readonly firstMs: number;
  /** The most; default 15 minutes, so that a receiver that is back waits no longer than that. */
  readonly mostMs: number;
  /** How old an item may be when it is tried for the last time; default 24 hours. At least once it is tried anyway. */
  readonly giveUpMs: number;
}

export const defaultSchedule: Schedule = { firstMs: 5_000, mostMs: 15 * 60_000, giveUpMs: 24 * 3_600_000 };

/** Exponential with full jitter above the least: many that failed together do not come back together. */
export function retryDelayMs(
  failures: number,
  { firstMs, mostMs }: Pick<Schedule, 'firstMs' | 'mostMs'>,
  random: () => number,
): number {
  const ceiling = Math.min(mostMs, firstMs * 2 ** Math.min(failures, 30));
  return Math.round(firstMs + random() * Math.max(0, ceiling - firstMs));
}

export interface Failed {
  readonly failures: number;
  readonly itemAtMs: number;
  readonly nowMs: number;
  /** What the receiver asked for. */
  readonly retryAfterMs: number | undefined;
}

export type Next =
  | { readonly kind: 'retry'; readonly delayMs: number }
  /** The item is given up; what comes after it waits as long as a retry would. */
  | { readonly kind: 'dead'; readonly delayMs: number };

export function afterFailure(failed: Failed, schedule: Schedule, random: () => number): Next {
  const { failures, itemAtMs, nowMs, retryAfterMs = 0 } = failed;
  const delayMs = Math.max(retryDelayMs(failures, schedule, random), retryAfterMs);
  const leftMs = itemAtMs + schedule.giveUpMs - nowMs;
  if (leftMs <= 0) return { kind: 'dead', delayMs };
  // The last attempt is at the end of its time, not before.
  return { kind: 'retry', delayMs: Math.max(Math.min(delayMs, leftMs), Math.min(retryAfterMs, schedule.giveUpMs)) };
}

/** RFC 9110, section 10.2.3: seconds, or a date. At most a day; nonsense is nothing. */
export function readRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  if (!/^(\d{1,9}|[A-Z][a-z]{2}, .{20,30})$/.test(text) || Number.isNaN(ms)) return undefined;
  return Math.min(Math.max(0, ms), 24 * 3_600_000);
}
