/** The envelopes that this participant wrote, newest first, for those who work at its desk. */
import { STUCK_MS } from '@kortelijn/kit/envelopes/envelope.ts';
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import { type PageShape, pageInfoOf } from './connection.ts';
import { type EnvelopeColumns, type EnvelopeRow, envelopeRow } from './envelopes.ts';
import { allOf } from './incident-filter.ts';
import type { ListSource } from './incident-list.ts';
import { type KeysetOrder, keysetOf, pageOf } from './keyset.ts';
import { createStatement } from './statement.ts';

export interface EnvelopeQuery {
  readonly filter:
    | {
        readonly state?: readonly string[] | null | undefined;
        readonly to?: readonly string[] | null | undefined;
        readonly type?: readonly string[] | null | undefined;
      }
    | null
    | undefined;
  readonly first: number;
  readonly after: string | null | undefined;
}

export interface EnvelopePage {
  readonly edges: readonly { readonly cursor: string; readonly node: EnvelopeRow }[];
  readonly pageInfo: PageShape;
}

const ORDER: KeysetOrder = { list: 0x31, downwards: true, keys: [{ kind: 'time', sql: 'created_at' }] };
/** All but the message itself, which is nobody's to read here. */
const COLUMNS = `id, recipient, subject, n, type, state, code, created_at AS "createdAt", closed_at AS "closedAt",
  attempts, next_attempt_at AS "nextAttemptAt", sending_since AS "sendingSince", last_error AS "lastError"`;

export async function envelopePage(
  source: ListSource,
  query: EnvelopeQuery,
  nowMs: number,
): Promise<EnvelopePage | null> {
  if (!source.standing.full) return null;
  const statement = createStatement();
  const { bind } = statement;
  const conditions: string[] = [];
  const { state, to, type } = query.filter ?? {};
  // STUCK is no state of its own in the table: it is on its way for long.
  const shown = () =>
    `(CASE WHEN state = 'PENDING_DELIVERY' AND created_at <= ${bind(new Date(nowMs - STUCK_MS))} THEN 'STUCK' ELSE state END)`;
  if (state != null) conditions.push(`${shown()} = ANY(${bind(state)})`);
  if (to != null) conditions.push(`recipient = ANY(${bind(to)})`);
  if (type != null) conditions.push(`type = ANY(${bind(type)})`);
  const keyset = keysetOf(ORDER, query.after, bind);
  const limit = bind(query.first + 1);
  const found = await statement.run<EnvelopeColumns & Record<string, unknown>>(
    source.pool,
    `SELECT ${COLUMNS}, ${keyset.columns} FROM envelope_out
     WHERE ${allOf([...conditions, keyset.after])} ORDER BY ${keyset.orderBy} LIMIT ${limit}`,
  );
  const { rows, hasNextPage } = pageOf(found, query.first);
  const edges = rows.map((row) => ({ cursor: keyset.cursorOf(row), node: envelopeRow(row, nowMs) }));
  return { edges, pageInfo: pageInfoOf(edges, hasNextPage, query.after) };
}

/** Without a question who asks: that is the caller's. */
export async function envelopeRows(pool: Pool, ids: readonly string[], nowMs: number): Promise<readonly EnvelopeRow[]> {
  const { rows } = await pool.query<EnvelopeColumns>({
    name: 'envelopes-by-id',
    text: `SELECT ${COLUMNS} FROM envelope_out WHERE id = ANY($1)`,
    values: [ids],
  });
  return rows.map((row) => envelopeRow(row, nowMs));
}
