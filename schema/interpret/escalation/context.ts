import type { Calendar } from '../calendar.ts';

/** What the rules need besides the escalation. */
export interface RuleContext {
  readonly nowMs: number;
  /** The version that the escalation names. */
  readonly calendar: Calendar;
  /** The participant that runs the registry, from the directory. */
  readonly foundation: string;
  /**
   * What only the directory and the clock of the moment know. The author and the home hand it in before an act is
   * placed; without it, as when a chain is folded later, what it guards is taken as found by those who signed.
   */
  readonly world?: World;
}

export interface World {
  readonly isActive: (party: string) => boolean;
  readonly hasReachableManager: (party: string) => boolean;
  /** Since when the oldest act waits at the home; undefined while none does. */
  readonly homeSilentSinceMs?: number;
}
