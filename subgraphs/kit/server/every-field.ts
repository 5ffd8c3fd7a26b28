/**
 * Every field of an SDL with a document that selects it, for tests that ask an endpoint each of them. It reads the
 * printed contract and nothing of the code that serves it, so that the two are held against each other.
 */
import {
  buildASTSchema,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  parse,
} from 'graphql';
import { appliedDirective } from './applied-directives.ts';

export interface AskedField {
  /** `Incident.title` */
  readonly path: string;
  readonly document: string;
  /** Whether the contract says that the field, and every one on the way to it, is the same for a whole class. */
  readonly forClass: boolean;
}

interface Way {
  readonly type: GraphQLObjectType;
  readonly forClass: boolean;
  /** Puts a selection where the way ends. */
  readonly around: (selection: string) => string;
}

export function everyField(sdl: string): readonly AskedField[] {
  const schema = buildASTSchema(parse(sdl), { assumeValidSDL: true });
  return [...waysOf(schema).values()].flatMap((way) =>
    Object.values(way.type.getFields()).map((field) => {
      const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
      return {
        path: `${way.type.name}.${field.name}`,
        document: way.around(`${called(field)}${selection}`),
        forClass: way.forClass && isForClass(schema, way.type, field.name),
      };
    }),
  );
}

/** To each type the first way there is, those that are open to a class before the others. */
function waysOf(schema: GraphQLSchema): Map<string, Way> {
  const ways = new Map<string, Way>();
  const queue: Way[] = [];
  const go = (way: Way) => {
    const known = ways.get(way.type.name);
    if (known && (known.forClass || !way.forClass)) return;
    ways.set(way.type.name, way);
    queue.push(way);
  };
  for (const way of beginnings(schema)) go(way);
  for (let way = queue.shift(); way; way = queue.shift()) {
    for (const field of Object.values(way.type.getFields())) {
      const { around, type: parent } = way;
      const forClass = way.forClass && isForClass(schema, parent, field.name);
      for (const type of objectsOf(schema, getNamedType(field.type))) {
        go({ type, forClass, around: (inner) => around(`${called(field)} { ... on ${type.name} { ${inner} } }`) });
      }
    }
  }
  return ways;
}

function beginnings(schema: GraphQLSchema): readonly Way[] {
  const ways: Way[] = [];
  const [query, mutation] = [schema.getQueryType(), schema.getMutationType()];
  if (query) ways.push({ type: query, forClass: true, around: (inner) => `query { ${inner} }` });
  for (const type of Object.values(schema.getTypeMap())) {
    const key = isObjectType(type) && appliedDirective(type, 'key');
    if (!key || key.resolvable === false) continue;
    const around = (inner: string) =>
      `query { _entities(representations: [{ __typename: "${type.name}", ${key.fields}: "linde:x" }]) { ... on ${type.name} { ${inner} } } }`;
    ways.push({ type, forClass: true, around });
  }
  if (mutation) ways.push({ type: mutation, forClass: false, around: (inner) => `mutation { ${inner} }` });
  return ways;
}

function isForClass(schema: GraphQLSchema, type: GraphQLObjectType, name: string): boolean {
  const field = type.getFields()[name];
  if (!field || appliedDirective(field, 'personal')) return false;
  if (type === schema.getQueryType() && !isLeafType(getNamedType(field.type))) return true;
  const per = (appliedDirective(field, 'audience') ?? appliedDirective(type, 'audience'))?.per;
  return per === 'CLASS' || per === 'NETWORK';
}

function objectsOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}

type Called = ReturnType<GraphQLObjectType['getFields']>[string];

function called({ name, args }: Called): string {
  const required = args.filter(isRequiredArgument).map((argument) => `${argument.name}: ${literal(argument.type)}`);
  return required.length > 0 ? `${name}(${required.join(', ')})` : name;
}

function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? 'null';
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${required.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`;
  }
  return LITERALS[type.name] ?? '"x"';
}
const LITERALS: Readonly<Record<string, string>> = {
  Int: '1',
  Float: '1',
  Boolean: 'true',
  DateTime: '"2026-01-01T00:00:00Z"',
  Date: '"2026-01-01"',
};
