/**
 * From an operation and its variables to a compiled plan.
 *
 * The planner is slow beside everything else here, so plans are kept by the operation in one spelling and by the
 * outcome of its @skip and @include. The caller has validated the document against the public schema.
 */
import type { PlanNode } from '@graphql-hive/router-query-planner';
import { type DocumentNode, type FieldNode, GraphQLError, getVariableValues, type OperationTypeNode } from 'graphql';
import { compilePlan, inSequence } from './compile.ts';
import { coded, refusal } from './errors.ts';
import type { SubgraphRequest } from './fetch-subgraph.ts';
import type { Supergraph } from './load.ts';
import { createLru } from './lru.ts';
import {
  type DecidedOperation,
  decide,
  documentOf,
  findOperation,
  isIntrospectionField,
  type Operation,
} from './operation.ts';
import { isRootOnly, planNodes } from './plan-nodes.ts';
import { compileProjection, type Projection } from './project.ts';
import type { Step } from './run.ts';
import { type RenamedVariables, renameVariables } from './variables.ts';

export interface Plan {
  readonly kind: OperationTypeNode;
  /** What the planner made, in order; several when root mutations are planned one by one. For cost, tests and explanation. */
  readonly nodes: readonly PlanNode[];
  /** Absent when the operation asks for introspection only. */
  readonly step: Step | undefined;
  readonly project: Projection;
  /** The part that the public schema itself answers. */
  readonly introspection: DocumentNode | undefined;
  /** For a subscription: the request whose events its follow-up fetches start from. */
  primaryRequest(variables: Readonly<Record<string, unknown>>): SubgraphRequest | undefined;
}

/** Either a plan with its coerced variables, or why the request cannot be executed. */
export type Planned =
  | { readonly kind: 'planned'; readonly plan: Plan; readonly variables: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] };

export interface PlanRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

export interface Planner {
  plan(request: PlanRequest): Promise<Planned>;
  readonly planCount: number;
}

export interface PlannerOptions {
  /** How many plans are kept; default 1,000. */
  readonly planCountMax?: number;
  /** How long one planning may take, in milliseconds; default 1,000. */
  readonly planTimeoutMs?: number;
}

export function createPlanner(supergraph: Supergraph, options: PlannerOptions = {}): Planner {
  const { planCountMax = 1000, planTimeoutMs = 1000 } = options;
  const plans = createLru<Promise<Plan>>(planCountMax);
  const operations = new WeakMap<DocumentNode, Map<string | undefined, Operation>>();

  function operationOf(document: DocumentNode, name: string | undefined): Operation | undefined {
    let byName = operations.get(document);
    if (byName === undefined) {
      byName = new Map();
      operations.set(document, byName);
    }
    let operation = byName.get(name);
    if (operation === undefined) {
      operation = findOperation(document, name);
      if (operation !== undefined) byName.set(name, operation);
    }
    return operation;
  }

  return {
    async plan({ document, operationName, variables: given }) {
      const operation = operationOf(document, operationName);
      if (operation === undefined) return refused(unknownOperation(operationName));
      const coercion = getVariableValues(
        supergraph.publicSchema,
        operation.definition.variableDefinitions ?? [],
        given ?? {},
      );
      if (coercion.coerced === undefined) return { kind: 'refused', errors: (coercion.errors ?? []).map(badInput) };
      const variables = coercion.coerced;
      const outcome = operation.conditions.map((name) => (variables[name] === true ? '1' : '0')).join('');
      const key = `${operationName ?? ''}\n${outcome}\n${operation.text}`;
      let plan = plans.get(key);
      if (plan === undefined) {
        plan = makePlan(supergraph, decide(operation, variables), planTimeoutMs);
        plans.set(key, plan);
        plan.catch(() => plans.delete(key));
      }
      try {
        return { kind: 'planned', plan: await plan, variables };
      } catch (cause) {
        return refused(cause instanceof GraphQLError ? cause : unplannable(cause));
      }
    },
    get planCount() {
      return plans.count;
    },
  };
}

async function makePlan(supergraph: Supergraph, operation: DecidedOperation, planTimeoutMs: number): Promise<Plan> {
  const { publicSchema, shelter } = supergraph;
  const { definition, fragments, rootFields } = operation;
  const rootType = publicSchema.getRootType(definition.operation);
  if (!rootType) throw refusal(`The schema has no ${definition.operation} operations.`, 'OPERATION_NOT_SUPPORTED');
  const planned = rootFields.filter((field) => !isIntrospectionField(field));
  const answeredHere = rootFields.filter((field) => field.name.value === '__schema' || field.name.value === '__type');
  const signal = AbortSignal.timeout(planTimeoutMs);
  const nodesFor = async (fields: readonly FieldNode[], names: RenamedVariables): Promise<PlanNode | undefined> =>
    planNodes(supergraph, names.apply(shelter.apply(documentOf(operation, fields))), signal);

  const names = renameVariables(operation);
  let nodes: (PlanNode | undefined)[] = planned.length > 0 ? [await nodesFor(planned, names)] : [];
  if (definition.operation === 'mutation' && !nodes.every(isRootOnly)) {
    // A root mutation is complete before the next one starts (§6.2.2), its follow-up fetches included.
    nodes = [];
    for (const fields of byResponseKey(planned)) nodes.push(await nodesFor(fields, names));
  }
  const present = nodes.filter((node) => node !== undefined);
  const compiled = present.map((node) => compilePlan(node, names, supergraph));
  const primary = compiled.find((plan) => plan.primary !== undefined)?.primary;
  const [first, ...others] = compiled;
  return {
    kind: definition.operation,
    nodes: present,
    step: first && (others.length === 0 ? first.step : inSequence(compiled.map((plan) => plan.step))),
    project: compileProjection(publicSchema, rootType, rootFields, fragments, shelter),
    introspection: answeredHere.length > 0 ? documentOf(operation, answeredHere) : undefined,
    primaryRequest: (variables) => primary?.request(variables),
  };
}

function byResponseKey(fields: readonly FieldNode[]): FieldNode[][] {
  const groups = new Map<string, FieldNode[]>();
  for (const field of fields) {
    const key = field.alias?.value ?? field.name.value;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [field]);
    else group.push(field);
  }
  return [...groups.values()];
}

function refused(error: GraphQLError): Planned {
  return { kind: 'refused', errors: [error] };
}

function unknownOperation(name: string | undefined): GraphQLError {
  const found = name === undefined ? 'several or none, and no operation name' : `none with the name "${name}"`;
  return refusal(`Expected one operation to execute, found ${found}.`, 'OPERATION_RESOLUTION_FAILURE');
}

function badInput(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    extensions: { ...error.extensions, ...coded('BAD_USER_INPUT') },
  });
}

/** The planner's own words name fields that a consumer may not know of: they stay in the cause. */
function unplannable(cause: unknown): GraphQLError {
  return new GraphQLError('The subgraphs together cannot answer this operation.', {
    ...(cause instanceof Error && { originalError: cause }),
    extensions: coded('OPERATION_NOT_PLANNABLE'),
  });
}
