import type { PlanNode } from '@graphql-hive/router-query-planner';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compilePlan } from './compile.ts';
import { createErrorLedger } from './errors.ts';
import type { SubgraphRequest, SubgraphResponse } from './fetch-subgraph.ts';
import type { Run } from './run.ts';
import { createShelter } from './shelter.ts';
import { createTypeCatalogue } from './type-catalogue.ts';

const types = createTypeCatalogue(
  parse(
    `enum join__Graph { A @join__graph(name: "a", url: "") } type Boat @join__type(graph: A, key: "id") { id: ID }`,
  ),
);
const parts = { types, shelter: createShelter(types.fieldNames) };
const names = { original: (planned: string) => planned };

const fetch = (operation: string, more: object = {}): PlanNode => ({
  kind: 'Fetch',
  serviceName: 'a',
  operation,
  ...more,
});

async function run(node: PlanNode, answer: (request: SubgraphRequest) => SubgraphResponse, variables = {}) {
  const requests: SubgraphRequest[] = [];
  const state: Run = {
    variables,
    context: {},
    signal: new AbortController().signal,
    stopped: new Promise(() => {}),
    data: {},
    errors: createErrorLedger(),
    absent: undefined,
    primary: undefined,
    fetchSubgraph: async (request) => {
      requests.push(request);
      return answer(request);
    },
  };
  await compilePlan(node, names, parts).step(state);
  return { data: state.data, requests: requests.map(({ document }) => document), errors: state.errors.list() };
}

describe('compilePlan', () => {
  const branches: PlanNode = { kind: 'Condition', condition: 'on', ifClause: fetch('{a}'), elseClause: fetch('{b}') };

  it.each([
    [{ on: true }, '{a}'],
    [{ on: false }, '{b}'],
    [{}, '{b}'],
  ])('takes the branch of a condition that %j decides', async (variables, document) => {
    expect((await run(branches, () => ({ data: {} }), variables)).requests).toEqual([document]);
  });

  it('does nothing where a condition has no branch', async () => {
    const node: PlanNode = { kind: 'Condition', condition: 'on', ifClause: fetch('{a}') };
    expect((await run(node, () => ({ data: {} }))).requests).toEqual([]);
  });

  it('runs a sequence one after the other, with what came before', async () => {
    const entity = fetch(
      'query($representations:[_Any!]!){_entities(representations:$representations){...on Boat{name}}}',
      {
        requires: [{ kind: 'InlineFragment', typeCondition: 'Boat', selections: [{ kind: 'Field', name: 'id' }] }],
      },
    );
    const node: PlanNode = {
      kind: 'Sequence',
      nodes: [fetch('{boat{__typename id}}'), { kind: 'Flatten', path: [{ Field: 'boat' }], node: entity }],
    };
    const { data } = await run(node, ({ entities }) =>
      entities.length === 0
        ? { data: { boat: { __typename: 'Boat', id: '1' } } }
        : { data: { _entities: [{ name: 'Waterlelie' }] } },
    );
    expect(data).toEqual({ boat: { __typename: 'Boat', id: '1', name: 'Waterlelie' } });
  });

  it('renames in answers of entities, whether the path starts at them or at the root', async () => {
    const requires = [{ kind: 'InlineFragment', typeCondition: 'Boat', selections: [{ kind: 'Field', name: 'id' }] }];
    const operation = 'query($r:[_Any!]!){_e0:_entities(representations:$r){...on Boat{alias_0:name}}}';
    for (const path of [[{ Key: 'alias_0' }], [{ Key: '_e0' }, { Key: 'alias_0' }]]) {
      const batch = {
        kind: 'BatchFetch',
        serviceName: 'a',
        operation,
        entityBatch: {
          aliases: [
            {
              alias: '_e0',
              representationsVariableName: 'r',
              paths: [[{ Field: 'boat' }]],
              requires,
              outputRewrites: [{ KeyRenamer: { path, renameKeyTo: 'name' } }],
            },
          ],
        },
      } as PlanNode;
      const node: PlanNode = { kind: 'Sequence', nodes: [fetch('{boat{__typename id}}'), batch] };
      const { data } = await run(node, ({ entities }) =>
        entities.length === 0
          ? { data: { boat: { __typename: 'Boat', id: '1' } } }
          : { data: { _e0: [{ alias_0: 'Waterlelie' }] }, errors: [] },
      );
      expect(data).toMatchObject({ boat: { name: 'Waterlelie' } });
    }
  });

  it('sets values in the answer of a root fetch without touching what others fetched', async () => {
    const outputRewrites = [{ ValueSetter: { path: [{ Key: 'boat' }, { Key: 'kind' }], setValueTo: 'tug' } }];
    const { data } = await run(fetch('{boat{kind}}', { outputRewrites }), () => ({ data: { boat: { kind: 'x' } } }));
    expect(data).toEqual({ boat: { kind: 'tug' } });
  });

  it.each([
    ['a deferred part', { kind: 'Defer', primary: {}, deferred: [] }],
    ['anything but a fetch under Flatten', { kind: 'Flatten', path: [], node: { kind: 'Sequence', nodes: [] } }],
  ])('refuses %s', (_what, node) => {
    expect(() => compilePlan(node as PlanNode, names, parts)).toThrow(/^Expected/);
  });
});
