import type { SubgraphResponse } from '@kortelijn/gateway/supergraph/execute.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { plain } from './small-graph.ts';
import { createStockGraph } from './stock-graph.ts';

const untouched = Object.getOwnPropertyNames(Object.prototype).sort();

/** As it comes off the wire: JSON.parse makes `__proto__` an own key. */
function wired(text: string): SubgraphResponse {
  return JSON.parse(text) as SubgraphResponse;
}

describe('F11, A14: hostile answers', () => {
  afterEach(() => {
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(untouched);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('with __proto__, constructor and prototype as keys change no prototype', async () => {
    const evil = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1}';
    const graph = createStockGraph(async (request) =>
      request.entities.length === 0
        ? wired(`{"data":{${evil},"books":[{"__typename":"Book","id":"b1",${evil}}]}}`)
        : wired(`{"data":{${evil},"_entities":[{"isLent":true,${evil}}]}}`),
    );
    expect(JSON.stringify(await graph.ask('{ books { id isLent } }'))).toBe(
      '{"data":{"books":[{"id":"b1","isLent":true}]}}',
    );
  });

  it('under such aliases of the consumer come back under those aliases', async () => {
    const graph = createStockGraph();
    const result = await graph.ask(
      '{ __proto__: books { constructor: id __proto__: isLent prototype: lentTo toString: title hasOwnProperty: weight } }',
    );
    expect(JSON.stringify(result.data)).toContain(
      '{"constructor":"b1","__proto__":true,"prototype":"Sanne","toString":"Riet","hasOwnProperty":300}',
    );
  });

  it('that leave such a key out mean null, not what every object inherits', async () => {
    const graph = createStockGraph(async () => wired('{"data":{"book":{"id":"b1"}}}'));
    expect(
      plain(await graph.ask('{ book(id: "b1") { constructor: weight toString: weight __proto__: weight } }')),
    ).toEqual({
      data: { book: JSON.parse('{"constructor":null,"toString":null,"__proto__":null}') },
    });
  });

  it('that slip in fields of another subgraph are not taken over', async () => {
    const graph = createStockGraph(async (request, answer) => {
      if (request.entities.length === 0) return answer();
      return { data: { _entities: [{ __typename: 'Admin', id: 'b9', title: 'Forged', isLent: false }], loanCount: 0 } };
    });
    expect(plain(await graph.ask('{ book(id: "b1") { id title __typename isLent } }'))).toEqual({
      data: { book: { id: 'b1', title: 'Riet', __typename: 'Book', isLent: false } },
    });
  });

  it.each([
    ['an object for a list', '{"data":{"books":{"id":"b1"}}}'],
    ['a text for an object', '{"data":{"books":["b1"]}}'],
    ['a list for an object', '{"data":{"books":[[{"id":"b1"}]]}}'],
    ['a text under data', '{"data":"books"}'],
    ['a list under data', '{"data":[]}'],
    ['no data and no errors', '{}'],
    ['errors that are no list', '{"data":null,"errors":{"message":"no"}}'],
    ['errors without a message', '{"data":null,"errors":[null,{"path":"books"},{"message":7,"path":[{}]}]}'],
    ['an error path of the moon', '{"data":null,"errors":[{"message":"x","path":["moon",1,"dust"]}]}'],
  ])('with %s become coded errors at a path of the answer', async (_what, text) => {
    const graph = createStockGraph(async () => wired(text));
    const result = await graph.ask('{ books { id } }');
    expect(result.data).toBeNull();
    expect(result.errors?.length).toBeGreaterThan(0);
    for (const error of result.errors ?? []) expect(error.path?.[0]).toBe('books');
  });

  it('with a million errors cost no more than the errors that are told', async () => {
    const errors = Array.from({ length: 1_000_000 }, () => ({ message: 'x', path: ['_entities', 0, 'lentTo'] }));
    const graph = createStockGraph(async (request, answer) =>
      request.entities.length === 0 ? answer() : { data: { _entities: [{ lentTo: null }] }, errors },
    );
    const result = await graph.ask('{ shelf { lentTo } }');
    expect(result.errors).toHaveLength(1001);
    expect(result.errors?.at(-1)?.message).toContain('999500 more');
  });

  it('of lists in lists without end use up no stack', async () => {
    const graph = createStockGraph(async (request) => {
      let nested: unknown = [{ __typename: 'Book', id: 'b1' }];
      for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
      return request.entities.length === 0 ? { data: { books: nested as [] } } : { data: { _entities: [nested] } };
    });
    const result = await graph.ask('{ books { id isLent } }');
    expect(result.data).toBeNull();
    expect(result.errors?.[0]?.path?.[0]).toBe('books');
  });

  it.each([
    ['null', 'null'],
    ['a number', '7'],
    ['a text', '"data"'],
  ])('that are %s instead of an answer become an error', async (_what, text) => {
    const graph = createStockGraph(async () => wired(text));
    const result = plain(await graph.ask('{ book(id: "b1") { id } }'));
    expect(result).toMatchObject({ data: { book: null }, errors: [{ path: ['book'] }] });
  });

  it('with too few, too many or misplaced entities null only what is missing', async () => {
    const graph = createStockGraph(async (request, answer) =>
      request.entities.length === 0
        ? answer()
        : wired(
            '{"data":{"_entities":[{"lentTo":"A"},7,"x",{"lentTo":"D"}]},"errors":[{"message":"odd","path":["_entities",99]}]}',
          ),
    );
    expect(plain(await graph.ask('{ books { lentTo } }'))).toEqual({
      data: { books: [{ lentTo: 'A' }, { lentTo: null }, { lentTo: null }] },
      errors: [{ message: 'odd', path: ['books'] }],
    });
  });

  it('with an unknown type name are nulled without repeating the name', async () => {
    const graph = createStockGraph(async () => wired('{"data":{"item":{"__typename":"SecretThing","id":"m1"}}}'));
    const result = plain(await graph.ask('{ item(id: "m1") { __typename id } }'));
    expect(result.data).toEqual({ item: null });
    expect(result.errors).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain('SecretThing');
  });

  it('are not changed by the executor: one answer may serve two executions', async () => {
    const answer = wired('{"data":{"books":[{"__typename":"Book","id":"b1"}]}}');
    const graph = createStockGraph(async (request) =>
      request.entities.length === 0 ? answer : wired('{"data":{"_entities":[{"isLent":true}]}}'),
    );
    await graph.ask('{ books { id isLent } }');
    expect(answer).toEqual({ data: { books: [{ __typename: 'Book', id: 'b1' }] } });
  });
});
