import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { shapeOf } from './graft.ts';
import { compileRewrites, renameInShape } from './rewrites.ts';
import { createShelter } from './shelter.ts';
import { createTypeCatalogue } from './type-catalogue.ts';

const types = createTypeCatalogue(
  parse('interface Ship { id: ID } type Boat implements Ship { id: ID } type Raft { id: ID }'),
);

describe('compileRewrites', () => {
  it('sets a value where the path and the types on it lead, through lists', () => {
    const path = [{ Key: 'ships' }, { TypenameEquals: ['Ship'] }, { Key: 'kind' }];
    const value = { ships: [{ __typename: 'Boat' }, { __typename: 'Raft' }, null] };
    compileRewrites([{ ValueSetter: { path, setValueTo: 'set' } }], types)?.(value);
    expect(value).toEqual({ ships: [{ __typename: 'Boat', kind: 'set' }, { __typename: 'Raft' }, null] });
  });

  it('renames a key, and nothing where it is not', () => {
    const value = { a: { from: 1 }, b: {} };
    compileRewrites(
      [
        { KeyRenamer: { path: [{ Key: 'a' }, { Key: 'from' }], renameKeyTo: 'to' } },
        { KeyRenamer: { path: [{ Key: 'b' }, { Key: 'from' }], renameKeyTo: 'to' } },
      ],
      types,
    )?.(value);
    expect(value).toEqual({ a: { to: 1 }, b: {} });
  });

  it('takes the spelling with a kind as well', () => {
    const value = {};
    compileRewrites([{ kind: 'ValueSetter', path: [{ Key: 'a' }], setValueTo: 'x' }], types)?.(value);
    expect(value).toEqual({ a: 'x' });
  });

  it('is nothing when there is nothing to rewrite', () => {
    expect(compileRewrites([], types)).toBeUndefined();
  });
});

describe('renameInShape', () => {
  it('makes renames part of the shape and leaves the rest', () => {
    const shape = shapeOf('{ ships { ... on Boat { inner_0: id } } }', createShelter(new Set()));
    const setter = { ValueSetter: { path: [{ Key: 'x' }], setValueTo: 'y' } };
    const path = [{ Key: 'ships' }, { TypenameEquals: ['Boat'] }, { Key: 'inner_0' }];
    expect(renameInShape([{ KeyRenamer: { path, renameKeyTo: 'id' } }, setter], shape)).toEqual([setter]);
    expect(shape.field('ships')?.shape?.field('inner_0')?.to).toBe('id');
  });
});
