/** Rows of the incident table as the domain knows them, and with how much of them their caller may read. */
import { accessTo, type IncidentAccess, isReadable, type Standing } from '../domain/access.ts';
import type { Incident } from '../domain/incident.ts';
import { columns } from './columns.ts';

const COLUMNS = [
  'id',
  'reference',
  'referenceYear',
  'chainId',
  'service',
  'teamId',
  'reporter',
  'title',
  'description',
  'impact',
  'urgency',
  'priority',
  'priorityRank',
  'state',
  'waitReason',
  'waitingFor',
  'waitUntil',
  'resolution',
  'solution',
  'previousId',
  'nextId',
  'handedOverTo',
  'handoverReason',
  'handedOverAt',
  'deliveredAt',
  'pickedUpAt',
  'handoverEnvelopeId',
  'receivedFrom',
  'receivedAt',
  'networkIncidentId',
  'networkIncidentState',
  'involved',
  'holders',
  'pingPong',
  'firstReportedAt',
  'reopenedCount',
  'createdAt',
  'updatedAt',
  'acknowledgedAt',
  'resolvedAt',
  'closedAt',
  'importedBatch',
  'recordedAt',
  'version',
] as const satisfies readonly (keyof Incident)[];

/** Fails to compile when a field of the domain is not read. */
type Unread = Exclude<keyof Incident, (typeof COLUMNS)[number]>;
const nothingUnread: [Unread] extends [never] ? true : never = true;
void nothingUnread;

export const incidentColumns: string = columns(COLUMNS);

/** A row together with its reader: fields are taken through `of`, which answers null beyond what he may read. */
export interface IncidentView {
  readonly id: string;
  readonly row: Incident;
  readonly access: IncidentAccess;
}

export function viewOf(standing: Standing, row: Incident): IncidentView | null {
  const access = accessTo(standing, row);
  return access ? { id: row.id, row, access } : null;
}

export function fieldOf<Name extends keyof Incident>({ row, access }: IncidentView, name: Name): Incident[Name] | null {
  return isReadable(name, access, row) ? row[name] : null;
}

/** Everything that is no column of the row: timeline, clocks, notes, participations, actions. */
export function isWhole({ access }: IncidentView): boolean {
  return access === 'FULL' || access === 'INVOLVED';
}
