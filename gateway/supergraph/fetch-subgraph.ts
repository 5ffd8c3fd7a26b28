/** What the executor asks of whoever reaches the subgraphs. */
import type { SubgraphError } from './errors.ts';

export interface SubgraphRequest {
  /** The subgraph's name in the supergraph. */
  readonly subgraph: string;
  /** The operation to send; the same text for every execution of a plan. */
  readonly document: string;
  readonly operationKind: 'query' | 'mutation' | 'subscription';
  readonly operationName: string | undefined;
  /** By the document's own variable names, lists of representations included. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Empty for a root fetch; else each `_entities` field by response key and the variable with its representations. */
  readonly entities: readonly EntitiesField[];
}

export interface EntitiesField {
  readonly alias: string;
  readonly variable: string;
}

/** Read, never changed: one answer may serve several executions. */
export interface SubgraphResponse {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly SubgraphError[];
  /**
   * Entities that are not there for this caller: each place that held such a representation becomes null as a whole,
   * instead of an object without its fields. `index` counts in the list of representations of that alias.
   */
  readonly absent?: readonly { readonly alias: string; readonly index: number }[];
}

export type FetchSubgraph = (
  request: SubgraphRequest,
  context: unknown,
  signal: AbortSignal,
) => Promise<SubgraphResponse>;
