import { loadSupergraph } from '@kortelijn/gateway/supergraph/load.ts';
import { createPlanner, type PlanRequest } from '@kortelijn/gateway/supergraph/plan.ts';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compose, createSmallGraph, plain } from './small-graph.ts';
import { stockSubgraphs } from './stock-graph.ts';

const supergraph = loadSupergraph(compose(stockSubgraphs));

function request(text: string, variables?: Record<string, unknown>, operationName?: string): PlanRequest {
  return { document: parse(text), variables, operationName };
}

describe('the plan cache', () => {
  it('knows an operation by its meaning, not by its layout', async () => {
    const planner = createPlanner(supergraph);
    const one = await planner.plan(request('{ books { id } }'));
    const two = await planner.plan(request('query {\n  books,{id}}  # the same'));
    expect(one.kind === 'planned' && two.kind === 'planned' && one.plan === two.plan).toBe(true);
    expect(planner.planCount).toBe(1);
  });

  it('keeps the operations of one document apart', async () => {
    const planner = createPlanner(supergraph);
    const text = 'query A { books { id } } query B { loanCount }';
    await planner.plan(request(text, {}, 'A'));
    await planner.plan(request(text, {}, 'B'));
    expect(planner.planCount).toBe(2);
  });

  it('holds one plan per outcome of @skip and @include, whatever the other variables', async () => {
    const planner = createPlanner(supergraph);
    const text = 'query ($x: Boolean!, $id: ID!) { book(id: $id) { id title @skip(if: $x) } }';
    for (const [x, id] of [
      [true, '1'],
      [true, '2'],
      [false, '1'],
      [false, '2'],
    ])
      await planner.plan(request(text, { x, id }));
    expect(planner.planCount).toBe(2);
  });

  it('is bounded', async () => {
    const planner = createPlanner(supergraph, { planCountMax: 3 });
    for (let i = 0; i < 10; i += 1) await planner.plan(request(`{ a${i}: loanCount }`));
    expect(planner.planCount).toBe(3);
  });

  it('makes one plan for requests that arrive together', async () => {
    const planner = createPlanner(supergraph);
    const [one, two] = await Promise.all([
      planner.plan(request('{ loanCount }')),
      planner.plan(request('{ loanCount }')),
    ]);
    expect(one.kind === 'planned' && two.kind === 'planned' && one.plan === two.plan).toBe(true);
  });

  it('forgets a planning that failed', async () => {
    const planner = createPlanner(supergraph, { planTimeoutMs: 1 });
    const wide = `{ ${Array.from({ length: 2000 }, (_, i) => `a${i}: books { isLent related { postage } }`).join(' ')} }`;
    const planned = await planner.plan(request(wide));
    expect(planned).toMatchObject({ kind: 'refused', errors: [{ extensions: { code: 'PLAN_TIMED_OUT' } }] });
    expect(planner.planCount).toBe(0);
  });
});

describe('the public schema', () => {
  const graph = createSmallGraph([
    {
      name: 'a',
      sdl: `
        "Asks." type Query { "A thing." thing(kind: Kind, secret: Int @inaccessible): Thing hidden: Hidden @inaccessible thingOrHidden: Either }
        "A thing." type Thing implements Visible & Secret @tag(name: "x") { id: ID! @deprecated(reason: "old") code: Int @inaccessible kind: Kind at: Moment }
        interface Visible { id: ID! }
        interface Secret @inaccessible { id: ID! }
        type Hidden @inaccessible { id: ID! }
        union Either = Thing | Hidden
        enum Kind { OPEN CLOSED @inaccessible }
        input Filter { open: Boolean closed: Boolean @inaccessible }
        scalar Moment @specifiedBy(url: "https://example.org/moment")
        directive @note(text: String) on FIELD
      `,
      resolvers: {
        Query: {
          thing: () => ({ id: 1, kind: 'CLOSED', at: { year: 2026 } }),
          thingOrHidden: () => ({ __typename: 'Hidden', id: 1 }),
        },
      },
    },
  ]);

  it('holds nothing inaccessible and nothing of the machinery, and keeps descriptions and deprecations', async () => {
    const result = plain(
      await graph.ask(`{ __schema { types { name description fields(includeDeprecated: true) { name args { name } deprecationReason }
        enumValues { name } inputFields { name } possibleTypes { name } interfaces { name } specifiedByURL } directives { name } } }`),
    );
    const { types, directives } = (
      result.data as { __schema: { types: Record<string, unknown>[]; directives: { name: string }[] } }
    ).__schema;
    const type = (name: string) => types.find((candidate) => candidate.name === name);
    expect(types.map(({ name }) => name).filter((name) => !String(name).startsWith('__'))).toEqual(
      expect.arrayContaining(['Query', 'Thing', 'Visible', 'Either', 'Kind', 'Moment']),
    );
    for (const hidden of ['Secret', 'Hidden', 'join__Graph', 'join__FieldSet', 'link__Import'])
      expect(type(hidden)).toBeUndefined();
    expect(type('Thing')).toMatchObject({
      description: 'A thing.',
      interfaces: [{ name: 'Visible' }],
      fields: [{ name: 'id', deprecationReason: 'old' }, { name: 'kind' }, { name: 'at' }],
    });
    expect(type('Query')).toMatchObject({
      fields: [{ name: 'thing', args: [{ name: 'kind' }] }, { name: 'thingOrHidden' }],
    });
    expect(type('Either')).toMatchObject({ possibleTypes: [{ name: 'Thing' }] });
    expect(type('Kind')).toMatchObject({ enumValues: [{ name: 'OPEN' }] });
    expect(type('Moment')).toMatchObject({ specifiedByURL: 'https://example.org/moment' });
    expect(directives.map(({ name }) => name).filter((name) => /join|link|tag|inaccessible/.test(name))).toEqual([]);
  });

  it('nulls an inaccessible enum value and an inaccessible member of a union, without naming them', async () => {
    const result = plain(await graph.ask('{ thing { id kind at } thingOrHidden { __typename } }'));
    expect(result.data).toEqual({ thing: { id: '1', kind: null, at: { year: 2026 } }, thingOrHidden: null });
    expect(JSON.stringify(result)).not.toMatch(/CLOSED|"Hidden"/);
    expect(result.errors).toHaveLength(2);
  });
});
