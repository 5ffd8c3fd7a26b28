/** Finds the objects a plan's path leads to, each with its response path. */
import type { FlattenNodePathSegment } from '@graphql-hive/router-query-planner';
import { isInheritedKey, isJsonObject, type JsonObject, readKey } from './json.ts';
import type { TypeCatalogue } from './type-catalogue.ts';

/** A response path from its end; places in one list share their beginning. */
export interface PathCell {
  readonly parent: PathCell | undefined;
  readonly key: string | number;
}

export type Visit = (object: JsonObject, path: PathCell | undefined) => void;
export type Walk = (root: JsonObject, isAbsent: ((object: object) => boolean) | undefined, visit: Visit) => void;

type Segment =
  | { readonly kind: 'field'; readonly key: string; readonly isInherited: boolean }
  | { readonly kind: 'list' }
  | { readonly kind: 'type'; readonly conditions: readonly string[] };

export function compilePath(path: readonly FlattenNodePathSegment[], types: TypeCatalogue): Walk {
  const segments = path.map((segment): Segment => {
    if (segment === '@') return { kind: 'list' };
    if ('Field' in segment) return { kind: 'field', key: segment.Field, isInherited: isInheritedKey(segment.Field) };
    return { kind: 'type', conditions: segment.TypeCondition };
  });

  return (root, isAbsent, visit) => {
    const walk = (value: unknown, position: number, cell: PathCell | undefined): void => {
      if (value === null || value === undefined) return;
      if (Array.isArray(value)) {
        const next = segments[position]?.kind === 'list' ? position + 1 : position;
        for (let index = 0; index < value.length; index += 1) walk(value[index], next, { parent: cell, key: index });
        return;
      }
      if (!isJsonObject(value) || isAbsent?.(value)) return;
      const segment = segments[position];
      if (segment === undefined) {
        visit(value, cell);
      } else if (segment.kind === 'field') {
        const next = segment.isInherited ? readKey(value, segment.key) : value[segment.key];
        walk(next, position + 1, { parent: cell, key: segment.key });
      } else if (segment.kind === 'type') {
        const typename = value.__typename;
        const matches =
          typeof typename !== 'string' || segment.conditions.some((name) => types.satisfies(typename, name));
        if (matches) walk(value, position + 1, cell);
      }
    };
    walk(root, 0, undefined);
  };
}

export function responsePath(cell: PathCell | undefined): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = cell; at !== undefined; at = at.parent) path.push(at.key);
  return path.reverse();
}

/** For the root fields the paths start from, the longest beginning that the paths under each share. */
export function sharedPaths(cells: readonly (PathCell | undefined)[]): (string | number)[][] {
  const shared = new Map<string | number | undefined, (string | number)[]>();
  for (const cell of cells) {
    const path = responsePath(cell);
    const known = shared.get(path[0]);
    if (known === undefined) {
      shared.set(path[0], path);
      continue;
    }
    let count = 0;
    while (count < known.length && count < path.length && known[count] === path[count]) count += 1;
    known.length = count;
  }
  return [...shared.values()];
}
