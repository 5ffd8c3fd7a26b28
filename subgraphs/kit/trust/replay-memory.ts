/**
 * The seals this process has taken, as long as they would still be valid. Kept in memory only: a restart is covered by
 * refusing seals from before it, and another process of the same endpoint by `commandId`.
 */
export interface ReplayMemory {
  /** Answers whether this is the first use, and remembers it. */
  firstUse(jti: string, tMs: number, nowMs: number): boolean;
}

const SEALS_MAX = 100_000;

export function createReplayMemory(validMs: number): ReplayMemory {
  const used = new Map<string, number>();
  return {
    firstUse: (jti, tMs, nowMs) => {
      if (used.has(jti)) return false;
      used.set(jti, tMs);
      // By insertion, which is nearly by time: one that is early keeps a few behind it a little longer.
      for (const [oldest, t] of used) {
        if (t + validMs >= nowMs && used.size <= SEALS_MAX) break;
        used.delete(oldest);
      }
      return true;
    },
  };
}
