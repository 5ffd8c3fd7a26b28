/** A second try costs one; each first try earns a tenth, so that retries never add more than that to a load. */
export interface RetryBudget {
  earn(): void;
  /** True when a second try may be made; it is then paid for. */
  spend(): boolean;
}

const earnedPerRequest = 0.1;
const savedMax = 10;

export function createRetryBudget(): RetryBudget {
  // An endpoint that was quiet may have its first failures retried.
  let saved = 3;
  return {
    earn() {
      saved = Math.min(savedMax, saved + earnedPerRequest);
    },
    spend() {
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}
