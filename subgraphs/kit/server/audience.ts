/**
 * What an assertion of kind `class` may read. It names no person, so its answer goes to every member of the class: a
 * field whose value differs per person, or whose reader must be logged by name, is not for it. The whole request is
 * refused, for an answer with a hole would pass for the truth. A class changes nothing either: nobody would have done it.
 */
import type { ApolloServerPlugin } from '@apollo/server';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  type OperationDefinitionNode,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { appliedDirective } from './applied-directives.ts';
import type { EndpointContext } from './endpoint-context.ts';

export function audienceGuard(schema: GraphQLSchema): ApolloServerPlugin<EndpointContext> {
  // Documents come from Apollo's own memory of them, so the same one is judged once.
  const judged = new WeakMap<DocumentNode, string | null>();
  const judge = (document: DocumentNode): string | null => {
    const known = judged.get(document);
    if (known !== undefined) return known;
    const found = personalFieldIn(schema, document) ?? null;
    judged.set(document, found);
    return found;
  };
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ document, operation, contextValue }) => {
        if (contextValue.caller.kind !== 'class' || !document || !operation) return;
        const found = isMutation(operation) ? 'a mutation' : judge(document);
        if (found === null) return;
        throw new GraphQLError(`A class names no person, and ${found} is for one person.`, {
          extensions: { code: 'AUDIENCE_SUBJECT', http: { status: 200 } },
        });
      },
    }),
  };
}

const isMutation = ({ operation }: OperationDefinitionNode) => operation === OperationTypeNode.MUTATION;

/** The first field, as `Type.field`, that is not the same for a whole class. */
export function personalFieldIn(schema: GraphQLSchema, document: DocumentNode): string | undefined {
  const types = new TypeInfo(schema);
  let found: string | undefined;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: ({ name: { value: name } }) => {
        const parent = types.getParentType();
        if (found !== undefined || !parent || name.startsWith('__')) return;
        const type = bearersOf(schema, parent).find((each) => isPersonal(schema, each, name));
        if (type) found = `${type.name}.${name}`;
      },
    }),
  );
  return found;
}

/** The object types whose field may be meant. */
function bearersOf(schema: GraphQLSchema, parent: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isObjectType(parent)) return [parent];
  return isInterfaceType(parent) ? schema.getPossibleTypes(parent) : [];
}

function isPersonal(schema: GraphQLSchema, type: GraphQLObjectType, name: string): boolean {
  const field = type.getFields()[name];
  if (!field) return false;
  if (appliedDirective(field, 'personal')) return true;
  if (isRoot(schema, type) && !isLeafType(getNamedType(field.type))) return false;
  return audienceOf(type, field) === 'SUBJECT';
}

/** A root field that returns an object is judged by what is read of that. */
const isRoot = (schema: GraphQLSchema, type: GraphQLObjectType) =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type);

function audienceOf(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): unknown {
  return (appliedDirective(field, 'audience') ?? appliedDirective(type, 'audience'))?.per ?? 'SUBJECT';
}
