/** Tells people of this participant, in the transaction of what they are told: the notice and its event. */
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import type { Act } from '../domain/act.ts';
import { systemOf } from '../domain/actor.ts';
import { type About, type NoticeKind, noticeChange, noticeOf } from '../domain/notices.ts';
import { actOf, type Desk } from './desk.ts';
import { rowsJson } from './rows.ts';

/** What a decision on an incident tells is written with that decision; this is for everything else. */
export async function writeNotice(
  desk: Desk,
  client: PoolClient,
  kind: NoticeKind,
  about: About,
  act: Act = actOf(desk, systemOf(desk.me)),
): Promise<void> {
  const notice = noticeOf(kind, desk.me, act, about);
  await client.query({
    name: 'notice-write',
    text: `INSERT INTO notification
             (id, kind, roles, from_participant, actor, incident_id, request_id, envelope_id, priority, at)
           SELECT id, kind, roles, from_participant, actor, incident_id, request_id, envelope_id, priority, at
           FROM jsonb_populate_recordset(NULL::notification, $1::jsonb)`,
    values: [rowsJson([notice])],
  });
  await appendEvent(client, noticeChange(notice));
}
