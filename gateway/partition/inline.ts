/** The root fields of a fetch, with every named fragment written out where it was spread. */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
} from 'graphql';

export interface InlinedFetch {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly rootFields: readonly FieldNode[];
  readonly variables: readonly VariableDefinitionNode[];
}

export function inlineFetch(document: string): InlinedFetch {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let operation: OperationDefinitionNode | undefined;
  for (const node of parse(document, { noLocation: true }).definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
    else if (node.kind === Kind.OPERATION_DEFINITION) operation = node;
  }
  if (operation === undefined) throw new Error('Expected an operation in the fetch, found none.');

  const inlined = new Map<string, SelectionNode>();
  const inlineSpread = (name: string): SelectionNode => {
    let node = inlined.get(name);
    if (node === undefined) {
      const fragment = fragments.get(name);
      if (fragment === undefined) throw new Error(`Expected the fragment "${name}" in the fetch, found none.`);
      const { typeCondition, selectionSet } = fragment;
      node = { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: inlineSet(selectionSet) };
      inlined.set(name, node);
    }
    return node;
  };
  const inlineNode = (node: SelectionNode): SelectionNode => {
    if (node.kind === Kind.FRAGMENT_SPREAD) return inlineSpread(node.name.value);
    return node.selectionSet ? ({ ...node, selectionSet: inlineSet(node.selectionSet) } as SelectionNode) : node;
  };
  function inlineSet(set: SelectionSetNode): SelectionSetNode {
    return { ...set, selections: set.selections.map(inlineNode) };
  }

  const rootFields: FieldNode[] = [];
  const collect = (selections: readonly SelectionNode[]): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) rootFields.push(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet.selections);
    }
  };
  collect(inlineSet(operation.selectionSet).selections);
  return {
    kind: operation.operation,
    rootFields: mergeByKey(rootFields),
    variables: operation.variableDefinitions ?? [],
  };
}

/** Fields with one response key are one field (§6.3.2); validation has seen to it that they can be. */
function mergeByKey(fields: readonly FieldNode[]): readonly FieldNode[] {
  const merged = new Map<string, FieldNode>();
  for (const field of fields) {
    const key = responseKey(field);
    const known = merged.get(key);
    const selections = [...(known?.selectionSet?.selections ?? []), ...(field.selectionSet?.selections ?? [])];
    merged.set(
      key,
      known === undefined || field.selectionSet === undefined
        ? (known ?? field)
        : { ...known, selectionSet: { kind: Kind.SELECTION_SET, selections } },
    );
  }
  return [...merged.values()];
}

export function responseKey(field: FieldNode): string {
  return field.alias?.value ?? field.name.value;
}
