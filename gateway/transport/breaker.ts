/**
 * Leaves an endpoint alone for a while when it fails too often: half of at least twenty in ten seconds.
 * After five seconds three requests may try; the first that succeeds closes it, the first that fails opens it anew.
 */
export interface Breaker {
  /** Whether a request may go; one that goes must report `succeeded` or `failed`. */
  mayPass(): boolean;
  succeeded(): void;
  failed(): void;
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
}

export interface BreakerSettings {
  readonly windowMs: number;
  readonly requestCountMin: number;
  readonly failedShareMax: number;
  readonly openMs: number;
  readonly halfOpenCountMax: number;
}

export const breakerDefaults: BreakerSettings = {
  windowMs: 10_000,
  requestCountMin: 20,
  failedShareMax: 0.5,
  openMs: 5_000,
  halfOpenCountMax: 3,
};

const bucketCount = 10;

export function createBreaker(now: () => number, settings: BreakerSettings = breakerDefaults): Breaker {
  const bucketMs = settings.windowMs / bucketCount;
  let buckets = new Map<number, { succeeded: number; failed: number }>();
  let openedAtMs: number | undefined;
  let tryingCount = 0;

  const bucket = () => {
    const at = Math.floor(now() / bucketMs);
    let found = buckets.get(at);
    if (found === undefined) {
      for (const old of buckets.keys()) if (old <= at - bucketCount || old > at) buckets.delete(old);
      found = { succeeded: 0, failed: 0 };
      buckets.set(at, found);
    }
    return found;
  };
  const open = () => {
    openedAtMs = now();
    tryingCount = 0;
    buckets = new Map();
  };
  const isOpen = () => openedAtMs !== undefined && now() - openedAtMs < settings.openMs && now() >= openedAtMs;

  return {
    mayPass() {
      if (openedAtMs === undefined) return true;
      if (isOpen() || tryingCount >= settings.halfOpenCountMax) return false;
      tryingCount += 1;
      return true;
    },
    succeeded() {
      openedAtMs = undefined;
      tryingCount = 0;
      bucket().succeeded += 1;
    },
    failed() {
      if (openedAtMs !== undefined) {
        open();
        return;
      }
      bucket().failed += 1;
      let succeeded = 0;
      let failedCount = 0;
      for (const counts of buckets.values()) {
        succeeded += counts.succeeded;
        failedCount += counts.failed;
      }
      const total = succeeded + failedCount;
      if (total >= settings.requestCountMin && failedCount / total >= settings.failedShareMax) open();
    },
    get state() {
      if (openedAtMs === undefined) return 'CLOSED';
      return isOpen() ? 'OPEN' : 'HALF_OPEN';
    },
  };
}
