/** Turns the planner's nodes into steps; done once per plan. */
import type { PlanNode } from '@graphql-hive/router-query-planner';
import { compileEntityFetch } from './entity-fetch.ts';
import type { Supergraph } from './load.ts';
import { compileRootFetch, type RootFetch } from './root-fetch.ts';
import type { Step } from './run.ts';
import type { VariableNames } from './variables.ts';

export interface CompiledPlan {
  readonly step: Step;
  /** The fetch whose events a subscription starts from. */
  readonly primary: RootFetch | undefined;
}

export function compilePlan(
  root: PlanNode,
  names: VariableNames,
  supergraph: Pick<Supergraph, 'types' | 'shelter'>,
): CompiledPlan {
  let primary: RootFetch | undefined;

  function compile(node: PlanNode): Step {
    switch (node.kind) {
      case 'Fetch':
        return compileRootFetch(node, names, supergraph).step;
      case 'BatchFetch':
        return compileEntityFetch({ ...node, aliases: node.entityBatch.aliases }, names, supergraph);
      case 'Flatten': {
        const fetch = node.node;
        if (fetch.kind !== 'Fetch' || fetch.requires === undefined) {
          throw new Error(`Expected a fetch with requirements under Flatten, found ${fetch.kind}.`);
        }
        const entities = {
          alias: '_entities',
          representationsVariableName: 'representations',
          paths: [node.path],
          requires: fetch.requires,
          ...(fetch.inputRewrites && { inputRewrites: fetch.inputRewrites }),
          ...(fetch.outputRewrites && { outputRewrites: fetch.outputRewrites }),
        };
        return compileEntityFetch({ ...fetch, aliases: [entities] }, names, supergraph);
      }
      case 'Sequence':
        return inSequence(node.nodes.map(compile));
      case 'Parallel':
        return inParallel(node.nodes.map(compile));
      case 'Condition': {
        const ifStep = node.ifClause && compile(node.ifClause);
        const elseStep = node.elseClause && compile(node.elseClause);
        return (run) => (run.variables[names.original(node.condition)] === true ? ifStep : elseStep)?.(run);
      }
      case 'Subscription':
        primary = compileRootFetch(
          { ...node.primary, kind: 'Fetch', operationKind: 'subscription' },
          names,
          supergraph,
        );
        return primary.step;
      case 'Defer':
        throw new Error('Expected a plan without deferred parts: @defer is not in the public schema.');
    }
  }

  const step = compile(root);
  return { step, primary };
}

export function inSequence(steps: readonly Step[]): Step {
  return async (run) => {
    for (const step of steps) {
      const pending = step(run);
      if (pending !== undefined) await pending;
    }
  };
}

function inParallel(steps: readonly Step[]): Step {
  return (run) => {
    const pending: Promise<void>[] = [];
    for (const step of steps) {
      const started = step(run);
      if (started !== undefined) pending.push(started);
    }
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  };
}
