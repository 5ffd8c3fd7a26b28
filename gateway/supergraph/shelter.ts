/**
 * Keys under which aliased fields travel.
 *
 * Fetches carry keys, required fields and `__typename` beside what the consumer asked. An alias of the consumer that
 * is the name of a field could be taken for that field on the way, and the planner does so. Such an alias, and one
 * with a leading underscore (`__proto__`, `_entities`), travels under a key of its own; the answer has the alias.
 */
import { type DocumentNode, type FieldNode, Kind, visit } from 'graphql';

export interface Shelter {
  /** The key of a field in the planner's document, in the answers of subgraphs and in the tree. */
  treeKey(field: FieldNode): string;
  /** The key in the answer for a key in the tree. */
  responseKey(treeKey: string): string;
  /** The document as the planner gets it. */
  apply(document: DocumentNode): DocumentNode;
}

/** For all field names of the supergraph. */
export function createShelter(fieldNames: ReadonlySet<string>): Shelter {
  let prefix = 'as_';
  while ([...fieldNames].some((name) => name.startsWith(prefix))) prefix = `${prefix}_`;

  const treeKey = (field: FieldNode): string => {
    const alias = field.alias?.value;
    if (alias === undefined || alias === field.name.value) return field.name.value;
    return fieldNames.has(alias) || alias.startsWith('_') || alias.startsWith(prefix) ? prefix + alias : alias;
  };

  return {
    treeKey,
    responseKey: (key) => (key.startsWith(prefix) ? key.slice(prefix.length) : key),
    apply: (document) =>
      visit(document, {
        Field(field) {
          const key = treeKey(field);
          if (field.alias === undefined || key === field.alias.value) return undefined;
          return { ...field, alias: { kind: Kind.NAME, value: key } };
        },
      }),
  };
}
