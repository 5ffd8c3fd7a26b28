/**
 * For whom the answer to a selection is the same: for everybody of a class, or for one person. Read from `@audience`
 * and `@personal` in the SDL of the subgraphs; what says nothing is for one person. What the hub itself answers, names
 * and positions in a stream, is for everybody.
 */
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

export type Audience = 'CLASS' | 'SUBJECT';

/** Whether a field of a type holds the same for everybody of a class. */
export type IsShared = (typeName: string, fieldName: string) => boolean;

export function readAudiences(sdl: { readonly hub: string; readonly others: readonly string[] }): IsShared {
  const shared = new Map<string, boolean>();
  for (const { type, field } of fieldsOf(sdl.hub)) shared.set(`${type.name}.${field.name}`, true);
  for (const other of sdl.others) {
    for (const { type, field } of fieldsOf(other)) {
      const coordinate = `${type.name}.${field.name}`;
      // A key says which object it is and nothing about it.
      if (field.name === 'id' || field.name === 'linkId') {
        if (!shared.has(coordinate)) shared.set(coordinate, true);
        continue;
      }
      const per = audienceOf(field.directives) ?? audienceOf(type.directives) ?? 'SUBJECT';
      const isPersonal = field.directives.some(({ name }) => name.value === 'personal');
      // A field that two subgraphs answer is only shared when both say so.
      shared.set(coordinate, (shared.get(coordinate) ?? true) && per !== 'SUBJECT' && !isPersonal);
    }
  }
  return (typeName, fieldName) => shared.get(`${typeName}.${fieldName}`) ?? false;
}

export function audienceOfOperation(
  schema: GraphQLSchema,
  isShared: IsShared,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Audience {
  // Fragments that this operation does not spread are refused by validation, so the whole document is its own.
  const relevant: DocumentNode = {
    ...document,
    definitions: document.definitions.filter((node) => node === operation || node.kind === Kind.FRAGMENT_DEFINITION),
  };
  const types = new TypeInfo(schema);
  let audience: Audience = 'CLASS';
  visit(
    relevant,
    visitWithTypeInfo(types, {
      Field({ name: { value: name } }) {
        const parent = types.getParentType();
        if (name === '__typename' || parent == null || parent === schema.getSubscriptionType()) return;
        if (!concrete(schema, parent).every((type) => isShared(type.name, name))) audience = 'SUBJECT';
      },
    }),
  );
  return audience;
}

function concrete(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLNamedType[] {
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}

interface DeclaredField {
  readonly type: { readonly name: string; readonly directives: readonly ConstDirectiveNode[] };
  readonly field: { readonly name: string; readonly directives: readonly ConstDirectiveNode[] };
}

function* fieldsOf(sdl: string): Generator<DeclaredField> {
  for (const node of parse(sdl, { noLocation: true }).definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
    const type = { name: node.name.value, directives: node.directives ?? [] };
    for (const field of node.fields ?? []) {
      yield { type, field: { name: field.name.value, directives: field.directives ?? [] } };
    }
  }
}

function audienceOf(directives: readonly ConstDirectiveNode[]): string | undefined {
  const value = directives.find(({ name }) => name.value === 'audience')?.arguments?.[0]?.value;
  return value?.kind === Kind.ENUM ? value.value : undefined;
}
