/** The version of the signed directory: it only rises, also when a backup is put back. */
export function nextVersion(previous: number, nowMs: number): number {
  // By the clock: a restored database counts on from where it was, and everyone has seen what came after.
  return Math.max(previous + 1, Math.floor(nowMs / 1_000));
}
