/**
 * The one way in. Every operation passes here, whichever door it came through, before anything else looks at it.
 *
 * Cheap limits come first and each is linear: size, tokens, nesting, then fields with all fragments spread. Only what
 * is small is validated and planned. Refusing is all that happens here; nothing is sent to anybody.
 */
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { hubError } from '../errors.ts';
import { type Authority, authorityKey } from '../identity/authority.ts';
import type { Supergraph } from '../supergraph/load.ts';
import type { Plan, Planner } from '../supergraph/plan.ts';
import { createBudgets } from './budget.ts';
import { estimateCost } from './cost.ts';
import { createDocuments, type Documents } from './documents.ts';
import type { Limits } from './limits.ts';
import { measureVariables } from './measure-variables.ts';
import { documentHash, type TrustedDocuments } from './trusted-documents.ts';

export type Door = 'HTTP' | 'WEBSOCKET' | 'SSE' | 'WEBHOOK';

export interface AdmitRequest {
  readonly document?: string | undefined;
  /** The SHA-256 of a registered document, in hexadecimal. */
  readonly documentId?: string | undefined;
  readonly variables?: unknown;
  readonly operationName?: string | undefined;
  readonly authority: Authority;
  readonly door: Door;
}

export interface Cost {
  readonly requested: number;
  readonly limit: number;
  readonly remaining: number;
}

export interface Refused {
  readonly kind: 'refused';
  readonly errors: readonly GraphQLError[];
  readonly retryAfterSeconds?: number;
  readonly cost?: Cost;
}

export interface Admitted {
  readonly kind: 'admitted';
  readonly text: string;
  /** The same object for the same text, as long as it is remembered. */
  readonly document: DocumentNode;
  /** The schema that it was admitted to: it may be replaced while the operation runs. */
  readonly publicSchema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly plan: Plan;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly cost: Cost;
}

export type Admit = (request: AdmitRequest) => Promise<Refused | Admitted>;

export interface AdmitOptions {
  readonly supergraph: Supergraph;
  readonly planner: Planner;
  readonly limits: Limits;
  readonly trustedDocuments?: TrustedDocuments | undefined;
  readonly now: () => number;
}

export interface WayIn {
  readonly admit: Admit;
  readonly documents: Documents;
}

export function createWayIn({ supergraph, planner, limits, trustedDocuments, now }: AdmitOptions): WayIn {
  const schema = supergraph.publicSchema;
  const documents = createDocuments(schema, limits);
  const spend = createBudgets({ ...limits, now });

  const admit: Admit = async (request) => {
    const { authority, operationName, door } = request;
    const tooMany = measureVariables(request.variables, limits);
    if (tooMany !== undefined) return refused(tooMany);
    const text = textOf(request, trustedDocuments);
    if (typeof text !== 'string') return refused(text);
    const checked = documents.check(text);
    if ('refusals' in checked) return refused(...checked.refusals);
    const operation = operationIn(checked.document.definitions, operationName);
    if (operation === undefined) return refused(hubError('OPERATION_RESOLUTION_FAILURE', noOperation(operationName)));
    const forbidden = forbids(operation, authority, door);
    if (forbidden !== undefined) return refused(forbidden);

    const coercion = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      (request.variables ?? {}) as Record<string, unknown>,
    );
    if (coercion.coerced === undefined) return refused(...coercion.errors.map(badInput));
    const estimate = estimateCost(schema, checked.document, operation, coercion.coerced);
    if ('refusal' in estimate) return refused(estimate.refusal);
    const isStream = operation.operation === 'subscription';
    const limit = isStream ? limits.streamCostMax : limits.costMax;
    const requested = estimate.cost;
    if (requested > limit) {
      const error = hubError(
        'TOO_COSTLY',
        `Expected ${isStream ? 'a subscription whose event' : 'an operation that'} costs at most ${limit}, found one of ${requested}.`,
      );
      return { ...refused(error), cost: { requested, limit, remaining: spend(authorityKey(authority), 0).remaining } };
    }
    // Nobody asks again for the events of a subscription: the first ones are paid for as it begins.
    const price = isStream ? requested * limits.streamEventCountPaid : requested;
    const { ok, remaining, retryAfterSeconds } = spend(authorityKey(authority), price);
    const cost = { requested, limit, remaining };
    if (!ok) return { ...refused(hubError('RATE_LIMITED')), retryAfterSeconds, cost };

    const given = request.variables as Readonly<Record<string, unknown>> | undefined;
    const planned = await planner.plan({ document: checked.document, operationName, variables: given ?? undefined });
    if (planned.kind === 'refused') return { ...refused(...planned.errors), cost };
    const { plan, variables } = planned;
    return {
      kind: 'admitted',
      text,
      publicSchema: schema,
      document: checked.document,
      operation,
      plan,
      variables,
      cost,
    };
  };
  return { admit, documents };
}

/** The text to execute, or why there is none that this caller may send. */
function textOf(
  { document, documentId, authority }: AdmitRequest,
  trusted: TrustedDocuments | undefined,
): string | GraphQLError {
  const { program } = authority;
  const own = program === undefined ? undefined : trusted?.get(program);
  if (documentId !== undefined) return own?.get(documentId) ?? hubError('DOCUMENT_NOT_TRUSTED');
  if (document === undefined || document === '')
    return hubError('BAD_REQUEST', 'Expected a document in "query" or an id in "documentId", found neither.');
  if (own === undefined) return document;
  return own.has(documentHash(document)) ? document : hubError('DOCUMENT_NOT_TRUSTED');
}

function forbids(
  operation: OperationDefinitionNode,
  { standing, participant }: Authority,
  door: Door,
): GraphQLError | undefined {
  const kind = operation.operation;
  if (kind === 'subscription' && door === 'HTTP') return hubError('OPERATION_NOT_SUPPORTED');
  if (kind === 'mutation' && standing === 'OWN_READ') {
    return hubError('SUSPENDED', `${participant} is suspended: its people read their own data and change nothing.`, {
      participant,
    });
  }
  return undefined;
}

function operationIn(
  definitions: readonly { kind: string }[],
  name: string | undefined,
): OperationDefinitionNode | undefined {
  const operations = definitions.filter(
    (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
  );
  if (name === undefined) return operations.length === 1 ? operations[0] : undefined;
  return operations.find((operation) => operation.name?.value === name);
}

function noOperation(name: string | undefined): string {
  return name === undefined
    ? 'Expected one operation, or its name in "operationName", found none or several.'
    : `Expected an operation "${name}" in the document, found none.`;
}

function badInput(error: GraphQLError): GraphQLError {
  return hubError('BAD_USER_INPUT', error.message, { nodes: error.nodes });
}

function refused(...errors: readonly GraphQLError[]): Refused {
  return { kind: 'refused', errors };
}
