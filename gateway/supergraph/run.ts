/** One execution at work: its tree, its errors, and how it asks a subgraph. */
import { coded, deadlinePassed, type ErrorLedger, fetchFailure, type SubgraphError } from './errors.ts';
import type { FetchSubgraph, SubgraphRequest, SubgraphResponse } from './fetch-subgraph.ts';
import { isJsonObject, type JsonObject } from './json.ts';

export interface Run {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly fetchSubgraph: FetchSubgraph;
  readonly context: unknown;
  readonly signal: AbortSignal;
  /** Resolves when the signal aborts. */
  readonly stopped: Promise<'stopped'>;
  readonly data: JsonObject;
  readonly errors: ErrorLedger;
  absent: Set<object> | undefined;
  /** The event a subscription's follow-up fetches start from. */
  readonly primary: SubgraphResponse | undefined;
}

/** A part of a plan, compiled; undefined when there was nothing to wait for. */
export type Step = (run: Run) => Promise<void> | undefined;

/** Asks the subgraph; whatever goes wrong is part of the answer. */
export async function ask(run: Run, request: SubgraphRequest): Promise<SubgraphResponse> {
  if (run.signal.aborted) return failed(stopReason(run.signal));
  try {
    const response = await Promise.race([run.fetchSubgraph(request, run.context, run.signal), run.stopped]);
    if (response === 'stopped') return failed(stopReason(run.signal));
    return checked(response);
  } catch (reason) {
    return failed(run.signal.aborted ? stopReason(run.signal) : fetchFailure(reason));
  }
}

function stopReason(signal: AbortSignal): SubgraphError {
  const { reason } = signal;
  return reason instanceof Error && 'extensions' in reason ? fetchFailure(reason) : deadlinePassed();
}

function failed(error: SubgraphError): SubgraphResponse {
  return { data: null, errors: [error] };
}

/** An answer in the right form, with something said whenever there is no data. */
export function checked(response: SubgraphResponse): SubgraphResponse {
  const { data, errors } = response;
  if (!isJsonObject(data) && data !== null && data !== undefined) return failed(breach('an object under "data"'));
  if (errors !== undefined && errors !== null && !Array.isArray(errors)) return failed(breach('a list under "errors"'));
  if (!isJsonObject(data) && !(errors && errors.length > 0)) return failed(breach('data or errors'));
  return response;
}

function breach(expected: string): SubgraphError {
  return {
    message: `Expected ${expected} in the answer of the subgraph, found something else.`,
    extensions: coded('CONTRACT_BREACH'),
  };
}

/** Hands over the errors of an answer one by one, until there are more than a consumer is told. */
export function eachError(run: Run, response: SubgraphResponse, place: (error: PlacedError) => void): void {
  const errors = response.errors ?? [];
  for (const [at, error] of errors.entries()) {
    if (run.errors.isFull()) {
      run.errors.leaveOut(errors.length - at);
      return;
    }
    place(errorOf(error));
  }
}

export type PlacedError = SubgraphError & { readonly path: readonly (string | number)[] };

/** The error in the right form; its locations are of the subgraph's document and mean nothing to the consumer. */
function errorOf(error: SubgraphError | null | undefined): PlacedError {
  const path = Array.isArray(error?.path)
    ? error.path.filter((key) => typeof key === 'string' || typeof key === 'number')
    : [];
  return {
    message:
      typeof error?.message === 'string' ? error.message : 'The subgraph answered with an error without a message.',
    path,
    ...(isJsonObject(error?.extensions) && { extensions: error.extensions }),
  };
}
