/**
 * Compiles selections on types of the hub to plain functions, once for each document: on a board they run for every
 * name in every answer, in a stream for every item.
 */
import { REGISTRY } from '@kortelijn/schema/vocabulary/ids.ts';
import type { GraphQLNamedType } from 'graphql';
import { getNamedType, type SelectionNode } from 'graphql';
import { collectFields } from '../partition/collect-fields.ts';
import type { DirectorySnapshot, Listed } from '../partition/directory-snapshot.ts';
import { fieldOf } from '../partition/endpoint-selections.ts';
import { type JsonObject, writeKey } from '../partition/json.ts';
import type { HubSchema } from './hub-schema.ts';

/** A value of the hub, by what it is. */
export type Source =
  | { readonly kind: 'participant'; readonly listed: Listed }
  /** An object that lives elsewhere, or a link to one. */
  | { readonly kind: 'id'; readonly id: string }
  /** What a stream says: its fields are given. */
  | { readonly kind: 'item'; readonly type: string; readonly fields: ItemFields };

/** A participant stands by its id, an object that lives elsewhere by `{ id }`. */
export type ItemFields = Readonly<Record<string, ItemValue>>;
export type ItemValue = string | number | boolean | null | { readonly id: string } | readonly ItemFields[];

export type Resolve = (source: Source, directory: DirectorySnapshot) => unknown;

/** Resolvers by type name, each compiled when it is first met. */
export function byType(hub: HubSchema, selections: readonly SelectionNode[]): (typeName: string) => Resolve {
  const resolvers = new Map<string, Resolve>();
  return (typeName) => {
    let resolve = resolvers.get(typeName);
    if (resolve === undefined) {
      const type = hub.schema.getType(typeName);
      resolve = type === undefined ? () => null : compileObject(hub, type, selections);
      resolvers.set(typeName, resolve);
    }
    return resolve;
  };
}

function compileObject(hub: HubSchema, type: GraphQLNamedType, selections: readonly SelectionNode[]): Resolve {
  const fields: { readonly key: string; readonly resolve: Resolve }[] = [];
  for (const field of collectFields(hub.schema, type, selections).values()) {
    fields.push({ key: field.key, resolve: compileField(hub, type, field.name, field.selections) });
  }
  return (source, directory) => {
    const object: JsonObject = {};
    for (const { key, resolve } of fields) writeKey(object, key, resolve(source, directory));
    return object;
  };
}

function compileField(
  hub: HubSchema,
  type: GraphQLNamedType,
  name: string,
  selections: readonly SelectionNode[],
): Resolve {
  if (name === '__typename') return () => type.name;
  if (name === 'id' || name === 'linkId') {
    return (source) =>
      source.kind === 'participant' ? source.listed.id : source.kind === 'id' ? source.id : (source.fields.id ?? null);
  }
  if (type.name === 'Participant') {
    if (name !== 'name' && name !== 'kind' && name !== 'accessionState') {
      throw new Error(`Expected a field of the directory, found Participant.${name}.`);
    }
    return (source) => (source.kind === 'participant' ? source.listed[name] : null);
  }
  const definition = fieldOf(type, name);
  if (hub.isItem(type.name) && definition !== undefined)
    return compileItemField(hub, name, getNamedType(definition.type), selections);
  if (!hub.isLink(type.name) || definition === undefined)
    throw new Error(`Expected a field of the hub, found ${type.name}.${name}.`);
  const inner = compileObject(hub, getNamedType(definition.type), selections);
  if (name !== 'participant') return (source, directory) => inner(source, directory);
  return (source, directory) => {
    const listed = source.kind === 'id' ? directory.find(prefixOf(source.id)) : undefined;
    return listed === undefined ? null : inner({ kind: 'participant', listed }, directory);
  };
}

function compileItemField(
  hub: HubSchema,
  name: string,
  type: GraphQLNamedType,
  selections: readonly SelectionNode[],
): Resolve {
  const given = (source: Source): ItemValue => (source.kind === 'item' ? (source.fields[name] ?? null) : null);
  if (!('getFields' in type)) return given;
  const inner = compileObject(hub, type, selections);
  return (source, directory) => {
    const value = given(source);
    if (value === null || typeof value === 'number' || typeof value === 'boolean') return null;
    if (typeof value === 'string') return inner({ kind: 'participant', listed: listedAs(directory, value) }, directory);
    if ('id' in value) return inner({ kind: 'id', id: String(value.id) }, directory);
    return (value as readonly ItemFields[]).map((fields) =>
      inner({ kind: 'item', type: type.name, fields }, directory),
    );
  };
}

/** Whoever says something is somebody, also when the directory has lost him meanwhile; the foundation keeps the registry. */
function listedAs(directory: DirectorySnapshot, id: string): Listed {
  const found = id === REGISTRY ? directory.participants.find(({ kind }) => kind === 'FOUNDATION') : directory.find(id);
  return (
    found ?? {
      id,
      name: id,
      kind: 'OTHER',
      accessionState: 'WITHDRAWN',
      endpoint: '',
      keys: { sign: [], agree: [] },
    }
  );
}

export const prefixOf = (id: string): string => id.slice(0, id.indexOf(':'));
