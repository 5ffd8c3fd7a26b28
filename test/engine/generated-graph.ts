/**
 * Federated graphs made by decisions: entities whose fields are spread over subgraphs, behind references, lists, an
 * interface and a union, some requiring others, some null, some failing. Values follow from their coordinates alone,
 * so that every engine, and a schema in one piece, must find the same.
 */
import { GraphQLError } from 'graphql';
import type { Decisions } from './decisions.ts';
import type { Resolvers, SmallSubgraph } from './small-graph.ts';

export interface GeneratedField {
  readonly name: string;
  /** The subgraph that resolves it. */
  readonly home: string;
  readonly named: string;
  readonly isComposite: boolean;
  /** From the inside out: whether each layer is a list, and whether it may be null. */
  readonly layers: readonly { readonly isList: boolean; readonly isNullable: boolean }[];
  readonly hasArgument: boolean;
  readonly requires: string | undefined;
}

export interface GeneratedType {
  readonly name: string;
  readonly fields: readonly GeneratedField[];
  readonly isNode: boolean;
}

export interface GeneratedGraph {
  readonly types: readonly GeneratedType[];
  readonly queries: readonly GeneratedField[];
  readonly mutations: readonly GeneratedField[];
  readonly subgraphs: readonly SmallSubgraph[];
  /** The value of a field by its coordinates; throws where the field fails. */
  valueAt(type: string, id: string, field: string, n: number): unknown;
}

const scalars = ['String', 'Int', 'Boolean', 'Float', 'ID', 'Mood'];
const objectIds = ['1', '2', '3'];

export function generateGraph(decisions: Decisions, salt: number): GeneratedGraph {
  const homes = ['alder', 'birch', 'cedar'].slice(0, 2 + decisions.below(2));
  const typeNames = ['Ash', 'Beech', 'Cypress'].slice(0, 2 + decisions.below(2));
  const composites = [...typeNames, 'Node', 'Any'];

  function layersOf(isRoot: boolean): GeneratedField['layers'] {
    const lists = decisions.below(4) === 3 ? 1 + decisions.below(2) : 0;
    return Array.from({ length: lists + 1 }, (_, depth) => ({
      isList: depth > 0,
      isNullable: isRoot && depth === lists ? true : !decisions.chance(35),
    }));
  }

  const types = typeNames.map((name, at): GeneratedType => {
    const fields: GeneratedField[] = [];
    const count = 3 + decisions.below(4);
    for (let index = 0; index < count; index += 1) {
      const isComposite = decisions.chance(40);
      fields.push({
        name: `${name.toLowerCase()}${index}`,
        home: decisions.pick(homes),
        named: decisions.pick(isComposite ? composites : scalars),
        isComposite,
        layers: layersOf(false),
        hasArgument: decisions.chance(30),
        requires: undefined,
      });
    }
    const plain = fields.filter(
      ({ isComposite, hasArgument, layers }) => !isComposite && !hasArgument && layers.length === 1,
    );
    const required = plain.find(({ layers }) => layers[0]?.isNullable);
    const home = homes.find((candidate) => candidate !== required?.home);
    if (required !== undefined && home !== undefined && decisions.chance(60)) {
      const layers = [{ isList: false, isNullable: true }];
      fields.push({
        name: `${name.toLowerCase()}Derived`,
        home,
        named: 'String',
        isComposite: false,
        layers,
        hasArgument: false,
        requires: required.name,
      });
    }
    // One field of the interface, resolved by the first subgraph for every type in it.
    const isNode = at < 2;
    if (isNode) {
      fields.push({
        name: 'label',
        home: 'alder',
        named: 'String',
        isComposite: false,
        layers: [{ isList: false, isNullable: true }],
        hasArgument: false,
        requires: undefined,
      });
    }
    return { name, fields, isNode };
  });

  const roots = (prefix: string): GeneratedField[] =>
    homes.flatMap((home) =>
      Array.from({ length: 1 + decisions.below(3) }, (_, index) => ({
        name: `${prefix}${home}${index}`,
        home,
        named: decisions.pick(composites),
        isComposite: true,
        layers: layersOf(true),
        hasArgument: decisions.chance(30),
        requires: undefined,
      })),
    );
  const queries = roots('get');
  const mutations = roots('set');

  const fieldOf = (type: string, name: string): GeneratedField | undefined => {
    if (type === 'Query') return queries.find((field) => field.name === name);
    if (type === 'Mutation') return mutations.find((field) => field.name === name);
    return types.find((candidate) => candidate.name === type)?.fields.find((field) => field.name === name);
  };
  const requiredNames = new Set(types.flatMap(({ fields }) => fields.flatMap(({ requires }) => requires ?? [])));

  function made(field: GeneratedField, depth: number, key: string): unknown {
    const layer = field.layers[depth];
    if (layer === undefined) throw new Error('Expected a layer of the field.');
    const dice = hash(`${salt} ${key}`);
    if (layer.isNullable && dice % 100 < 12) return null;
    if (layer.isList) {
      return Array.from({ length: (dice >>> 7) % 4 }, (_, index) => made(field, depth - 1, `${key}/${index}`));
    }
    if (!field.isComposite) return scalarOf(field.named, dice >>> 7);
    const candidates =
      field.named === 'Node' ? typeNames.slice(0, 2) : field.named === 'Any' ? typeNames : [field.named];
    return {
      __typename: candidates[(dice >>> 7) % candidates.length],
      id: objectIds[(dice >>> 11) % objectIds.length],
    };
  }

  function valueAt(type: string, id: string, name: string, n: number): unknown {
    const field = fieldOf(type, name);
    if (field === undefined) throw new Error(`Expected a field ${type}.${name}.`);
    if (field.requires !== undefined) {
      let required: unknown = null;
      try {
        required = valueAt(type, id, field.requires, 1);
      } catch {
        // A required field that fails arrives as null.
      }
      return derived(required);
    }
    const key = `${type}:${id}.${name}(${n})`;
    // A required field must not fail: the failure would show at a path that nobody asked for.
    if (!requiredNames.has(name) && hash(`${salt} fails ${key}`) % 100 < 4) {
      throw new GraphQLError(`${key} failed`, { extensions: { code: 'FAILED' } });
    }
    return made(field, field.layers.length - 1, key);
  }

  const subgraphs = homes.map((home): SmallSubgraph => {
    const own = (fields: readonly GeneratedField[]) => fields.filter((field) => field.home === home);
    const sdl = [
      'enum Mood { CALM WILD }',
      `interface Node { id: ID! ${home === 'alder' ? 'label: String' : ''} }`,
      `union Any = ${typeNames.join(' | ')}`,
      rootSdl('Query', own(queries)),
      rootSdl('Mutation', own(mutations)),
      ...types.map(({ name, fields, isNode }) => {
        const external = own(fields).flatMap(({ requires }) => fields.find((field) => field.name === requires) ?? []);
        return `type ${name} ${isNode ? 'implements Node' : ''} @key(fields: "id") { id: ID! ${[
          ...own(fields).map(fieldSdl),
          ...external.map((field) => `${fieldSdl(field)} @external`),
        ].join(' ')} }`;
      }),
    ].join('\n');
    const resolvers: Resolvers = {};
    for (const [type, fields] of [
      ['Query', queries],
      ['Mutation', mutations],
      ...types.map((each) => [each.name, each.fields] as const),
    ] as const) {
      const table: Record<string, unknown> = {};
      for (const { name, requires } of own(fields)) {
        table[name] = (parent: Record<string, unknown> | undefined, { n = 1 }: { n?: number }) =>
          requires === undefined
            ? valueAt(type, String(parent?.id ?? 'root'), name, n)
            : derived(parent?.[requires] ?? null);
      }
      if (type !== 'Query' && type !== 'Mutation') table.__resolveReference = async (reference: object) => reference;
      if (Object.keys(table).length > 0) resolvers[type] = table;
    }
    return { name: home, sdl, resolvers };
  });

  return { types, queries, mutations, subgraphs, valueAt };
}

function derived(required: unknown): string {
  return `from ${JSON.stringify(required)}`;
}

function rootSdl(type: string, fields: readonly GeneratedField[]): string {
  return `type ${type} { ${fields.map(fieldSdl).join(' ')} }`;
}

function fieldSdl({ name, named, layers, hasArgument, requires }: GeneratedField): string {
  const type = layers.reduce(
    (inner, { isList, isNullable }) => `${isList ? `[${inner}]` : inner}${isNullable ? '' : '!'}`,
    named,
  );
  return `${name}${hasArgument ? '(n: Int = 1)' : ''}: ${type}${requires === undefined ? '' : ` @requires(fields: "${requires}")`}`;
}

function scalarOf(named: string, dice: number): unknown {
  switch (named) {
    case 'Int':
      return dice % 1000;
    case 'Boolean':
      return dice % 2 === 0;
    case 'Float':
      return (dice % 1000) / 8;
    case 'Mood':
      return dice % 2 === 0 ? 'CALM' : 'WILD';
    default:
      return `${named.toLowerCase()}-${dice % 1000}`;
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d) >>> 0;
  return (value ^ (value >>> 13)) >>> 0;
}
