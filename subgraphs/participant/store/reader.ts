/**
 * Reads for one request with its caller's authority. Each kind of object has one loader, so however many are asked
 * for in one step, and by whichever key, it is one statement. Null is what is not there and what is not for this
 * caller: the two look the same.
 */
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { Caller, PartyCaller } from '@kortelijn/kit/trust/caller.ts';
import { subjectAtIssuer } from '@kortelijn/kit/trust/caller.ts';
import { parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import { standingOf } from '../domain/access.ts';
import type { Incident } from '../domain/incident.ts';
import { codedError } from '../errors.ts';
import type { AssistanceRequest, Note, Person, PrismaClient, ServiceStatus, Team } from '../generated/prisma/client.ts';
import { type AssistanceQuery, assistancePage, mayReadRequest } from './assistance.ts';
import { type EnvelopeQuery, envelopePage, envelopeRows } from './envelope-list.ts';
import type { EnvelopeRow } from './envelopes.ts';
import type { IncidentFilterInput } from './incident-filter.ts';
import {
  type IncidentPageQuery,
  incidentByReference,
  incidentChain,
  incidentCount,
  incidentPage,
} from './incident-list.ts';
import { type IncidentView, incidentColumns, viewOf } from './incident-rows.ts';
import { byKey, byParent } from './loaders.ts';
import { mayReadNote } from './notes.ts';
import {
  addresseeOf,
  type NotificationQuery,
  type NotificationView,
  notificationPage,
  notificationsById,
  unreadByIncident,
  unreadCount,
} from './notifications.ts';
import {
  readAllStatuses,
  readAllTeams,
  readClocks,
  readNoteLinks,
  readParticipations,
  readStatuses,
  readStatusesById,
  readTeams,
} from './parts.ts';
import { type ReportRhythm, type ServiceStatusView, statusView } from './service-status.ts';
import { mayReport, type ReportWindow, statusReport } from './status-report.ts';
import { createTimelineLoader, type TimelineKey } from './timeline.ts';

export interface ReaderOptions {
  readonly endpoint: string;
  readonly pool: Pool;
  /** Made at its first use: many a process never reads what it is for. */
  readonly prisma: () => Promise<PrismaClient>;
  readonly caller: Caller;
  readonly rhythm: ReportRhythm;
  now(): number;
}

export type Reader = ReturnType<typeof createReader>;

/** The hub itself has no standing at all: it comes for the feed, not for rows. */
const NOBODY: PartyCaller = { kind: 'class', participant: '', roles: [], scopes: [] };

export function createReader({ endpoint, pool, prisma, caller: given, rhythm, now }: ReaderOptions) {
  const caller = given.kind === 'hub' ? NOBODY : given;
  const standing = standingOf(caller, endpoint);
  const source = { pool, endpoint, standing };
  const isFoundation = caller.program === undefined && caller.roles.includes('FOUNDATION');
  /** What is not an id of such an object here is not looked for. */
  const ours = (id: string, tag: string) => {
    const parsed = parseId(id);
    return parsed?.participant === endpoint && parsed.tag === tag;
  };

  const incidents = byKey<IncidentView>(async (ids) => {
    const { rows } = await pool.query<Incident>({
      name: 'incidents-by-id',
      text: `SELECT ${incidentColumns} FROM incident WHERE id = ANY($1)`,
      values: [ids],
    });
    return rows.map((row) => [row.id, viewOf(standing, row)]);
  });
  const incident = (id: string) => (ours(id, 'inc') ? incidents.load(id) : Promise.resolve(null));

  const notes = byKey<Note>(async (ids) => {
    const rows = await (await prisma()).note.findMany({ where: { id: { in: [...ids] } } });
    return Promise.all(
      rows.map(async (row) => [row.id, (await mayReadNote(standing, row, incident)) ? row : null] as const),
    );
  });
  const teams = byKey<Team>(async (ids) => {
    const rows = await readTeams(pool, ids);
    return rows.map((row) => [row.id, row]);
  });
  const persons = byKey<Person>(async (ids) => {
    const rows = await (await prisma()).person.findMany({ where: { id: { in: [...ids] } } });
    return rows.map((row) => [row.id, row]);
  });
  const requests = byKey<AssistanceRequest>(async (ids) => {
    const rows = await (await prisma()).assistanceRequest.findMany({ where: { id: { in: [...ids] } } });
    return rows.map((row) => [row.id, mayReadRequest(standing, row) ? row : null]);
  });
  const envelopes = byKey<EnvelopeRow>(async (ids) => {
    const rows = await envelopeRows(pool, ids, now());
    return rows.map((row) => [row.id, row]);
  });
  const statuses = byKey<ServiceStatus>(async (ids) => {
    const rows = await readStatusesById(pool, ids);
    return rows.map((row) => [row.id, row]);
  });
  const addressee = addresseeOf(caller, endpoint);
  const notifications = byKey<NotificationView>(async (ids) => {
    const rows = addressee ? await notificationsById(pool, addressee, ids) : [];
    return rows.map((row) => [row.id, row]);
  });
  const participations = byParent((ids) => readParticipations(pool, ids));
  const clocks = byParent((ids) => readClocks(pool, ids));
  const noteLinks = byParent((ids) => readNoteLinks(pool, ids));
  const timeline = createTimelineLoader(pool);

  const envelope = async (id: string) => (standing.full && ours(id, 'env') ? envelopes.load(id) : null);
  const unread = byKey<number>(async (ids) => (addressee ? unreadByIncident(pool, addressee, ids) : []));
  const notification = async (id: string) => (addressee && ours(id, 'ntf') ? notifications.load(id) : null);
  const assistanceRequest = async (id: string) => (ours(id, 'asr') ? requests.load(id) : null);
  const shown = (rows: readonly ServiceStatus[]): readonly ServiceStatusView[] =>
    rows.map((row) => statusView(row, now(), rhythm));

  return {
    caller,
    standing,
    incident,
    /** After a command of this request: what was read before it is old. */
    incidentAnew: (id: string) => {
      for (const parts of [participations, clocks, noteLinks]) parts.clear(id);
      timeline.clearAll();
      incidents.clear(id);
      return incident(id);
    },
    incidents: (query: IncidentPageQuery) => incidentPage(source, query),
    incidentCount: (filter: IncidentFilterInput | null | undefined) => incidentCount(source, filter),
    incidentChain: (chainId: string) => incidentChain(source, chainId),
    incidentByReference: (reference: string) => incidentByReference(source, reference),
    /** The parts of an incident, for those who read it whole. */
    of: {
      participations: (id: string) => participations.load(id),
      clocks: (id: string) => clocks.load(id),
      noteLinks: (id: string) => noteLinks.load(id),
      timeline: (key: TimelineKey) => timeline.load(key),
    },
    note: async (id: string) => (ours(id, 'note') ? notes.load(id) : null),
    team: async (id: string) => (ours(id, 'tm') ? teams.load(id) : null),
    teams: (): Promise<readonly Team[]> => readAllTeams(pool),
    person: async (id: string) => (ours(id, 'prs') ? persons.load(id) : null),
    personAnew: (id: string) => {
      persons.clear(id);
      return persons.load(id);
    },
    /** Of the caller itself, where its assertion brought no name. */
    nameOf: async (): Promise<string | null> => {
      const subject = subjectAtIssuer(caller);
      if (subject === undefined || subject.includes('\0')) return null;
      return (await (await prisma()).person.findUnique({ where: { subject } }))?.name ?? null;
    },
    assistanceRequest,
    assistanceRequestAnew: (id: string) => {
      requests.clear(id);
      return assistanceRequest(id);
    },
    assistanceRequests: (query: AssistanceQuery) => assistancePage(source, query),
    envelope,
    envelopeAnew: (id: string) => {
      envelopes.clear(id);
      return envelope(id);
    },
    /** Only where it stands: whoever reads a handover whole may know that. */
    envelopeState: async (id: string) => (ours(id, 'env') ? ((await envelopes.load(id))?.state ?? null) : null),
    envelopes: (query: EnvelopeQuery) => envelopePage(source, query, now()),
    notification,
    unreadNotificationsOf: (incidentId: string) => unread.load(incidentId),
    notificationAnew: (id: string) => {
      notifications.clear(id);
      return notification(id);
    },
    notifications: async (query: NotificationQuery) => (addressee ? notificationPage(pool, addressee, query) : null),
    unreadCount: async () => (addressee ? unreadCount(pool, addressee) : 0),
    serviceStatus: async (service: string) => shown(await readStatuses(pool, [service]))[0] ?? null,
    /** For everybody in the network. */
    serviceStatusById: async (id: string) => {
      const row = ours(id, 'sst') ? await statuses.load(id) : null;
      return row && statusView(row, now(), rhythm);
    },
    serviceStatuses: async () => shown(await readAllStatuses(pool)),
    statusReport: async (window: ReportWindow) => {
      if (mayReport(standing, isFoundation)) return statusReport(source, isFoundation, window);
      throw codedError('REFUSED', 'Figures are for desks, managers, monitors, reading programs and the foundation.');
    },
  };
}
