/**
 * The in-process subgraph: who takes part, links, and `node`, from the directory and the id alone.
 *
 * Each document is compiled to plain functions once; on a board this stands in every request, for every name.
 * Nothing here waits for anybody, so a board has its names while the registry is down.
 */
import { idTags, isParticipantId, parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import { type FieldNode, Kind, type SelectionNode } from 'graphql';
import { getArgumentValues } from 'graphql/execution/values.js';
import type { DirectorySnapshot } from '../partition/directory-snapshot.ts';
import { fieldOf } from '../partition/endpoint-selections.ts';
import type { Fetch, FetchAnswer } from '../partition/fetch.ts';
import { inlineFetch, responseKey } from '../partition/inline.ts';
import { isJsonObject, type JsonObject, writeKey } from '../partition/json.ts';
import { createLru } from '../partition/lru.ts';
import { partialError } from '../partition/partial-error.ts';
import { byType, prefixOf, type Source } from './compile.ts';
import { type HubSchema, readHubSchema } from './hub-schema.ts';

type Variables = Readonly<Record<string, unknown>>;

type ResolveRoot = (directory: DirectorySnapshot, variables: Variables, refuse: Refuse) => unknown;
type Refuse = (code: string, path: readonly (string | number)[]) => void;

interface CompiledHubFetch {
  readonly roots: readonly { readonly key: string; readonly resolve: ResolveRoot }[];
}

const compiledMax = 2_000;

export function createHub(sdl: string, directory: () => DirectorySnapshot): (fetch: Fetch) => FetchAnswer {
  const hub = readHubSchema(sdl);
  const compiled = createLru<CompiledHubFetch>(compiledMax, (document) => compile(hub, document));
  return ({ document, variables, entities }) => {
    const snapshot = directory();
    const data: JsonObject = {};
    const errors: FetchAnswer['errors'][number][] = [];
    const absent: { alias: string; index: number }[] = [];
    const isEntities = new Set(entities.map(({ alias }) => alias));
    const refuse: Refuse = (code, path) => {
      errors.push(partialError(code, path, {}));
      const [alias, index] = path;
      if (typeof alias === 'string' && typeof index === 'number' && isEntities.has(alias))
        absent.push({ alias, index });
    };
    for (const { key, resolve } of compiled(document).roots) writeKey(data, key, resolve(snapshot, variables, refuse));
    return { data, errors, absent };
  };
}

function compile(hub: HubSchema, document: string): CompiledHubFetch {
  const { rootFields } = inlineFetch(document);
  return { roots: rootFields.map((node) => ({ key: responseKey(node), resolve: compileRoot(hub, node) })) };
}

function compileRoot(hub: HubSchema, node: FieldNode): ResolveRoot {
  const key = responseKey(node);
  const selections = node.selectionSet?.selections ?? [];
  if (node.name.value === '__typename') return () => 'Query';
  if (node.name.value === '_entities') return compileEntities(hub, node, selections);
  const definition = fieldOf(hub.query, node.name.value);
  if (definition === undefined) throw new Error(`Expected a root field of the hub, found "${node.name.value}".`);
  const argumentsOf = (variables: Variables) => getArgumentValues(definition, node, variables);
  const resolveByType = byType(hub, selections);
  switch (node.name.value) {
    case 'participants':
      return (directory, variables) => {
        const { state } = argumentsOf(variables);
        const states = Array.isArray(state) ? new Set(state) : undefined;
        return directory.participants
          .filter(({ accessionState }) => states === undefined || states.has(accessionState))
          .map((listed) => resolveByType('Participant')({ kind: 'participant', listed }, directory));
      };
    case 'participant':
      return (directory, variables) => {
        const listed = directory.find(String(argumentsOf(variables).id));
        return listed === undefined ? null : resolveByType('Participant')({ kind: 'participant', listed }, directory);
      };
    case 'node':
      return (directory, variables, refuse) => {
        const id = String(argumentsOf(variables).id);
        const listed = isParticipantId(id) ? directory.find(id) : undefined;
        if (listed !== undefined) return resolveByType('Participant')({ kind: 'participant', listed }, directory);
        const parsed = parseId(id);
        const typeName = parsed && idTags[parsed.tag].type;
        if (parsed === undefined || typeName === undefined || hub.schema.getType(typeName) === undefined) {
          refuse('UNKNOWN_ID', [key]);
          return null;
        }
        // Whether it is there is for its owner to say.
        return resolveByType(typeName)({ kind: 'id', id }, directory);
      };
    default:
      throw new Error(`Expected the hub to resolve Query.${node.name.value}, and it does not.`);
  }
}

function compileEntities(hub: HubSchema, node: FieldNode, selections: readonly SelectionNode[]): ResolveRoot {
  const key = responseKey(node);
  const value = node.arguments?.find(({ name }) => name.value === 'representations')?.value;
  if (value?.kind !== Kind.VARIABLE)
    throw new Error('Expected _entities with a variable of representations, found another.');
  const variable = value.name.value;
  const resolveByType = byType(hub, selections);
  return (directory, variables, refuse) => {
    const representations = variables[variable];
    if (!Array.isArray(representations)) return [];
    const results = new Array<unknown>(representations.length);
    for (let index = 0; index < representations.length; index += 1) {
      const source = sourceOf(hub, representations[index], directory);
      if (source === undefined) refuse('NOT_FOUND', [key, index]);
      results[index] =
        source === undefined ? null : resolveByType(representations[index].__typename)(source, directory);
    }
    return results;
  };
}

/** Undefined when nobody of that prefix is, or ever was, in the directory. */
function sourceOf(hub: HubSchema, representation: unknown, directory: DirectorySnapshot): Source | undefined {
  if (!isJsonObject(representation) || typeof representation.__typename !== 'string') return undefined;
  const { __typename: typeName, id } = representation;
  if (typeof id !== 'string') return undefined;
  if (typeName === 'Participant') {
    const listed = directory.find(id);
    return listed && { kind: 'participant', listed };
  }
  if (!hub.isLink(typeName) || directory.find(prefixOf(id)) === undefined) return undefined;
  return { kind: 'id', id };
}
