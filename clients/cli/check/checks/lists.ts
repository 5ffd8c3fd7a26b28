/** Lists: what the hub merges by cursors alone, and what a stable order promises while others write. */
import type { Check } from '../check-of.ts';
import type { Examined } from '../examined.ts';
import { must } from '../finding.ts';
import { perEndpoint } from '../per-endpoint.ts';
import { edgesOf, idsOf, type Page, type PageQuery, type Row, readPage, readPages } from './read-pages.ts';

const rule = 'architecture §3 (what a list promises)';
const PAGE_SIZE = 5;

const orders: Readonly<Record<string, (row: Row) => string | null>> = {
  CREATED_ASC: ({ createdAt }) => createdAt,
  CREATED_DESC: ({ createdAt }) => createdAt,
  REFERENCE: ({ reference }) => reference,
  UPDATED_DESC: ({ updatedAt }) => updatedAt,
  PRIORITY: ({ priority }) => priority,
};
const isDownwards = (order: string) => order.endsWith('_DESC');

const bytesOf = (cursor: string) => Buffer.from(cursor, 'base64url');

async function queryOf(endpoint: Examined, orderBy: string): Promise<PageQuery> {
  const { filter } = await endpoint.rows();
  return { filter, orderBy, first: PAGE_SIZE };
}

/** The same rows in every order there is. */
const listed = perEndpoint(async (endpoint: Examined) => {
  const lists: (readonly [order: string, pages: readonly Page[]])[] = [];
  for (const order of Object.keys(orders))
    lists.push([order, await readPages(endpoint, await queryOf(endpoint, order))]);
  return lists;
});

/** What is broken in the places of the rows, if anything. */
function placesBroken(pages: readonly Page[]): string | undefined {
  const edges = edgesOf(pages);
  for (const [index, { cursor }] of edges.entries()) {
    if (typeof cursor !== 'string' || !/^[\w-]+$/.test(cursor)) return `the cursor ${cursor}, which is no base64url`;
    const before = edges[index - 1]?.cursor;
    if (before === undefined || Buffer.compare(bytesOf(before), bytesOf(cursor)) < 0) continue;
    return `the cursor ${cursor} after ${before}, of which the bytes do not rise, at row ${index}`;
  }
  return undefined;
}

/** Sort keys never go back; rows with one key stand by id, in the direction of the list. */
function orderBroken(order: string, pages: readonly Page[]): string | undefined {
  const keyOf = orders[order];
  const rows = edgesOf(pages).map(({ node }) => node);
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (before === undefined || keyOf === undefined) continue;
    const [a, b] = [keyOf(before), keyOf(row)];
    // Where a caller may not read a sort key it is null, and nothing can be said of it.
    if (a === null || b === null || (order === 'PRIORITY' && a === b)) continue;
    const rises = a < b || (a === b && before.id < row.id);
    const falls = a > b || (a === b && before.id > row.id);
    if (isDownwards(order) ? falls : rises) continue;
    return `${order}: ${b} ${row.id} after ${a} ${before.id}`;
  }
  return undefined;
}

export const listChecks: readonly Check[] = [
  {
    id: 'CK-LIST-1',
    level: 'MUST',
    title: 'sorts every list strictly, by its sort key and then by id',
    rule,
    needs: ['rows'],
    run: async (endpoint) => {
      for (const [order, pages] of await listed(endpoint)) {
        const broken = orderBroken(order, pages);
        must(broken === undefined, 'rows in a strict order', broken);
      }
    },
  },
  {
    id: 'CK-LIST-2',
    level: 'MUST',
    title: 'gives edge cursors whose bytes rise with the places of the rows, from page to page too',
    rule,
    needs: ['rows'],
    run: async (endpoint) => {
      for (const [order, pages] of await listed(endpoint)) {
        const broken = placesBroken(pages);
        must(broken === undefined, `rising cursors in ${order}`, broken);
      }
    },
  },
  {
    id: 'CK-LIST-3',
    level: 'MUST',
    title: 'shows each row exactly once over all pages, and says rightly whether more follow',
    rule,
    needs: ['rows'],
    run: async (endpoint) => {
      const { ids, isAll } = await endpoint.rows();
      for (const [order, pages] of await listed(endpoint)) {
        const found = idsOf(pages);
        must(
          new Set(found).size === found.length,
          `each row once in ${order}`,
          `${found.length} rows, some of them twice`,
        );
        // A list of others may be longer than is read here.
        const isWhole = pages.at(-1)?.pageInfo.hasNextPage === false;
        must(!isAll || isWhole, `an end after ${ids.length} rows in ${order}`, `${found.length} rows and no end`);
        const missed = isWhole ? ids.filter((id) => !found.includes(id)) : [];
        must(missed.length === 0, `every row in ${order}`, `none of ${missed.join(', ')}`);
        must(!isAll || found.length === ids.length, `${ids.length} rows by the filter in ${order}`, found.length);
        must(!isAll || pages.length === Math.ceil(ids.length / PAGE_SIZE), 'no page that is empty', pages.length);
      }
    },
  },
  {
    id: 'CK-LIST-4',
    level: 'MUST',
    title: 'shows in a stable order every row that was there at the first page, while others are written',
    rule,
    needs: ['write'],
    run: async (endpoint) => {
      const title = `Conformance check ${endpoint.word}w`;
      const made = await Promise.all(Array.from({ length: 7 }, () => endpoint.report({ title })));
      for (const orderBy of ['CREATED_DESC', 'REFERENCE']) {
        const query = { filter: { text: `${endpoint.word}w` }, orderBy, first: 2 };
        const before = await readPages(endpoint, { ...query, first: 50 });
        let turn = 0;
        const write = () =>
          Promise.all([endpoint.report({ title }), acknowledge(endpoint, made[turn++ % made.length]?.id)]);
        // Written while the pages are read, and not between them only. The list grows as long as it is read.
        const writing = write();
        const found: string[] = [];
        let after: string | null = null;
        for (let page = 0; page < 12; page++) {
          const { edges, pageInfo } = await readPage(endpoint, query, after);
          found.push(...edges.map(({ node }) => node.id));
          if (!pageInfo.hasNextPage) break;
          after = edges.at(-1)?.cursor ?? null;
          if (page < 3) await write();
        }
        await writing;
        must(new Set(found).size === found.length, `no row twice in ${orderBy}`, found);
        const missed = idsOf(before).filter((id) => !found.includes(id));
        must(missed.length === 0, `every row of before in ${orderBy}`, `none of ${missed.join(', ')}`);
      }
    },
  },
  {
    id: 'CK-LIST-5',
    level: 'MUST',
    title: 'refuses a page of none or of more than a hundred, and a cursor that it never gave',
    rule: 'architecture §3 (lists: first ≤ 100)',
    run: async (endpoint) => {
      const asked = ['first: 0', 'first: -1', 'first: 101', 'first: 1000000000', 'after: "no cursor"', 'after: ""'];
      for (const argument of asked) {
        const { status, codes, text } = await endpoint.ask(
          endpoint.desk,
          `{ incidents(${argument}) { nodes { id } } }`,
        );
        const isRefused = codes.length > 0 && !codes.includes('INTERNAL') && status < 500;
        must(isRefused, `${argument} to be refused with a code`, `${status} ${text}`);
      }
    },
  },
  {
    id: 'CK-LIST-6',
    level: 'SHOULD',
    title: 'refuses a cursor of another order',
    rule,
    needs: ['rows'],
    run: async (endpoint) => {
      const { edges } = await readPage(endpoint, await queryOf(endpoint, 'REFERENCE'));
      const query = 'query ($after: String) { incidents(orderBy: CREATED_ASC, after: $after) { nodes { id } } }';
      const { codes, text } = await endpoint.ask(endpoint.desk, query, { after: edges[0]?.cursor });
      must(codes.includes('CURSOR_MALFORMED'), 'CURSOR_MALFORMED', text);
    },
  },
  {
    id: 'CK-LIST-7',
    level: 'MUST',
    title: 'shows nothing to a desk that is not involved, and counts nothing for it',
    rule: 'domain §4.10',
    needs: ['rows', 'write'],
    run: async (endpoint) => {
      const { filter } = await endpoint.rows();
      const query = `query ($filter: IncidentFilter) {
        incidents(filter: $filter) { totalCount nodes { id } } incidentCount(filter: $filter) { value } }`;
      const { data, text } = await endpoint.ask(endpoint.stranger, query, { filter });
      must(data?.incidents?.nodes?.length === 0 && data.incidents.totalCount === 0, 'an empty list', text);
      must(data.incidentCount?.value === 0, 'a count of 0', text);
    },
  },
  {
    id: 'CK-LIST-8',
    level: 'MUST',
    title: 'tells where its feed stood before the rows were read',
    rule: 'architecture §5 (liveCursor)',
    run: async (endpoint) => {
      const { data, text } = await endpoint.ask(endpoint.desk, '{ incidents(first: 1) { feedHead } }');
      must(/^[A-Za-z0-9-]{1,64}:\d+$/.test(data?.incidents?.feedHead ?? ''), 'feedHead as epoch, colon, number', text);
    },
  },
];

const ACKNOWLEDGE = `mutation ($input: AcknowledgeIncidentInput!) { acknowledgeIncident(input: $input) { __typename } }`;

/** Whether it may is not the question here: a row of which the desk has taken note is one that changes. */
const acknowledge = (endpoint: Examined, incidentId = '') =>
  endpoint.ask(endpoint.desk, ACKNOWLEDGE, { input: { commandId: endpoint.newId('env'), incidentId } });
