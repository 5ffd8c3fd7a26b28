/** Makes the representation of an entity from what the tree holds of it. */
import type { RequiresSelection } from '@graphql-hive/router-query-planner';
import { defineKey, isInheritedKey, isJsonObject, type JsonObject, readKey } from './json.ts';
import type { Rewrite } from './rewrites.ts';
import type { TypeCatalogue } from './type-catalogue.ts';

/** Undefined when the entity is of another type, lacks a required field, or has no whole key for the subgraph. */
export type Represent = (entity: JsonObject) => JsonObject | undefined;

interface RequiredField {
  readonly from: string;
  readonly to: string;
  readonly isInherited: boolean;
  readonly select: Select | undefined;
}

type Select = (object: JsonObject) => JsonObject | undefined;

export function compileRequires(
  requires: readonly RequiresSelection[],
  rewrite: Rewrite | undefined,
  subgraph: string,
  types: TypeCatalogue,
): Represent {
  const select = compileSelections(requires, types);
  const hasWholeKey = types.keyCheck(subgraph);
  return (entity) => {
    if (typeof entity.__typename !== 'string') return undefined;
    const representation = select(entity);
    if (representation === undefined) return undefined;
    representation.__typename ??= entity.__typename;
    rewrite?.(representation);
    return hasWholeKey(representation) ? representation : undefined;
  };
}

/** A text that two representations share only when they are equal. Made by one recipe, their keys have one order. */
export function identityOf(representation: JsonObject): string {
  let identity = '';
  for (const key of Object.keys(representation)) {
    const value = representation[key];
    // Lengths keep "a" "bc" and "ab" "c" apart.
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    identity += `${typeof value === 'string' ? 's' : 'j'}${text.length}:${text}`;
  }
  return identity;
}

function compileSelections(selections: readonly RequiresSelection[], types: TypeCatalogue): Select {
  const fieldsByType = new Map<string, readonly RequiredField[]>();
  let untyped: readonly RequiredField[] | undefined;
  return (object) => {
    const typename = object.__typename;
    let fields = typeof typename === 'string' ? fieldsByType.get(typename) : untyped;
    if (fields === undefined) {
      fields = [...collect(selections, typename, new Map(), types).values()].map(([from, to, inner]) => ({
        from,
        to,
        isInherited: isInheritedKey(from) || isInheritedKey(to),
        select: inner.length > 0 ? withTypeName(compileSelections(inner, types), types) : undefined,
      }));
      // A subgraph chooses these names: only names of the supergraph are remembered.
      if (typeof typename !== 'string') untyped = fields;
      else if (types.isObject(typename) || types.isAbstract(typename)) fieldsByType.set(typename, fields);
    }
    const result: JsonObject = {};
    for (const field of fields) {
      const value = field.isInherited ? readKey(object, field.from) : object[field.from];
      if (value === undefined) return undefined;
      const selected = field.select === undefined ? value : selectValue(value, field.select);
      if (selected === undefined) return undefined;
      if (field.isInherited) defineKey(result, field.to, selected);
      else result[field.to] = selected;
    }
    return result;
  };
}

/** An object behind an interface or a union says of which type it is: who requires it cannot tell otherwise. */
function withTypeName(select: Select, types: TypeCatalogue): Select {
  return (object) => {
    const selected = select(object);
    const typename = object.__typename;
    if (selected !== undefined && typeof typename === 'string' && types.isMember(typename))
      selected.__typename ??= typename;
    return selected;
  };
}

function selectValue(value: unknown, select: Select): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => selectValue(item, select));
    return items.includes(undefined) ? undefined : items;
  }
  return isJsonObject(value) ? select(value) : value;
}

type Collected = Map<string, [from: string, to: string, inner: RequiresSelection[]]>;

function collect(
  selections: readonly RequiresSelection[],
  typename: unknown,
  fields: Collected,
  types: TypeCatalogue,
): Collected {
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      // The planner names the key it fetched under; the alias is the name the subgraph expects.
      const to = selection.alias ?? selection.name;
      const known = fields.get(to);
      if (known === undefined) fields.set(to, [selection.name, to, [...(selection.selections ?? [])]]);
      else known[2].push(...(selection.selections ?? []));
    } else if (selection.kind === 'InlineFragment') {
      const applies = typeof typename !== 'string' || types.satisfies(typename, selection.typeCondition);
      if (applies) collect(selection.selections, typename, fields, types);
    } else {
      throw new Error(`Expected no fragment spread in what a fetch requires, found "${selection.value}".`);
    }
  }
  return fields;
}
