import type { RequiresSelection } from '@graphql-hive/router-query-planner';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compileRequires, identityOf } from './requires.ts';
import { compileRewrites } from './rewrites.ts';
import { createTypeCatalogue } from './type-catalogue.ts';

const types = createTypeCatalogue(
  parse(`
    enum join__Graph { A @join__graph(name: "a", url: "") }
    interface Ship @join__type(graph: A, key: "id") { id: ID }
    type Boat implements Ship @join__type(graph: A, key: "id") @join__type(graph: A, key: "hull { no }") { id: ID }
    type Raft implements Ship @join__type(graph: A, key: "id", resolvable: false) { id: ID }
    type Cargo { id: ID }
  `),
);
const field = (name: string, selections?: RequiresSelection[], alias?: string): RequiresSelection => ({
  kind: 'Field',
  name,
  ...(selections && { selections }),
  ...(alias && { alias }),
});
const on = (typeCondition: string, ...selections: RequiresSelection[]): RequiresSelection => ({
  kind: 'InlineFragment',
  typeCondition,
  selections,
});
const represent = (...requires: RequiresSelection[]) => compileRequires(requires, undefined, 'a', types);

describe('compileRequires', () => {
  it('sends what is required and nothing else, required nulls included', () => {
    const boat = { __typename: 'Boat', id: '1', name: 'x', weight: null };
    expect(represent(on('Boat', field('id'), field('weight')))(boat)).toEqual({
      __typename: 'Boat',
      id: '1',
      weight: null,
    });
  });

  it.each([
    ['of another type', { __typename: 'Cargo', id: '1' }],
    ['without a type name', { id: '1' }],
    ['without a required field', { __typename: 'Boat', weight: 1 }],
    ['with a null key', { __typename: 'Boat', id: null, weight: 1 }],
    ['whose key this subgraph does not resolve', { __typename: 'Raft', id: '1', weight: 1 }],
  ])('makes nothing of an object %s', (_what, object) => {
    expect(represent(on('Ship', field('id'), field('weight')))({ ...object })).toBeUndefined();
  });

  it('accepts any one whole key, nested ones included', () => {
    const make = represent(on('Boat', field('id'), field('hull', [field('no')])));
    expect(make({ __typename: 'Boat', id: null, hull: { no: 7 } })).toBeDefined();
    expect(make({ __typename: 'Boat', id: null, hull: { no: null } })).toBeUndefined();
    expect(make({ __typename: 'Boat', id: null, hull: null })).toBeUndefined();
  });

  it('sends a field the planner fetched under its own alias by the name the subgraph expects', () => {
    const make = represent(on('Boat', field('id'), field('_internal_0', undefined, 'price')));
    expect(make({ __typename: 'Boat', id: '1', price: 1, _internal_0: 2 })).toMatchObject({ price: 2 });
  });

  it('selects inside lists by the type of each object, which says its name when it can be of several', () => {
    const make = represent(
      on('Boat', field('id'), field('fleet', [on('Raft', field('logs')), on('Cargo', field('id'))])),
    );
    const fleet = [{ __typename: 'Raft', logs: 3, x: 1 }, { __typename: 'Cargo', id: 'c' }, null];
    expect(make({ __typename: 'Boat', id: '1', fleet })?.fleet).toEqual([
      { __typename: 'Raft', logs: 3 },
      { id: 'c' },
      null,
    ]);
  });

  it('applies rewrites before the key is judged', () => {
    const rewrites = [
      { ValueSetter: { path: [{ TypenameEquals: ['Ship'] }, { Key: '__typename' }], setValueTo: 'Ship' } },
    ];
    const make = compileRequires([on('Ship', field('id'))], compileRewrites(rewrites, types), 'a', types);
    expect(make({ __typename: 'Raft', id: '1' })).toEqual({ __typename: 'Ship', id: '1' });
  });
});

describe('identityOf', () => {
  it.each([
    [
      { a: 'x', b: 'yz' },
      { a: 'xy', b: 'z' },
    ],
    [{ a: '1' }, { a: 1 }],
    [{ a: null }, { a: 'null' }],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
    [{ a: [1, 2] }, { a: '[1,2]' }],
  ])('keeps %j and %j apart', (one, two) => {
    expect(identityOf(one)).not.toBe(identityOf(two));
    expect(identityOf(one)).toBe(identityOf(structuredClone(one)));
  });
});
