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

/** The rule is broken, and this is how it shows. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** Something else is in the way. */
export class CannotJudge extends Error {
  override readonly name = 'CannotJudge';
}

/** `what` is said in the words "expected …, found …". */
export function must(ok: boolean, expected: string, found: unknown): asserts ok {
  if (!ok) throw new Finding(`Expected ${expected}; found ${shown(found)}.`);
}

const SHOWN_CHARACTERS_MAX = 300;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
}
