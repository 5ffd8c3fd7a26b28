/** How a scattered LIST, COUNT or SUMMARY is asked of an endpoint, and how the answers become one. */
import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  type SelectionNode,
} from 'graphql';
import { collectFields } from './collect-fields.ts';
import { type Contract, coverageType } from './contract.ts';
import { endpointSelections, fieldNode, fieldOf, withSelections } from './endpoint-selections.ts';
import { compileValueMerge, type ValueMerge } from './merge-values.ts';
import { compileProject, type Project } from './project.ts';

export interface SummaryPlan {
  readonly selections: readonly SelectionNode[];
  readonly outputs: readonly SummaryOutput[];
}

export type SummaryOutput =
  | { readonly kind: 'coverage'; readonly key: string; readonly project: Project }
  /** A list without a rule of its own: one participant's items after the other's. */
  | {
      readonly kind: 'listed';
      readonly key: string;
      /** The key in an endpoint's answer. */
      readonly from: string;
      /** Where whole items were asked: the form that the caller asked. */
      readonly project: Project | undefined;
    }
  | { readonly kind: 'merged'; readonly key: string; readonly merge: ValueMerge };

/** `isKept`: whole items are asked, whatever the caller selected, so that the last answer serves every selection. */
export function compileSummary(
  contract: Contract,
  type: GraphQLObjectType,
  asked: readonly SelectionNode[],
  isKept: boolean,
): SummaryPlan {
  const { schema } = contract;
  const selections: SelectionNode[] = isKept ? wholeSelections(contract, type) : [];
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
    } else if (isKept && fieldType !== undefined && isListType(getNullableType(fieldType))) {
      outputs.push({ kind: 'listed', key, from: name, project: compileProject(schema, fieldType, field.selections) });
    } else if (fieldType !== undefined && named && isListType(getNullableType(fieldType))) {
      const inner = field.node.selectionSet ? endpointSelections(contract, named, field.selections) : undefined;
      selections.push(inner ? withSelections(field.node, inner) : field.node);
      outputs.push({ kind: 'listed', key, from: key, project: undefined });
    } else {
      throw new Error(`Expected @merge on ${type.name}.${name}, found none.`);
    }
  }
  if (selections.length === 0) selections.push(fieldNode('__typename'));
  return { selections, outputs };
}

const wholeDepthMax = 4;

/** Everything of a type that can be asked without arguments; of what lies elsewhere, the id. */
function wholeSelections(contract: Contract, type: GraphQLObjectType, depth = 0): SelectionNode[] {
  const selections: SelectionNode[] = [];
  for (const field of Object.values(type.getFields())) {
    const named = getNamedType(field.type);
    if (named.name === coverageType || field.args.some(isRequiredArgument)) continue;
    if (!isObjectType(named)) {
      if (isLeafType(named)) selections.push(fieldNode(field.name));
    } else if (named.getFields().id !== undefined && !isLocal(field)) {
      selections.push(fieldNode(field.name, undefined, [fieldNode('__typename'), fieldNode('id')]));
    } else if (depth < wholeDepthMax) {
      selections.push(fieldNode(field.name, undefined, wholeSelections(contract, named, depth + 1)));
    }
  }
  return selections;
}

/** Its own, though it has an id: a link could lead elsewhere. */
function isLocal({ astNode }: GraphQLField<unknown, unknown>): boolean {
  return astNode?.directives?.some(({ name }) => name.value === 'local') ?? false;
}
