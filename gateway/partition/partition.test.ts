/** The partition over small foreign endpoints: what comes back when all is well. */
import { newId, participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSnapshot } from './directory-snapshot.ts';
import { createStandIn, type Row, type StandIn } from './standins/endpoint.ts';
import { caller, createHubOf, dataOf, type HubOfStandIns, listedOf } from './standins/hub.ts';

const names = ['bedenkerveen', 'denkbeeld', 'linde'];
let standIns: StandIn[];
let hub: HubOfStandIns;

const rowsOf = (name: string, count: number): Row[] =>
  Array.from({ length: count }, (_, index) => {
    const createdMs = 1_000_000 + index * 10 + names.indexOf(name);
    return { id: newId(participantId(name), 'inc'), title: `${name} ${index}`, createdMs, updatedMs: createdMs };
  });
const standIn = (name: string) => standIns.find(({ id }) => id === name) as StandIn;

beforeEach(async () => {
  standIns = await Promise.all(names.map((id) => createStandIn({ id, rows: rowsOf(id, 5) })));
  hub = createHubOf(standIns);
});
afterEach(async () => {
  await hub.close();
  await Promise.all(standIns.map((one) => one.close()));
});

test('M-01: one list holds the rows of all participants in one order, with who was asked', async () => {
  const { data, errors } = await hub.query(
    '{ incidents(first: 4, orderBy: CREATED_DESC) { edges { cursor node { title } } pageInfo { hasNextPage endCursor } totalCount coverage { complete asked answered parties { participant { __typename id } outcome code } } } }',
  );
  expect(errors).toEqual([]);
  const { incidents } = data as { incidents: { edges: { node: { title: string } }[]; [key: string]: unknown } };
  expect(incidents.edges.map(({ node }) => node.title)).toEqual([
    'linde 4',
    'denkbeeld 4',
    'bedenkerveen 4',
    'linde 3',
  ]);
  expect(incidents).toMatchObject({
    totalCount: 15,
    pageInfo: { hasNextPage: true },
    coverage: {
      complete: true,
      asked: 3,
      answered: 3,
      parties: names.map((id) => ({ participant: { __typename: 'Participant', id }, outcome: 'FRESH', code: null })),
    },
  });
  // Nothing of the other participants reaches an endpoint, and no coverage is asked of one.
  expect(standIn('linde').received[0]?.query).not.toMatch(/coverage|participants/);
});

test('aliases, several edges and nodes come back as they were asked', async () => {
  const { data } = await hub.query(
    '{ rows: incidents(first: 2, orderBy: CREATED_ASC) { e: edges { c: cursor n: node { t: title } } more: edges { node { id } } nodes { title ... on Incident { state } } page: pageInfo { more: hasNextPage hasPreviousPage startCursor } } }',
  );
  const { rows } = data as { rows: Record<string, { c?: string; n?: unknown }[]> & { page: { startCursor: string } } };
  expect(rows.e?.map(({ n }) => n)).toMatchObject([{ t: 'bedenkerveen 0' }, { t: 'denkbeeld 0' }]);
  expect(rows.nodes).toMatchObject([
    { title: 'bedenkerveen 0', state: 'REPORTED' },
    { title: 'denkbeeld 0', state: 'REPORTED' },
  ]);
  expect(rows.more).toHaveLength(2);
  expect(rows.page).toMatchObject({ more: true, hasPreviousPage: false });
  expect(rows.page.startCursor).toEqual(expect.any(String));
});

test('each edge’s own cursor and the end cursor go on exactly behind their row', async () => {
  const list = '{ incidents(first: 15, orderBy: CREATED_ASC) { nodes { title } } }';
  const all = (await hub.query(list)).data as { incidents: { nodes: { title: string }[] } };
  const titles = all.incidents.nodes.map(({ title }) => title);
  const page =
    'query($after: String) { incidents(first: 6, after: $after, orderBy: CREATED_ASC) { edges { cursor node { title } } pageInfo { endCursor } } }';
  type Page = { incidents: { edges: { cursor: string; node: { title: string } }[]; pageInfo: { endCursor: string } } };
  const first = (await hub.query(page)).data as Page;
  for (const [index, { cursor }] of first.incidents.edges.entries()) {
    const next = (await hub.query(page, { after: cursor })).data as Page;
    expect(next.incidents.edges.map(({ node }) => node.title)).toEqual(titles.slice(index + 1, index + 7));
  }
  const end = (await hub.query(page, { after: first.incidents.pageInfo.endCursor })).data as Page;
  expect(end.incidents.edges.map(({ node }) => node.title)).toEqual(titles.slice(6, 12));
});

test('numbers are summed, keyed lists merged, percentiles computed from merged histograms', async () => {
  const { data, errors } = await hub.query(
    `query($p: Float!) {
      count: incidentCount { value coverage { complete } }
      statusReport { incidentCount byState { count } t: timeInState { s: seconds waitReason cases } pickUp { count p50: percentile(p: $p) max: percentile(p: 100) } }
      chain: incidentChain(chainId: "x") { nodes { id } }
    }`,
    { p: 50 },
  );
  // Nobody asked for the coverage and nobody is missing.
  expect(errors).toEqual([]);
  expect(data).toMatchObject({
    count: { value: 15, coverage: { complete: true } },
    statusReport: {
      incidentCount: 15,
      byState: [{ count: 15 }],
      t: [
        { s: 30, waitReason: null, cases: 3 },
        { s: 6, waitReason: 'USER', cases: 3 },
      ],
      pickUp: { count: 15, p50: 21, max: 42 },
    },
  });
  expect((dataOf(data).chain as { nodes: unknown[] }).nodes).toHaveLength(15);
});

test('a routed field goes to its participant alone, by id, by reference and by caller', async () => {
  const [row] = standIn('denkbeeld').rows;
  const { data, errors } = await hub.query(
    'query($id: ID!) { incident(id: $id) { title owner { __typename id } } incidentByReference(reference: "bedenkerveen-2026-0001") { title } viewer { participant { id } } }',
    { id: row?.id },
  );
  expect(errors).toEqual([]);
  expect(data).toMatchObject({
    incident: { title: 'denkbeeld 0', owner: { id: 'denkbeeld' } },
    incidentByReference: { title: 'bedenkerveen 0' },
    viewer: { participant: { id: 'linde' } },
  });
  expect(standIns.map(({ received }) => received.length)).toEqual([1, 1, 1]);
});

test('entities are split by prefix, asked side by side, and come back at their places', async () => {
  const [a, b] = [standIn('linde').rows[1] as Row, standIn('denkbeeld').rows[2] as Row];
  const gone = newId(participantId('linde'), 'inc');
  const foreign = newId(participantId('nobody'), 'inc');
  const representations = [b.id, gone, a.id, foreign, 'garbage', b.id].map((linkId) => ({
    __typename: 'Incident',
    linkId,
  }));
  const { data, errors, absent } = await hub.entities(
    'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Incident { title } } }',
    { representations },
  );
  expect((dataOf(data)._entities as ({ title: string } | null)[]).map((one) => one?.title)).toEqual([
    'denkbeeld 2',
    undefined,
    'linde 1',
    undefined,
    undefined,
    'denkbeeld 2',
  ]);
  expect(absent?.map(({ index }) => index).sort()).toEqual([1, 3, 4]);
  expect(errors.map(({ path, extensions }) => [path[1], extensions.code]).sort()).toEqual([
    [1, 'NOT_FOUND'],
    [3, 'NOT_FOUND'],
    [4, 'NOT_FOUND'],
  ]);
  expect(standIn('bedenkerveen').received).toEqual([]);
});

test('participants join, move, merge and are suspended while the hub runs', async () => {
  const count = async () =>
    (await hub.query('{ incidentCount { value coverage { asked complete parties { participant { id } outcome } } } }'))
      .data?.incidentCount as { value: number };
  const [bedenkerveen, denkbeeld, linde] = standIns.map((one) => listedOf(one)) as [
    ReturnType<typeof listedOf>,
    ReturnType<typeof listedOf>,
    ReturnType<typeof listedOf>,
  ];
  hub.directory = createSnapshot(2, '', [denkbeeld, linde]);
  expect(await count()).toMatchObject({ value: 10, coverage: { asked: 2 } });
  hub.directory = createSnapshot(3, '', [bedenkerveen, denkbeeld, { ...linde, accessionState: 'SUSPENDED' }]);
  const other = { ...caller, participant: 'denkbeeld' } as typeof caller;
  const { data } = await hub.query(
    '{ incidentCount { value coverage { asked complete parties { participant { id } outcome } } } }',
    {},
    { authority: other },
  );
  expect(data?.incidentCount).toMatchObject({
    value: 10,
    coverage: { asked: 2, complete: true, parties: [{}, {}, { participant: { id: 'linde' }, outcome: 'SUSPENDED' }] },
  });
  // A new party answers at another's address under a prefix of its own; the old prefix still leads there.
  hub.directory = createSnapshot(4, '', [
    denkbeeld,
    linde,
    { ...bedenkerveen, accessionState: 'WITHDRAWN', mergedInto: 'denkbeeld' },
  ]);
  const [row] = standIn('denkbeeld').rows;
  const kept = { ...(row as Row), id: newId(participantId('bedenkerveen'), 'inc'), title: 'taken over' };
  standIn('denkbeeld').rows.push(kept);
  const read = await hub.query('query($id: ID!) { incident(id: $id) { title } }', { id: kept.id });
  expect(read).toMatchObject({ data: { incident: { title: 'taken over' } }, errors: [] });
});

test('mutations go in runs of neighbours, in document order', async () => {
  const ids = ['linde', 'linde', 'denkbeeld', 'linde'].map((name) => (standIn(name).rows[0] as Row).id);
  const fields = ids.map(
    (id, index) =>
      `m${index}: acknowledgeIncident(input: {commandId: "c${index}", incidentId: "${id}"}) { __typename ... on IncidentChanged { incident { id } } }`,
  );
  const { data, errors } = await hub.mutate(`mutation { ${fields.join(' ')} }`);
  expect(errors).toEqual([]);
  expect(Object.values(data ?? {}).map((one) => (one as { incident: { id: string } }).incident.id)).toEqual(ids);
  expect(standIn('linde').received.map(({ query }) => [...query.matchAll(/m\d/g)].map(([name]) => name))).toEqual([
    ['m0', 'm1'],
    ['m3'],
  ]);
});

test('identical queries under way are one for the same caller, and two for two', async () => {
  const ask = (authority = caller) =>
    hub.query('{ incidentCount(participants: ["linde"]) { value } }', {}, { authority });
  await Promise.all([ask(), ask(), ask({ ...caller, subject: 'anke' } as typeof caller)]);
  expect(standIn('linde').received).toHaveLength(2);
});

test.each([
  ['{ incidents(first: 0) { totalCount } }', 'FIRST_OUT_OF_RANGE'],
  ['{ incidents(first: 10000) { totalCount } }', 'FIRST_OUT_OF_RANGE'],
  ['{ incidents(after: "garbage") { totalCount } }', 'CURSOR_MALFORMED'],
  ['{ incidents(participants: ["nobody"]) { totalCount } }', 'UNKNOWN_PARTICIPANT'],
  ['{ incident(id: "garbage") { title } }', 'UNKNOWN_ID'],
  ['{ incident(id: "nobody:inc_0198f2c4-1111-7222-8333-444455556666") { title } }', 'NOT_FOUND'],
  ['{ incident(id: "linde:net_0198f2c4-1111-7222-8333-444455556666") { title } }', 'UNKNOWN_ID'],
  ['{ incidentByReference(reference: "x") { title } }', 'UNKNOWN_REFERENCE'],
])('%s is refused with %s before anything is sent', async (document, code) => {
  const { errors } = await hub.query(document);
  expect(errors).toMatchObject([{ extensions: { code } }]);
  expect(standIns.flatMap(({ received }) => received)).toEqual([]);
});

test('A11: a cursor of another filter, order or person is refused, and so is one that was changed', async () => {
  const list = (more: string, authority = caller) =>
    hub.query(
      `{ incidents(${more.includes('first') ? '' : 'first: 2 '}${more}) { pageInfo { endCursor } } }`,
      {},
      { authority },
    );
  const { data } = await list('');
  const cursor = (dataOf(data).incidents as { pageInfo: { endCursor: string } }).pageInfo.endCursor;
  const codeOf = async (more: string, authority = caller) => (await list(more, authority)).errors[0]?.extensions.code;
  expect(await codeOf(`after: "${cursor}"`)).toBeUndefined();
  expect(await codeOf(`after: "${cursor}", first: 3`)).toBeUndefined();
  expect(await codeOf(`after: "${cursor}", orderBy: UPDATED_DESC`)).toBe('CURSOR_OF_ANOTHER_QUERY');
  expect(await codeOf(`after: "${cursor}", filter: {open: true}`)).toBe('CURSOR_OF_ANOTHER_QUERY');
  expect(await codeOf(`after: "${cursor}"`, { ...caller, subject: 'anke' } as typeof caller)).toBe(
    'CURSOR_OF_ANOTHER_PERSON',
  );
  const flipped = `${cursor.slice(0, 40)}${cursor[40] === 'A' ? 'B' : 'A'}${cursor.slice(41)}`;
  expect(await codeOf(`after: "${flipped}"`)).toBe('CURSOR_MALFORMED');
});

test('F7: paged by 7 while rows arrive and a party goes down and comes back, every row comes once, the late ones announced', async () => {
  const document =
    'query($after: String) { incidents(first: 7, after: $after, orderBy: CREATED_ASC) { nodes { id createdAt } pageInfo { hasNextPage endCursor } coverage { complete parties { participant { id } outcome resumedFrom } } } }';
  interface Page {
    nodes: { id: string; createdAt: string }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
    coverage: {
      complete: boolean;
      parties: { participant: { id: string }; outcome: string; resumedFrom: string | null }[];
    };
  }
  for (const one of standIns) one.rows.splice(0, one.rows.length, ...rowsOf(one.id, 40));
  const existing = standIns.flatMap(({ rows }) => rows.map(({ id }) => id)).sort();
  const seen: { id: string; createdAt: string }[] = [];
  let after: string | null = null;
  let announced = 0;
  for (let number = 0; number < 100; number += 1) {
    if (number === 3) await standIn('denkbeeld').close();
    if (number === 8) await standIn('denkbeeld').reopen();
    // One that is created earlier than what was shown, and one later.
    for (const createdMs of [5, 9_000_000 + number]) {
      standIn('linde').rows.push({
        id: newId(participantId('linde'), 'inc'),
        title: 'new',
        createdMs,
        updatedMs: createdMs,
      });
    }
    const { incidents } = dataOf((await hub.query(document, { after })).data) as unknown as { incidents: Page };
    const { parties, complete } = incidents.coverage;
    expect(complete).toBe(!(number >= 3 && number < 8));
    if (parties.some(({ resumedFrom }) => resumedFrom !== null)) announced += 1;
    seen.push(...incidents.nodes);
    after = incidents.pageInfo.endCursor;
    if (!incidents.pageInfo.hasNextPage || seen.length > 130) break;
  }
  const ids = seen.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => existing.includes(id)).sort()).toEqual(existing);
  expect(announced).toBeGreaterThan(0);
  const inOrder = (rows: typeof seen) =>
    rows.every(({ createdAt }, index) => index === 0 || (rows[index - 1]?.createdAt ?? '') <= createdAt);
  expect(inOrder(seen.filter(({ id }) => !id.startsWith('denkbeeld')))).toBe(true);
  expect(inOrder(seen.filter(({ id }) => id.startsWith('denkbeeld')))).toBe(true);
  expect(inOrder(seen)).toBe(false);
});
