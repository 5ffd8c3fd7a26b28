/**
 * Reads for one request, with the caller's authority: what is not for this caller is not found. Loads in batches, so
 * that a hundred references are one statement.
 */
import DataLoader from 'dataloader';
import { isStale, mayRead, mayReadNames, type Reading } from '../domain/contacts.ts';
import { maySee, type NetworkIncidentState } from '../domain/network-incident.ts';
import type { ContactReaders, ContactRole } from '../domain/participant.ts';
import { isDesk, isFoundation, isManager, type Viewer } from '../domain/viewer.ts';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { cursorOf, placeOf } from './cursor.ts';

type ParticipantRow = Prisma.ParticipantGetPayload<{ include: { contacts: true } }>;
type NetworkIncidentRow = Prisma.NetworkIncidentGetPayload<{ include: { links: true } }>;

export interface ParticipantShape extends Omit<ParticipantRow, 'contacts'> {
  readonly contacts: readonly ContactShape[];
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
  readonly owners: readonly string[];
}

export interface NetworkIncidentPage {
  readonly edges: readonly { readonly cursor: string; readonly node: NetworkIncidentShape }[];
  readonly hasNextPage: boolean;
}

export interface Reader {
  readonly viewer: Viewer;
  participant(id: string): Promise<ParticipantShape | null>;
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

export function createReader(prisma: PrismaClient, viewer: Viewer, now: () => number): Reader {
  const participantRows = new DataLoader<string, ParticipantRow | null>(async (ids) => {
    const rows = await prisma.participant.findMany({
      where: { id: { in: [...ids] } },
      include: { contacts: { where: { supersededAt: null } } },
    });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id) ?? null);
  });
  const networkIncidents = new DataLoader<string, NetworkIncidentShape | null>(async (ids) => {
    const rows = await prisma.networkIncident.findMany({ where: { id: { in: [...ids] } }, include: withLinks });
    const byId = new Map(rows.map((row) => [row.id, shapeOf(row)]));
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
    const rows = await prisma.networkIncident.findMany({
      where: {
        AND: [
          visibleTo(viewer),
          states === null ? {} : { state: { in: [...states] } },
          // The first conjunct says nothing more than the second and lets the index find the place.
          place
            ? {
                proposedAt: { lte: place.at },
                OR: [{ proposedAt: { lt: place.at } }, { proposedAt: place.at, id: { lt: place.id } }],
              }
            : {},
        ],
      },
      orderBy: [{ proposedAt: 'desc' }, { id: 'desc' }],
      take: first + 1,
      include: withLinks,
    });
    const nodes = rows.slice(0, first).map(shapeOf);
    return {
      edges: nodes.map((node) => ({ cursor: cursorOf({ at: node.proposedAt, id: node.id }), node })),
      hasNextPage: rows.length > first,
    };
  };

  return {
    viewer,
    participant,
    networkIncident: async (id) => ((await isActive()) ? networkIncidents.load(id) : null),
    networkIncidents: list,
    calendars: () => prisma.calendar.findMany({ orderBy: [{ id: 'asc' }, { version: 'asc' }] }),
    anew: () => createReader(prisma, viewer, now),
  };
}

const withLinks = {
  links: { where: { releasedCode: null }, orderBy: { incidentId: 'asc' } },
} satisfies Prisma.NetworkIncidentInclude;

const shapeOf = (row: NetworkIncidentRow): NetworkIncidentShape => ({
  ...row,
  state: row.state as NetworkIncidentState,
  owners: [...new Set(row.links.map(({ owner }) => owner))],
});

/** `maySee` for a whole list, in the words of the database: a test holds the two together. */
export function visibleTo(viewer: Viewer): Prisma.NetworkIncidentWhereInput {
  if (isFoundation(viewer)) return {};
  const grounds: Prisma.NetworkIncidentWhereInput[] = [];
  if (viewer.program === undefined || viewer.scopes.includes('incidents:read')) grounds.push({ state: 'PROMOTED' });
  if (isDesk(viewer)) grounds.push({ state: { not: 'PROMOTED' }, proposedBy: viewer.participant });
  if (isManager(viewer)) {
    grounds.push({ state: { not: 'PROMOTED' }, links: { some: { owner: viewer.participant, releasedCode: null } } });
  }
  // Prisma takes an empty OR inside an AND for no condition at all, and would show everything.
  return grounds.length > 0 ? { OR: grounds } : { id: { in: [] } };
}

function participantFor(row: ParticipantRow, reading: Reading, nowMs: number): ParticipantShape {
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
  return { ...row, contacts };
}
const ROLE_ORDER: readonly string[] = ['SERVICEMANAGER', 'SERVICEDESK', 'HELPDESK'];
