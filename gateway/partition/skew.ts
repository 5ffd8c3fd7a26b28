/**
 * Participants upgrade at different times: what an endpoint's contract lacks is left out of its documents.
 *
 * Nobody is asked for its SDL as long as it takes our documents. One that refuses a document is asked for it, and from
 * then on its documents are fitted: a nullable field is left out, and the part that cannot be made without is refused.
 */
import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  typeFromAST,
  validate,
} from 'graphql';
import type { Reply } from '../transport/reply.ts';
import type { Contract } from './contract.ts';
import { endpointSchema } from './contract.ts';
import { fieldNode, fieldOf, withSelections } from './endpoint-selections.ts';
import type { FetchContext } from './fetch.ts';
import { isJsonObject } from './json.ts';
import { privatePrefix } from './private-alias.ts';
import type { EndpointDocument } from './rewrite.ts';
import type { Ask } from './scatter.ts';

export interface FittableRoot {
  readonly index: number;
  readonly name: string;
  readonly node: FieldNode;
}

export interface Fittable<Root extends FittableRoot> {
  readonly kind: 'query' | 'mutation';
  documentOf(roots: readonly Root[]): EndpointDocument;
}

export interface Fitted<Root extends FittableRoot> {
  /** Undefined when nothing of it can be asked. */
  readonly document: EndpointDocument | undefined;
  readonly roots: readonly Root[];
  /** Coordinates that were left out. */
  readonly older: readonly string[];
  readonly refused: readonly { readonly root: Root; readonly missing: string }[];
}

export interface Skew {
  fit<Root extends FittableRoot>(participant: string, compiled: Fittable<Root>, roots: readonly Root[]): Fitted<Root>;
  /** Reads the endpoint's SDL; true when it differs from what was known. */
  learn(participant: string, context: FetchContext): Promise<boolean>;
}

interface Known {
  readonly schema: GraphQLSchema | undefined;
  readonly sdl: string;
  readonly atMs: number;
  /** By compiled fetch, then by its root fields. */
  readonly fitted: WeakMap<object, Map<string, unknown>>;
}

const serviceDocument = '{ _service { sdl } }';
/** An endpoint that refuses everything is asked for its SDL no more often than this. */
const learnAgainAfterMs = 5_000;
/** After this an endpoint is taken to have upgraded; if it has not, it says so again. */
const forgetAfterMs = 60_000;
const fittedMax = 100;
const sdlLengthMax = 500_000;

export function createSkew(contract: Contract, ask: Ask, now: () => number): Skew {
  const known = new Map<string, Known>();
  return {
    fit<Root extends FittableRoot>(participant: string, compiled: Fittable<Root>, roots: readonly Root[]) {
      const endpoint = known.get(participant);
      if (endpoint?.schema === undefined || now() - endpoint.atMs > forgetAfterMs) {
        return { document: compiled.documentOf(roots), roots, older: [], refused: [] };
      }
      let bySet = endpoint.fitted.get(compiled);
      if (bySet === undefined) {
        bySet = new Map();
        endpoint.fitted.set(compiled, bySet);
      }
      const name = roots.map(({ index }) => index).join();
      let fitted = bySet.get(name) as Fitted<Root> | undefined;
      if (fitted === undefined) {
        fitted = fitDocument(contract, endpoint.schema, compiled, roots);
        if (bySet.size >= fittedMax) bySet.clear();
        bySet.set(name, fitted);
      }
      return fitted;
    },
    async learn(participant, context) {
      const before = known.get(participant);
      if (before !== undefined && now() - before.atMs < learnAgainAfterMs) return false;
      const body = `{"query":${JSON.stringify(serviceDocument)}}`;
      const outgoing = {
        document: serviceDocument,
        body,
        kind: 'query',
        isPersonal: false,
        isRepeatable: false,
      } as const;
      const sdl = sdlOf(await ask(participant, outgoing, { ...context, authority: { kind: 'hub' } }));
      if (sdl === undefined) {
        known.set(participant, { schema: undefined, sdl: '', atMs: now(), fitted: new WeakMap() });
        return false;
      }
      const isSame = before?.schema !== undefined && before.sdl === sdl;
      const schema = isSame ? before.schema : builtFrom(sdl);
      known.set(participant, { schema, sdl, atMs: now(), fitted: isSame ? before.fitted : new WeakMap() });
      // The same SDL may have been forgotten for a while and fits again now.
      return schema !== undefined;
    },
  };
}

/** A refusal of the whole document before any of it ran: the endpoint may know an older contract. */
export function looksOlder(reply: Reply): boolean {
  return (
    reply.kind === 'answered' &&
    reply.data === null &&
    reply.errors.every(({ path, code }) => path.length === 0 && (code === undefined || validationCodes.has(code)))
  );
}

const validationCodes = new Set(['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

function sdlOf(reply: Reply): string | undefined {
  if (reply.kind === 'failed' || reply.data === null) return undefined;
  const service = reply.data._service;
  const sdl = isJsonObject(service) ? service.sdl : undefined;
  return typeof sdl === 'string' && sdl.length <= sdlLengthMax ? sdl : undefined;
}

function builtFrom(sdl: string): GraphQLSchema | undefined {
  try {
    return endpointSchema(sdl);
  } catch {
    return undefined;
  }
}

export function fitDocument<Root extends FittableRoot>(
  contract: Contract,
  endpoint: GraphQLSchema,
  compiled: Fittable<Root>,
  roots: readonly Root[],
): Fitted<Root> {
  const ours = compiled.kind === 'query' ? contract.schema.getQueryType() : contract.schema.getMutationType();
  const theirs = compiled.kind === 'query' ? endpoint.getQueryType() : endpoint.getMutationType();
  const older = new Set<string>();
  const refused: { root: Root; missing: string }[] = [];
  const kept: Root[] = [];
  for (const root of roots) {
    const node = ours && theirs ? fitField(contract.schema, endpoint, ours, theirs, root.node, older) : undefined;
    if (node === undefined || typeof node === 'string') {
      refused.push({ root, missing: node ?? `${compiled.kind === 'query' ? 'Query' : 'Mutation'}.${root.name}` });
    } else {
      kept.push({ ...root, node });
    }
  }
  if (kept.length === 0) return { document: undefined, roots: [], older: [], refused };
  const document = fittedDocument(compiled.documentOf(roots), kept);
  // What still does not fit, arguments and inputs, is too old as a whole.
  const [mismatch] = validate(endpoint, { kind: Kind.DOCUMENT, definitions: [document.operation] });
  if (mismatch === undefined) return { document, roots: kept, older: [...older], refused };
  const rest = kept.map((root) => ({ root, missing: `what this asks (${mismatch.message.slice(0, 200)})` }));
  return { document: undefined, roots: [], older: [], refused: [...refused, ...rest] };
}

/** The field as the endpoint has it; a coordinate when the part cannot be made without it. */
function fitField(
  contract: GraphQLSchema,
  endpoint: GraphQLSchema,
  ourParent: GraphQLNamedType,
  theirParent: GraphQLNamedType,
  node: FieldNode,
  older: Set<string>,
): FieldNode | string | undefined {
  const name = node.name.value;
  if (name === '__typename') return node;
  const our = fieldOf(ourParent, name);
  const their = fieldOf(theirParent, name);
  const coordinate = `${ourParent.name}.${name}`;
  if (our === undefined) return node;
  if (their === undefined) {
    if (isNonNullType(our.type)) return coordinate;
    if (node.alias?.value.startsWith(privatePrefix) !== true) older.add(coordinate);
    return undefined;
  }
  if (node.selectionSet === undefined) return node;
  const inner = fitSelections(
    contract,
    endpoint,
    getNamedType(our.type),
    getNamedType(their.type),
    node.selectionSet.selections,
    older,
  );
  if (typeof inner !== 'string') return withSelections(node, inner);
  // What is missing inside takes the nearest field that may be null with it.
  if (isNonNullType(our.type)) return inner;
  older.add(inner);
  return undefined;
}

function fitSelections(
  contract: GraphQLSchema,
  endpoint: GraphQLSchema,
  ours: GraphQLNamedType,
  theirs: GraphQLNamedType,
  selections: readonly SelectionNode[],
  older: Set<string>,
): SelectionNode[] | string {
  const kept: SelectionNode[] = [];
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const fitted = fitField(contract, endpoint, ours, theirs, selection, older);
      if (typeof fitted === 'string') return fitted;
      if (fitted !== undefined) kept.push(fitted);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition;
      const ourInner = condition ? contract.getType(condition.name.value) : ours;
      const theirInner = condition ? endpoint.getType(condition.name.value) : theirs;
      // A type that the endpoint does not know cannot be in its answer.
      if (ourInner === undefined || theirInner === undefined) continue;
      if (condition && typeFromAST(endpoint, condition) === undefined) continue;
      const inner = fitSelections(contract, endpoint, ourInner, theirInner, selection.selectionSet.selections, older);
      if (typeof inner === 'string') return inner;
      kept.push({ ...selection, selectionSet: { kind: Kind.SELECTION_SET, selections: inner } });
    }
  }
  return kept.length > 0 ? kept : [fieldNode('__typename')];
}

function fittedDocument(whole: EndpointDocument, roots: readonly FittableRoot[]): EndpointDocument {
  const selectionSet = { kind: Kind.SELECTION_SET, selections: roots.map(({ node }) => node) } as const;
  const text = print({ ...whole.operation, variableDefinitions: [], selectionSet });
  const isUsed = (name: string) => new RegExp(`\\$${name}\\b`).test(text);
  const variableDefinitions = (whole.operation.variableDefinitions ?? []).filter(({ variable }) =>
    isUsed(variable.name.value),
  );
  const operation: OperationDefinitionNode = { ...whole.operation, variableDefinitions, selectionSet };
  const printed = print(operation);
  return {
    text: printed,
    operation,
    isPersonal: whole.isPersonal,
    bodyHead: `{"query":${JSON.stringify(printed)},"variables":`,
    variableNames: whole.variableNames.filter(isUsed),
  };
}
