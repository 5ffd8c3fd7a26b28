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
  /**
   * Whether every operation of the document is a query: which one runs is not asked, so none slips through, and what
   * cannot be read here is not one.
   */
  isReadOnly(document: string): boolean;
}

const DOCUMENTS_MAX = 2_000;
export const DOCUMENT_TOKENS_MAX = 15_000;

export function createOperationKinds(): OperationKinds {
  const known = new Map<string, boolean>();
  return {
    isReadOnly: (document) => {
      const found = known.get(document);
      if (found !== undefined) return found;
      const isReadOnly = readsOnly(document);
      known.set(document, isReadOnly);
      if (known.size > DOCUMENTS_MAX) {
        const [oldest] = known.keys();
        if (oldest !== undefined) known.delete(oldest);
      }
      return isReadOnly;
    },
  };
}

function readsOnly(document: string): boolean {
  try {
    return parse(document, { noLocation: true, maxTokens: DOCUMENT_TOKENS_MAX }).definitions.every(
      (definition) => definition.kind !== Kind.OPERATION_DEFINITION || definition.operation === OperationTypeNode.QUERY,
    );
  } catch {
    return false;
  }
}
