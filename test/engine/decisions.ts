/** A tape of numbers that decides everything about a generated case: a shorter tape makes a simpler case. */
export interface Decisions {
  /** A number below `bound`; 0 when the tape is at its end. */
  below(bound: number): number;
  chance(percent: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function createDecisions(tape: readonly number[]): Decisions {
  let at = 0;
  const next = (): number => tape[at++] ?? 0;
  return {
    below: (bound) => next() % bound,
    // Zeros, and so the end of the tape, mean no.
    chance: (percent) => next() % 100 >= 100 - percent,
    pick(from) {
      const picked = from[next() % from.length];
      if (picked === undefined) throw new Error('Expected something to pick from, found an empty list.');
      return picked;
    },
  };
}
