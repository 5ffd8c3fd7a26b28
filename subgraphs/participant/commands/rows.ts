/** Between the domain's records and the tables: names of columns, and times that went through JSON. */
import type { Clock } from '../domain/clocks.ts';
import type { Participation } from '../domain/incident.ts';

const known = new Map<string, string>();

export function columnOf(field: string): string {
  let column = known.get(field);
  if (column === undefined) {
    column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    known.set(field, column);
  }
  return column;
}

/** For jsonb_populate_record: one object, column by column. */
export function rowOf(record: object): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(record)) row[columnOf(field)] = value;
  return row;
}

export function rowsJson(records: readonly object[]): string {
  return records.length === 0 ? '[]' : JSON.stringify(records.map(rowOf));
}

type Json = Record<string, string | number | null>;

export function clockOf(row: Json & { pauses?: unknown }): Clock {
  const pauses = row.pauses as readonly { from: string; to: string | null; reason: string }[];
  return {
    id: row.id as string,
    incidentId: row.incident_id as string,
    name: row.name as string,
    onParticipant: row.on_participant as string,
    cycle: row.cycle as number,
    startedAt: new Date(row.started_at as string),
    targetN: row.target_n as number | null,
    targetUnit: row.target_unit as string | null,
    calendarId: row.calendar_id as string | null,
    calendarVersion: row.calendar_version as string | null,
    pauses: pauses.map(({ from, to, reason }) => ({ from: new Date(from), to: to ? new Date(to) : null, reason })),
    stoppedAt: row.stopped_at === null ? null : new Date(row.stopped_at as string),
    state: row.state as Clock['state'],
  };
}

export function participationOf(row: Json): Participation {
  return {
    incidentId: row.incident_id as string,
    participant: row.participant as string,
    part: row.part as Participation['part'],
    state: row.state as Participation['state'],
    since: new Date(row.since as string),
  };
}
