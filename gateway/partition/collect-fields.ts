/** The fields that an object of a type answers with: by response key, in order, merged (§6.3.2). */
import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql';
import { responseKey } from './inline.ts';

export interface CollectedField {
  readonly key: string;
  readonly name: string;
  readonly node: FieldNode;
  readonly selections: SelectionNode[];
}

export function collectFields(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  selections: readonly SelectionNode[],
  into: Map<string, CollectedField> = new Map(),
): Map<string, CollectedField> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const key = responseKey(selection);
      const inner = selection.selectionSet?.selections ?? [];
      const known = into.get(key);
      if (known === undefined)
        into.set(key, { key, name: selection.name.value, node: selection, selections: [...inner] });
      else known.selections.push(...inner);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value;
      if (condition === undefined || condition === type.name || isPart(schema, condition, type)) {
        collectFields(schema, type, selection.selectionSet.selections, into);
      }
    }
  }
  return into;
}

function isPart(schema: GraphQLSchema, condition: string, type: GraphQLNamedType): boolean {
  const conditionType = schema.getType(condition);
  return isAbstractType(conditionType) && isObjectType(type) && schema.isSubType(conditionType, type);
}
