import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { answerPath, graft, shapeOf } from './graft.ts';
import { createShelter } from './shelter.ts';
import { createTypeCatalogue } from './type-catalogue.ts';

const shelter = createShelter(new Set(['a']));
const shaped = (operation: string) => shapeOf(operation, shelter);
const types = createTypeCatalogue(parse('interface Node { id: ID } type Boat implements Node { id: ID }'));

describe('graft', () => {
  it('takes over what was asked, at any depth, and nothing else', () => {
    const shape = shaped('{ a: b { c ...F } } fragment F on X { d { e } }');
    const source = { a: [{ c: 1, d: { e: 2, forged: 3 }, forged: 4 }, null], forged: 5 };
    expect(graft(undefined, source, shape, types)).toEqual({ a: [{ c: 1, d: { e: 2 } }, null] });
    expect(source.a[0]).toHaveProperty('forged');
  });

  it('merges objects and lists by position, whichever came first', () => {
    const shape = shaped('{ a { b c } }');
    const one = { a: [{ b: 1 }, null, { b: 3 }] };
    const two = { a: [{ c: 1 }, { c: 2 }] };
    const merged = { a: [{ b: 1, c: 1 }, { c: 2 }, { b: 3 }] };
    expect(graft(graft(undefined, one, shape, types), two, shape, types)).toEqual(merged);
    expect(graft(graft(undefined, two, shape, types), one, shape, types)).toEqual(merged);
  });

  it('lets no null replace a value, and a value replace a null', () => {
    const shape = shaped('{ a { b } }');
    expect(graft({ a: { b: 1 } }, { a: null }, shape, types)).toEqual({ a: { b: 1 } });
    expect(graft({ a: null }, { a: { b: 1 } }, shape, types)).toEqual({ a: { b: 1 } });
  });

  it("replaces an interface's name by the object's, never the other way round", () => {
    const shape = shaped('{ __typename }');
    expect(graft({ __typename: 'Node' }, { __typename: 'Boat' }, shape, types)).toEqual({ __typename: 'Boat' });
    expect(graft({ __typename: 'Boat' }, { __typename: 'Node' }, shape, types)).toEqual({ __typename: 'Boat' });
  });

  it('takes a scalar of any JSON as it is', () => {
    const value = { deep: [{ x: 1 }] };
    expect(graft(undefined, { a: value }, shaped('{ a }'), types).a).toBe(value);
  });

  it('keeps __proto__ an ordinary key', () => {
    const grown = graft(undefined, JSON.parse('{"__proto__":{"x":1}}'), shaped('{ __proto__: a { x } }'), types);
    expect(JSON.stringify(grown)).toBe('{"__proto__":{"x":1}}');
    expect(Object.getPrototypeOf(grown)).toBe(Object.prototype);
  });
});

describe('answerPath', () => {
  it('follows renames and stops where the answer leaves what was asked', () => {
    const shape = shaped('{ a { inner: b { c } } }');
    shape.field('a')?.shape?.field('inner')?.renameTo('b');
    expect(answerPath(['a', 0, 'inner', 'c'], shape)).toEqual(['a', 0, 'b', 'c']);
    expect(answerPath(['a', 1, 'moon', 'c'], shape)).toEqual(['a', 1]);
  });
});
