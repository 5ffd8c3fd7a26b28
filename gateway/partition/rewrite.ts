/**
 * Makes of one fetch what each endpoint is sent: its own root fields only, nothing of coverage, the hub's private
 * aliases added, unused variables left out. Compiled once per document; endpoint documents once per set of fields.
 */
import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  Kind,
  type OperationDefinitionNode,
  print,
  TypeInfo,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { getArgumentValues } from 'graphql/execution/values.js';
import { type Check, compileCheck } from './check.ts';
import { type ConnectionPlan, compileConnection } from './connection-plan.ts';
import type { Contract, RootField } from './contract.ts';
import { endpointSelections, fieldOf, withSelections } from './endpoint-selections.ts';
import { inlineFetch, responseKey } from './inline.ts';
import { createLru } from './lru.ts';
import { privateAlias, privatePrefix } from './private-alias.ts';
import { compileSummary, type SummaryPlan } from './summary-plan.ts';

type Variables = Readonly<Record<string, unknown>>;

export interface CompiledFetch {
  readonly kind: 'query' | 'mutation';
  readonly roots: readonly CompiledRoot[];
  /** The document with these root fields; made once. */
  documentOf(roots: readonly CompiledRoot[]): EndpointDocument;
}

export interface CompiledRoot {
  readonly index: number;
  readonly key: string;
  readonly name: string;
  /** Undefined for `__typename`, which the hub answers. */
  readonly field: RootField | undefined;
  readonly type: GraphQLOutputType;
  readonly node: FieldNode;
  argumentsOf(variables: Variables): Readonly<Record<string, unknown>>;
  readonly check: Check;
  readonly connection: ConnectionPlan | undefined;
  /** COUNT, SUMMARY and LIST. */
  readonly summary: SummaryPlan | undefined;
}

export interface EndpointDocument {
  readonly text: string;
  /** The request's JSON up to the variables. */
  readonly bodyHead: string;
  readonly variableNames: readonly string[];
  readonly operation: OperationDefinitionNode;
  readonly isPersonal: boolean;
}

/** Arguments that are the hub's own: an endpoint must not learn whom else was asked. */
const hubArguments = new Set(['participants', 'onMissing', 'after']);

const documentsMax = 100;

export class ReservedAliasError extends Error {
  readonly extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
}

export function compileFetch(contract: Contract, document: string): CompiledFetch {
  const fetch = inlineFetch(document);
  const { kind } = fetch;
  if (kind === 'subscription')
    throw new Error('Expected a query or a mutation for participants, found a subscription.');
  if (document.includes(privatePrefix)) {
    throw new ReservedAliasError(
      `Expected no name that begins with "${privatePrefix}", found one. Choose another alias.`,
    );
  }
  const rootType = kind === 'query' ? contract.schema.getQueryType() : contract.schema.getMutationType();
  if (!rootType) throw new Error(`Expected a ${kind} type in the participant contract, found none.`);
  const roots = fetch.rootFields.map((node, index) => compileRoot(contract, rootType, kind, node, index));
  // Variables decide which fields go where, so a caller can bring about many sets: they are kept up to a bound.
  const documentOf = createLru(documentsMax, (name) => {
    const indexes = new Set(name.split(',').map(Number));
    return endpointDocument(
      contract,
      kind,
      roots.filter(({ index }) => indexes.has(index)),
      fetch.variables,
    );
  });
  return { kind, roots, documentOf: (chosen) => documentOf(chosen.map(({ index }) => index).join()) };
}

function compileRoot(
  contract: Contract,
  rootType: GraphQLObjectType,
  kind: 'query' | 'mutation',
  node: FieldNode,
  index: number,
): CompiledRoot {
  const definition = fieldOf(rootType, node.name.value);
  const field = contract.rootField(kind, node.name.value);
  if (definition === undefined && node.name.value !== '__typename') {
    throw new Error(`Expected a root field of the participant contract, found "${node.name.value}".`);
  }
  const type = definition?.type as GraphQLOutputType;
  const named = definition && getNamedType(definition.type);
  const asked = node.selectionSet?.selections ?? [];
  const isConnection = field?.kind === 'scattered' && field.merge === 'CONNECTION';
  const connection = isConnection ? compileConnection(contract, named as GraphQLObjectType, asked) : undefined;
  const summary =
    field?.kind === 'scattered' && !isConnection
      ? compileSummary(contract, named as GraphQLObjectType, asked, field.isKept)
      : undefined;
  const selections =
    connection?.selections ??
    summary?.selections ??
    (named && node.selectionSet ? endpointSelections(contract, named, asked) : []);
  const sent = field?.kind === 'scattered' ? withoutHubArguments(node, index, connection !== undefined) : node;
  return {
    index,
    key: responseKey(node),
    name: node.name.value,
    field,
    type,
    node: selections.length > 0 ? withSelections(sent, selections) : sent,
    argumentsOf: (variables) => (definition ? getArgumentValues(definition, node, variables) : {}),
    check: definition ? compileCheck(contract, type, selections) : () => undefined,
    connection,
    summary,
  };
}

function withoutHubArguments(node: FieldNode, index: number, isPaged: boolean): FieldNode {
  const kept = (node.arguments ?? []).filter(({ name }) => !hubArguments.has(name.value));
  if (!isPaged) return { ...node, arguments: kept };
  const variable = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: privateAlias.after(index) } } as const;
  const after = { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'after' }, value: variable } as const;
  return { ...node, arguments: [...kept, after] };
}

function endpointDocument(
  contract: Contract,
  kind: 'query' | 'mutation',
  roots: readonly CompiledRoot[],
  variables: readonly VariableDefinitionNode[],
): EndpointDocument {
  const selectionSet = { kind: Kind.SELECTION_SET, selections: roots.map(({ node }) => node) } as const;
  const { used, isPersonal } = usesOf(contract, kind, selectionSet);
  const kept = variables.filter((definition) => used.has(definition.variable.name.value));
  const afters = roots.filter(({ connection }) => connection !== undefined).map(({ index }) => afterDefinition(index));
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: kind as OperationDefinitionNode['operation'],
    variableDefinitions: [...kept, ...afters],
    selectionSet,
  };
  const text = print(operation);
  return {
    text,
    operation,
    isPersonal,
    bodyHead: `{"query":${JSON.stringify(text)},"variables":`,
    variableNames: kept.map((definition) => definition.variable.name.value),
  };
}

function afterDefinition(index: number): VariableDefinitionNode {
  return {
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: privateAlias.after(index) } },
    type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'String' } },
  };
}

function usesOf(contract: Contract, kind: 'query' | 'mutation', selectionSet: OperationDefinitionNode['selectionSet']) {
  const used = new Set<string>();
  let isPersonal = false;
  const types = new TypeInfo(contract.schema);
  const operation = { kind: Kind.OPERATION_DEFINITION, operation: kind, selectionSet } as OperationDefinitionNode;
  visit(
    operation,
    visitWithTypeInfo(types, {
      Variable: (node) => void used.add(node.name.value),
      Field: (node) => {
        const parent = types.getParentType();
        if (parent && contract.isPersonal(parent.name, node.name.value)) isPersonal = true;
      },
    }),
  );
  return { used, isPersonal };
}

/** The variables' JSON for one endpoint: those of its document, and where its lists go on. */
export function variablesJson(
  document: EndpointDocument,
  variables: Variables,
  afters: readonly (readonly [name: string, value: string])[] = [],
): string {
  const picked: Record<string, unknown> = {};
  for (const name of document.variableNames) if (variables[name] !== undefined) picked[name] = variables[name];
  for (const [name, value] of afters) picked[name] = value;
  return JSON.stringify(picked);
}
