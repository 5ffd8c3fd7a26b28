/**
 * Completion of single values (GraphQL §6.4.3): lists, leaves, and what is no value of its type.
 *
 * `undefined` is the sign that a non-null position ended up null, and travels up to the nearest nullable place.
 */
import { type GraphQLLeafType, isEnumType, isSpecifiedScalarType } from 'graphql';
import { coded, type ErrorLedger } from './errors.ts';
import { isJsonObject, type JsonObject } from './json.ts';

export interface Projecting {
  readonly errors: ErrorLedger;
  /** Objects whose owner says that they are not there, for this caller. */
  readonly absent: ReadonlySet<object> | undefined;
  /** Answers to `__schema` and `__type`, by response key. */
  readonly introspection: JsonObject | undefined;
  /** The response path of the value at hand; pushed and popped on the way. */
  readonly path: (string | number)[];
}

export type Complete = (value: unknown, projecting: Projecting) => unknown;

export function completeList(complete: Complete, coordinate: string): Complete {
  return (value, projecting) => {
    if (!Array.isArray(value)) {
      report(projecting, `Expected a list for ${coordinate}, found ${kindOf(value)}.`);
      return null;
    }
    const { path } = projecting;
    const items = new Array<unknown>(value.length);
    for (let index = 0; index < value.length; index += 1) {
      path.push(index);
      const item = complete(value[index], projecting);
      path.pop();
      if (item === undefined) return undefined;
      items[index] = item;
    }
    return items;
  };
}

export function completeLeaf(type: GraphQLLeafType, coordinate: string): Complete {
  // A scalar of the schema's own takes any JSON: what it means is between the subgraph and the consumer.
  if (!isEnumType(type) && !isSpecifiedScalarType(type)) return (value) => value;
  const expectsText = type.name === 'String' || type.name === 'ID';
  return (value, projecting) => {
    if (expectsText && typeof value === 'string') return value;
    try {
      return type.serialize(value) ?? null;
    } catch {
      // The value itself stays inside: it may be one that consumers must not see.
      report(projecting, `Expected a value of ${type.name} for ${coordinate}, found another ${kindOf(value)}.`);
      return null;
    }
  };
}

export function completeUnknownTypename(typeName: string): Complete {
  return (value, projecting) => {
    if (typeof value === 'string') return value;
    report(projecting, `Cannot return null for non-nullable field ${typeName}.__typename.`);
    return undefined;
  };
}

export function isPresentObject(value: unknown, projecting: Projecting, coordinate: string): value is JsonObject {
  if (!isJsonObject(value)) {
    report(projecting, `Expected an object for ${coordinate}, found ${kindOf(value)}.`);
    return false;
  }
  return projecting.absent === undefined || !projecting.absent.has(value);
}

export function report(projecting: Projecting, message: string): void {
  projecting.errors.add({ message, extensions: coded('CONTRACT_BREACH') }, [...projecting.path]);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}
