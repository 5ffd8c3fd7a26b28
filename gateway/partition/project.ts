/** Gives a value that the hub made itself the form that was asked: the keys and fields of a selection. */
import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  type SelectionNode,
} from 'graphql';
import { getArgumentValues } from 'graphql/execution/values.js';
import { collectFields } from './collect-fields.ts';
import { fieldOf } from './endpoint-selections.ts';
import { isJsonObject, type JsonObject, readKey, writeKey } from './json.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Fields with arguments are given as functions of them. */
export type Project = (value: unknown, variables: Variables) => unknown;

interface ProjectedField {
  readonly key: string;
  readonly read: Project;
}

export function compileProject(
  schema: GraphQLSchema,
  type: GraphQLOutputType | GraphQLNamedType,
  selections: readonly SelectionNode[],
): Project {
  const named = getNamedType(type as GraphQLOutputType);
  if (!isObjectType(named)) return (value) => value ?? null;
  const fields: ProjectedField[] = [];
  for (const { key, name, node, selections: inner } of collectFields(schema, named, selections).values()) {
    const field = fieldOf(named, name);
    if (name === '__typename') {
      fields.push({ key, read: () => named.name });
    } else if (field !== undefined) {
      const project = compileProject(schema, field.type, inner);
      const read: Project = (value, variables) => {
        const found = readKey(value as JsonObject, name);
        return project(
          typeof found === 'function' ? found(getArgumentValues(field, node, variables)) : found,
          variables,
        );
      };
      fields.push({ key, read });
    }
  }
  const project: Project = (value, variables) => {
    if (Array.isArray(value)) return value.map((item) => project(item, variables));
    if (!isJsonObject(value)) return null;
    const projected: JsonObject = {};
    for (const field of fields) writeKey(projected, field.key, field.read(value, variables));
    return projected;
  };
  return project;
}
