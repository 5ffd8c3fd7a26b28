/**
 * What the participant SDL says about routing and merging, read from its directives.
 *
 * The checked-in SDL is the only source of routes. An endpoint's own SDL is built by the same `endpointSchema`, and
 * serves to see which fields it lacks, never to choose where something goes.
 */
import {
  buildASTSchema,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  parse,
  valueFromASTUntyped,
} from 'graphql';

export type RouteBy = 'ID' | 'PARTICIPANT' | 'CALLER' | 'REFERENCE';
export type ScatterMerge = 'CONNECTION' | 'LIST' | 'COUNT' | 'SUMMARY';
export type MergeWith = 'SUM' | 'MIN' | 'MAX' | 'CONCAT' | 'HISTOGRAM';

export type RootField =
  | { readonly kind: 'routed'; readonly by: RouteBy; readonly path: readonly string[] }
  | {
      readonly kind: 'scattered';
      readonly merge: ScatterMerge;
      /** The same for everybody and free of persons: the last answer may be shown, with its age. */
      readonly isKept: boolean;
    };

export interface FieldMerge {
  readonly with: MergeWith;
  /** The fields by which items of two lists are the same. */
  readonly key: readonly string[];
}

export interface Contract {
  readonly schema: GraphQLSchema;
  rootField(kind: 'query' | 'mutation', name: string): RootField | undefined;
  /** Whether objects of this type carry their participant's prefix in `id`. */
  isOwned(typeName: string): boolean;
  /** Held by several participants: read at the caller's. */
  isReplicated(typeName: string): boolean;
  isPersonal(typeName: string, fieldName: string): boolean;
  mergeOf(typeName: string, fieldName: string): FieldMerge | undefined;
}

/** The type that the hub fills in itself; no endpoint is ever asked for it. */
export const coverageType = 'Coverage';

export function readContract(sdl: string): Contract {
  const schema = endpointSchema(sdl);
  const owned = new Set<string>();
  const replicated = new Set<string>();
  const personal = new Set<string>();
  const merges = new Map<string, FieldMerge>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    const nodes = type.astNode ? [type.astNode, ...type.extensionASTNodes] : type.extensionASTNodes;
    const directives = nodes.flatMap((node) => node.directives ?? []);
    const isReplicated = directives.some((directive) => directive.name.value === 'replicated');
    if (isReplicated) replicated.add(type.name);
    const isKeyed = directives.some(
      (directive) => directive.name.value === 'key' && argumentsOf(directive).resolvable !== false,
    );
    if (isKeyed && !isReplicated && type.getFields().id !== undefined) owned.add(type.name);
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      if (directiveOf(field, 'personal')) personal.add(coordinate);
      const merge = directiveOf(field, 'merge');
      if (merge) {
        const { with: how, key } = argumentsOf(merge);
        merges.set(coordinate, { with: how as MergeWith, key: typeof key === 'string' ? key.split(' ') : [] });
      }
    }
  }
  const query = rootFields(schema, 'query');
  const mutation = rootFields(schema, 'mutation');
  return {
    schema,
    rootField: (kind, name) => (kind === 'query' ? query : mutation).get(name),
    isOwned: (typeName) => owned.has(typeName),
    isReplicated: (typeName) => replicated.has(typeName),
    isPersonal: (typeName, fieldName) => personal.has(`${typeName}.${fieldName}`),
    mergeOf: (typeName, fieldName) => merges.get(`${typeName}.${fieldName}`),
  };
}

function rootFields(schema: GraphQLSchema, kind: 'query' | 'mutation'): ReadonlyMap<string, RootField> {
  const fields = new Map<string, RootField>();
  const type = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  for (const field of Object.values(type?.getFields() ?? {})) {
    const route = directiveOf(field, 'route');
    const scatter = directiveOf(field, 'scatter');
    if (route) {
      const { by, path } = argumentsOf(route);
      fields.set(field.name, {
        kind: 'routed',
        by: by as RouteBy,
        path: typeof path === 'string' ? path.split('.') : [],
      });
    } else if (scatter) {
      const merge = argumentsOf(scatter).merge as ScatterMerge;
      fields.set(field.name, { kind: 'scattered', merge, isKept: merge === 'LIST' && isForNetwork(field) });
    } else if (!field.name.startsWith('_')) {
      throw new Error(
        `Expected @route or @scatter on ${kind} field "${field.name}" of the participant contract, found neither. Say how the hub sends it.`,
      );
    }
  }
  return fields;
}

function isForNetwork(field: GraphQLField<unknown, unknown>): boolean {
  const type = getNamedType(field.type);
  const audience = type.astNode?.directives?.find((directive) => directive.name.value === 'audience');
  return audience !== undefined && argumentsOf(audience).per === 'NETWORK';
}

function directiveOf(field: GraphQLField<unknown, unknown>, name: string): ConstDirectiveNode | undefined {
  return field.astNode?.directives?.find((directive) => directive.name.value === name);
}

function argumentsOf(directive: ConstDirectiveNode): Record<string, unknown> {
  return Object.fromEntries(
    (directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );
}

/** The schema an endpoint serves: its SDL and the fields every subgraph has. */
export function endpointSchema(sdl: string): GraphQLSchema {
  const document = parse(sdl, { noLocation: true });
  const keyed = document.definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION && isEntity(node.directives) ? [node.name.value] : [],
  );
  const declared = new Set(
    document.definitions.flatMap((node) => ('name' in node && node.name ? [node.name.value] : [])),
  );
  const machinery = parse(
    `scalar _Any
     type _Service { sdl: String }
     ${keyed.length > 0 ? `union _Entity = ${keyed.join(' | ')}` : ''}
     extend type Query {
       _service: _Service!
       ${keyed.length > 0 ? '_entities(representations: [_Any!]!): [_Entity]!' : ''}
     }`,
    { noLocation: true },
  );
  // An SDL printed with the machinery in it keeps its own.
  const added = declared.has('_Service') ? [] : machinery.definitions;
  const definitions: DefinitionNode[] = [...document.definitions.map(asDefinition), ...added];
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions } satisfies DocumentNode, { assumeValidSDL: true });
}

/** `extend type` without a definition in the same document is a definition: subgraphs may be written either way. */
function asDefinition(node: DefinitionNode): DefinitionNode {
  return node.kind === Kind.OBJECT_TYPE_EXTENSION && (node.name.value === 'Query' || node.name.value === 'Mutation')
    ? { ...node, kind: Kind.OBJECT_TYPE_DEFINITION }
    : node;
}

function isEntity(directives: readonly ConstDirectiveNode[] | undefined): boolean {
  return (directives ?? []).some(
    (directive) => directive.name.value === 'key' && argumentsOf(directive).resolvable !== false,
  );
}
