/** Finds the objects a plan's path leads to, each with its response path. */
import type { FlattenNodePathSegment } from '@graphql-hive/router-query-planner';
import { isInheritedKey, isJsonObject, type JsonObject, readKey } from './json.ts';
import type { Supergraph } from './load.ts';

/** Where in its lists a place is, from the last one up; places in one list share the beginning. */
export interface Position {
  readonly parent: Position | undefined;
  /** How many segments of the path come before the list. */
  readonly depth: number;
  readonly index: number;
}

export type Visit = (object: JsonObject, position: Position | undefined) => void;

export interface PlanPath {
  walk(root: JsonObject, isAbsent: ((object: object) => boolean) | undefined, visit: Visit): void;
  responsePath(position: Position | undefined): (string | number)[];
}

type Segment =
  | { readonly kind: 'field'; readonly key: string; readonly isInherited: boolean }
  | { readonly kind: 'list' }
  | { readonly kind: 'type'; readonly conditions: readonly string[] };

export function compilePath(
  path: readonly FlattenNodePathSegment[],
  { types, shelter }: Pick<Supergraph, 'types' | 'shelter'>,
): PlanPath {
  const segments = path.map((segment): Segment => {
    if (segment === '@') return { kind: 'list' };
    if ('Field' in segment) return { kind: 'field', key: segment.Field, isInherited: isInheritedKey(segment.Field) };
    return { kind: 'type', conditions: segment.TypeCondition };
  });

  return {
    walk(root, isAbsent, visit) {
      const walk = (value: unknown, depth: number, position: Position | undefined): void => {
        if (value === null || value === undefined) return;
        if (Array.isArray(value)) {
          const next = segments[depth]?.kind === 'list' ? depth + 1 : depth;
          for (let index = 0; index < value.length; index += 1)
            walk(value[index], next, { parent: position, depth, index });
          return;
        }
        if (!isJsonObject(value) || isAbsent?.(value)) return;
        const segment = segments[depth];
        if (segment === undefined) {
          visit(value, position);
        } else if (segment.kind === 'field') {
          walk(segment.isInherited ? readKey(value, segment.key) : value[segment.key], depth + 1, position);
        } else if (segment.kind === 'type') {
          const typename = value.__typename;
          const matches =
            typeof typename !== 'string' || segment.conditions.some((name) => types.satisfies(typename, name));
          if (matches) walk(value, depth + 1, position);
        }
      };
      walk(root, 0, undefined);
    },
    responsePath(position) {
      const lists: Position[] = [];
      for (let at = position; at !== undefined; at = at.parent) lists.unshift(at);
      const response: (string | number)[] = [];
      for (let depth = 0; depth <= segments.length; depth += 1) {
        while (lists[0]?.depth === depth) response.push((lists.shift() as Position).index);
        const segment = segments[depth];
        if (segment?.kind === 'field') response.push(shelter.responseKey(segment.key));
      }
      return response;
    },
  };
}

/** For the root fields the paths start from, the longest beginning that the paths under each share. */
export function sharedPaths(paths: readonly (readonly (string | number)[])[]): (string | number)[][] {
  const shared = new Map<string | number | undefined, (string | number)[]>();
  for (const path of paths) {
    const known = shared.get(path[0]);
    if (known === undefined) {
      shared.set(path[0], [...path]);
      continue;
    }
    let count = 0;
    while (count < known.length && count < path.length && known[count] === path[count]) count += 1;
    known.length = count;
  }
  return [...shared.values()];
}
