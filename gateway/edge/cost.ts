/**
 * Estimates what an operation asks, from its fields and the sizes of its pages, before anything is executed.
 *
 * A field costs one; what stands below a page counts as often as the page is long. A list without pages is taken for
 * a short one. The public schema and the coerced variables decide, so that `first` in a variable counts as well.
 */
import { pageSizeMax } from '@kortelijn/schema/vocabulary/limits.ts';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { hubError } from '../errors.ts';

export type Estimate = { readonly cost: number } | { readonly refusal: GraphQLError };

interface Estimating {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
  refusal: GraphQLError | undefined;
}

const shortListLength = 5;
const writeCost = 10;

export function estimateCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Estimate {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const estimating: Estimating = { schema, fragments, variables, refusal: undefined };
  const root = schema.getRootType(operation.operation);
  const perField = operation.operation === 'mutation' ? writeCost : 1;
  const cost = costOf(operation.selectionSet, root ?? undefined, false, estimating) * perField;
  return estimating.refusal === undefined ? { cost } : { refusal: estimating.refusal };
}

function costOf(
  selectionSet: SelectionSetNode,
  parent: GraphQLNamedType | undefined,
  inPage: boolean,
  estimating: Estimating,
): number {
  let cost = 0;
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      cost += costOfField(selection, fieldOf(parent, selection.name.value), inPage, estimating);
      continue;
    }
    const target = selection.kind === Kind.INLINE_FRAGMENT ? selection : estimating.fragments.get(selection.name.value);
    if (target === undefined) continue;
    const condition = target.typeCondition?.name.value;
    const type = condition === undefined ? parent : estimating.schema.getType(condition);
    cost += costOf(target.selectionSet, type, inPage, estimating);
  }
  return cost;
}

function costOfField(
  node: FieldNode,
  field: GraphQLField<unknown, unknown> | undefined,
  inPage: boolean,
  estimating: Estimating,
): number {
  // Introspection has no field here; it is answered from memory and bounded by the number of fields.
  if (field === undefined || node.selectionSet === undefined) return 1;
  const type = getNamedType(field.type);
  const paged = pageLength(node, field, estimating);
  const isShortList = paged === undefined && !inPage && isListed(field.type) && isCompositeType(type);
  const times = paged ?? (isShortList ? shortListLength : 1);
  return 1 + times * costOf(node.selectionSet, type, paged !== undefined, estimating);
}

/** Undefined: the field has no pages. */
function pageLength(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  estimating: Estimating,
): number | undefined {
  const definition = field.args.find(({ name }) => name === 'first');
  if (definition === undefined) return undefined;
  const given = node.arguments?.find(({ name }) => name.value === 'first')?.value;
  let length: unknown = definition.defaultValue;
  if (given?.kind === Kind.INT) length = Number(given.value);
  else if (given?.kind === Kind.VARIABLE) length = estimating.variables[given.name.value] ?? definition.defaultValue;
  if (typeof length !== 'number') return shortListLength;
  if (length < 1 || length > pageSizeMax) {
    estimating.refusal ??= hubError(
      'FIRST_OUT_OF_RANGE',
      `Expected "first" of ${node.name.value} between 1 and ${pageSizeMax}, found ${length}.`,
    );
    return 1;
  }
  return length;
}

function fieldOf(parent: GraphQLNamedType | undefined, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

function isListed(type: GraphQLOutputType): boolean {
  return isListType(type) || (isNonNullType(type) && isListType(type.ofType));
}
