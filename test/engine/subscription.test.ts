import { eventResult } from '@kortelijn/gateway/supergraph/execute.ts';
import { loadSupergraph } from '@kortelijn/gateway/supergraph/load.ts';
import { createPlanner } from '@kortelijn/gateway/supergraph/plan.ts';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { plain } from './small-graph.ts';
import { createStockGraph } from './stock-graph.ts';

async function prepare(text: string, given: Record<string, unknown> = {}) {
  const graph = createStockGraph();
  const supergraph = loadSupergraph(graph.supergraphSdl);
  const planned = await createPlanner(supergraph).plan({ document: parse(text), variables: given });
  if (planned.kind === 'refused') throw planned.errors[0];
  const parts = { ...planned, publicSchema: graph.publicSchema, fetchSubgraph: graph.fetchSubgraph, context: {} };
  return { graph, planned, parts: { ...parts, signal: new AbortController().signal } };
}

describe('a subscription plan', () => {
  const text = 'subscription ($zone: Int) { renamed: bookRenamed { title isLent postage(zone: $zone) } }';

  it('tells what its primary fetch asks, so that somebody else can make the event', async () => {
    const { planned } = await prepare(text);
    expect(planned.plan.primaryRequest(planned.variables)).toMatchObject({
      subgraph: 'books',
      operationKind: 'subscription',
      entities: [],
      variables: {},
    });
    expect(planned.plan.kind).toBe('subscription');
  });

  it('runs its follow-up fetches over an event made elsewhere', async () => {
    const { graph, parts } = await prepare(text, { zone: 2 });
    const primary = { data: { renamed: { __typename: 'Book', id: 'b1', title: 'New', weight: 300 } } };
    expect(plain(await eventResult({ ...parts, primary }))).toEqual({
      data: { renamed: { title: 'New', isLent: true, postage: 6 } },
    });
    expect(graph.requests.map(({ subgraph }) => subgraph)).toEqual(['loans']);
    // The event is the caller's own: the next audience gets it unchanged.
    expect(primary.data.renamed).not.toHaveProperty('isLent');
  });

  it('reports the errors of the event at their paths', async () => {
    const { parts } = await prepare(text);
    const primary = { data: null, errors: [{ message: 'Gone.', path: ['renamed'] }] };
    expect(plain(await eventResult({ ...parts, primary }))).toEqual({
      data: null,
      errors: [{ message: 'Gone.', path: ['renamed'] }],
    });
  });
});
