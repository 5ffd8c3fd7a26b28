/**
 * What hangs on incidents, by hand-written SQL: a board asks for it with every page, and Prisma costs twice the time
 * and a process's worth of memory for it.
 */
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { Participation } from '../domain/incident.ts';
import type { Clock, NoteLink, ServiceStatus, Team } from '../generated/prisma/client.ts';
import { columns } from './columns.ts';

/** The rows whose `key` column is one of `ids`, in one prepared statement. */
function readBy<Row extends object>(table: string, key: string, names: readonly (keyof Row & string)[], order: string) {
  const query = {
    name: `${table}-by-${key}`,
    text: `SELECT ${columns(names)} FROM ${table} WHERE ${key} = ANY($1) ORDER BY ${order}`,
  };
  return async (pool: Pool, ids: readonly string[]): Promise<Row[]> =>
    (await pool.query<Row>({ ...query, values: [ids] })).rows;
}

export const readParticipations = readBy<Participation>(
  'participation',
  'incident_id',
  ['incidentId', 'participant', 'part', 'state', 'since'],
  'since, participant, part',
);

export const readClocks = readBy<Clock>(
  'clock',
  'incident_id',
  [
    'id',
    'incidentId',
    'name',
    'onParticipant',
    'cycle',
    'startedAt',
    'targetN',
    'targetUnit',
    'calendarId',
    'calendarVersion',
    'pauses',
    'stoppedAt',
    'state',
  ],
  'started_at, id',
);

export const readNoteLinks = readBy<NoteLink>(
  'note_link',
  'incident_id',
  ['incidentId', 'noteId', 'author', 'at', 'hash'],
  'at, note_id',
);

const TEAM = ['id', 'name', 'line', 'organisationLine'] as const;
export const readTeams = readBy<Team>('team', 'id', TEAM, 'id');

export async function readAllTeams(pool: Pool): Promise<readonly Team[]> {
  return (await pool.query<Team>({ name: 'teams', text: `SELECT ${columns(TEAM)} FROM team ORDER BY name` })).rows;
}

const STATUS = ['id', 'service', 'level', 'asOf', 'note'] as const;
export const readStatuses = readBy<ServiceStatus>('service_status', 'service', STATUS, 'service');
export const readStatusesById = readBy<ServiceStatus>('service_status', 'id', STATUS, 'id');

export async function readAllStatuses(pool: Pool): Promise<readonly ServiceStatus[]> {
  const text = `SELECT ${columns(STATUS)} FROM service_status ORDER BY service`;
  return (await pool.query<ServiceStatus>({ name: 'statuses', text })).rows;
}
