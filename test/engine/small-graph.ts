/**
 * A small federated graph in one process: real subgraphs, composed, answered by our engine.
 * The wire between them can be watched and bent.
 */
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  execute,
  type FetchSubgraph,
  type SubgraphRequest,
  type SubgraphResponse,
} from '@kortelijn/gateway/supergraph/execute.ts';
import { loadSupergraph } from '@kortelijn/gateway/supergraph/load.ts';
import { createPlanner } from '@kortelijn/gateway/supergraph/plan.ts';
import { composeServices } from '@theguild/federation-composition';
import { type ExecutionResult, execute as executeHere, type GraphQLSchema, parse, validate } from 'graphql';

export interface SmallSubgraph {
  readonly name: string;
  readonly sdl: string;
  readonly resolvers?: Resolvers;
}

// biome-ignore lint/suspicious/noExplicitAny: a table of resolvers over any domain.
export type Resolvers = Record<string, any>;

/** Sees each request with the way to its real answer, and decides what arrives. */
export type Wire = (
  request: SubgraphRequest,
  answer: () => Promise<SubgraphResponse>,
  signal: AbortSignal,
) => Promise<SubgraphResponse>;

export interface SmallGraph {
  readonly supergraphSdl: string;
  readonly publicSchema: GraphQLSchema;
  readonly fetchSubgraph: FetchSubgraph;
  /** Requests that went over the wire, in order. */
  readonly requests: readonly SubgraphRequest[];
  ask(document: string, variables?: Record<string, unknown>, options?: AskOptions): Promise<ExecutionResult>;
}

export interface AskOptions {
  readonly operationName?: string;
  readonly signal?: AbortSignal;
}

const federation = `
  extend schema @link(
    url: "https://specs.apollo.dev/federation/v2.5"
    import: [
      "@key" "@requires" "@provides" "@external" "@shareable" "@override" "@inaccessible" "@interfaceObject" "@extends" "@tag"
    ]
  )
`;

/** Federation 2 SDL, unless it says `# federation 1` at its head. */
export function typeDefs(sdl: string) {
  return parse(sdl.trimStart().startsWith('# federation 1') ? sdl : federation + sdl);
}

export function compose(subgraphs: readonly SmallSubgraph[]): string {
  const result = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, url: `http://${name}.example`, typeDefs: typeDefs(sdl) })),
  );
  if (!result.supergraphSdl) {
    throw new Error(
      `Expected subgraphs that compose, found: ${result.errors?.map(({ message }) => message).join('; ')}`,
    );
  }
  return result.supergraphSdl;
}

export function createSmallGraph(
  subgraphs: readonly SmallSubgraph[],
  wire: Wire = (_request, answer) => answer(),
  supergraphSdl = compose(subgraphs),
): SmallGraph {
  const supergraph = loadSupergraph(supergraphSdl);
  const { publicSchema } = supergraph;
  const planner = createPlanner(supergraph);
  const answerOf = createSubgraphs(subgraphs);
  const requests: SubgraphRequest[] = [];
  const fetchSubgraph: FetchSubgraph = (request, _context, signal) => {
    requests.push(request);
    return wire(request, () => answerOf(request), signal);
  };
  return {
    supergraphSdl,
    publicSchema,
    fetchSubgraph,
    requests,
    async ask(text, variables, { operationName, signal = new AbortController().signal } = {}) {
      const document = parse(text);
      const problems = validate(publicSchema, document);
      if (problems.length > 0) return { errors: problems };
      const planned = await planner.plan({ document, operationName, variables });
      if (planned.kind === 'refused') return { errors: planned.errors };
      const result = await execute({ ...planned, publicSchema, fetchSubgraph, context: {}, signal });
      return result;
    },
  };
}

/** Answers of the real subgraphs, through JSON as over a wire. */
export function createSubgraphs(
  subgraphs: readonly SmallSubgraph[],
): (request: SubgraphRequest) => Promise<SubgraphResponse> {
  const schemas = new Map(
    subgraphs.map(({ name, sdl, resolvers }) => [
      name,
      buildSubgraphSchema({ typeDefs: typeDefs(sdl), ...(resolvers && { resolvers }) }),
    ]),
  );
  return async ({ subgraph, document, operationName, variables }) => {
    const schema = schemas.get(subgraph);
    if (schema === undefined) throw new Error(`Expected a subgraph of this graph, found "${subgraph}".`);
    const parsed = parse(document);
    const problems = validate(schema, parsed);
    const sent = JSON.parse(JSON.stringify(variables)) as Record<string, unknown>;
    const result: ExecutionResult =
      problems.length > 0
        ? { errors: problems }
        : await executeHere({ schema, document: parsed, variableValues: sent, operationName, contextValue: {} });
    return JSON.parse(JSON.stringify({ data: null, ...result })) as SubgraphResponse;
  };
}

/** A result as the consumer reads it. */
export function plain(result: ExecutionResult): { data?: unknown; errors?: unknown[] } {
  return JSON.parse(JSON.stringify(result)) as { data?: unknown; errors?: unknown[] };
}
