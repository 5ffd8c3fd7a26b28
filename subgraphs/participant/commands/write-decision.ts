/**
 * Writes a decision: rows, history, clocks, notices, feed events and command log in ONE statement, which is a transaction by
 * itself. Everything hangs on the incident's row: when its version is no longer the one that was decided on, nothing
 * is written. The event takes its id after that row is locked, so a subject's events keep the order of its commits.
 */

import { createEventId } from '@kortelijn/kit/feed/event-id.ts';
import type { Queryable } from '@kortelijn/kit/postgres/connect.ts';
import type { Change } from '../domain/act.ts';
import type { Decision } from '../domain/decision.ts';
import type { Incident } from '../domain/incident.ts';
import { noticeChange } from '../domain/notices.ts';
import { searchColumns } from '../store/search-text.ts';
import { columnOf, rowOf, rowsJson } from './rows.ts';

export interface LogEntry {
  readonly participant: string;
  readonly commandId: string;
  readonly actor: string;
  readonly operation: string;
  readonly requestHash: string;
  readonly answer: unknown;
}

export interface Note {
  readonly id: string;
  readonly incidentId: string;
  readonly author: string;
  readonly authorRole: string;
  readonly text: string;
  readonly at: Date;
}

export interface Beside {
  readonly log?: LogEntry;
  readonly note?: Note;
}

/** What never changes once the record stands. */
const FIXED = ['id', 'reference', 'referenceYear', 'chainId', 'service', 'reporter', 'previousId', 'receivedFrom'];
/** Long, and mostly the same: written only by an event that changes them. */
const TEXTS = ['title', 'description'];

const ALL_FIELDS = [
  ...['id', 'reference', 'referenceYear', 'chainId', 'service', 'teamId', 'reporter', 'title', 'description'],
  ...['impact', 'urgency', 'priority', 'priorityRank', 'state', 'waitReason', 'waitingFor', 'waitUntil', 'resolution'],
  ...['solution', 'previousId', 'nextId', 'handedOverTo', 'handoverReason', 'handedOverAt', 'deliveredAt'],
  ...['pickedUpAt', 'handoverEnvelopeId', 'receivedFrom', 'receivedAt', 'networkIncidentId', 'networkIncidentState'],
  ...['involved', 'holders', 'pingPong', 'firstReportedAt', 'reopenedCount', 'createdAt', 'updatedAt'],
  ...['acknowledgedAt', 'resolvedAt', 'closedAt', 'importedBatch', 'recordedAt', 'version'],
];
const MOVING = ALL_FIELDS.filter((field) => !FIXED.includes(field) && !TEXTS.includes(field)).map(columnOf);
const WITH_TEXTS = [...MOVING, ...TEXTS, 'search_title', 'search_text'];

/** What follows the incident's row, whether it was made or changed: `kept` has one line or none. */
const FOLLOWING = `
  , entries AS (
    INSERT INTO timeline (incident_id, n, event, state, wait_reason, team_id, at, recorded_at, by_participant, role, text)
    SELECT incident_id, n, event, state, wait_reason, team_id, at, recorded_at, by_participant, role, text
    FROM kept, jsonb_populate_recordset(NULL::timeline, $3::jsonb)
  ), clocks AS (
    INSERT INTO clock (id, incident_id, name, on_participant, cycle, started_at, target_n, target_unit, calendar_id,
                       calendar_version, pauses, stopped_at, state)
    SELECT new.id, incident_id, name, on_participant, cycle, started_at, target_n, target_unit, calendar_id,
           calendar_version, pauses, stopped_at, new.state
    FROM kept, jsonb_populate_recordset(NULL::clock, $4::jsonb) AS new
    ON CONFLICT (id) DO UPDATE SET pauses = excluded.pauses, stopped_at = excluded.stopped_at, state = excluded.state
  ), parts AS (
    INSERT INTO participation (incident_id, participant, part, state, since)
    SELECT incident_id, participant, part, new.state, since
    FROM kept, jsonb_populate_recordset(NULL::participation, $5::jsonb) AS new
    ON CONFLICT (incident_id, participant, part) DO UPDATE SET state = excluded.state, since = excluded.since
  ), note_links AS (
    INSERT INTO note_link (incident_id, note_id, author, at, hash)
    SELECT incident_id, note_id, author, at, hash FROM kept, jsonb_populate_recordset(NULL::note_link, $6::jsonb)
    ON CONFLICT (incident_id, note_id) DO NOTHING
  ), notes AS (
    INSERT INTO note (id, incident_id, author, author_role, text, at)
    SELECT new.id, incident_id, author, author_role, text, at
    FROM kept, jsonb_populate_recordset(NULL::note, $7::jsonb) AS new
  ), event AS (
    INSERT INTO outbox (event_id, at, type, subject_id, actor_role, readers_before, readers_after, keys)
    SELECT event_id, at, type, subject_id, actor_role, readers_before, readers_after, keys
    FROM kept, jsonb_populate_recordset(NULL::outbox, $8::jsonb)
  ), notices AS (
    INSERT INTO notification (id, kind, roles, from_participant, actor, incident_id, request_id, envelope_id, priority, at)
    SELECT new.id, kind, roles, from_participant, actor, incident_id, request_id, envelope_id, new.priority, at
    FROM kept, jsonb_populate_recordset(NULL::notification, $10::jsonb) AS new
  ), logged AS (
    INSERT INTO command_log (participant, command_id, actor, operation, request_hash, answer, at)
    SELECT participant, command_id, actor, operation, request_hash, answer, at
    FROM kept, jsonb_populate_recordset(NULL::command_log, $9::jsonb)
  )
  SELECT reference FROM kept`;

const changeText = (columns: readonly string[]) => `
  WITH kept AS (
    UPDATE incident AS old SET ${columns.map((column) => `${column} = new.${column}`).join(', ')}
    FROM jsonb_populate_record(NULL::incident, $1::jsonb) AS new
    WHERE old.id = new.id AND old.version = $2::integer
    RETURNING old.reference
  ) ${FOLLOWING}`;

const CHANGE = { name: 'incident-change', text: changeText(MOVING) };
const CHANGE_TEXTS = { name: 'incident-change-texts', text: changeText(WITH_TEXTS) };

/** The counter's row is held until the commit, so references have no hole unless a transaction rolls back. */
const opened = ALL_FIELDS.filter((field) => field !== 'reference').map(columnOf);
const OPEN = {
  name: 'incident-open',
  text: `
  WITH new AS (
    SELECT * FROM jsonb_populate_record(NULL::incident, $1::jsonb)
  ), counted AS (
    INSERT INTO reference_counter AS counter (year, last) SELECT reference_year, 1 FROM new
    ON CONFLICT (year) DO UPDATE SET last = counter.last + 1
    RETURNING last::text AS last
  ), kept AS (
    INSERT INTO incident (${opened.join(', ')}, search_title, search_text, reference)
    SELECT ${opened.map((column) => `new.${column}`).join(', ')}, new.search_title, new.search_text || lower(named.reference),
           named.reference
    FROM new, counted, LATERAL (
      SELECT $2::text || '-' || lpad(new.reference_year::text, 4, '0') || '-'
             || lpad(counted.last, greatest(4, length(counted.last)), '0') AS reference
    ) AS named
    RETURNING reference
  ) ${FOLLOWING}`,
};

export interface Written {
  readonly reference: string;
}

/** Undefined when somebody else changed the incident since it was read: read it again and decide anew. */
export async function writeDecision(db: Queryable, decision: Decision, beside: Beside): Promise<Written | undefined> {
  const { incident, fromVersion } = decision;
  const statement = fromVersion === 0 ? OPEN : decision.changesTexts ? CHANGE_TEXTS : CHANGE;
  const { rows } = await db.query({
    ...statement,
    values: [
      incidentJson(incident, fromVersion === 0 || decision.changesTexts),
      fromVersion === 0 ? incident.id.slice(0, incident.id.indexOf(':')).toUpperCase() : fromVersion,
      rowsJson(decision.entries),
      rowsJson(decision.clocks),
      rowsJson(decision.participations),
      rowsJson(decision.noteLink ? [decision.noteLink] : []),
      rowsJson(beside.note ? [beside.note] : []),
      rowsJson([decision.change, ...decision.notices.map(noticeChange)].map(withEventId)),
      beside.log ? rowsJson([{ ...beside.log, at: incident.updatedAt }]) : '[]',
      rowsJson(decision.notices),
    ],
  });
  return rows[0];
}

const withEventId = (change: Change) => ({ ...change, eventId: createEventId(change.at.getTime()) });

function incidentJson(incident: Incident, whole: boolean): string {
  if (whole) return JSON.stringify(rowOf({ ...incident, ...searchColumns(incident) }));
  const { title: _title, description: _description, ...rest } = incident;
  return JSON.stringify(rowOf(rest));
}

/** Whether this error says that the same command is being, or has been, carried out by somebody else. */
export function isRepeatedCommand(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === '23505' && constraint === 'command_log_pkey';
}
