/**
 * What waits for a person of this participant, newest first. A notification is for the roles that it names; what one
 * person has read stands under his own name and says nothing of a colleague.
 */
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { Kept } from '@kortelijn/kit/server/housekeeping.ts';
import type { Caller } from '@kortelijn/kit/trust/caller.ts';
import type { NoticeKind } from '../domain/notices.ts';
import type { Notification } from '../generated/prisma/client.ts';
import { columns } from './columns.ts';
import { type PageShape, pageInfoOf } from './connection.ts';
import { type KeysetOrder, keysetOf, pageOf } from './keyset.ts';
import { createStatement, type Statement } from './statement.ts';

export interface NotificationView extends Omit<Notification, 'roles' | 'actor'> {
  readonly kind: NoticeKind;
  readonly readAt: Date | null;
}

/** Who reads: a person of this participant. Programs and classes are told nothing. */
export interface Addressee {
  readonly subject: string;
  readonly roles: readonly string[];
}

export function addresseeOf(caller: Caller, endpoint: string): Addressee | undefined {
  if (caller.kind !== 'subject' || caller.program !== undefined || caller.participant !== endpoint) return undefined;
  return caller.subject === undefined ? undefined : { subject: caller.subject, roles: caller.roles };
}

export interface NotificationQuery {
  readonly unreadOnly: boolean;
  readonly first: number;
  readonly after: string | null | undefined;
}

export interface NotificationPage {
  readonly edges: readonly { readonly cursor: string; readonly node: NotificationView }[];
  readonly pageInfo: PageShape;
}

const ORDER: KeysetOrder = { list: 0x32, downwards: true, keys: [{ kind: 'time', sql: 'at' }] };
const COLUMNS = columns([
  ...['id', 'kind', 'fromParticipant', 'incidentId', 'requestId', 'envelopeId', 'priority', 'at'],
]);

export async function notificationPage(
  pool: Pool,
  addressee: Addressee,
  { unreadOnly, first, after }: NotificationQuery,
): Promise<NotificationPage> {
  const statement = createStatement();
  const mine = mineOf(addressee, statement.bind);
  const keyset = keysetOf(ORDER, after, statement.bind);
  const limit = statement.bind(first + 1);
  const found = await statement.run<NotificationView & Record<string, unknown>>(
    pool,
    `SELECT ${COLUMNS}, ${mine.readAt}, ${keyset.columns} FROM ${mine.from}
     WHERE ${mine.told} ${unreadOnly ? `AND ${mine.unread}` : ''} AND ${keyset.after}
     ORDER BY ${keyset.orderBy} LIMIT ${limit}`,
  );
  const { rows, hasNextPage } = pageOf(found, first);
  const edges = rows.map((node) => ({ cursor: keyset.cursorOf(node), node }));
  return { edges, pageInfo: pageInfoOf(edges, hasNextPage, after) };
}

export async function unreadCount(pool: Pool, addressee: Addressee): Promise<number> {
  const statement = createStatement();
  const mine = mineOf(addressee, statement.bind);
  const rows = await statement.run<{ count: number }>(
    pool,
    `SELECT count(*)::int AS count FROM ${mine.from} WHERE ${mine.told} AND ${mine.unread}`,
  );
  return rows[0]?.count ?? 0;
}

/** Unread ones by the incident that they are about; who is told nothing here has no figure. */
export async function unreadByIncident(
  pool: Pool,
  addressee: Addressee,
  incidentIds: readonly string[],
): Promise<readonly (readonly [string, number])[]> {
  const statement = createStatement();
  const mine = mineOf(addressee, statement.bind);
  const rows = await statement.run<{ incidentId: string; count: number }>(
    pool,
    `SELECT incident_id AS "incidentId", count(*)::int AS count FROM ${mine.from}
     WHERE incident_id = ANY(${statement.bind(incidentIds)}) AND ${mine.told} AND ${mine.unread} GROUP BY incident_id`,
  );
  const counted = new Map(rows.map(({ incidentId, count }) => [incidentId, count]));
  return incidentIds.map((id) => [id, counted.get(id) ?? 0]);
}

export async function notificationsById(
  pool: Pool,
  addressee: Addressee,
  ids: readonly string[],
): Promise<readonly NotificationView[]> {
  const statement = createStatement();
  const mine = mineOf(addressee, statement.bind);
  return statement.run<NotificationView>(
    pool,
    `SELECT ${COLUMNS}, ${mine.readAt} FROM ${mine.from} WHERE ${mine.told} AND id = ANY(${statement.bind(ids)})`,
  );
}

/** Who brought it about has read it: he was there. */
function mineOf({ subject, roles }: Addressee, bind: Statement['bind']) {
  const me = bind(subject);
  return {
    from: `notification LEFT JOIN notification_read ON notification_id = id AND subject = ${me}`,
    told: `roles && ${bind(roles)}::text[]`,
    readAt: `coalesce(read_at, CASE WHEN actor = ${me} THEN at END) AS "readAt"`,
    unread: `read_at IS NULL AND actor IS DISTINCT FROM ${me}`,
  };
}

/** With the marks of who read them. What still waits by then shows in its own list. */
export const keptNotifications: Kept = {
  keptMs: 90 * 24 * 3_600_000,
  prune: async (pool, { before, limit }) => {
    const { rowCount } = await pool.query(
      `WITH old AS (SELECT id FROM notification WHERE at < $1 ORDER BY at LIMIT $2),
            marks AS (DELETE FROM notification_read USING old WHERE notification_id = old.id)
       DELETE FROM notification USING old WHERE notification.id = old.id`,
      [before, limit],
    );
    return rowCount ?? 0;
  },
};
