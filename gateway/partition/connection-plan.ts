/** How a scattered connection is asked of an endpoint, and how its merged form answers the caller's selection. */
import { type GraphQLObjectType, getNamedType, type SelectionNode } from 'graphql';
import { type CollectedField, collectFields } from './collect-fields.ts';
import { type Contract, coverageType } from './contract.ts';
import { endpointSelections, fieldNode, fieldOf, withSelections } from './endpoint-selections.ts';
import { compileValueMerge, type ValueMerge } from './merge-values.ts';
import { privateAlias } from './private-alias.ts';
import { compileProject, type Project } from './project.ts';

export interface ConnectionPlan {
  readonly selections: readonly SelectionNode[];
  /** The response key of the edges that carry the private cursor; undefined when no rows are needed. */
  readonly rowsKey: string | undefined;
  readonly asksHead: boolean;
  readonly outputs: readonly ConnectionOutput[];
}

export type ConnectionOutput =
  /** A list with one item per row; `cursorKeys` are the keys at which each item tells its public cursor. */
  | { readonly kind: 'rows'; readonly key: string; readonly cursorKeys: readonly string[] }
  | { readonly kind: 'page'; readonly key: string; readonly project: Project }
  | { readonly kind: 'coverage'; readonly key: string; readonly project: Project }
  | { readonly kind: 'merged'; readonly key: string; readonly merge: ValueMerge };

export function compileConnection(
  contract: Contract,
  type: GraphQLObjectType,
  asked: readonly SelectionNode[],
): ConnectionPlan {
  const { schema } = contract;
  const selections: SelectionNode[] = [];
  const outputs: ConnectionOutput[] = [];
  let rowsKey: string | undefined;
  let needsRows = false;
  let asksHead = false;
  for (const field of collectFields(schema, type, asked).values()) {
    const { key, name } = field;
    const fieldType = fieldOf(type, name)?.type;
    const named = fieldType && getNamedType(fieldType);
    if (named?.name === coverageType) {
      asksHead ||= [...collectFields(schema, named, field.selections).values()].some(
        (inner) => inner.name === 'liveCursor',
      );
      outputs.push({ kind: 'coverage', key, project: compileProject(schema, named, field.selections) });
    } else if (name === 'pageInfo' && named) {
      needsRows = true;
      outputs.push({ kind: 'page', key, project: compileProject(schema, named, field.selections) });
    } else if (name === 'edges' && named) {
      needsRows = true;
      const { sent, cursorKeys } = edgeSelections(contract, named as GraphQLObjectType, field);
      const isFirst = rowsKey === undefined;
      rowsKey ??= key;
      if (isFirst) sent.push(fieldNode('cursor', privateAlias.cursor));
      selections.push(withSelections(field.node, sent.length > 0 ? sent : [fieldNode('__typename')]));
      outputs.push({ kind: 'rows', key, cursorKeys });
    } else if (name === 'nodes' && named) {
      needsRows = true;
      selections.push(withSelections(field.node, endpointSelections(contract, named, field.selections)));
      outputs.push({ kind: 'rows', key, cursorKeys: [] });
    } else {
      const merge = compileValueMerge(contract, type, field);
      if (merge === undefined) throw new Error(`Expected @merge on ${type.name}.${name}, found none.`);
      if (name !== '__typename') selections.push(merge.node);
      outputs.push({ kind: 'merged', key, merge });
    }
  }
  if (needsRows && rowsKey === undefined) {
    rowsKey = privateAlias.edges;
    selections.push(fieldNode('edges', privateAlias.edges, [fieldNode('cursor', privateAlias.cursor)]));
  }
  if (needsRows) selections.push(fieldNode('pageInfo', privateAlias.page, [fieldNode('hasNextPage')]));
  if (asksHead) selections.unshift(fieldNode('feedHead', privateAlias.head));
  if (selections.length === 0) selections.push(fieldNode('__typename'));
  return { selections, rowsKey, asksHead, outputs };
}

function edgeSelections(contract: Contract, edgeType: GraphQLObjectType, field: CollectedField) {
  const cursorKeys: string[] = [];
  const sent: SelectionNode[] = [];
  for (const inner of collectFields(contract.schema, edgeType, field.selections).values()) {
    const named = fieldOf(edgeType, inner.name);
    if (inner.name === 'cursor') cursorKeys.push(inner.key);
    else if (named === undefined || inner.node.selectionSet === undefined) sent.push(inner.node);
    else
      sent.push(withSelections(inner.node, endpointSelections(contract, getNamedType(named.type), inner.selections)));
  }
  return { cursorKeys, sent };
}
