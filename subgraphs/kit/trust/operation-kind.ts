/** What a request body asks: read once, for the rule that a mutation needs the body's hash in the assertion. */
import { Kind, OperationTypeNode, parse } from 'graphql';

export interface GraphQLRequestBody {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/** `undefined` for what is no GraphQL request; saying so is the server's. */
export function parseRequestBody(rawBody: Uint8Array): GraphQLRequestBody | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { query, variables, operationName } = value as Record<string, unknown>;
  if (typeof query !== 'string') return undefined;
  if (variables !== undefined && variables !== null && (typeof variables !== 'object' || Array.isArray(variables)))
    return undefined;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return undefined;
  return {
    query,
    ...(variables && { variables: variables as Record<string, unknown> }),
    ...(operationName && { operationName }),
  };
}

export interface OperationKinds {
  /** Whether any operation of the document is more than a query: which one runs is not asked, so none slips through. */
  changesSomething(document: string): boolean;
}

const DOCUMENTS_MAX = 2_000;

export function createOperationKinds(): OperationKinds {
  const known = new Map<string, boolean>();
  return {
    changesSomething: (document) => {
      const found = known.get(document);
      if (found !== undefined) return found;
      const changes = readsOnly(document) === false;
      known.set(document, changes);
      if (known.size > DOCUMENTS_MAX) {
        const [oldest] = known.keys();
        if (oldest !== undefined) known.delete(oldest);
      }
      return changes;
    },
  };
}

/** `undefined` for what does not parse, and so cannot run. */
function readsOnly(document: string): boolean | undefined {
  try {
    return parse(document, { noLocation: true, maxTokens: 15_000 }).definitions.every(
      (definition) => definition.kind !== Kind.OPERATION_DEFINITION || definition.operation === OperationTypeNode.QUERY,
    );
  } catch {
    return undefined;
  }
}
