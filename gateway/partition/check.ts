/**
 * Holds an endpoint's answer against what it was asked: kinds of values, nulls, type names, and whose objects they
 * are. Compiled once per document; a finding is a sentence, and one finding is enough.
 *
 * Keys that were not asked are not looked at: nobody reads them.
 */
import {
  type GraphQLLeafType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionNode,
} from 'graphql';
import { collectFields } from './collect-fields.ts';
import type { Contract } from './contract.ts';
import { fieldOf } from './endpoint-selections.ts';
import { isJsonObject, type JsonObject, readKey } from './json.ts';
import { privateAlias } from './private-alias.ts';

/** Undefined when the value is as it should be. `prefixes` are those that the answering participant may give. */
export type Check = (value: unknown, prefixes: ReadonlySet<string>) => string | undefined;

interface CheckedField {
  readonly key: string;
  readonly isGuarded: boolean;
  readonly check: Check;
}

export function compileCheck(contract: Contract, type: GraphQLOutputType, selections: readonly SelectionNode[]): Check {
  return checkOf(contract, type, selections, getNamedType(type).name);
}

function checkOf(
  contract: Contract,
  type: GraphQLOutputType,
  selections: readonly SelectionNode[],
  coordinate: string,
): Check {
  if (isNonNullType(type)) {
    const check = checkOf(contract, type.ofType as GraphQLOutputType, selections, coordinate);
    return (value, prefixes) =>
      value === null || value === undefined
        ? `Expected a value for ${coordinate}, found none.`
        : check(value, prefixes);
  }
  if (isListType(type)) {
    const check = checkOf(contract, type.ofType as GraphQLOutputType, selections, coordinate);
    return (value, prefixes) => {
      if (value === null || value === undefined) return undefined;
      if (!Array.isArray(value)) return `Expected a list for ${coordinate}, found ${kindOf(value)}.`;
      for (let index = 0; index < value.length; index += 1) {
        const finding = check(value[index], prefixes);
        if (finding !== undefined) return finding;
      }
      return undefined;
    };
  }
  if (isLeafType(type)) return leafCheck(type, coordinate);
  return isAbstractType(type)
    ? abstractCheck(contract, type, selections, coordinate)
    : objectCheck(contract, type as GraphQLObjectType, selections, coordinate);
}

function objectCheck(
  contract: Contract,
  type: GraphQLObjectType,
  selections: readonly SelectionNode[],
  coordinate: string,
): Check {
  const fields: CheckedField[] = [];
  for (const field of collectFields(contract.schema, type, selections).values()) {
    const isGuarded = field.key in Object.prototype;
    if (field.name === '__typename') {
      fields.push({ key: field.key, isGuarded, check: typenameCheck(type.name) });
      continue;
    }
    const definition = fieldOf(type, field.name);
    if (definition === undefined) continue;
    fields.push({
      key: field.key,
      isGuarded,
      check: checkOf(contract, definition.type, field.selections, `${type.name}.${field.name}`),
    });
  }
  const idKey = contract.isOwned(type.name) ? idKeyOf(fields) : undefined;
  return (value, prefixes) => {
    if (value === null || value === undefined) return undefined;
    if (!isJsonObject(value)) return `Expected an object for ${coordinate}, found ${kindOf(value)}.`;
    for (let index = 0; index < fields.length; index += 1) {
      const field = fields[index] as CheckedField;
      const finding = field.check(field.isGuarded ? readKey(value, field.key) : value[field.key], prefixes);
      if (finding !== undefined) return finding;
    }
    return idKey === undefined ? undefined : ownershipFinding(value, idKey, prefixes, type.name);
  };
}

function idKeyOf(fields: readonly CheckedField[]): string | undefined {
  return fields.find(({ key }) => key === privateAlias.id || key === 'id')?.key;
}

function ownershipFinding(
  value: JsonObject,
  idKey: string,
  prefixes: ReadonlySet<string>,
  typeName: string,
): string | undefined {
  const id = value[idKey];
  if (typeof id !== 'string') return `Expected an id of ${typeName}, found ${kindOf(id)}.`;
  const end = id.indexOf(':');
  return prefixes.has(id.slice(0, end))
    ? undefined
    : `Expected ${typeName} of the answering participant, found another’s.`;
}

function abstractCheck(
  contract: Contract,
  type: GraphQLNamedType,
  selections: readonly SelectionNode[],
  coordinate: string,
): Check {
  const byName = new Map<string, Check>();
  return (value, prefixes) => {
    if (value === null || value === undefined) return undefined;
    if (!isJsonObject(value)) return `Expected an object for ${coordinate}, found ${kindOf(value)}.`;
    const name = value.__typename;
    if (typeof name !== 'string') return `Expected the type name of ${coordinate}, found ${kindOf(name)}.`;
    let check = byName.get(name);
    if (check === undefined) {
      const actual = contract.schema.getType(name);
      // A member that our contract does not know yet is shown by nobody; the text stays out of the finding.
      if (!isObjectType(actual) || !isAbstractType(type) || !contract.schema.isSubType(type, actual)) {
        return `Expected a member of ${type.name} for ${coordinate}, found another type.`;
      }
      check = objectCheck(contract, actual, selections, coordinate);
      byName.set(name, check);
    }
    return check(value, prefixes);
  };
}

const typenameCheck =
  (name: string): Check =>
  (value) =>
    value === name ? undefined : `Expected ${name} as type name, found another.`;

function leafCheck(type: GraphQLLeafType, coordinate: string): Check {
  const isOfKind = leafKind(type);
  return (value) =>
    value === null || value === undefined || isOfKind(value)
      ? undefined
      : `Expected ${type.name} for ${coordinate}, found ${kindOf(value)}.`;
}

function leafKind(type: GraphQLLeafType): (value: unknown) => boolean {
  // A newer endpoint may have enum values that we lack: the projection to our schema deals with those.
  if (isEnumType(type)) return (value) => typeof value === 'string';
  switch (type.name) {
    case 'Int':
      return (value) => Number.isInteger(value);
    case 'Float':
      return (value) => typeof value === 'number';
    case 'Boolean':
      return (value) => typeof value === 'boolean';
    default:
      return (value) => typeof value === 'string';
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'null' : `a value of kind ${typeof value}`;
}
