/**
 * Where the planner's own runtime breaks the GraphQL specification: our answer, and that the peer still gives another.
 * When one of these fails because the peer now agrees, the deviation is gone and its case goes too.
 */
import { createHivePeer } from '@kortelijn/peers/hive-router-runtime.ts';
import { type ExecutionResult, getOperationAST, OperationTypeNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSmallGraph, plain, type SmallSubgraph, type Wire } from './small-graph.ts';

const ducks = [{ id: 'd1' }, { id: 'd2' }];

const pond: readonly SmallSubgraph[] = [
  {
    name: 'pond',
    sdl: `type Query { ducks: [Duck!] strict: [Duck!]! duck: Duck } type Duck @key(fields: "id") { id: ID! rings: [Int!] depth: Int }
      type Mutation { feed(id: ID!): Duck }`,
    resolvers: {
      Query: { ducks: () => ducks, strict: () => ducks, duck: () => ({ id: 'd1', rings: [7, 8], depth: 3 }) },
      Mutation: { feed: (_: unknown, { id }: { id: string }) => ({ id }) },
      Duck: { __resolveReference: async ({ id }: { id: string }) => ({ id }) },
    },
  },
  {
    name: 'weight',
    sdl: 'type Duck @key(fields: "id") { id: ID! grams: Int! }',
    resolvers: {
      Duck: { __resolveReference: async ({ id }: { id: string }) => (id === 'd2' ? null : { id, grams: 900 }) },
    },
  },
];

async function both(
  text: string,
  wire?: Wire,
): Promise<{ ours: ReturnType<typeof plain>; peer: ReturnType<typeof plain>; orders: [string[], string[]] }> {
  const graph = createSmallGraph(pond, wire);
  const ours = plain(await graph.ask(text));
  const fetchCount = graph.requests.length;
  const ask = await createHivePeer(graph.supergraphSdl, async (request) => {
    const operationKind = getOperationAST(parse(request.document))?.operation ?? OperationTypeNode.QUERY;
    const sent = { ...request, operationKind, operationName: undefined, entities: [] };
    return (await graph.fetchSubgraph(sent, {}, new AbortController().signal)) as ExecutionResult;
  });
  const document = parse(text);
  const peer = await ask({
    document,
    operationType: getOperationAST(document)?.operation ?? OperationTypeNode.QUERY,
    variables: {},
  });
  const order = graph.requests.map(({ subgraph, operationKind }) => `${subgraph} ${operationKind}`);
  return { ours, peer: plain(peer), orders: [order.slice(0, fetchCount), order.slice(fetchCount)] };
}

describe("where the planner's runtime breaks the specification", () => {
  it('§6.4.4: a null in a non-null place travels to the nearest nullable one', async () => {
    const { ours, peer } = await both('{ ducks { id grams } }');
    expect(ours.data).toEqual({ ducks: null });
    expect(peer.data).not.toEqual(ours.data);
  });

  it('§6.4.4: a null in a non-null place that nobody explained is a field error, told once at its path', async () => {
    const { ours, peer } = await both('{ strict { grams } }');
    expect(ours).toMatchObject({ data: null, errors: [{ path: ['strict', 1, 'grams'] }] });
    expect(peer.errors).toBeUndefined();
  });

  it('§6.3.2: fields of one response key are one field, also when it is a list', async () => {
    const { ours, peer } = await both('{ duck { rings rings } }');
    expect(ours).toEqual({ data: { duck: { rings: [7, 8] } } });
    expect(peer.data).not.toEqual(ours.data);
  });

  it('§7.1.1: once execution began there is data, null where it failed', async () => {
    const { ours, peer } = await both('{ duck { depth } }', async () => ({
      data: null,
      errors: [{ message: 'Frozen.' }],
    }));
    expect(ours).toEqual({ data: { duck: null }, errors: [{ message: 'Frozen.', path: ['duck'] }] });
    expect(peer).not.toHaveProperty('data');
  });

  it('§3.5.1: a leaf is coerced to its type or is a field error', async () => {
    const { ours, peer } = await both('{ duck { depth } }', async () => ({ data: { duck: { depth: 'deep' } } }));
    expect(ours).toMatchObject({ data: { duck: { depth: null } }, errors: [{ path: ['duck', 'depth'] }] });
    expect(peer.data).toEqual({ duck: { depth: 'deep' } });
  });

  it('§6.2.2: a root mutation is complete before the next begins', async () => {
    const { orders } = await both('mutation { a: feed(id: "d1") { grams } b: feed(id: "d1") { grams } }');
    expect(orders[0]).toEqual(['pond mutation', 'weight query', 'pond mutation', 'weight query']);
    expect(orders[1]).not.toEqual(orders[0]);
  });
});
