import {
  buildSchema,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { type Contract, rootTypes } from '../contract.ts';

/** People meet the public schema before any page about it, so every part of it has a sentence. */
export function descriptions({ publicSdl }: Contract): string[] {
  return undescribed(publicSdl).map((path) => `${path} has no description.`);
}

export function undescribed(sdl: string): string[] {
  const types = Object.values(buildSchema(sdl, { assumeValid: true }).getTypeMap());
  return types.filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type)).flatMap(parts);
}

function parts(type: GraphQLNamedType): string[] {
  // Query, Mutation and Subscription say by their names what they are.
  const own = type.description || rootTypes.includes(type.name) ? [] : [type.name];
  const described: { readonly path: string; readonly description: unknown }[] = [];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      described.push({ path: `${type.name}.${field.name}`, description: field.description });
      for (const { name, description } of field.args)
        described.push({ path: `${type.name}.${field.name}(${name}:)`, description });
    }
  }
  if (isInputObjectType(type)) {
    for (const { name, description } of Object.values(type.getFields()))
      described.push({ path: `${type.name}.${name}`, description });
  }
  if (isEnumType(type)) {
    for (const { name, description } of type.getValues()) described.push({ path: `${type.name}.${name}`, description });
  }
  return [...own, ...described.filter(({ description }) => !description).map(({ path }) => path)];
}
