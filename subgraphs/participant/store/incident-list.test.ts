/**
 * Lists held against the rule for single rows: whatever a caller filters by and sorts by, he gets exactly the rows in
 * which what he can read says so, each once, in order, and a count that is their number.
 */
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import type { Caller } from '@kortelijn/kit/trust/caller.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessTo, isReadable, standingOf } from '../domain/access.ts';
import { type Incident, OPEN_STATES } from '../domain/incident.ts';
import { createTestEndpoint, person, program, type TestEndpoint } from './endpoint.fixture.ts';
import type { IncidentFilterInput } from './incident-filter.ts';
import type { IncidentOrder } from './incident-list.ts';
import { insertIncidents, makeIncidents, randomFrom, WORDS } from './rows.fixture.ts';

const random = randomFrom(Number(process.env.SEED));
const ORDERS: readonly IncidentOrder[] = ['CREATED_ASC', 'CREATED_DESC', 'REFERENCE', 'UPDATED_DESC', 'PRIORITY'];
const CALLERS: Readonly<Record<string, Caller>> = {
  desk: person('linde', 'SERVICEDESK'),
  manager: person('linde', 'SERVICEMANAGER'),
  monitor: person('linde', 'MONITOR'),
  helpdesk: person('linde', 'HELPDESK'),
  'own foundation staff': person('linde', 'FOUNDATION'),
  'own program that reads': program('linde', 'incidents:read'),
  'own program without scope': program('linde', 'status:write'),
  'another desk': person('denkbeeld', 'SERVICEDESK'),
  'another manager': person('fictiviteit', 'SERVICEMANAGER'),
  'another helpdesk': person('denkbeeld', 'HELPDESK'),
  'another monitor': person('gedachte', 'MONITOR'),
  'another program that reads': program('gedachte', 'incidents:read'),
  'a desk that is never involved': person('elders', 'SERVICEDESK'),
  foundation: person('voorbeeld', 'FOUNDATION'),
  mediator: person('voorbeeld', 'MEDIATOR'),
  'nobody in particular': { kind: 'class', participant: 'denkbeeld', roles: [], scopes: [] },
};

let postgres: PostgresServer;
let linde: TestEndpoint;
const incidents = makeIncidents(240, random);
beforeAll(async () => {
  postgres = await launchScratch();
  linde = await createTestEndpoint(postgres);
  await insertIncidents(linde.pool, incidents);
});
afterAll(async () => {
  await linde.close();
  await postgres.stop();
});

const LIST = `query ($filter: IncidentFilter, $orderBy: IncidentOrder!, $first: Int!, $after: String) {
  incidents(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id } }
  }
}`;

interface Paged {
  readonly ids: readonly string[];
  readonly cursors: readonly string[];
  readonly totals: ReadonlySet<number>;
}

async function pageThrough(
  caller: Caller,
  filter: IncidentFilterInput,
  orderBy: IncidentOrder,
  first: number,
): Promise<Paged> {
  const ids: string[] = [];
  const cursors: string[] = [];
  const totals = new Set<number>();
  for (let after: string | null = null; ; ) {
    const { data, codes } = await linde.ask(caller, LIST, { filter, orderBy, first, after });
    expect(codes).toEqual([]);
    const { edges, pageInfo, totalCount } = data.incidents;
    totals.add(totalCount);
    for (const { cursor, node } of edges) {
      cursors.push(cursor);
      ids.push(node.id);
    }
    if (!pageInfo.hasNextPage) return { ids, cursors, totals };
    expect(edges).toHaveLength(first);
    after = pageInfo.endCursor;
  }
}

/** The same question, answered from what each single row shows this caller. */
function shown(caller: Caller, { text, open, createdFrom, createdBefore, ...lists }: IncidentFilterInput) {
  if (caller.kind === 'hub') return [];
  const standing = standingOf(caller, 'linde');
  return incidents.filter((row) => {
    const access = accessTo(standing, row);
    if (!access) return false;
    const read = <Name extends keyof Incident>(name: Name) => (isReadable(name, access, row) ? row[name] : undefined);
    const searched = [read('title'), read('description'), read('reference')].filter(Boolean).join('\n').toLowerCase();
    const at = read('createdAt')?.getTime() ?? Number.NaN;
    const matches = Object.entries(lists).every(([name, wanted]) => {
      const value = name === 'owner' ? 'linde' : read(name as keyof Incident);
      return wanted == null || (value != null && [wanted].flat().includes(value as never));
    });
    return (
      matches &&
      (text == null ||
        text
          .toLowerCase()
          .split(/\s+/)
          .every((word) => searched.includes(word))) &&
      (open == null ||
        (read('state') !== undefined && (OPEN_STATES as readonly string[]).includes(row.state) === open)) &&
      (createdFrom == null || at >= createdFrom.getTime()) &&
      (createdBefore == null || at < createdBefore.getTime())
    );
  });
}

const sorted = (ids: readonly string[]) => [...ids].sort();
const some = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

function anyFilter(): IncidentFilterInput {
  const row = some(incidents);
  const parts: readonly IncidentFilterInput[] = [
    { text: some([...WORDS, 'GEHEIM', 'linde-2026-00', `${some(WORDS)} ${some(WORDS)}`, 'éénmalig', '%', '_', '\\']) },
    { state: [row.state, some(incidents).state] },
    { priority: [row.priority] },
    { service: [row.service] },
    { teamId: [row.teamId ?? 'linde:tm_none'] },
    { chainId: row.chainId },
    { owner: some([['linde'], ['denkbeeld'], ['denkbeeld', 'linde']]) },
    { reporter: [row.reporter] },
    { networkIncidentId: row.networkIncidentId ?? 'voorbeeld:net_none' },
    { createdFrom: row.createdAt },
    { createdBefore: row.createdAt },
    { open: random() < 0.5 },
  ];
  return { ...some(parts), ...(random() < 0.4 ? some(parts) : {}) };
}

describe.each(Object.entries(CALLERS))('%s', (_, caller) => {
  test('A9: every visible row comes exactly once in every order, and the count is their number', async () => {
    const expected = sorted(shown(caller, {}).map(({ id }) => id));
    for (const orderBy of ORDERS) {
      const { ids, cursors, totals } = await pageThrough(caller, {}, orderBy, some([7, 50, 100]));
      expect(sorted(ids), orderBy).toEqual(expected);
      expect([...totals], orderBy).toEqual([expected.length]);
      const bytes = cursors.map((cursor) => Buffer.from(cursor, 'base64url'));
      for (let n = 1; n < bytes.length; n++) {
        expect(Buffer.compare(bytes[n - 1] as Buffer, bytes[n] as Buffer), `${orderBy} ${n}`).toBe(-1);
      }
    }
  });

  test('A9: a filter finds what the fields he can read say, and nothing by those he cannot', async () => {
    for (let n = 0; n < 40; n++) {
      const filter = anyFilter();
      const orderBy = some(ORDERS);
      const expected = sorted(shown(caller, filter).map(({ id }) => id));
      const where = `${JSON.stringify(filter)} ${orderBy}`;
      const { ids, totals } = await pageThrough(caller, filter, orderBy, 100);
      expect(sorted(ids), where).toEqual(expected);
      expect([...totals], where).toEqual([expected.length]);
      const counted = await linde.ask(
        caller,
        'query ($filter: IncidentFilter) { incidentCount(filter: $filter) { value } }',
        { filter },
      );
      expect(counted.data.incidentCount.value, where).toBe(expected.length);
    }
  });
});

test('orders are what they are called', async () => {
  const keyOf: Readonly<Record<IncidentOrder, (row: Incident) => readonly (string | number)[]>> = {
    CREATED_ASC: (row) => [row.createdAt.getTime(), row.id],
    CREATED_DESC: (row) => [row.createdAt.getTime(), row.id],
    REFERENCE: (row) => [row.reference],
    UPDATED_DESC: (row) => [row.updatedAt.getTime(), row.id],
    PRIORITY: (row) => [row.priority, row.createdAt.getTime(), row.id],
  };
  const compare = (a: readonly (string | number)[], b: readonly (string | number)[]): number => {
    const index = a.findIndex((value, n) => value !== b[n]);
    return index < 0 ? 0 : (a[index] as string) < (b[index] as string) ? -1 : 1;
  };
  for (const orderBy of ORDERS) {
    const down = orderBy.endsWith('DESC') ? -1 : 1;
    const expected = [...incidents].sort((a, b) => down * compare(keyOf[orderBy](a), keyOf[orderBy](b)));
    const { ids } = await pageThrough(person('linde', 'SERVICEDESK'), {}, orderBy, 37);
    expect(ids, orderBy).toEqual(expected.map(({ id }) => id));
  }
});

test('the place of a row that hides its sort key does not tell the key', async () => {
  // Two databases that differ only in what a helpdesk cannot read list alike.
  await using other = await createTestEndpoint(postgres);
  await insertIncidents(
    other.pool,
    incidents.map((row) => ({
      ...row,
      description: 'iets anders',
      priority: 'P3' as const,
      priorityRank: 3,
      updatedAt: new Date(0),
      reporter: 'gedachte',
      chainId: row.id,
      involved: ['linde', 'gedachte'],
    })),
  );
  const helpdesk = person('linde', 'HELPDESK');
  for (const orderBy of ORDERS) {
    const [one, two] = await Promise.all(
      [linde, other].map((endpoint) => endpoint.ask(helpdesk, LIST, { orderBy, first: 100 })),
    );
    expect(one?.data, orderBy).toEqual(two?.data);
  }
});

describe('what is refused', () => {
  const desk = person('linde', 'SERVICEDESK');
  const list = (orderBy: IncidentOrder, more: Record<string, unknown> = {}) =>
    linde.ask(desk, LIST, { orderBy, first: 10, ...more });

  test('a page of less than 1 or more than 100 rows, before anything is read', async () => {
    for (const first of [0, -1, 101, 10_000]) {
      expect(await list('REFERENCE', { first })).toMatchObject({ codes: ['FIRST_OUT_OF_RANGE'], statements: 0 });
    }
  });

  test('a cursor that is none, is cut off, or is of another order', async () => {
    const cursor = (await list('CREATED_ASC')).data.incidents.pageInfo.endCursor;
    expect((await list('CREATED_ASC', { after: cursor })).codes).toEqual([]);
    for (const after of ['', 'nonsense', 'ééé', cursor.slice(0, -2), `${cursor}AA`, 'x'.repeat(10_000)]) {
      expect(await list('CREATED_ASC', { after }), after).toMatchObject({ codes: ['CURSOR_MALFORMED'], statements: 0 });
    }
    for (const orderBy of ORDERS.filter((order) => order !== 'CREATED_ASC')) {
      expect(await list(orderBy, { after: cursor }), orderBy).toMatchObject({ codes: ['CURSOR_MALFORMED'] });
    }
  });

  test('text that is too long or that no row can hold', async () => {
    expect((await list('REFERENCE', { filter: { text: 'a'.repeat(201) } })).codes).toEqual(['TEXT_TOO_LONG']);
    for (const filter of [{ text: 'a\0b' }, { service: ['\0'] }, { chainId: 'x\0' }]) {
      expect((await list('REFERENCE', { filter })).codes, JSON.stringify(filter)).toEqual(['BAD_USER_INPUT']);
    }
  });

  test('ids and references of any form are simply not found', async () => {
    const strange = [
      '',
      '\0',
      "'; DROP TABLE incident",
      'linde:inc_1',
      'denkbeeld:inc_0198',
      'x'.repeat(100_000),
      '😀',
    ];
    for (const text of strange) {
      const found = await linde.ask(
        desk,
        'query ($id: ID!, $reference: String!) { incident(id: $id) { id } incidentByReference(reference: $reference) { id } }',
        { id: text, reference: text },
      );
      expect(found, text.slice(0, 40)).toMatchObject({
        data: { incident: null, incidentByReference: null },
        codes: [],
        statements: 0,
      });
    }
  });
});

test('the feed head is read before the rows, only when it is asked for', async () => {
  const desk = person('linde', 'SERVICEDESK');
  const plain = await linde.ask(desk, '{ incidents { nodes { id } } }');
  const withHead = await linde.ask(
    desk,
    '{ incidents { ...F } } fragment F on IncidentConnection { feedHead nodes { id } }',
  );
  expect(plain.statements).toBe(1);
  expect(withHead.statements).toBe(2);
  expect(withHead.data.incidents.feedHead).toMatch(/^[0-9a-f-]{36}:0$/);
});

test('an incident is found by its reference by those who can read it, in any case', async () => {
  const query = 'query ($reference: String!) { incidentByReference(reference: $reference) { id access } }';
  for (const [name, caller] of Object.entries(CALLERS)) {
    for (const row of incidents.slice(0, 40)) {
      const access = caller.kind === 'hub' ? undefined : accessTo(standingOf(caller, 'linde'), row);
      const found = await linde.ask(caller, query, { reference: ` ${row.reference.toLowerCase()} ` });
      const expected = access && isReadable('reference', access, row) ? { id: row.id, access } : null;
      expect(found.data.incidentByReference, name).toEqual(expected);
    }
  }
});

test('a chain is shown to those who read its records whole', async () => {
  const [row] = incidents;
  if (!row) throw new Error('no rows');
  const query =
    'query ($chainId: ID!) { incidentChain(chainId: $chainId) { nodes { id } coverage { complete asked } } }';
  const ask = async (caller: Caller) => (await linde.ask(caller, query, { chainId: row.chainId })).data.incidentChain;
  expect(await ask(person('linde', 'SERVICEDESK'))).toEqual({
    nodes: [{ id: row.id }],
    coverage: { complete: true, asked: 1 },
  });
  for (const caller of [
    person('linde', 'HELPDESK'),
    person('elders', 'SERVICEDESK'),
    person('voorbeeld', 'FOUNDATION'),
  ]) {
    expect((await ask(caller)).nodes).toEqual([]);
  }
});
