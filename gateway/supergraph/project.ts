/**
 * From the tree the fetches grew to the answer: field completion as the GraphQL specification has it (§6.4.3, §6.4.4).
 *
 * Compiled once per plan into functions. `undefined` is the sign that a non-null position ended up null, and travels
 * up to the nearest nullable place; `null` is an ordinary null.
 */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLBoolean,
  GraphQLID,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLString,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql';
import {
  type Complete,
  completeLeaf,
  completeList,
  completeUnknownTypename,
  isPresentObject,
  type Projecting,
  report,
} from './complete.ts';
import { defineKey, isInheritedKey, type JsonObject, readKey } from './json.ts';
import { placeholder } from './operation.ts';
import type { Shelter } from './shelter.ts';

export type Projection = (data: JsonObject, projecting: Projecting) => JsonObject | null;

interface PreparedField {
  /** In the tree. */
  readonly from: string;
  /** In the answer. */
  readonly key: string;
  readonly isInherited: boolean;
  /** A value that needs no data: the type name. */
  readonly constant: string | undefined;
  readonly isIntrospection: boolean;
  /** The kind of JSON that is a value of this field as it stands. */
  readonly asIs: 'string' | 'boolean' | undefined;
  readonly complete: Complete;
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

export function compileProjection(
  schema: GraphQLSchema,
  rootType: GraphQLObjectType,
  rootFields: readonly FieldNode[],
  fragments: Fragments,
  shelter: Shelter,
): Projection {
  const compiler = createCompiler(schema, fragments, shelter);
  const fields = compiler.prepareFields(rootType, [rootFields]);
  return (data, projecting) => {
    const answer = projectFields(fields, data, projecting);
    return answer === undefined ? null : answer;
  };
}

function projectFields(
  fields: readonly PreparedField[],
  source: JsonObject,
  projecting: Projecting,
): JsonObject | undefined {
  const { path } = projecting;
  const answer: JsonObject = {};
  for (const field of fields) {
    const { key } = field;
    let value: unknown = field.constant;
    if (value === undefined) {
      value = rawValue(field, source, projecting);
      if (field.asIs === undefined || typeof value !== field.asIs) {
        path.push(key);
        value = field.complete(value, projecting);
        path.pop();
        if (value === undefined) return undefined;
      }
    }
    if (field.isInherited) defineKey(answer, key, value);
    else answer[key] = value;
  }
  return answer;
}

function rawValue(field: PreparedField, source: JsonObject, projecting: Projecting): unknown {
  if (field.isIntrospection) return projecting.introspection && readKey(projecting.introspection, field.key);
  return field.isInherited ? readKey(source, field.from) : source[field.from];
}

function createCompiler(schema: GraphQLSchema, fragments: Fragments, shelter: Shelter) {
  /** The fields of one type, merged by response key in order of appearance (§6.3.2). */
  function collect(
    type: GraphQLNamedType,
    selections: readonly SelectionNode[],
    fields: Map<string, [FieldNode, ...FieldNode[]]>,
  ): void {
    for (const selection of selections) {
      if (selection === placeholder) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const same = fields.get(key);
        if (same === undefined) fields.set(key, [selection]);
        else same.push(selection);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (fragment === undefined || !applies(fragment.typeCondition?.name.value, type)) continue;
      collect(type, fragment.selectionSet.selections, fields);
    }
  }

  function applies(condition: string | undefined, type: GraphQLNamedType): boolean {
    if (condition === undefined || condition === type.name) return true;
    const conditionType = schema.getType(condition);
    if (!isAbstractType(conditionType)) return false;
    return (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(conditionType, type);
  }

  function prepareFields(
    type: GraphQLNamedType,
    selectionSets: readonly (readonly SelectionNode[])[],
  ): PreparedField[] {
    const fields = new Map<string, [FieldNode, ...FieldNode[]]>();
    for (const selections of selectionSets) collect(type, selections, fields);
    return [...fields].map(([key, nodes]) => prepareField(type, key, nodes));
  }

  function prepareField(
    type: GraphQLNamedType,
    key: string,
    nodes: readonly [FieldNode, ...FieldNode[]],
  ): PreparedField {
    const name = nodes[0].name.value;
    const from = shelter.treeKey(nodes[0]);
    const isInherited = isInheritedKey(key) || isInheritedKey(from);
    const prepared = { from, key, isInherited, constant: undefined, isIntrospection: false, asIs: undefined };
    if (name === '__typename') {
      return {
        ...prepared,
        constant: isObjectType(type) ? type.name : undefined,
        complete: completeUnknownTypename(type.name),
      };
    }
    if (name === '__schema' || name === '__type') {
      return { ...prepared, isIntrospection: true, complete: (value) => value ?? null };
    }
    const field = 'getFields' in type ? type.getFields()[name] : undefined;
    if (field === undefined || !('args' in field)) {
      throw new Error(`Expected a validated operation, found the unknown field "${type.name}.${name}".`);
    }
    const selectionSets = nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet.selections] : []));
    const complete = completeType(field.type, selectionSets, `${type.name}.${name}`);
    return { ...prepared, asIs: asIs(getNullableType(field.type)), complete };
  }

  function completeType(
    type: GraphQLOutputType,
    selectionSets: readonly (readonly SelectionNode[])[],
    coordinate: string,
  ): Complete {
    if (isNonNullType(type)) {
      const complete = completeValue(type.ofType, selectionSets, coordinate);
      return (value, projecting) => {
        if (value !== null && value !== undefined) {
          const completed = complete(value, projecting);
          if (completed !== null) return completed;
        }
        if (!projecting.errors.explains(projecting.path)) {
          report(projecting, `Cannot return null for non-nullable field ${coordinate}.`);
        }
        return undefined;
      };
    }
    const complete = completeValue(type, selectionSets, coordinate);
    return (value, projecting) => {
      if (value === null || value === undefined) return null;
      const completed = complete(value, projecting);
      return completed === undefined ? null : completed;
    };
  }

  function completeValue(
    type: GraphQLOutputType,
    selectionSets: readonly (readonly SelectionNode[])[],
    coordinate: string,
  ): Complete {
    if (isListType(type)) return completeList(completeType(type.ofType, selectionSets, coordinate), coordinate);
    const named = getNamedType(type);
    if (isLeafType(named)) return completeLeaf(named, coordinate);
    if (isObjectType(named)) return completeObject(named, selectionSets, coordinate);
    return completeAbstract(named, selectionSets, coordinate);
  }

  // Fields are prepared at first use: recursive types would otherwise be prepared without end by type condition.
  function completeObject(
    type: GraphQLObjectType,
    selectionSets: readonly (readonly SelectionNode[])[],
    coordinate: string,
  ): Complete {
    let fields: PreparedField[] | undefined;
    return (value, projecting) => {
      if (!isPresentObject(value, projecting, coordinate)) return null;
      fields ??= prepareFields(type, selectionSets);
      return projectFields(fields, value, projecting);
    };
  }

  function completeAbstract(
    type: GraphQLNamedType,
    selectionSets: readonly (readonly SelectionNode[])[],
    coordinate: string,
  ): Complete {
    const fieldsByType = new Map<string, PreparedField[]>();
    return (value, projecting) => {
      if (!isPresentObject(value, projecting, coordinate)) return null;
      // The planner leaves __typename out where no selection depends on it.
      const typename = value.__typename ?? type.name;
      let fields = typeof typename === 'string' ? fieldsByType.get(typename) : undefined;
      if (fields === undefined) {
        const runtimeType = typeof typename === 'string' ? schema.getType(typename) : undefined;
        if (runtimeType === undefined || !(runtimeType === type || isPossible(type, runtimeType))) {
          // The name itself stays inside: it may be a type that consumers must not see.
          report(projecting, `Expected a type of the public schema for ${coordinate}, found another.`);
          return null;
        }
        fields = prepareFields(runtimeType, selectionSets);
        fieldsByType.set(runtimeType.name, fields);
      }
      return projectFields(fields, value, projecting);
    };
  }

  function isPossible(type: GraphQLNamedType, runtimeType: GraphQLNamedType): boolean {
    return (
      isAbstractType(type) &&
      (isObjectType(runtimeType) || isInterfaceType(runtimeType)) &&
      schema.isSubType(type, runtimeType)
    );
  }

  return { prepareFields };
}

function asIs(type: GraphQLOutputType): PreparedField['asIs'] {
  if (type === GraphQLString || type === GraphQLID) return 'string';
  return type === GraphQLBoolean ? 'boolean' : undefined;
}
