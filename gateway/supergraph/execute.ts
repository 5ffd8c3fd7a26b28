/**
 * Executes a plan with our own executor: fetches grow one tree, the projection answers from it.
 *
 * What one subgraph cannot answer is missing at its places with a coded error; the rest stays.
 */
import { type ExecutionResult, executeSync, type GraphQLSchema } from 'graphql';
import { createErrorLedger } from './errors.ts';
import type { FetchSubgraph, SubgraphResponse } from './fetch-subgraph.ts';
import type { JsonObject } from './json.ts';
import type { Plan } from './plan.ts';
import type { Run } from './run.ts';

export type { EntitiesField, FetchSubgraph, SubgraphRequest, SubgraphResponse } from './fetch-subgraph.ts';

export interface Execution {
  readonly plan: Plan;
  /** As the planner coerced them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly publicSchema: GraphQLSchema;
  readonly fetchSubgraph: FetchSubgraph;
  /** Handed to `fetchSubgraph` as it is. */
  readonly context: unknown;
  readonly signal: AbortSignal;
}

export function execute(execution: Execution): Promise<ExecutionResult> {
  return run(execution, undefined);
}

/** The answer for one event of a subscription: the plan's follow-up fetches over a primary that somebody else made. */
export function eventResult(execution: Execution & { readonly primary: SubgraphResponse }): Promise<ExecutionResult> {
  return run(execution, execution.primary);
}

async function run(execution: Execution, primary: SubgraphResponse | undefined): Promise<ExecutionResult> {
  const { plan, variables, fetchSubgraph, context, signal } = execution;
  let stop = (): void => {};
  const stopped = new Promise<'stopped'>((resolve) => {
    stop = () => resolve('stopped');
  });
  signal.addEventListener('abort', stop, { once: true });
  const errors = createErrorLedger();
  const state: Run = {
    variables,
    fetchSubgraph,
    context,
    signal,
    stopped,
    data: {},
    errors,
    absent: undefined,
    primary,
  };
  try {
    await plan.step?.(state);
  } finally {
    // The signal may outlive many executions.
    signal.removeEventListener('abort', stop);
  }
  const introspection = plan.introspection && introspect(execution);
  for (const error of introspection?.errors ?? []) errors.add(error.toJSON() as { message: string }, error.path);
  const data = plan.project(state.data, {
    errors,
    absent: state.absent,
    introspection: (introspection?.data ?? undefined) as JsonObject | undefined,
    path: [],
  });
  const told = errors.list();
  return told.length > 0 ? { errors: told, data } : { data };
}

function introspect({ plan, publicSchema, variables }: Execution): ExecutionResult | undefined {
  return (
    plan.introspection && executeSync({ schema: publicSchema, document: plan.introspection, variableValues: variables })
  );
}
