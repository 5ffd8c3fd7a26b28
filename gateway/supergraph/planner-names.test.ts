import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { plannerNames } from './planner-names.ts';

const supergraph = (interfaces: string) =>
  parse(
    `enum join__Graph { A @join__graph(name: "apple", url: "u") B @join__graph(name: "berry", url: "u") } ${interfaces}`,
  );

describe('plannerNames', () => {
  it('leaves a supergraph without interface objects as it is', () => {
    const names = plannerNames(supergraph('interface Ship @join__type(graph: A) { id: ID }'));
    expect(names.sdl).toBeUndefined();
    expect(names.original('apple')).toBe('apple');
  });

  it('puts the subgraph with an interface object behind the one that defines the interface', () => {
    const names = plannerNames(
      supergraph('interface Ship @join__type(graph: A, isInterfaceObject: true) @join__type(graph: B) { id: ID }'),
    );
    const given = [...(names.sdl ?? '').matchAll(/name: "(\w+)"/g)].map(([, name]) => name ?? '');
    expect([...given].sort().map(names.original)).toEqual(['berry', 'apple']);
  });

  it('names every subgraph, also when they wait for each other', () => {
    const names = plannerNames(
      supergraph(`interface Ship @join__type(graph: A, isInterfaceObject: true) @join__type(graph: B) { id: ID }
        interface Crew @join__type(graph: B, isInterfaceObject: true) @join__type(graph: A) { id: ID }`),
    );
    const given = [...(names.sdl ?? '').matchAll(/name: "(\w+)"/g)].map(([, name]) => name ?? '');
    expect(given.map(names.original).sort()).toEqual(['apple', 'berry']);
  });
});
