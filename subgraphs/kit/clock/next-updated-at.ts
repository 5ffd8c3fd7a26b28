/**
 * A change is always later than the one before it, also within a millisecond and after a clock was set back: lists
 * and cursors order by this time.
 */
export function nextUpdatedAt(now: number, previous: number | Date | null | undefined): Date {
  return new Date(previous == null ? now : Math.max(now, Number(previous) + 1));
}
