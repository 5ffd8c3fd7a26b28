import { buildSchema, type FieldNode, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createErrorLedger } from './errors.ts';
import { compileProjection } from './project.ts';
import { createShelter } from './shelter.ts';

const schema = buildSchema(`
  type Query { int: Int float: Float id: ID text: String flag: Boolean mood: Mood any: Any grid: [[Int!]] strict: [Int!]! ship: Ship boat: Boat! moment: Moment }
  enum Mood { CALM } scalar Moment union Any = Boat | Raft
  interface Ship { id: ID! } type Boat implements Ship { id: ID! deck: Deck! } type Raft implements Ship { id: ID! logs: Int } type Deck { no: Int! }
`);

function project(text: string, data: Record<string, unknown>, absent?: Set<object>) {
  const rootFields = parse(text).definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? (node.selectionSet.selections as readonly FieldNode[]) : [],
  );
  const queryType = schema.getQueryType();
  if (!queryType) throw new Error('Expected a query type.');
  const errors = createErrorLedger();
  const projecting = { errors, absent, introspection: undefined, path: [] };
  const answer = compileProjection(
    schema,
    queryType,
    rootFields,
    new Map(),
    createShelter(new Set()),
  )(data, projecting);
  return { answer, errors: errors.list().map(({ path }) => path?.join('.')) };
}

describe('leaves are coerced as results (GraphQL §3.5)', () => {
  it.each([
    ['int', 7, 7],
    ['int', '7', 7],
    ['int', true, 1],
    ['float', 1.5, 1.5],
    ['float', '1.5', 1.5],
    ['id', 7, '7'],
    ['id', 'x', 'x'],
    ['text', 7, '7'],
    ['text', true, 'true'],
    ['flag', 1, true],
    ['mood', 'CALM', 'CALM'],
    ['moment', { any: ['json'] }, { any: ['json'] }],
    ['text', null, null],
    ['text', undefined, null],
  ])('%s: %j becomes %j', (field, value, expected) => {
    expect(project(`{ ${field} }`, { [field]: value })).toEqual({ answer: { [field]: expected }, errors: [] });
  });

  it.each([
    ['int', 1.5],
    ['int', 'x'],
    ['int', 2 ** 31],
    ['float', 'x'],
    ['id', {}],
    ['text', {}],
    ['text', ['x']],
    ['flag', 'yes'],
    ['mood', 'WILD'],
    ['mood', 7],
  ])('%s: %j becomes null with an error', (field, value) => {
    expect(project(`{ ${field} }`, { [field]: value })).toEqual({ answer: { [field]: null }, errors: [field] });
  });
});

describe('a null in a non-null place', () => {
  it('travels to the nearest nullable one, and is told where it began', () => {
    expect(project('{ grid }', { grid: [[1, null], [2], null] })).toEqual({
      answer: { grid: [null, [2], null] },
      errors: ['grid.0.1'],
    });
    expect(project('{ strict text }', { strict: [1, null], text: 'x' })).toEqual({
      answer: null,
      errors: ['strict.1'],
    });
    expect(project('{ boat { deck { no } } }', { boat: { id: '1', deck: {} } })).toEqual({
      answer: null,
      errors: ['boat.deck.no'],
    });
  });

  it('of an absent object is where the object was', () => {
    const gone = { __typename: 'Boat', id: '1' };
    expect(project('{ ship { id } }', { ship: gone }, new Set([gone]))).toEqual({ answer: { ship: null }, errors: [] });
    expect(project('{ boat { id } }', { boat: gone }, new Set([gone]))).toEqual({ answer: null, errors: ['boat'] });
  });
});

describe('abstract types', () => {
  const text = '{ ship { id ... on Boat { deck { no } } ... on Raft { logs } } any { __typename ... on Ship { id } } }';

  it('are read by the name in the data', () => {
    const data = { ship: { __typename: 'Raft', id: 1, logs: 3, deck: { no: 1 } }, any: { __typename: 'Boat', id: 2 } };
    expect(project(text, data)).toEqual({
      answer: { ship: { id: '1', logs: 3 }, any: { __typename: 'Boat', id: '2' } },
      errors: [],
    });
  });

  it('without a name give what is selected on the interface itself', () => {
    expect(project('{ ship { id ... on Raft { logs } } }', { ship: { id: 1 } })).toEqual({
      answer: { ship: { id: '1' } },
      errors: [],
    });
  });

  it.each(['Query', 'Unknown', 'Mood', 7, '__proto__'])('by the name %j are null with an error', (name) => {
    expect(project('{ ship { id } }', { ship: { __typename: name, id: 1 } })).toEqual({
      answer: { ship: null },
      errors: ['ship'],
    });
  });
});

describe('fields', () => {
  it('of one response key are merged in the order of their first appearance', () => {
    const { answer } = project('{ boat { deck { no } } text boat { id } }', {
      text: 'x',
      boat: { id: 1, deck: { no: 2 } },
    });
    expect(JSON.stringify(answer)).toBe('{"boat":{"deck":{"no":2},"id":"1"},"text":"x"}');
  });

  it.each([
    ['{ grid }', { grid: 7 }],
    ['{ ship { id } }', { ship: 'x' }],
    ['{ ship { id } }', { ship: [] }],
  ])('%s of %j are null with an error', (text, data) => {
    const { errors } = project(text, data);
    expect(errors).toHaveLength(1);
  });
});
