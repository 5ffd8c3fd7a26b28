/** Requests for assistance: for the desk that is asked and the desk that asks. */
import { feedPosition } from '@kortelijn/kit/feed/position.ts';
import { readHead } from '@kortelijn/kit/feed/read.ts';
import type { AvailableAction } from '@kortelijn/schema/interpret/lifecycle.ts';
import type { Standing } from '../domain/access.ts';
import { type Actor, isDesk } from '../domain/actor.ts';
import type { AssistanceRequest } from '../generated/prisma/client.ts';
import { type PageShape, pageInfoOf } from './connection.ts';
import { allOf } from './incident-filter.ts';
import type { ListSource } from './incident-list.ts';
import { type KeysetOrder, keysetOf, pageOf } from './keyset.ts';
import { createStatement } from './statement.ts';

export interface AssistanceQuery {
  readonly filter:
    | { readonly state?: readonly string[] | null | undefined; readonly from?: readonly string[] | null | undefined }
    | null
    | undefined;
  readonly first: number;
  readonly after: string | null | undefined;
  readonly feedHead: boolean;
}

export interface AssistancePage {
  readonly edges: readonly { readonly cursor: string; readonly node: AssistanceRequest }[];
  readonly pageInfo: PageShape;
  readonly feedHead: string | null;
  count(): Promise<number>;
}

const ORDER: KeysetOrder = { list: 0x30, downwards: true, keys: [{ kind: 'time', sql: 'asked_at' }] };
const COLUMNS = `id, from_participant AS "fromParticipant", to_participant AS "toParticipant",
  incident_id AS "incidentId", question, answer, state, asked_at AS "askedAt", answered_at AS "answeredAt", version`;

export function mayReadRequest(standing: Standing, request: AssistanceRequest): boolean {
  return standing.full || (standing.involvedAs !== undefined && standing.involvedAs === request.fromParticipant);
}

export async function assistancePage(source: ListSource, query: AssistanceQuery): Promise<AssistancePage> {
  const { pool, standing } = source;
  const statement = createStatement();
  const conditions = conditionsOf(standing, query.filter, statement.bind);
  const keyset = keysetOf(ORDER, query.after, statement.bind);
  const limit = statement.bind(query.first + 1);
  const feedHead = query.feedHead ? feedPosition(await readHead(pool)) : null;
  const found = await statement.run<AssistanceRequest & Record<string, unknown>>(
    pool,
    `SELECT ${COLUMNS}, ${keyset.columns} FROM assistance_request
     WHERE ${allOf([...conditions, keyset.after])} ORDER BY ${keyset.orderBy} LIMIT ${limit}`,
  );
  const { rows, hasNextPage } = pageOf(found, query.first);
  const edges = rows.map((node) => ({ cursor: keyset.cursorOf(node), node }));
  return {
    edges,
    pageInfo: pageInfoOf(edges, hasNextPage, query.after),
    feedHead,
    count: () => count(source, query.filter),
  };
}

async function count({ pool, standing }: ListSource, filter: AssistanceQuery['filter']): Promise<number> {
  const statement = createStatement();
  const where = allOf(conditionsOf(standing, filter, statement.bind));
  const rows = await statement.run<{ count: number }>(
    pool,
    `SELECT count(*)::int AS count FROM assistance_request WHERE ${where}`,
  );
  return rows[0]?.count ?? 0;
}

function conditionsOf(
  standing: Standing,
  filter: AssistanceQuery['filter'],
  bind: (value: unknown) => string,
): readonly string[] {
  const conditions: string[] = [];
  if (!standing.full) {
    conditions.push(standing.involvedAs === undefined ? 'false' : `from_participant = ${bind(standing.involvedAs)}`);
  }
  if (filter?.state != null) conditions.push(`state = ANY(${bind(filter.state)})`);
  if (filter?.from != null) conditions.push(`from_participant = ANY(${bind(filter.from)})`);
  return conditions;
}

export function assistanceActions(request: AssistanceRequest, actor: Actor): readonly AvailableAction[] {
  const reason =
    actor.participant !== request.toParticipant
      ? 'ONLY_ASKED_PARTY'
      : !isDesk(actor)
        ? 'ROLE_DOES_NOT_ALLOW'
        : request.state !== 'ASKED'
          ? 'STATE_DOES_NOT_ALLOW'
          : null;
  return [
    {
      action: 'answerAssistance',
      available: reason === null,
      reason,
      requires: ['answer'],
      effects: ['the asking desk sees the answer'],
      awaits: [],
    },
  ];
}
