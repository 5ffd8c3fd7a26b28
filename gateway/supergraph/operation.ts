/**
 * One operation of a document, and what it becomes once its variables are known.
 *
 * @skip and @include are decided here, before planning: every plan is then free of conditions, a fetch never
 * asks for what the answer leaves out, and the order of fields is the order of the specification (§6.3.2).
 * Introspection fields leave the operation here too; the planner never sees them.
 */
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';

export interface Operation {
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The document in one spelling, whatever its layout was. */
  readonly text: string;
  /** The variables that @skip and @include depend on, in the order of their appearance. */
  readonly conditions: readonly string[];
}

/** An operation without conditions, with its root selections flat. */
export interface DecidedOperation {
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Root fields in order, introspection included. */
  readonly rootFields: readonly FieldNode[];
}

/**
 * Stands in a selection set that @skip and @include left empty: the planner needs a field there, the answer has none.
 * Recognised by identity.
 */
export const placeholder: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

const introspectionFields = new Set(['__schema', '__type', '__typename']);

export function isIntrospectionField(field: FieldNode): boolean {
  return introspectionFields.has(field.name.value);
}

/** The named operation, or the only one. Undefined when the document leaves it open. */
export function findOperation(document: DocumentNode, operationName: string | undefined): Operation | undefined {
  let definition: OperationDefinitionNode | undefined;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operationName === undefined) {
      if (definition !== undefined) return undefined;
      definition = node;
    } else if (node.name?.value === operationName) {
      definition = node;
    }
  }
  if (definition === undefined) return undefined;
  return { definition, fragments, text: print(document), conditions: conditionVariables(document) };
}

function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      const condition = conditionOf(directive);
      if (condition?.kind === Kind.VARIABLE) names.add(condition.name.value);
    },
  });
  return [...names];
}

function conditionOf(directive: DirectiveNode) {
  if (directive.name.value !== 'skip' && directive.name.value !== 'include') return undefined;
  return directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
}

export function decide(operation: Operation, variables: Readonly<Record<string, unknown>>): DecidedOperation {
  const isIncluded = (node: SelectionNode): boolean =>
    (node.directives ?? []).every((directive) => {
      const condition = conditionOf(directive);
      if (condition === undefined) return true;
      const value =
        condition.kind === Kind.VARIABLE ? variables[condition.name.value] : 'value' in condition && condition.value;
      return (value === true) === (directive.name.value === 'include');
    });

  const fragments = new Map<string, FragmentDefinitionNode>();
  const decideFragment = (name: string): FragmentDefinitionNode | undefined => {
    const known = fragments.get(name);
    if (known !== undefined) return known;
    const fragment = operation.fragments.get(name);
    if (fragment === undefined) return undefined;
    const selections = decideSelections(fragment.selectionSet);
    const decided = { ...fragment, directives: [], selectionSet: { ...fragment.selectionSet, selections } };
    fragments.set(name, decided);
    return decided;
  };

  function decideSelections(selectionSet: SelectionSetNode): SelectionNode[] {
    const selections: SelectionNode[] = [];
    for (const selection of selectionSet.selections) {
      if (!isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        selections.push({
          ...selection,
          directives: [],
          ...(selection.selectionSet && { selectionSet: filled(selection.selectionSet) }),
        });
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = decideFragment(selection.name.value);
        if (fragment !== undefined && fragment.selectionSet.selections.length > 0)
          selections.push({ ...selection, directives: [] });
      } else {
        const inner = decideSelections(selection.selectionSet);
        if (inner.length === 0) continue;
        if (selection.typeCondition === undefined) selections.push(...inner);
        else
          selections.push({
            ...selection,
            directives: [],
            selectionSet: { ...selection.selectionSet, selections: inner },
          });
      }
    }
    return selections;
  }

  function filled(selectionSet: SelectionSetNode): SelectionSetNode {
    const selections = decideSelections(selectionSet);
    return { ...selectionSet, selections: selections.length > 0 ? selections : [placeholder] };
  }

  const rootFields: FieldNode[] = [];
  // Validation lets a fragment on the root only through when its type condition holds, so the root can be flat.
  const flatten = (selections: readonly SelectionNode[]): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) rootFields.push(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) flatten(selection.selectionSet.selections);
      else flatten(fragments.get(selection.name.value)?.selectionSet.selections ?? []);
    }
  };
  flatten(decideSelections(operation.definition.selectionSet));
  return { definition: operation.definition, fragments, rootFields };
}

/** A document of its own for some root fields, with only the fragments and variables they use. */
export function documentOf(operation: DecidedOperation, rootFields: readonly FieldNode[]): DocumentNode {
  const usedFragments = new Set<string>();
  const usedVariables = new Set<string>();
  const follow = (node: FieldNode | FragmentDefinitionNode): void => {
    visit(node, {
      Variable(variable) {
        usedVariables.add(variable.name.value);
      },
      FragmentSpread(spread) {
        const name = spread.name.value;
        const fragment = operation.fragments.get(name);
        if (fragment === undefined || usedFragments.has(name)) return;
        usedFragments.add(name);
        follow(fragment);
      },
    });
  };
  rootFields.forEach(follow);
  const { definition } = operation;
  const variableDefinitions = (definition.variableDefinitions ?? [])
    .filter(({ variable }) => usedVariables.has(variable.name.value))
    .map((variable): VariableDefinitionNode => ({ ...variable, directives: [] }));
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        ...definition,
        directives: [],
        variableDefinitions,
        selectionSet: { kind: Kind.SELECTION_SET, selections: rootFields },
      },
      ...[...usedFragments].flatMap((name) => operation.fragments.get(name) ?? []),
    ],
  };
}
