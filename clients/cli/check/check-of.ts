/** What a check is: one rule of the contract, and the way to find out whether an endpoint keeps it. */
import type { Examined } from './examined.ts';

export type Level = 'MUST' | 'SHOULD';

/** What a check cannot do without: leave to write, the keys of a party that may send envelopes, or rows to read. */
export type Need = 'write' | 'sender' | 'rows';

export interface Check {
  /** Never given to another rule. */
  readonly id: `CK-${string}`;
  readonly level: Level;
  /** What an endpoint does that keeps the rule. */
  readonly title: string;
  /** Where the rule stands. */
  readonly rule: string;
  readonly needs?: readonly Need[];
  /** Throws a Finding when the rule is broken, CannotJudge when nothing can be said. */
  readonly run: (endpoint: Examined) => Promise<void>;
}
