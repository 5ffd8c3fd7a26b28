/** A fetch of root fields: its answer is grafted at the top of the tree. */
import type { FetchNode } from '@graphql-hive/router-query-planner';
import type { SubgraphRequest, SubgraphResponse } from './fetch-subgraph.ts';
import { answerPath, graft, type Shape, shapeOf } from './graft.ts';
import type { JsonObject } from './json.ts';
import type { Supergraph } from './load.ts';
import { compileRewrites, type Rewrite, renameInShape } from './rewrites.ts';
import { ask, checked, eachError, type Run, type Step } from './run.ts';
import type { TypeCatalogue } from './type-catalogue.ts';
import { selectVariables, type VariableNames } from './variables.ts';

export interface RootFetch {
  request(variables: Readonly<Record<string, unknown>>): SubgraphRequest;
  readonly step: Step;
}

export function compileRootFetch(
  node: FetchNode,
  names: VariableNames,
  { types, shelter }: Pick<Supergraph, 'types' | 'shelter'>,
): RootFetch {
  const shape = shapeOf(node.operation, shelter);
  const rewrite = compileRewrites(renameInShape(node.outputRewrites, shape), types);
  const select = selectVariables(node.variableUsages, names);
  const request = (variables: Readonly<Record<string, unknown>>): SubgraphRequest => ({
    subgraph: node.serviceName,
    document: node.operation,
    operationKind: node.operationKind ?? 'query',
    operationName: node.operationName,
    variables: select(variables),
    entities: [],
  });
  const isPrimary = node.operationKind === 'subscription';
  return {
    request,
    step: async (run) => {
      if (isPrimary && run.primary === undefined)
        throw new Error('Expected the event of the subscription, found none.');
      const response = isPrimary && run.primary ? checked(run.primary) : await ask(run, request(run.variables));
      takeIn(run, response, shape, rewrite, types);
    },
  };
}

function takeIn(
  run: Run,
  response: SubgraphResponse,
  shape: Shape,
  rewrite: Rewrite | undefined,
  types: TypeCatalogue,
): void {
  eachError(run, response, (error) => {
    const path = answerPath(error.path, shape);
    if (path.length > 0) run.errors.add(error, path);
    else for (const field of shape.fields) run.errors.add(error, [field.response]);
  });
  if (!response.data) return;
  // A rewrite must not see what other fetches grew, so it works on a tree of this answer alone.
  const own: JsonObject = rewrite === undefined ? response.data : graft(undefined, response.data, shape, types);
  rewrite?.(own);
  graft(run.data, own, shape, types);
}
