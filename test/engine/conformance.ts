/** Where an answer breaks the GraphQL specification, judged by the schema and the operation alone. */
import { isDeepStrictEqual } from 'node:util';
import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';

export const breaches = {
  nullInNonNull:
    'null where the type says non-null: the null must travel to the nearest nullable place (GraphQL §6.4.4)',
  missingKey: 'a selected field without its response key (GraphQL §6.3, §7.1)',
  foreignKey: 'a response key that was not selected (GraphQL §6.3)',
  repeatedList:
    'a list once more for each time its field is selected: fields of one response key are one field (GraphQL §6.3.2)',
  takenAlias: 'an alias that is the name of another field taken for that field (GraphQL §2.7: the key is the alias)',
  noData: 'no data entry after execution began (GraphQL §7.1.1)',
} as const;

export type Breach = keyof typeof breaches;

export function breachesOf(
  schema: GraphQLSchema,
  text: string,
  variables: Record<string, unknown>,
  data: unknown,
): Set<Breach> {
  const document = parse(text);
  const found = new Set<Breach>();
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const rootType = operation && schema.getRootType(operation.operation);
  if (!operation || !rootType) throw new Error('Expected an operation that the schema knows.');

  const collect = (type: GraphQLObjectType, selectionSet: SelectionSetNode, fields: Map<string, FieldNode[]>): void => {
    for (const selection of selectionSet.selections) {
      if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if === true) continue;
      if (getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if === false) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        fields.set(key, [...(fields.get(key) ?? []), selection]);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      const condition = fragment?.typeCondition ? schema.getType(fragment.typeCondition.name.value) : type;
      const applies = condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
      if (fragment && applies) collect(type, fragment.selectionSet, fields);
    }
  };

  const judgeObject = (
    type: GraphQLObjectType,
    selectionSets: readonly SelectionSetNode[],
    object: Record<string, unknown>,
  ): void => {
    const fields = new Map<string, FieldNode[]>();
    for (const selectionSet of selectionSets) collect(type, selectionSet, fields);
    for (const [key, nodes] of fields) {
      const name = nodes[0]?.name.value ?? '';
      if (!Object.hasOwn(object, key)) found.add('missingKey');
      else if (name !== '__typename') {
        const fieldType = type.getFields()[name]?.type;
        if (fieldType)
          judge(
            fieldType,
            nodes.flatMap((node) => node.selectionSet ?? []),
            object[key],
          );
      }
    }
    for (const key of Object.keys(object)) if (!fields.has(key)) found.add('foreignKey');
  };

  const judge = (type: GraphQLOutputType, selectionSets: readonly SelectionSetNode[], value: unknown): void => {
    if (isNonNullType(type)) {
      if (value === null || value === undefined) found.add('nullInNonNull');
      else judge(type.ofType, selectionSets, value);
    } else if (value === null || value === undefined || isLeafType(type)) {
      return;
    } else if (isListType(type)) {
      if (Array.isArray(value)) for (const item of value) judge(type.ofType, selectionSets, item);
    } else if (isObjectType(type)) {
      judgeObject(type, selectionSets, value as Record<string, unknown>);
    } else {
      // Of an abstract type the answer need not tell the object's own type: it breaks nothing if it fits one of them.
      const verdicts = schema.getPossibleTypes(type).map((possible) => {
        const before = [...found];
        found.clear();
        judgeObject(possible, selectionSets, value as Record<string, unknown>);
        const verdict = [...found];
        found.clear();
        for (const breach of before) found.add(breach);
        return verdict;
      });
      const mildest = verdicts.sort((a, b) => a.length - b.length)[0] ?? [];
      for (const breach of mildest) found.add(breach);
    }
  };

  if (data === undefined) found.add('noData');
  else if (data !== null) judgeObject(rootType, [operation.selectionSet], data as Record<string, unknown>);
  return found;
}

/** The answer with lists of leaves that were repeated put right, and whether there were any. */
export function withoutRepetition(
  theirs: unknown,
  ours: unknown,
): { readonly answer: unknown; readonly isRepeated: boolean } {
  let isRepeated = false;
  const mend = (their: unknown, our: unknown): unknown => {
    if (Array.isArray(their) && Array.isArray(our)) {
      const times = our.length === 0 ? 0 : their.length / our.length;
      if (times > 1 && their.every((item, at) => isDeepStrictEqual(item, our[at % our.length]))) {
        isRepeated = true;
        return our;
      }
      return their.map((item, at) => mend(item, our[at]));
    }
    if (typeof their !== 'object' || their === null || typeof our !== 'object' || our === null) return their;
    const known = our as Record<string, unknown>;
    return Object.fromEntries(Object.entries(their).map(([key, value]) => [key, mend(value, known[key])]));
  };
  const answer = mend(theirs, ours);
  return { answer, isRepeated };
}
