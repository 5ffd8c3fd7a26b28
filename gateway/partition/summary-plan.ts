/** How a scattered LIST, COUNT or SUMMARY is asked of an endpoint, and how the answers become one. */
import { type GraphQLObjectType, getNamedType, getNullableType, isListType, type SelectionNode } from 'graphql';
import { collectFields } from './collect-fields.ts';
import { type Contract, coverageType } from './contract.ts';
import { endpointSelections, fieldOf, withSelections } from './endpoint-selections.ts';
import { compileValueMerge, type ValueMerge } from './merge-values.ts';
import { compileProject, type Project } from './project.ts';
import { fieldNode } from './endpoint-selections.ts';

export interface SummaryPlan {
  readonly selections: readonly SelectionNode[];
  readonly outputs: readonly SummaryOutput[];
}

export type SummaryOutput =
  | { readonly kind: 'coverage'; readonly key: string; readonly project: Project }
  /** A list without a rule of its own: one participant's items after the other's. */
  | { readonly kind: 'listed'; readonly key: string }
  | { readonly kind: 'merged'; readonly key: string; readonly merge: ValueMerge };

export function compileSummary(contract: Contract, type: GraphQLObjectType, asked: readonly SelectionNode[]): SummaryPlan {
  const { schema } = contract;
  const selections: SelectionNode[] = [];
  const outputs: SummaryOutput[] = [];
  for (const field of collectFields(schema, type, asked).values()) {
    const { key, name } = field;
    const fieldType = fieldOf(type, name)?.type;
    const named = fieldType && getNamedType(fieldType);
    if (named?.name === coverageType) {
      outputs.push({ kind: 'coverage', key, project: compileProject(schema, named, field.selections) });
      continue;
    }
    const merge = compileValueMerge(contract, type, field);
    if (merge !== undefined) {
      if (name !== '__typename') selections.push(merge.node);
      outputs.push({ kind: 'merged', key, merge });
    } else if (fieldType !== undefined && named && isListType(getNullableType(fieldType))) {
      const inner = field.node.selectionSet ? endpointSelections(contract, named, field.selections) : undefined;
      selections.push(inner ? withSelections(field.node, inner) : field.node);
      outputs.push({ kind: 'listed', key });
    } else {
      throw new Error(`Expected @merge on ${type.name}.${name}, found none.`);
    }
  }
  if (selections.length === 0) selections.push(fieldNode('__typename'));
  return { selections, outputs };
}
