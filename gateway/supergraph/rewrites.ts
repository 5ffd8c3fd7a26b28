/** The planner's rewrites: a value set or a key renamed at a path, in representations and in answers. */
import type { FetchNodePathSegment, FetchRewrite } from '@graphql-hive/router-query-planner';
import type { Shape, ShapeField } from './graft.ts';
import { defineKey, isJsonObject, type JsonObject, readKey } from './json.ts';
import type { TypeCatalogue } from './type-catalogue.ts';

export type Rewrite = (value: JsonObject) => void;

type AtEnd = (owner: JsonObject, key: string) => void;

/** Changes the value it is given: use on what the executor itself made. */
export function compileRewrites(
  rewrites: readonly FetchRewrite[] | undefined,
  types: TypeCatalogue,
): Rewrite | undefined {
  if (rewrites === undefined || rewrites.length === 0) return undefined;
  const compiled = rewrites.map((rewrite) => compileRewrite(rewrite, types));
  return (value) => {
    for (const apply of compiled) apply(value);
  };
}

function compileRewrite(rewrite: FetchRewrite, types: TypeCatalogue): Rewrite {
  const renamer = 'KeyRenamer' in rewrite ? rewrite.KeyRenamer : undefined;
  if (renamer !== undefined) {
    return (value) =>
      follow(value, renamer.path, 0, types, (owner, key) => {
        const moved = readKey(owner, key);
        if (moved === undefined) return;
        delete owner[key];
        defineKey(owner, renamer.renameKeyTo, moved);
      });
  }
  const setter = 'ValueSetter' in rewrite ? rewrite.ValueSetter : 'setValueTo' in rewrite ? rewrite : undefined;
  if (setter === undefined)
    throw new Error(`Expected a ValueSetter or a KeyRenamer, found ${JSON.stringify(rewrite)}.`);
  return (value) => follow(value, setter.path, 0, types, (owner, key) => defineKey(owner, key, setter.setValueTo));
}

function follow(
  value: unknown,
  path: readonly FetchNodePathSegment[],
  position: number,
  types: TypeCatalogue,
  atEnd: AtEnd,
): void {
  if (Array.isArray(value)) {
    for (const item of value) follow(item, path, position, types, atEnd);
    return;
  }
  const segment = path[position];
  if (!isJsonObject(value) || segment === undefined) return;
  if ('TypenameEquals' in segment) {
    const typename = value.__typename;
    const matches =
      typeof typename !== 'string' || segment.TypenameEquals.some((name) => types.satisfies(typename, name));
    if (matches) follow(value, path, position + 1, types, atEnd);
  } else if (position === path.length - 1) {
    atEnd(value, segment.Key);
  } else {
    follow(readKey(value, segment.Key), path, position + 1, types, atEnd);
  }
}

/**
 * Renames in an answer become part of the shape that is taken over from it; a renamed alias occurs under its own
 * type condition only, so the conditions on the way need no check. What is left is set after the taking over.
 */
export function renameInShape(rewrites: readonly FetchRewrite[] | undefined, shape: Shape): readonly FetchRewrite[] {
  return (rewrites ?? []).filter((rewrite) => {
    if (!('KeyRenamer' in rewrite)) return true;
    const { path, renameKeyTo } = rewrite.KeyRenamer;
    let fields: Shape | undefined = shape;
    let field: ShapeField | undefined;
    for (const segment of path) {
      if (!('Key' in segment)) continue;
      field = fields?.field(segment.Key);
      fields = field?.shape;
    }
    field?.renameTo(renameKeyTo);
    return false;
  });
}
