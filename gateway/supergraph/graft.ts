/**
 * Grows the execution's tree out of subgraph answers.
 *
 * Only what the fetch asked for is taken over: a subgraph cannot slip in a field it was not asked, nor a key such as
 * `__proto__`. The answer itself is never changed, so one answer may serve several executions.
 */
import { Kind, parse, type SelectionSetNode } from 'graphql';
import type { ResponsePath } from './errors.ts';
import { defineKey, isInheritedKey, isJsonObject, type JsonObject, readKey } from './json.ts';
import type { Shelter } from './shelter.ts';
import type { TypeCatalogue } from './type-catalogue.ts';

/** The keys a selection set answers with, whatever the type conditions. */
export interface Shape {
  readonly fields: readonly ShapeField[];
  /** By the key in the subgraph's answer. */
  field(from: string): ShapeField | undefined;
}

export interface ShapeField {
  /** The key in the subgraph's answer. */
  readonly from: string;
  /** The key in the tree; differs where the planner had to rename a conflicting field. */
  readonly to: string;
  /** The key in the answer. */
  readonly response: string;
  readonly isInherited: boolean;
  /** Undefined for leaves: their JSON is taken as it is. */
  readonly shape: Shape | undefined;
  renameTo(key: string): void;
}

export function shapeOf(operation: string, shelter: Shelter): Shape {
  const fragments = new Map<string, SelectionSetNode>();
  let root: SelectionSetNode | undefined;
  for (const definition of parse(operation, { noLocation: true }).definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition.selectionSet);
    if (definition.kind === Kind.OPERATION_DEFINITION) root = definition.selectionSet;
  }
  const grow = (selectionSet: SelectionSetNode | undefined, shape: GrowingShape): void => {
    for (const selection of selectionSet?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        const inner = shape.add(selection.alias?.value ?? selection.name.value, selection.selectionSet !== undefined);
        if (inner !== undefined) grow(selection.selectionSet, inner);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        grow(selection.selectionSet, shape);
      } else {
        grow(fragments.get(selection.name.value), shape);
      }
    }
  };
  const shape = createShape(shelter);
  grow(root, shape);
  return shape;
}

interface GrowingShape extends Shape {
  add(from: string, hasFields: boolean): GrowingShape | undefined;
}

function createShape(shelter: Shelter): GrowingShape {
  const fields: ShapeField[] = [];
  const byKey = new Map<string, { field: ShapeField; inner: GrowingShape | undefined }>();
  return {
    fields,
    field: (from) => byKey.get(from)?.field,
    add(from, hasFields) {
      const known = byKey.get(from);
      if (known !== undefined) return known.inner;
      const inner = hasFields ? createShape(shelter) : undefined;
      const field = {
        from,
        to: from,
        response: shelter.responseKey(from),
        isInherited: isInheritedKey(from),
        shape: inner as Shape | undefined,
        renameTo(key: string) {
          field.to = key;
          field.response = shelter.responseKey(key);
          field.isInherited ||= isInheritedKey(key);
        },
      };
      fields.push(field);
      byKey.set(from, { field, inner });
      return inner;
    },
  };
}

/** Takes `source` over into `target`, made when absent. What the tree holds already is never replaced by null. */
export function graft(
  target: JsonObject | undefined,
  source: JsonObject,
  shape: Shape,
  types: TypeCatalogue,
): JsonObject {
  const tree: JsonObject = target ?? {};
  const { fields } = shape;
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at] as ShapeField;
    const value = field.isInherited ? readKey(source, field.from) : source[field.from];
    if (value === undefined) continue;
    let existing: unknown;
    if (target !== undefined) {
      existing = field.isInherited ? readKey(tree, field.to) : tree[field.to];
      if (existing !== undefined && existing !== null && keeps(existing, value, field, types)) continue;
    }
    const inner = field.shape;
    const grown =
      inner === undefined || typeof value !== 'object' || value === null
        ? value
        : graftValue(existing, value, inner, types);
    if (field.isInherited) defineKey(tree, field.to, grown);
    else tree[field.to] = grown;
  }
  return tree;
}

/** Deeper than any list type of a sane schema; a hostile answer must not use up the stack. */
const listDepthMax = 16;

function graftValue(existing: unknown, value: unknown, shape: Shape, types: TypeCatalogue, listDepth = 0): unknown {
  if (Array.isArray(value)) {
    if (listDepth === listDepthMax) return null;
    const before: readonly unknown[] = Array.isArray(existing) ? existing : [];
    const grown = value.map((item, index) => {
      const known = before[index];
      return (item === null || item === undefined) && known !== undefined
        ? known
        : graftValue(known, item, shape, types, listDepth + 1);
    });
    return before.length > grown.length ? [...grown, ...before.slice(grown.length)] : grown;
  }
  return isJsonObject(value) ? graft(isJsonObject(existing) ? existing : undefined, value, shape, types) : value;
}

function keeps(existing: unknown, value: unknown, field: ShapeField, types: TypeCatalogue): boolean {
  if (value === null) return true;
  // A subgraph that knows an interface as an object answers with the interface's name; the object's own name stays.
  return field.from === '__typename' && !(typeof existing === 'string' && types.isAbstract(existing));
}

/** A subgraph's path in the terms of the answer, cut off where it leaves what was asked. */
export function answerPath(path: ResponsePath, shape: Shape | undefined): (string | number)[] {
  const located: (string | number)[] = [];
  let fields = shape;
  for (const key of path) {
    if (typeof key === 'number') {
      located.push(key);
      continue;
    }
    const field = fields?.field(key);
    if (field === undefined) break;
    located.push(field.response);
    fields = field.shape;
  }
  return located;
}
