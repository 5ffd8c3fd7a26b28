import { describe, expect, it } from 'vitest';
import { plain } from './small-graph.ts';
import { counters, createStockGraph } from './stock-graph.ts';

describe('fetches', () => {
  it('asks each distinct representation once and answers every place that held it', async () => {
    const graph = createStockGraph();
    const result = await graph.ask('{ shelf { id isLent } favourite { isLent } }');
    expect(plain(result)).toEqual({
      data: {
        shelf: [
          [{ id: 'b1', isLent: true }, null],
          [
            { id: 'b1', isLent: true },
            { id: 'b2', isLent: false },
          ],
          null,
        ],
        favourite: { isLent: true },
      },
    });
    const lists = graph.requests.flatMap(({ entities, variables }) =>
      entities.map(({ variable }) => variables[variable]),
    );
    expect(lists.flat()).toEqual(
      [...new Set(lists.flat().map((item) => JSON.stringify(item)))].map((text) => JSON.parse(text)),
    );
  });

  it('tells the requester which _entities fields a fetch holds and where their representations are', async () => {
    const graph = createStockGraph();
    await graph.ask('{ favourite { isLent } }');
    expect(
      graph.requests.map(({ subgraph, operationKind, entities }) => ({ subgraph, operationKind, entities })),
    ).toEqual([
      { subgraph: 'books', operationKind: 'query', entities: [] },
      { subgraph: 'loans', operationKind: 'query', entities: [{ alias: '_entities', variable: 'representations' }] },
    ]);
    expect(graph.requests[1]?.variables).toEqual({ representations: [{ __typename: 'Book', id: 'b1' }] });
  });

  it('asks nothing when there is nothing to ask about', async () => {
    const graph = createStockGraph();
    expect(plain(await graph.ask('{ book(id: "none") { isLent } }'))).toEqual({ data: { book: null } });
    expect(graph.requests).toHaveLength(1);
  });

  it('sends a required null, so that the subgraph decides what it means', async () => {
    const graph = createStockGraph();
    expect(plain(await graph.ask('{ book(id: "b3") { postage } }'))).toEqual({ data: { book: { postage: null } } });
  });

  it('keeps apart what two places ask of one entity with other arguments', async () => {
    const graph = createStockGraph();
    const result = await graph.ask(
      '{ a: favourite { related { isLent n: title } } b: favourite { related { isLent n: title(upper: true) } } }',
    );
    expect(plain(result).data).toEqual({
      a: {
        related: [
          { isLent: false, n: 'Water' },
          { isLent: false, n: 'Klei' },
        ],
      },
      b: {
        related: [
          { isLent: false, n: 'WATER' },
          { isLent: false, n: 'KLEI' },
        ],
      },
    });
  });

  it('runs root queries of several subgraphs in parallel', async () => {
    let waiting = 0;
    let release = (): void => {};
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    const graph = createStockGraph(async (_request, answer) => {
      waiting += 1;
      if (waiting === 2) release();
      await both;
      return answer();
    });
    expect(plain(await graph.ask('{ loanCount favourite { id } }'))).toEqual({
      data: { loanCount: 7, favourite: { id: 'b1' } },
    });
  });

  it('gives a variable the planner would take for its own another name on the way', async () => {
    const graph = createStockGraph();
    const result = await graph.ask('query ($representations: Int) { favourite { postage(zone: $representations) } }', {
      representations: 4,
    });
    expect(plain(result)).toEqual({ data: { favourite: { postage: 12 } } });
  });

  it('sends coerced variables with their defaults', async () => {
    const graph = createStockGraph();
    const result = await graph.ask('query ($zone: Int = 3, $id: ID!) { book(id: $id) { postage(zone: $zone) } }', {
      id: 'b2',
    });
    expect(plain(result)).toEqual({ data: { book: { postage: 15 } } });
  });
});

describe('aliases', () => {
  it.each([
    ['{ books { id: title isLent } }', { id: 'Riet', isLent: true }],
    ['{ books { weight: title postage } }', { weight: 'Riet', postage: 3 }],
    ['{ books { id: weight weight: id postage } }', { id: 300, weight: 'b1', postage: 3 }],
    ['{ books { __typename: title isLent: id x: isLent } }', { __typename: 'Riet', isLent: 'b1', x: true }],
    [
      '{ books { _entities: isLent _internal_qp_alias_0: title id } }',
      { _entities: true, _internal_qp_alias_0: 'Riet', id: 'b1' },
    ],
  ])('that are names of fields, as in %s, are not taken for those fields', async (text, first) => {
    const result = await createStockGraph().ask(text);
    expect(result.errors).toBeUndefined();
    expect((result.data?.books as unknown[] | undefined)?.[0]).toEqual(first);
  });

  it('of that kind stand in the paths of errors as the consumer wrote them', async () => {
    const graph = createStockGraph(async (request, answer) => {
      if (request.entities.length === 0) return answer();
      const alias = /(\w+): postage/.exec(request.document)?.[1] ?? '';
      return {
        data: { _entities: [{ [alias]: null }] },
        errors: [{ message: 'No stamp.', path: ['_entities', 0, alias] }],
      };
    });
    expect(plain(await graph.ask('{ favourite: book(id: "b1") { title: postage } }'))).toEqual({
      data: { favourite: { title: null } },
      errors: [{ message: 'No stamp.', path: ['favourite', 'title'] }],
    });
  });
});

describe('root mutations', () => {
  it('run in document order, each complete with its follow-up fetches before the next begins (GraphQL §6.2.2)', async () => {
    const graph = createStockGraph();
    const result = await graph.ask(`mutation {
      first: rename(id: "b1", title: "Riet II") { title isLent }
      lend(book: "b2") { days book { title } }
      last: rename(id: "b2", title: "Water II") { title isLent }
    }`);
    expect(plain(result)).toEqual({
      data: {
        first: { title: 'Riet II', isLent: true },
        lend: { days: 21, book: { title: 'Water' } },
        last: { title: 'Water II', isLent: false },
      },
    });
    expect(counters.loans).toEqual(['rename b1', 'read b1', 'lend b2', 'rename b2', 'read b2']);
  });

  it('go on after one of them failed', async () => {
    const graph = createStockGraph(async (request, answer) =>
      request.document.includes('lend') ? { data: null, errors: [{ message: 'No lending today.' }] } : answer(),
    );
    const result = await graph.ask(
      'mutation { lend(book: "b1") { days } rename(id: "b1", title: "T") { title isLent } }',
    );
    expect(plain(result)).toEqual({
      data: { lend: null, rename: { title: 'T', isLent: true } },
      errors: [{ message: 'No lending today.', path: ['lend'] }],
    });
  });
});

describe('errors', () => {
  it('stand at every place that held the representation, with the full response path', async () => {
    const graph = createStockGraph(async (request, answer) => {
      const response = await answer();
      if (request.entities.length === 0) return response;
      const entities = (response.data?._entities ?? []) as ({ lentTo: unknown } | null)[];
      return {
        data: { _entities: entities.map((entity, index) => (index === 0 ? { ...entity, lentTo: null } : entity)) },
        errors: [{ message: 'Hidden.', path: ['_entities', 0, 'lentTo'], extensions: { code: 'FORBIDDEN' } }],
      };
    });
    const result = await graph.ask('{ shelf { lentTo } }');
    expect(plain(result)).toEqual({
      data: { shelf: [[{ lentTo: null }, null], [{ lentTo: null }, { lentTo: null }], null] },
      errors: [
        { message: 'Hidden.', path: ['shelf', 0, 0, 'lentTo'], extensions: { code: 'FORBIDDEN' } },
        { message: 'Hidden.', path: ['shelf', 1, 0, 'lentTo'], extensions: { code: 'FORBIDDEN' } },
      ],
    });
  });

  it('of a whole entity fetch stand once, where its places hang together, and explain what is missing there', async () => {
    const graph = createStockGraph(async (request, answer) => {
      if (request.entities.length > 0)
        throw Object.assign(new Error('Not there.'), { extensions: { code: 'UNREACHABLE' } });
      return answer();
    });
    expect(plain(await graph.ask('{ books { id isLent } favourite { id lentTo } }'))).toEqual({
      data: null,
      errors: expect.arrayContaining([
        { message: 'Not there.', path: ['books'], extensions: { code: 'UNREACHABLE' } },
        { message: 'Not there.', path: ['favourite'], extensions: { code: 'UNREACHABLE' } },
      ]),
    });
  });

  it('of a root fetch without a path stand at each of its root fields', async () => {
    const graph = createStockGraph(async () => ({ data: null, errors: [{ message: 'Closed.' }] }));
    const result = plain(await graph.ask('{ one: book(id: "b1") { id } two: book(id: "b2") { id } }'));
    expect(result).toEqual({
      data: { one: null, two: null },
      errors: [
        { message: 'Closed.', path: ['one'] },
        { message: 'Closed.', path: ['two'] },
      ],
    });
  });

  it('of an unknown kind tell nothing of the inside', async () => {
    const graph = createStockGraph(async () => {
      throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
    });
    const result = plain(await graph.ask('{ book(id: "b1") { id } }'));
    expect(JSON.stringify(result)).not.toContain('10.0.0.7');
    expect(result.errors).toHaveLength(1);
  });

  it('name a null at a non-null field that nobody explained, once, and null the nearest nullable parent', async () => {
    const graph = createStockGraph(async (request, answer) => {
      const response = await answer();
      return request.entities.length === 0 ? response : { data: { _entities: [null] } };
    });
    expect(plain(await graph.ask('{ book(id: "b1") { id isLent } }'))).toEqual({
      data: { book: null },
      errors: [
        {
          message: 'Cannot return null for non-nullable field Book.isLent.',
          path: ['book', 'isLent'],
          extensions: { code: 'CONTRACT_BREACH', retryable: true },
        },
      ],
    });
  });

  it('beyond a thousand are counted, not sent', async () => {
    const flood = Array.from({ length: 20_000 }, (_, index) => ({ message: `e${index}`, path: ['book'] }));
    const graph = createStockGraph(async () => ({ data: null, errors: flood }));
    const result = plain(await graph.ask('{ book(id: "b1") { id } }'));
    expect(result.errors).toHaveLength(1001);
    expect(result.errors?.at(-1)).toMatchObject({ extensions: { code: 'TOO_MANY_ERRORS' } });
  });
});

describe('absent entities', () => {
  it('are null as a whole at every place, with the coded error of the response instead of a broken promise', async () => {
    const graph = createStockGraph(async (request, answer) => {
      if (request.entities.length === 0) return answer();
      return {
        data: { _entities: [null, { isLent: false }] },
        absent: [{ alias: '_entities', index: 0 }],
        errors: [{ message: 'Not found.', path: ['_entities', 0], extensions: { code: 'NOT_FOUND' } }],
      };
    });
    expect(plain(await graph.ask('{ shelf { id isLent } }'))).toEqual({
      data: { shelf: [[null, null], [null, { id: 'b2', isLent: false }], null] },
      errors: [
        { message: 'Not found.', path: ['shelf', 0, 0], extensions: { code: 'NOT_FOUND' } },
        { message: 'Not found.', path: ['shelf', 1, 0], extensions: { code: 'NOT_FOUND' } },
      ],
    });
  });

  it('at a non-null place null the nearest nullable parent, and the coded error stays the only one', async () => {
    const graph = createStockGraph(async (request, answer) => {
      if (request.entities.length === 0) return answer();
      return {
        data: { _entities: [null] },
        absent: [{ alias: '_entities', index: 0 }],
        errors: [{ message: 'Not found.', path: ['_entities', 0], extensions: { code: 'NOT_FOUND' } }],
      };
    });
    expect(plain(await graph.ask('{ favourite { id isLent } }'))).toEqual({
      data: null,
      errors: [{ message: 'Not found.', path: ['favourite'], extensions: { code: 'NOT_FOUND' } }],
    });
  });

  it('without an error are silently null', async () => {
    const graph = createStockGraph(async (request, answer) =>
      request.entities.length === 0
        ? answer()
        : { data: { _entities: [null] }, absent: [{ alias: '_entities', index: 0 }] },
    );
    expect(plain(await graph.ask('{ book(id: "b1") { id isLent } }'))).toEqual({ data: { book: null } });
  });
});

describe('stopping', () => {
  it('ends what is under way, starts nothing more and reports the rest as missing with a code', async () => {
    const stop = new AbortController();
    const seen: AbortSignal[] = [];
    const graph = createStockGraph((request, answer, signal) => {
      seen.push(signal);
      if (request.subgraph === 'books') return answer();
      setImmediate(() => stop.abort());
      return new Promise(() => {});
    });
    const result = plain(await graph.ask('{ book(id: "b1") { id lentTo } loanCount }', {}, { signal: stop.signal }));
    expect(seen.every((signal) => signal.aborted)).toBe(true);
    expect(result.data).toBeNull();
    expect(result.errors).toContainEqual(
      expect.objectContaining({ path: ['loanCount'], extensions: { code: 'REQUEST_TIMED_OUT', retryable: true } }),
    );
  });

  it('keeps what had arrived', async () => {
    const stop = new AbortController();
    const graph = createStockGraph((request, answer) => {
      if (request.subgraph === 'books') return answer();
      stop.abort();
      return new Promise(() => {});
    });
    const result = plain(await graph.ask('{ book(id: "b1") { id lentTo } }', {}, { signal: stop.signal }));
    expect(result.data).toEqual({ book: { id: 'b1', lentTo: null } });
    expect(result.errors).toHaveLength(1);
  });

  it('asks nobody when it was stopped before it began', async () => {
    const graph = createStockGraph();
    const result = plain(await graph.ask('{ book(id: "b1") { id } }', {}, { signal: AbortSignal.abort() }));
    expect(graph.requests).toHaveLength(0);
    expect(result).toMatchObject({ data: { book: null }, errors: [{ path: ['book'] }] });
  });
});

describe('introspection', () => {
  it('is answered from the public schema beside planned fields, in the order of the document', async () => {
    const graph = createStockGraph();
    const result = plain(
      await graph.ask(
        `query ($name: String!) {
        __typename
        favourite { id __typename }
        ...Names
        kind: __type(name: $name) { name kind }
      }
      fragment Names on Query { __schema { queryType { name } } alsoHere: __typename }`,
        { name: 'Book' },
      ),
    );
    expect(result).toEqual({
      data: {
        __typename: 'Query',
        favourite: { id: 'b1', __typename: 'Book' },
        __schema: { queryType: { name: 'Query' } },
        alsoHere: 'Query',
        kind: { name: 'Book', kind: 'OBJECT' },
      },
    });
    expect(Object.keys(result.data as object)).toEqual(['__typename', 'favourite', '__schema', 'alsoHere', 'kind']);
    expect(graph.requests).toHaveLength(1);
  });

  it('asks no subgraph when there is nothing else', async () => {
    const graph = createStockGraph();
    expect(plain(await graph.ask('{ __typename __type(name: "Nothing") { name } }'))).toEqual({
      data: { __typename: 'Query', __type: null },
    });
    expect(graph.requests).toHaveLength(0);
  });

  it('leaves a mutation its own root type name', async () => {
    const graph = createStockGraph();
    expect(plain(await graph.ask('mutation { __typename rename(id: "b1", title: "x") { title } }'))).toEqual({
      data: { __typename: 'Mutation', rename: { title: 'x' } },
    });
  });
});

describe('@skip and @include', () => {
  const text = `query ($deep: Boolean!, $flat: Boolean! = true) {
    favourite { title @skip(if: $deep) id ... @include(if: $deep) { title isLent } related @include(if: $flat) { ...R } }
  }
  fragment R on Book { id @include(if: $deep) lentTo @skip(if: $flat) }`;

  it('are decided before planning: no subgraph is asked for what the answer leaves out', async () => {
    const graph = createStockGraph();
    const result = plain(await graph.ask(text, { deep: false }));
    expect(result).toEqual({ data: { favourite: { title: 'Riet', id: 'b1', related: [{}, {}] } } });
    expect(graph.requests).toHaveLength(1);
  });

  it('put a field where it is first included (GraphQL §6.3.2)', async () => {
    const graph = createStockGraph();
    const result = plain(await graph.ask(text, { deep: true, flat: false }));
    expect(JSON.stringify(result.data)).toBe('{"favourite":{"id":"b1","title":"Riet","isLent":true}}');
  });

  it('that leave nothing give an empty object without asking', async () => {
    const graph = createStockGraph();
    expect(plain(await graph.ask('query ($no: Boolean = false) { favourite @include(if: $no) { id } }'))).toEqual({
      data: {},
    });
    expect(graph.requests).toHaveLength(0);
  });
});

describe('refusals', () => {
  it.each([
    ['an unknown operation name', '{ loanCount }', {}, { operationName: 'Other' }, 'OPERATION_RESOLUTION_FAILURE'],
    ['variables of the wrong type', 'query ($id: ID!) { book(id: $id) { id } }', {}, {}, 'BAD_USER_INPUT'],
  ])('name %s', async (_what, text, variables, options, code) => {
    const graph = createStockGraph();
    const result = plain(await graph.ask(text, variables, options));
    expect(result).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(result).not.toHaveProperty('data');
    expect(graph.requests).toHaveLength(0);
  });
});
