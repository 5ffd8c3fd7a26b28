import { type DocumentNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

/** Under which keys a field of the item may stand in the answer. */
export function subjectKeys(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  field: string | undefined,
): readonly string[] {
  const keys = new Set<string>();
  const spread = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (selection.kind === Kind.FIELD) {
        if (selection.name.value === field) keys.add(selection.alias?.value ?? selection.name.value);
      } else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        for (const node of document.definitions) {
          if (node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === selection.name.value)
            collect(node.selectionSet);
        }
      }
    }
  };
  for (const root of operation.selectionSet.selections) {
    if ('selectionSet' in root && root.selectionSet) {
      // The subscription's own fragments wrap its one field.
      if (root.kind === Kind.FIELD) collect(root.selectionSet);
      else
        for (const inner of root.selectionSet.selections)
          if ('selectionSet' in inner && inner.selectionSet) collect(inner.selectionSet);
    }
  }
  return [...keys];
}
