import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type EnumTypeDefinitionNode,
  type EnumTypeExtensionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type NamedTypeNode,
  parse,
  type TypeNode,
} from 'graphql';

/** The SDL of the three subgraphs as the rules read it: types, fields and directives by name, without resolving. */
export interface Contract {
  readonly subgraphs: Readonly<Record<SubgraphName, Subgraph>>;
  /** The schema callers see, as composition prints it. */
  readonly publicSdl: string;
}

export type SubgraphName = 'hub' | 'participant' | 'registry';

export interface Subgraph {
  readonly name: SubgraphName;
  readonly types: ReadonlyMap<string, ContractType>;
}

export interface ContractType {
  readonly name: string;
  readonly kind: 'OBJECT' | 'INTERFACE' | 'UNION' | 'INPUT' | 'ENUM' | 'SCALAR';
  readonly fields: readonly ContractField[];
  /** Interfaces it implements, or members of a union. */
  readonly related: readonly string[];
  readonly values: readonly string[];
  readonly directives: readonly ConstDirectiveNode[];
}

export interface ContractField {
  readonly name: string;
  /** `Incident.title` */
  readonly path: string;
  readonly type: TypeNode;
  readonly arguments: readonly InputValueDefinitionNode[];
  readonly directives: readonly ConstDirectiveNode[];
}

export const rootTypes: readonly string[] = ['Query', 'Mutation', 'Subscription'];

export function readSubgraph(name: SubgraphName, sdl: string): Subgraph {
  const types = new Map<string, ContractType>();
  for (const node of parse(sdl).definitions) {
    const type = readType(node);
    if (!type) continue;
    const before = types.get(type.name);
    types.set(type.name, before ? join(before, type) : type);
  }
  return { name, types };
}

export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

export function isNonNull(type: TypeNode): boolean {
  return type.kind === Kind.NON_NULL_TYPE;
}

export function isList(type: TypeNode): boolean {
  return type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type));
}

interface Directed {
  readonly directives: readonly ConstDirectiveNode[];
}

export function directive({ directives }: Directed, name: string): ConstDirectiveNode | undefined {
  return directives.find((each) => each.name.value === name);
}

/** The value of a directive's argument as text; an enum value and a string look the same. */
export function argument(node: ConstDirectiveNode | undefined, name: string): string | undefined {
  const value = node?.arguments?.find((each) => each.name.value === name)?.value;
  if (value?.kind === Kind.STRING || value?.kind === Kind.ENUM || value?.kind === Kind.BOOLEAN)
    return String(value.value);
  return undefined;
}

/** Whether this subgraph answers for the type by a key, so that it owns it. */
export function isOwner(subgraph: Subgraph, typeName: string): boolean {
  const type = subgraph.types.get(typeName);
  return (
    type?.directives.some((each) => each.name.value === 'key' && argument(each, 'resolvable') !== 'false') ?? false
  );
}

export function isKeyed(subgraph: Subgraph, typeName: string): boolean {
  const type = subgraph.types.get(typeName);
  return type !== undefined && directive(type, 'key') !== undefined;
}

/** The object types that a value of this type can be. */
export function possibleTypes(subgraph: Subgraph, typeName: string): readonly string[] {
  const type = subgraph.types.get(typeName);
  if (type?.kind === 'UNION') return type.related;
  if (type?.kind !== 'INTERFACE') return [typeName];
  return [...subgraph.types.values()]
    .filter(({ related, kind }) => kind === 'OBJECT' && related.includes(typeName))
    .map(({ name }) => name);
}

function readType(node: DefinitionNode): ContractType | undefined {
  const kind = kinds[node.kind];
  if (!kind || !('name' in node) || !node.name) return undefined;
  const { value: name } = node.name;
  const fields =
    'fields' in node ? ((node.fields ?? []) as readonly (FieldDefinitionNode | InputValueDefinitionNode)[]) : [];
  const related = [
    ...('interfaces' in node ? ((node.interfaces ?? []) as readonly NamedTypeNode[]) : []),
    ...('types' in node ? ((node.types ?? []) as readonly NamedTypeNode[]) : []),
  ];
  return {
    name,
    kind,
    fields: fields.map((field) => ({
      name: field.name.value,
      path: `${name}.${field.name.value}`,
      type: field.type,
      arguments: 'arguments' in field ? (field.arguments ?? []) : [],
      directives: field.directives ?? [],
    })),
    related: related.map((each) => each.name.value),
    values:
      kind === 'ENUM'
        ? ((node as EnumTypeDefinitionNode | EnumTypeExtensionNode).values ?? []).map((each) => each.name.value)
        : [],
    directives: ('directives' in node ? (node.directives ?? []) : []) as readonly ConstDirectiveNode[],
  };
}

const kinds: Readonly<Record<string, ContractType['kind']>> = {
  [Kind.OBJECT_TYPE_DEFINITION]: 'OBJECT',
  [Kind.OBJECT_TYPE_EXTENSION]: 'OBJECT',
  [Kind.INTERFACE_TYPE_DEFINITION]: 'INTERFACE',
  [Kind.INTERFACE_TYPE_EXTENSION]: 'INTERFACE',
  [Kind.UNION_TYPE_DEFINITION]: 'UNION',
  [Kind.UNION_TYPE_EXTENSION]: 'UNION',
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: 'INPUT',
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: 'INPUT',
  [Kind.ENUM_TYPE_DEFINITION]: 'ENUM',
  [Kind.ENUM_TYPE_EXTENSION]: 'ENUM',
  [Kind.SCALAR_TYPE_DEFINITION]: 'SCALAR',
};

function join(a: ContractType, b: ContractType): ContractType {
  return {
    ...a,
    fields: [...a.fields, ...b.fields],
    related: [...a.related, ...b.related],
    values: [...a.values, ...b.values],
    directives: [...a.directives, ...b.directives],
  };
}
