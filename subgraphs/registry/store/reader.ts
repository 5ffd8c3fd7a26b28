/**
 * Reads for one request, with the caller's authority: what is not for this caller is not found. Loads in batches, so
 * that a hundred references are one statement. Rows have the types of the Prisma schema; the statements are our own,
 * because Prisma's query compiler costs 60 MB in each process and these are four.
 */
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { AvailableAction } from '@kortelijn/schema/interpret/lifecycle.ts';
import DataLoader from 'dataloader';
import { actionsOf, mayReadSuspension } from '../domain/accession.ts';
import { isStale, mayRead, mayReadNames, type Reading } from '../domain/contacts.ts';
import { maySee, maySeePromoted, type NetworkIncidentState } from '../domain/network-incident.ts';
import type { ContactReaders, ContactRole, Publicity } from '../domain/participant.ts';
import { missingRole } from '../domain/registered-contacts.ts';
import { isDesk, isFoundation, isManager, type Viewer } from '../domain/viewer.ts';
import type {
  ContactPoint as ContactRow,
  NetworkIncident as NetworkIncidentRow,
  Participant as ParticipantRow,
} from '../generated/prisma/client.ts';
import { type AccessionShape, createAccessionLoader } from './accession-reader.ts';
import { cursorOf, placeOf } from './cursor.ts';

interface ReadParticipant extends Omit<ParticipantRow, 'keys' | 'mergedInto'> {
  readonly suspensionReason: string | null;
}

export interface ParticipantShape extends Omit<ReadParticipant, 'suspensionReason' | 'suspensionPublicity'> {
  readonly contacts: readonly ContactShape[];
  /** Null when it is not suspended, or when why is not for this caller. */
  readonly suspension: SuspensionShape | null;
  readonly actions: readonly AvailableAction[];
}

export interface SuspensionShape {
  readonly since: Date;
  readonly reason: string | null;
  readonly publicity: Publicity;
}

export interface ContactShape {
  readonly role: ContactRole;
  readonly version: number;
  /** Null when the names are not for this caller. */
  readonly persons: readonly { readonly name: string; readonly deputy: boolean }[] | null;
  readonly channels: readonly { readonly kind: string; readonly value: string; readonly hours: string | null }[];
  readonly readers: ContactReaders;
  readonly publishedAt: Date;
  readonly confirmedAt: Date | null;
  readonly stale: boolean;
}

export interface NetworkIncidentShape extends NetworkIncidentRow {
  readonly state: NetworkIncidentState;
  /** Links that their owners did not refuse. */
  readonly incidentIds: readonly string[];
  readonly owners: readonly string[];
}

export interface NetworkIncidentPage {
  readonly edges: readonly { readonly cursor: string; readonly node: NetworkIncidentShape }[];
  readonly hasNextPage: boolean;
}

export interface Reader {
  readonly viewer: Viewer;
  participant(id: string): Promise<ParticipantShape | null>;
  /** How far a party is in joining; null when that is not for this caller. */
  accession(id: string): Promise<AccessionShape | null>;
  networkIncident(id: string): Promise<NetworkIncidentShape | null>;
  networkIncidents(given: {
    states: readonly NetworkIncidentState[] | null;
    first: number;
    after: string | null;
  }): Promise<NetworkIncidentPage>;
  calendars(): Promise<readonly { id: string; version: string; definition: unknown }[]>;
  /** After a command: what was read before it is forgotten. */
  anew(): Reader;
}

const PARTICIPANTS = {
  name: 'participants',
  text: `SELECT id, name, legal_name AS "legalName", kind, accession_state AS "accessionState", endpoint, issuer,
                calendar_id AS "calendarId", cooperation_model AS "cooperationModel", joined_at AS "joinedAt",
                suspended_at AS "suspendedAt", withdrawn_at AS "withdrawnAt", updated_at AS "updatedAt",
                contacts_stale_at AS "contactsStaleAt", suspension_publicity AS "suspensionPublicity",
                (SELECT reason FROM participant_event WHERE participant_id = participant.id AND event = 'suspended'
                 ORDER BY n DESC LIMIT 1) AS "suspensionReason"
         FROM participant WHERE id = ANY($1)`,
};
const CONTACTS = {
  name: 'contacts',
  text: `SELECT participant_id AS "participantId", role, version, persons, channels, readers,
                published_at AS "publishedAt", confirmed_at AS "confirmedAt", superseded_at AS "supersededAt"
         FROM contact_point WHERE participant_id = ANY($1) AND superseded_at IS NULL`,
};
const CALENDARS = { name: 'calendars', text: 'SELECT id, version, definition FROM calendar ORDER BY id, version' };

const NETWORK_INCIDENT = `
  SELECT incident.id, title, services, level, state, proposed_by AS "proposedBy", proposed_at AS "proposedAt",
         promoted_at AS "promotedAt", demoted_at AS "demotedAt", updated_at AS "updatedAt", version,
         coalesce(link.incident_ids, '{}') AS "incidentIds", coalesce(link.owners, '{}') AS owners
  FROM network_incident AS incident LEFT JOIN LATERAL (
    SELECT array_agg(incident_id ORDER BY incident_id) AS incident_ids, array_agg(DISTINCT owner) AS owners
    FROM network_incident_link WHERE network_incident_id = incident.id AND released_code IS NULL
  ) AS link ON true`;
const NETWORK_INCIDENTS = { name: 'network-incidents', text: `${NETWORK_INCIDENT} WHERE incident.id = ANY($1)` };

/** `maySee` for a whole list, in the words of the database: a test holds the two together. */
const NETWORK_INCIDENT_PAGE = {
  name: 'network-incident-page',
  text: `${NETWORK_INCIDENT}
    WHERE CASE WHEN state = 'PROMOTED' THEN $1
          ELSE $2 OR $3 AND proposed_by = $5 OR $4 AND $5 = ANY(link.owners) END
      AND ($6::text[] IS NULL OR state = ANY($6))
      AND ($7::timestamptz IS NULL OR (proposed_at, incident.id) < ($7, $8))
    ORDER BY proposed_at DESC, incident.id DESC LIMIT $9`,
};

export function createReader(pool: Pool, viewer: Viewer, now: () => number): Reader {
  const participantRows = new DataLoader<string, (ReadParticipant & { contacts: ContactRow[] }) | null>(async (ids) => {
    const [participants, contacts] = await Promise.all([
      pool.query<ReadParticipant>({ ...PARTICIPANTS, values: [ids] }),
      pool.query<ContactRow>({ ...CONTACTS, values: [ids] }),
    ]);
    const byId = new Map(participants.rows.map((row) => [row.id, { ...row, contacts: [] as ContactRow[] }]));
    for (const contact of contacts.rows) byId.get(contact.participantId)?.contacts.push(contact);
    return ids.map((id) => byId.get(id) ?? null);
  });
  const accessions = createAccessionLoader(pool, viewer);
  const networkIncidents = new DataLoader<string, NetworkIncidentShape | null>(async (ids) => {
    const { rows } = await pool.query<NetworkIncidentShape>({ ...NETWORK_INCIDENTS, values: [ids] });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => {
      const found = byId.get(id);
      return found && maySee(found, viewer) ? found : null;
    });
  });

  /** People of a party that is not active read their own and what everyone may, nothing of the others. */
  const isActive = async () => (await participantRows.load(viewer.participant))?.accessionState === 'ACTIVE';

  const participant: Reader['participant'] = async (id) => {
    const [row, viewerIsActive] = await Promise.all([participantRows.load(id), isActive()]);
    return row && participantFor(row, { viewer, viewerIsActive }, now());
  };

  const list: Reader['networkIncidents'] = async ({ states, first, after }) => {
    const place = after === null ? undefined : placeOf(after);
    if (!(await isActive())) return { edges: [], hasNextPage: false };
    const { rows } = await pool.query<NetworkIncidentShape>({
      ...NETWORK_INCIDENT_PAGE,
      values: [
        maySeePromoted(viewer),
        isFoundation(viewer),
        isDesk(viewer),
        isManager(viewer),
        viewer.participant,
        states,
        place?.at ?? null,
        place?.id ?? null,
        first + 1,
      ],
    });
    return {
      edges: rows.slice(0, first).map((node) => ({ cursor: cursorOf({ at: node.proposedAt, id: node.id }), node })),
      hasNextPage: rows.length > first,
    };
  };

  return {
    viewer,
    participant,
    accession: (id) => accessions.load(id),
    networkIncident: async (id) => ((await isActive()) ? networkIncidents.load(id) : null),
    networkIncidents: list,
    calendars: async () => (await pool.query(CALENDARS)).rows,
    anew: () => createReader(pool, viewer, now),
  };
}

function participantFor(
  row: ReadParticipant & { contacts: ContactRow[] },
  reading: Reading,
  nowMs: number,
): ParticipantShape {
  const contacts = row.contacts
    .map((contact) => ({
      ...contact,
      participant: row.id,
      role: contact.role as ContactRole,
      readers: contact.readers as ContactReaders,
    }))
    .filter((contact) => mayRead(contact, reading))
    .map((contact) => ({
      role: contact.role,
      version: contact.version,
      persons: mayReadNames(contact, reading) ? (contact.persons as unknown as ContactShape['persons']) : null,
      channels: contact.channels as unknown as ContactShape['channels'],
      readers: contact.readers,
      publishedAt: contact.publishedAt,
      confirmedAt: contact.confirmedAt,
      stale: row.accessionState === 'ACTIVE' && isStale(contact, nowMs),
    }))
    .sort((a, b) => ROLE_ORDER.indexOf(a.role) - ROLE_ORDER.indexOf(b.role));
  const { suspensionReason, suspensionPublicity, ...shown } = row;
  const publicity = (suspensionPublicity ?? 'PARTICIPANTS') as Publicity;
  const isTold = row.suspendedAt !== null && mayReadSuspension(row.id, publicity, reading);
  const persons = row.contacts.map((contact) => ({
    role: contact.role as ContactRole,
    persons: contact.persons as unknown as { name: string; deputy: boolean }[],
    channels: contact.channels as unknown as never[],
  }));
  const isFoundationItself = row.id === reading.viewer.foundation;
  return {
    ...shown,
    contacts,
    suspension: isTold && row.suspendedAt ? { since: row.suspendedAt, reason: suspensionReason, publicity } : null,
    actions: actionsOf(
      {
        id: row.id,
        state: row.accessionState,
        contactsAreComplete: missingRole(persons, isFoundationItself) === undefined,
      },
      reading.viewer,
      nowMs,
    ),
  };
}
const ROLE_ORDER: readonly string[] = ['SERVICEMANAGER', 'SERVICEDESK', 'HELPDESK'];
