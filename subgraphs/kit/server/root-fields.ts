/**
 * Keeps the two doors of an endpoint apart. What the contract marks @inaccessible on Query and Mutation, and the SDL,
 * is for the hub itself; everything else is for parties only. So a new field is closed to the hub by default, and one
 * that is meant for it is closed to everyone else by the same word that hides it from the public schema.
 */
import { defaultFieldResolver, GraphQLError, type GraphQLField, type GraphQLSchema } from 'graphql';
import type { Caller } from '../trust/caller.ts';

export function guardRootFields(schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) guard(field, isForHub(field) ? 'hub' : 'party');
  }
}

function guard(field: GraphQLField<unknown, { caller: Caller }>, door: 'hub' | 'party'): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, context, info) => {
    if ((context.caller.kind === 'hub') !== (door === 'hub')) {
      throw new GraphQLError('This field is not for this caller.', { extensions: { code: 'REFUSED' } });
    }
    return resolve(source, args, context, info);
  };
}

function isForHub(field: GraphQLField<unknown, unknown>): boolean {
  if (field.name === '_service') return true;
  return (
    (field.astNode?.directives ?? []).some((directive) => directive.name.value === 'inaccessible') ||
    inExtensions(field)
  );
}

/** A schema made in code keeps applied directives here, as a list or by name. */
function inExtensions({ extensions }: GraphQLField<unknown, unknown>): boolean {
  const applied: unknown = extensions.directives;
  if (Array.isArray(applied)) return applied.some(({ name }) => name === 'inaccessible');
  return typeof applied === 'object' && applied !== null && Object.hasOwn(applied, 'inaccessible');
}
