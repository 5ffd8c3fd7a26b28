import fc from 'fast-check';
import { buildSchema, execute, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import type { SubgraphRequest } from '../../supergraph/execute.ts';
import { mergeFetches } from './merge-fetches.ts';

const signal = new AbortController().signal;
const contextOf = (subject: string) => ({
  authority: { kind: 'subject', participant: 'linde', subject, roles: [], scopes: [] },
});

/** Answers each object by its number; those that 3 divides are absent, those that 5 divides have an error inside. */
function endpoint() {
  const asked: SubgraphRequest[] = [];
  const fetchSubgraph = async (request: SubgraphRequest) => {
    asked.push(request);
    const data: Record<string, unknown> = {};
    const errors: { message: string; path: (string | number)[] }[] = [];
    const absent: { alias: string; index: number }[] = [];
    for (const { alias, variable } of request.entities) {
      data[alias] = (request.variables[variable] as { n: number }[]).map(({ n }, index) => {
        if (n % 3 === 0) absent.push({ alias, index });
        if (n % 5 === 0) errors.push({ message: `${n}`, path: [alias, index, 'title'] });
        return n % 3 === 0 ? null : { n };
      });
    }
    return { data, errors, absent };
  };
  return { asked, fetchSubgraph };
}

const request = (
  numbers: readonly number[],
  document = 'one',
  more: Record<string, unknown> = {},
): SubgraphRequest => ({
  subgraph: 'participant',
  document,
  operationKind: 'query',
  operationName: undefined,
  variables: { of: numbers.map((n) => ({ n, id: `linde:${n}` })), ...more },
  entities: [{ alias: '_e0', variable: 'of' }],
});

test('what is asked together is asked once, and each gets what it would have got alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(60), { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 12 }),
      async (lists) => {
        const { asked, fetchSubgraph } = endpoint();
        const fetchMerged = mergeFetches(fetchSubgraph);
        const merged = await Promise.all(lists.map((list) => fetchMerged(request(list), contextOf('anna'), signal)));
        const alone = await Promise.all(lists.map((list) => fetchSubgraph(request(list))));
        expect(merged).toEqual(alone);
        const objects = lists.reduce((total, list) => total + list.length, 0);
        expect(asked.length - lists.length).toBeLessThanOrEqual(1 + Math.floor((objects / 100) * 2));
        expect(asked.every(({ variables }) => (variables.of as unknown[]).length <= 100)).toBe(true);
      },
    ),
  );
});

test('A10: two readers or two sets of variables are never joined', async () => {
  const { asked, fetchSubgraph } = endpoint();
  const fetchMerged = mergeFetches(fetchSubgraph);
  await Promise.all([
    fetchMerged(request([1]), contextOf('anna'), signal),
    fetchMerged(request([1]), contextOf('bert'), signal),
    fetchMerged(request([1], 'one', { first: 5 }), contextOf('anna'), signal),
  ]);
  expect(asked).toHaveLength(3);
});

test('several documents are asked as one that is valid, and each gets what it would have got alone', async () => {
  const schema = buildSchema(`
    type Thing { id: ID! title(first: Int): String me: Thing }
    scalar _Any
    type Query { _entities(representations: [_Any!]!): [Thing]! }`);
  const rootValue = {
    _entities: ({ representations }: { representations: { id: string; n: number }[] }) =>
      representations.map(({ id, n }) => {
        const thing = {
          id,
          title: ({ first }: { first?: number }) => {
            if (n % 5 === 0) throw new Error(`No title of ${n}`);
            return `${n} ${first ?? ''}`;
          },
        };
        return n % 3 === 0 ? null : { ...thing, me: thing };
      }),
  };
  const asked: SubgraphRequest[] = [];
  const fetchSubgraph = async (sent: SubgraphRequest) => {
    asked.push(sent);
    const document = parse(sent.document);
    expect(validate(schema, document)).toEqual([]);
    const { data, errors } = await execute({ schema, document, rootValue, variableValues: sent.variables });
    return {
      data: JSON.parse(JSON.stringify(data)) as Record<string, unknown>,
      errors: (errors ?? []).map(({ message, path }) => ({ message, path: [...(path ?? [])] })),
    };
  };
  const texts = [
    'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Thing { id title } } }',
    'query ($of: [_Any!]!, $first: Int) { _e0: _entities(representations: $of) { ...F } } fragment F on Thing { title(first: $first) }',
    'query ($of: [_Any!]!) { _e0: _entities(representations: $of) { ...F } } fragment F on Thing { me { id title } }',
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(2), fc.array(fc.nat(30), { minLength: 1, maxLength: 5 })), {
        minLength: 2,
        maxLength: 8,
      }),
      async (wanted) => {
        const requests = wanted.map(([which, numbers]) => ({
          ...request(numbers, texts[which], {}),
          entities: [{ alias: which === 0 ? '_entities' : '_e0', variable: 'of' }],
        }));
        const alone = [];
        for (const one of requests) alone.push(await fetchSubgraph(one));
        asked.length = 0;
        const fetchMerged = mergeFetches(fetchSubgraph);
        const merged = await Promise.all(requests.map((one) => fetchMerged(one, contextOf('anna'), signal)));
        expect(merged).toEqual(alone);
        expect(asked).toHaveLength(1);
      },
    ),
  );
});

test('streams together never take more than a part of what a participant does at once', async () => {
  const answers: (() => void)[] = [];
  let underWay = 0;
  let most = 0;
  const fetchMerged = mergeFetches(async ({ variables }) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise<void>((resolve) => answers.push(resolve));
    underWay -= 1;
    return { data: { _e0: variables.of } };
  });
  const running = Array.from({ length: 200 }, (_, n) => fetchMerged(request([n]), contextOf(`person ${n}`), signal));
  let answered = 0;
  while (answered < 200) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const answer of answers.splice(0)) {
      answered += 1;
      answer();
    }
  }
  expect(await Promise.all(running)).toHaveLength(200);
  expect(most).toBe(16);
});

test('two participants are never joined, so one that is slow holds up nobody else', async () => {
  const { asked, fetchSubgraph } = endpoint();
  const fetchMerged = mergeFetches(fetchSubgraph);
  const of = (participant: string): SubgraphRequest => ({
    ...request([]),
    variables: { of: [{ n: 1, id: `${participant}:1` }] },
  });
  await Promise.all(
    [of('linde'), of('denkbeeld'), of('linde')].map((one) => fetchMerged(one, contextOf('anna'), signal)),
  );
  expect(asked).toHaveLength(2);
});

test('what begins while two questions are under way is asked in one when the first is answered', async () => {
  const answers: (() => void)[] = [];
  const asked: number[] = [];
  const fetchMerged = mergeFetches(async ({ variables }) => {
    const list = variables.of as unknown[];
    asked.push(list.length);
    await new Promise<void>((resolve) => answers.push(resolve));
    return { data: { _e0: list } };
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const running: Promise<unknown>[] = [];
  for (let n = 1; n <= 6; n += 1) {
    running.push(fetchMerged(request([n]), contextOf('anna'), signal));
    await turn();
    await turn();
  }
  expect(asked).toEqual([1, 1]);
  answers.shift()?.();
  await turn();
  expect(asked).toEqual([1, 1, 4]);
  for (const answer of answers) answer();
  const results = await Promise.all(running);
  expect(results).toMatchObject([1, 2, 3, 4, 5, 6].map((n) => ({ data: { _e0: [{ n }] } })));
});

test('what breaks breaks for everyone who waited for it', async () => {
  const fetchMerged = mergeFetches(async () => {
    throw new Error('broken');
  });
  const both = await Promise.allSettled([1, 2].map((n) => fetchMerged(request([n]), contextOf('anna'), signal)));
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
