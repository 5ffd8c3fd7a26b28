/**
 * What the executor asks and gets, as this stage sees it. The same form as `FetchSubgraph` of the supergraph stage,
 * which this one may not import: layers point down.
 */
import type { Caller } from '../transport/caller.ts';
import type { JsonObject } from './json.ts';
import type { PartialError } from './partial-error.ts';

export interface Fetch {
  readonly document: string;
  readonly operationKind: 'query' | 'mutation' | 'subscription';
  readonly variables: Readonly<Record<string, unknown>>;
  /** Empty for a root fetch; else each `_entities` field by response key and the variable with its representations. */
  readonly entities: readonly { readonly alias: string; readonly variable: string }[];
}

export interface FetchContext {
  readonly authority: Caller;
  /** When the request must be answered, in milliseconds since 1970 by the hub's clock. */
  readonly deadlineMs: number;
  readonly requestId: string;
  readonly traceId?: string | undefined;
  readonly traceparent?: string | undefined;
}

export interface FetchAnswer {
  readonly data: JsonObject | null;
  readonly errors: readonly PartialError[];
  readonly absent?: readonly { readonly alias: string; readonly index: number }[];
}
