import type { FlattenNodePathSegment } from '@graphql-hive/router-query-planner';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compilePath, sharedPaths } from './flatten.ts';
import { createShelter } from './shelter.ts';
import { createTypeCatalogue } from './type-catalogue.ts';

const types = createTypeCatalogue(
  parse('interface Ship { id: ID } type Boat implements Ship { id: ID } type Raft { id: ID }'),
);

function found(path: FlattenNodePathSegment[], tree: Record<string, unknown>, absent = new Set<object>()) {
  const paths: string[] = [];
  const compiled = compilePath(path, { types, shelter: createShelter(new Set(['a'])) });
  compiled.walk(
    tree,
    (object) => absent.has(object),
    (_object, position) => paths.push(compiled.responsePath(position).join('.')),
  );
  return paths;
}

describe('compilePath', () => {
  it('finds objects through lists and nested lists, past nulls and leaves', () => {
    const tree = { a: [[{ b: { x: 1 } }, null], null, [{ b: null }, { b: 'leaf' }, { b: { x: 2 } }]] };
    expect(found([{ Field: 'a' }, '@', '@', { Field: 'b' }], tree)).toEqual(['a.0.0.b', 'a.2.2.b']);
  });

  it('goes into a list the path does not announce', () => {
    expect(found([{ Field: 'a' }], { a: [{}, {}] })).toEqual(['a.0', 'a.1']);
  });

  it('obeys type conditions by what a type implements', () => {
    const tree = { a: [{ __typename: 'Boat' }, { __typename: 'Raft' }, {}] };
    expect(found([{ Field: 'a' }, '@', { TypeCondition: ['Ship'] }], tree)).toEqual(['a.0', 'a.2']);
  });

  it('passes by what is absent, and what is in it', () => {
    const gone = { b: {} };
    expect(found([{ Field: 'a' }, '@', { Field: 'b' }], { a: [gone, { b: {} }] }, new Set([gone]))).toEqual(['a.1.b']);
  });

  it('finds nothing behind what every object inherits', () => {
    expect(found([{ Field: '__proto__' }], {})).toEqual([]);
    expect(found([{ Field: 'constructor' }, { Field: 'prototype' }], {})).toEqual([]);
  });
});

describe('sharedPaths', () => {
  it('tells per root field the longest common beginning', () => {
    expect(
      sharedPaths([
        ['a', 0, 'b'],
        ['a', 1, 'b'],
        ['c', 'd'],
      ]),
    ).toEqual([['a'], ['c', 'd']]);
    expect(sharedPaths([['a', 0, 'b']])).toEqual([['a', 0, 'b']]);
  });
});
