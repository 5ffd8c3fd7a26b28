/** Asks the planner, and puts its nodes in our terms. */
import type { PlanNode } from '@graphql-hive/router-query-planner';
import { type DocumentNode, print } from 'graphql';
import { refusal } from './errors.ts';
import type { Supergraph } from './load.ts';

export async function planNodes(
  { planner, subgraphName }: Supergraph,
  document: DocumentNode,
  signal: AbortSignal,
): Promise<PlanNode | undefined> {
  try {
    const { node } = await planner.planAsync(print(document), undefined, new Set(), 0, signal);
    return node && withSubgraphNames(node, subgraphName);
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw refusal('Expected the operation to be planned in time; it was not. Ask for less at once.', 'PLAN_TIMED_OUT');
  }
}

function withSubgraphNames(node: PlanNode, nameOf: (plannerName: string) => string): PlanNode {
  const inside = (inner: PlanNode): PlanNode => withSubgraphNames(inner, nameOf);
  switch (node.kind) {
    case 'Fetch':
    case 'BatchFetch':
      return { ...node, serviceName: nameOf(node.serviceName) };
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map(inside) };
    case 'Flatten':
      return { ...node, node: inside(node.node) };
    case 'Subscription':
      return { ...node, primary: { ...node.primary, serviceName: nameOf(node.primary.serviceName) } };
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause && { ifClause: inside(node.ifClause) }),
        ...(node.elseClause && { elseClause: inside(node.elseClause) }),
      };
    case 'Defer':
      return node;
  }
}

/** Whether the plan is nothing but root fetches in order. */
export function isRootOnly(node: PlanNode | undefined): boolean {
  if (node === undefined || node.kind === 'Fetch') return true;
  return node.kind === 'Sequence' && node.nodes.every(isRootOnly);
}
