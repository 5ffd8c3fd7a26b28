/**
 * What the executor must know of the whole supergraph, the inaccessible part included:
 * which object types satisfy a type condition, and by which keys a subgraph resolves an entity.
 */
import {
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type DocumentNode,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { isInheritedKey, isJsonObject, type JsonObject, readKey } from './json.ts';

export interface Subgraph {
  readonly name: string;
  readonly url: string;
}

export interface TypeCatalogue {
  readonly subgraphs: readonly Subgraph[];
  /** Every name a field has anywhere. */
  readonly fieldNames: ReadonlySet<string>;
  /** Whether the name is an object type of the supergraph; a subgraph may answer with any name. */
  isObject(typeName: string): boolean;
  isAbstract(typeName: string): boolean;
  /** Whether some interface or union has this object type in it: then its name is part of what an object says. */
  isMember(typeName: string): boolean;
  /** Whether an object of this type name satisfies a type condition. */
  satisfies(typeName: string, condition: string): boolean;
  /** Tells whether a representation holds one whole key by which the subgraph resolves its type. */
  keyCheck(subgraph: string): (representation: JsonObject) => boolean;
}

export function createTypeCatalogue(supergraph: DocumentNode): TypeCatalogue {
  const objectTypes = new Set<string>();
  const fieldNames = new Set<string>();
  const objectTypesOf = new Map<string, Set<string>>();
  const keysOf = new Map<string, Map<string, Key[]>>();
  const subgraphs = new Map<string, Subgraph>();
  for (const node of supergraph.definitions) {
    if (node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph') {
      for (const value of node.values ?? [])
        subgraphs.set(value.name.value, subgraphOf(value.name.value, value.directives));
    }
  }
  for (const node of supergraph.definitions) {
    if (node.kind === Kind.INTERFACE_TYPE_DEFINITION || node.kind === Kind.UNION_TYPE_DEFINITION) {
      getOrCreate(objectTypesOf, node.name.value, () => new Set());
    }
    if (node.kind === Kind.UNION_TYPE_DEFINITION) {
      for (const member of node.types ?? []) objectTypesOf.get(node.name.value)?.add(member.name.value);
    }
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION) {
      objectTypes.add(node.name.value);
      for (const parent of node.interfaces ?? []) {
        getOrCreate(objectTypesOf, parent.name.value, () => new Set<string>()).add(node.name.value);
      }
    }
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      for (const field of node.fields ?? []) fieldNames.add(field.name.value);
      for (const directive of node.directives ?? []) {
        if (directive.name.value !== 'join__type') continue;
        const key = stringOf(argument(directive, 'key'));
        const graph = subgraphs.get(enumOf(argument(directive, 'graph')) ?? '')?.name;
        if (key === undefined || graph === undefined || isFalse(argument(directive, 'resolvable'))) continue;
        const keysOfType = getOrCreate(keysOf, graph, () => new Map<string, Key[]>());
        getOrCreate(keysOfType, node.name.value, () => []).push(fieldSet(key));
      }
    }
  }
  const members = new Set([...objectTypesOf.values()].flatMap((names) => [...names]));
  return {
    subgraphs: [...subgraphs.values()],
    fieldNames,
    isObject: (typeName) => objectTypes.has(typeName),
    isMember: (typeName) => members.has(typeName),
    isAbstract: (typeName) => objectTypesOf.has(typeName),
    satisfies: (typeName, condition) => typeName === condition || objectTypesOf.get(condition)?.has(typeName) === true,
    keyCheck(subgraph) {
      const keysOfType = keysOf.get(subgraph);
      return (representation) => {
        const keys = keysOfType?.get(String(representation.__typename)) ?? [];
        return keys.some((key) => isWhole(key, representation));
      };
    },
  };
}

/** A key's field set, compiled: names with the field sets inside them. */
type Key = readonly { readonly name: string; readonly isInherited: boolean; readonly inner: Key | undefined }[];

function isWhole(key: Key, value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => isWhole(key, item));
  if (!isJsonObject(value)) return false;
  for (const { name, isInherited, inner } of key) {
    const part = isInherited ? readKey(value, name) : value[name];
    if (part === undefined || part === null || (inner !== undefined && !isWhole(inner, part))) return false;
  }
  return true;
}

function fieldSet(text: string): Key {
  const definition = parse(`{${text}}`, { noLocation: true }).definitions[0];
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`Expected a field set, found "${text}".`);
  return keyOf(definition.selectionSet);
}

function keyOf(selectionSet: SelectionSetNode): Key {
  return selectionSet.selections.flatMap((selection) => {
    if (selection.kind !== Kind.FIELD) return [];
    const name = selection.name.value;
    return [
      { name, isInherited: isInheritedKey(name), inner: selection.selectionSet && keyOf(selection.selectionSet) },
    ];
  });
}

function subgraphOf(enumValue: string, directives: readonly ConstDirectiveNode[] | undefined): Subgraph {
  const graph = directives?.find((directive) => directive.name.value === 'join__graph');
  return {
    name: (graph && stringOf(argument(graph, 'name'))) ?? enumValue,
    url: (graph && stringOf(argument(graph, 'url'))) ?? '',
  };
}

function argument(directive: ConstDirectiveNode, name: string): ConstArgumentNode | undefined {
  return directive.arguments?.find((candidate) => candidate.name.value === name);
}

function stringOf(node: ConstArgumentNode | undefined): string | undefined {
  return node?.value.kind === Kind.STRING ? node.value.value : undefined;
}

function enumOf(node: ConstArgumentNode | undefined): string | undefined {
  return node?.value.kind === Kind.ENUM ? node.value.value : undefined;
}

function isFalse(node: ConstArgumentNode | undefined): boolean {
  return node?.value.kind === Kind.BOOLEAN && !node.value.value;
}

function getOrCreate<V>(map: Map<string, V>, key: string, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
