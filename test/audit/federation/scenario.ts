/** The form of a federation scenario: a small graph of its own, and what our engine answers over it. */
import type { SmallSubgraph } from '../../engine/small-graph.ts';

export interface Scenario {
  /** Stable: a finding names it. */
  readonly id: `FED-${number}${number}`;
  readonly level: 'MUST' | 'SHOULD';
  /** The public suite that covers the same feature. */
  readonly feature: string;
  /** Continues "the engine MUST …". */
  readonly title: string;
  readonly subgraphs: readonly SmallSubgraph[];
  /** Puts right what the composer gets wrong, so that the engine is what is judged. */
  readonly mend?: (supergraphSdl: string) => string;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly when: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  /** Undefined when the request is refused before any subgraph is asked. */
  readonly data?: unknown;
  /** The paths of the errors; none expected when left out. */
  readonly errorPaths?: readonly (readonly (string | number)[])[];
  /** Subgraphs asked, in order of asking, where that is part of the promise. */
  readonly asks?: readonly string[];
}

type Row = Record<string, unknown>;

/** Resolves a reference by the first row that agrees with every key the reference and the row share. */
export function byKeys(rows: readonly Row[], ...keys: readonly string[]) {
  return async (reference: Row): Promise<Row | null> =>
    rows.find((row) => keys.every((key) => !(key in reference) || row[key] === reference[key])) ?? null;
}

/** Takes a reference for the object itself. */
export async function asGiven(reference: Row): Promise<Row> {
  return reference;
}
