/**
 * Keeps the two doors of an endpoint apart. What the contract marks @inaccessible on Query, Mutation and Subscription,
 * and the SDL, is for the hub itself; everything else is for parties only. So a new field is closed to the hub by default, and one
 * that is meant for it is closed to everyone else by the same word that hides it from the public schema.
 */
import {
  defaultFieldResolver,
  GraphQLError,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { Caller } from '../trust/caller.ts';
import { appliedDirective } from './applied-directives.ts';

export function guardRootFields(schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of fieldsOf(type)) field.resolve = guarded(field, field.resolve ?? defaultFieldResolver);
  }
  // A stream is guarded where it begins; each of its results is only read.
  for (const field of fieldsOf(schema.getSubscriptionType())) {
    if (field.subscribe) field.subscribe = guarded(field, field.subscribe);
  }
}

type Guarded = GraphQLFieldResolver<unknown, { caller: Caller }>;

const fieldsOf = (type: GraphQLObjectType | null | undefined) => Object.values(type?.getFields() ?? {});

function guarded(field: GraphQLField<unknown, unknown>, resolve: Guarded): Guarded {
  const forHub = isForHub(field);
  return (source, args, context, info) => {
    if ((context.caller.kind === 'hub') !== forHub) {
      throw new GraphQLError('This field is not for this caller.', { extensions: { code: 'REFUSED' } });
    }
    return resolve(source, args, context, info);
  };
}

const isForHub = (field: GraphQLField<unknown, unknown>): boolean =>
  field.name === '_service' || appliedDirective(field, 'inaccessible') !== undefined;
