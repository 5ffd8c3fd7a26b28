/** Lists, counts and look-ups of incidents, each one statement that reads what its caller may see and nothing else. */
import { feedPosition } from '@kortelijn/kit/feed/position.ts';
import { readHead } from '@kortelijn/kit/feed/read.ts';
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import { parseReference } from '@kortelijn/schema/vocabulary/reference.ts';
import { isReadable, type Standing } from '../domain/access.ts';
import type { Incident } from '../domain/incident.ts';
import { allOf, type IncidentFilterInput, incidentConditions } from './incident-filter.ts';
import { type IncidentView, incidentColumns, viewOf } from './incident-rows.ts';
import { type KeysetOrder, keysetOf, pageOf } from './keyset.ts';
import { createStatement } from './statement.ts';
import { type Visibility, visibilityOf } from './visibility.ts';

export type IncidentOrder = 'CREATED_ASC' | 'CREATED_DESC' | 'REFERENCE' | 'UPDATED_DESC' | 'PRIORITY';

export interface IncidentPageQuery {
  readonly filter: IncidentFilterInput | null | undefined;
  readonly orderBy: IncidentOrder;
  readonly first: number;
  readonly after: string | null | undefined;
  /** Whether to tell where the feed stood before. */
  readonly feedHead: boolean;
}

export interface IncidentPage {
  readonly edges: readonly { readonly cursor: string; readonly node: IncidentView }[];
  readonly hasNextPage: boolean;
  readonly feedHead: string | null;
  count(): Promise<number>;
}

export interface ListSource {
  readonly pool: Pool;
  readonly endpoint: string;
  readonly standing: Standing;
}

/** Where a sort key is not for the caller, such rows stand together, in the order of what he may know. */
function orderOf(order: IncidentOrder, { mayRead }: Visibility): KeysetOrder {
  const masked = (field: string, column: string, instead: string) => {
    const may = mayRead(field);
    return may === 'true' ? column : `(CASE WHEN ${may} THEN ${column} ELSE ${instead} END)`;
  };
  const created = { kind: 'time', sql: 'created_at' } as const;
  switch (order) {
    case 'CREATED_ASC':
      return { list: 1, downwards: false, keys: [created] };
    case 'CREATED_DESC':
      return { list: 2, downwards: true, keys: [created] };
    case 'REFERENCE':
      return { list: 3, downwards: false, keys: [{ kind: 'text', sql: masked('reference', 'reference', `''`) }] };
    case 'UPDATED_DESC':
      return {
        list: 4,
        downwards: true,
        keys: [{ kind: 'time', sql: masked('updatedAt', 'updated_at', 'created_at') }],
      };
    case 'PRIORITY': {
      const rank = { kind: 'rank', sql: masked('priority', 'priority_rank', '255') } as const;
      return { list: 5, downwards: false, keys: [rank, created] };
    }
  }
}

export async function incidentPage(source: ListSource, query: IncidentPageQuery): Promise<IncidentPage> {
  const { pool, endpoint, standing } = source;
  const statement = createStatement();
  const visibility = visibilityOf(standing, statement.bind);
  const conditions = incidentConditions(query.filter ?? {}, visibility, endpoint, statement.bind);
  const keyset = keysetOf(orderOf(query.orderBy, visibility), query.after, statement.bind);
  const limit = statement.bind(query.first + 1);

  // Before the rows: what changes in between comes with the stream, once more or for the first time, but never not.
  const feedHead = query.feedHead ? feedPosition(await readHead(pool)) : null;
  const found = await statement.run<Incident & Record<string, unknown>>(
    pool,
    `SELECT ${incidentColumns}, ${keyset.columns} FROM incident
     WHERE ${allOf([...conditions, keyset.after])} ORDER BY ${keyset.orderBy} LIMIT ${limit}`,
  );
  const { rows, hasNextPage } = pageOf(found, query.first);
  const edges = rows.map((row) => ({ cursor: keyset.cursorOf(row), node: mustSee(standing, row) }));
  return { edges, hasNextPage, feedHead, count: () => incidentCount(source, query.filter) };
}

export async function incidentCount(
  source: ListSource,
  filter: IncidentFilterInput | null | undefined,
): Promise<number> {
  const statement = createStatement();
  const visibility = visibilityOf(source.standing, statement.bind);
  const conditions = incidentConditions(filter ?? {}, visibility, source.endpoint, statement.bind);
  const rows = await statement.run<{ count: number }>(
    source.pool,
    `SELECT count(*)::int AS count FROM incident WHERE ${allOf(conditions)}`,
  );
  return rows[0]?.count ?? 0;
}

/** Every record of a chain at this participant: it may have held it more than once. */
export async function incidentChain(source: ListSource, chainId: string): Promise<readonly IncidentView[]> {
  const page = await incidentPage(source, {
    filter: { chainId },
    orderBy: 'CREATED_ASC',
    first: CHAIN_ROWS_MAX,
    after: null,
    feedHead: false,
  });
  return page.edges.map(({ node }) => node);
}
const CHAIN_ROWS_MAX = 1_000;

export async function incidentByReference({ pool, standing }: ListSource, text: string): Promise<IncidentView | null> {
  const parsed = parseReference(text);
  if (!parsed) return null;
  const { rows } = await pool.query<Incident>({
    name: 'incident-by-reference',
    text: `SELECT ${incidentColumns} FROM incident WHERE reference = $1`,
    values: [text.trim().toUpperCase()],
  });
  const view = rows[0] ? viewOf(standing, rows[0]) : null;
  // Who may not read the reference may not find by it either.
  return view && isReadable('reference', view.access, view.row) ? view : null;
}

function mustSee(standing: Standing, row: Incident): IncidentView {
  const view = viewOf(standing, row);
  if (!view) throw new Error(`The list shows ${row.id}, and the rule for single rows does not: they must agree.`);
  return view;
}
