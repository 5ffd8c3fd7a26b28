/**
 * What of a selection goes to an endpoint: everything but coverage, and what the hub must know to trust the answer:
 * the id of each object that an endpoint may only give when it is its own, and the type name of abstract positions.
 */
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { type Contract, coverageType } from './contract.ts';
import { privateAlias } from './private-alias.ts';

export function endpointSelections(
  contract: Contract,
  type: GraphQLNamedType,
  selections: readonly SelectionNode[],
): SelectionNode[] {
  const { schema } = contract;
  const kept: SelectionNode[] = [];
  let hasId = false;
  let hasTypename = false;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const field = fieldOf(type, selection.name.value);
      const fieldType = field && getNamedType(field.type);
      if (fieldType?.name === coverageType) continue;
      if (selection.alias === undefined) {
        if (selection.name.value === 'id') hasId = true;
        if (selection.name.value === '__typename') hasTypename = true;
      }
      kept.push(
        selection.selectionSet === undefined || fieldType === undefined
          ? selection
          : withSelections(selection, endpointSelections(contract, fieldType, selection.selectionSet.selections)),
      );
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inner = selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : type;
      if (inner === undefined) continue;
      const narrowed = endpointSelections(contract, inner, selection.selectionSet.selections);
      kept.push({ ...selection, selectionSet: selectionSet(narrowed) });
    }
  }
  if (isObjectType(type) && contract.isOwned(type.name) && !hasId) kept.push(fieldNode('id', privateAlias.id));
  if (isAbstractType(type) && !hasTypename) kept.push(fieldNode('__typename'));
  if (isInterfaceType(type)) kept.push(...ownershipOf(contract, schema, type.name));
  // Nothing but coverage was asked: the type name keeps the place.
  if (kept.length === 0) kept.push(fieldNode('__typename'));
  return kept;
}

function ownershipOf(contract: Contract, schema: GraphQLSchema, interfaceName: string): SelectionNode[] {
  const type = schema.getType(interfaceName);
  if (!isInterfaceType(type)) return [];
  return schema
    .getPossibleTypes(type)
    .filter(({ name }) => contract.isOwned(name))
    .map(({ name }) => fragmentNode(name, [fieldNode('id', privateAlias.id)]));
}

/** Undefined for a field that the contract does not have, and for `__typename`. */
export function fieldOf(type: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
  return 'getFields' in type ? (type.getFields()[name] as GraphQLField<unknown, unknown> | undefined) : undefined;
}

export function fieldNode(name: string, alias?: string, selections?: readonly SelectionNode[]): FieldNode {
  return {
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: name },
    ...(alias !== undefined && { alias: { kind: Kind.NAME, value: alias } }),
    ...(selections !== undefined && { selectionSet: selectionSet(selections) }),
  };
}

export function fragmentNode(typeName: string, selections: readonly SelectionNode[]): SelectionNode {
  const typeCondition = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: typeName } } as const;
  return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: selectionSet(selections) };
}

export function withSelections(field: FieldNode, selections: readonly SelectionNode[]): FieldNode {
  return { ...field, selectionSet: selectionSet(selections) };
}

const selectionSet = (selections: readonly SelectionNode[]): SelectionSetNode => ({
  kind: Kind.SELECTION_SET,
  selections: [...selections],
});
