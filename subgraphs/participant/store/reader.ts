/**
 * Reads for one request with its caller's authority. Each kind of object has one loader, so however many are asked
 * for in one step, and by whichever key, it is one statement.
 */
import DataLoader from 'dataloader';
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { Caller, PartyCaller } from '@kortelijn/kit/trust/caller.ts';
import { type Standing, standingOf } from '../domain/access.ts';
import type { Incident, Participation } from '../domain/incident.ts';
import type {
  AssistanceRequest,
  Clock,
  Note,
  NoteLink,
  Person,
  PrismaClient,
  Team,
} from '../generated/prisma/client.ts';
import { type IncidentView, incidentColumns, viewOf } from './incident-rows.ts';
import { createTimelineLoader, type TimelineKey, type TimelinePage } from './timeline.ts';

export interface Reader {
  readonly caller: PartyCaller;
  readonly standing: Standing;
  /** Null for what is not there and for what is not for this caller: the two look the same. */
  incident(id: string): Promise<IncidentView | null>;
  /** After a command of this request: what was read before it is old. */
  incidentAnew(id: string): Promise<IncidentView | null>;
  note(id: string): Promise<Note | null>;
  team(id: string): Promise<Team | null>;
  person(id: string): Promise<Person | null>;
  assistanceRequest(id: string): Promise<AssistanceRequest | null>;
  assistanceRequestAnew(id: string): Promise<AssistanceRequest | null>;
  teams(): Promise<readonly Team[]>;
  /** The parts of an incident that the caller reads whole. */
  readonly of: {
    participations(incidentId: string): Promise<readonly Participation[]>;
    clocks(incidentId: string): Promise<readonly Clock[]>;
    noteLinks(incidentId: string): Promise<readonly NoteLink[]>;
    timeline(key: TimelineKey): Promise<TimelinePage>;
  };
}

export interface ReaderOptions {
  readonly endpoint: string;
  readonly pool: Pool;
  readonly prisma: PrismaClient;
  readonly caller: Caller;
}

/** The hub itself has no standing at all: it comes for the feed, not for rows. */
const NOBODY: PartyCaller = { kind: 'class', participant: '', roles: [], scopes: [] };

export function createReader({ endpoint, pool, prisma, caller }: ReaderOptions): Reader {
  const party = caller.kind === 'hub' ? NOBODY : caller;
  const standing = standingOf(party, endpoint);

  const incidents = byKey<IncidentView>(async (ids) => {
    const { rows } = await pool.query<Incident>({
      name: 'incidents-by-id',
      text: `SELECT ${incidentColumns} FROM incident WHERE id = ANY($1)`,
      values: [ids],
    });
    return rows.map((row) => [row.id, viewOf(standing, row)]);
  });
  const notes = byKey<Note>(async (ids) => {
    const rows = await prisma.note.findMany({ where: { id: { in: [...ids] } } });
    return rows.map((row) => [row.id, row]);
  });
  const teams = byKey<Team>(async (ids) => {
    const rows = await prisma.team.findMany({ where: { id: { in: [...ids] } } });
    return rows.map((row) => [row.id, row]);
  });
  const persons = byKey<Person>(async (ids) => {
    const rows = await prisma.person.findMany({ where: { id: { in: [...ids] } } });
    return rows.map((row) => [row.id, row]);
  });
  const requests = byKey<AssistanceRequest>(async (ids) => {
    const rows = await prisma.assistanceRequest.findMany({ where: { id: { in: [...ids] } } });
    return rows.map((row) => [row.id, row]);
  });
  const participations = byParent((ids) =>
    prisma.participation.findMany({
      where: { incidentId: { in: [...ids] } },
      orderBy: [{ since: 'asc' }, { participant: 'asc' }, { part: 'asc' }],
    }),
  );
  const clocks = byParent((ids) =>
    prisma.clock.findMany({ where: { incidentId: { in: [...ids] } }, orderBy: [{ startedAt: 'asc' }, { id: 'asc' }] }),
  );
  const noteLinks = byParent((ids) =>
    prisma.noteLink.findMany({ where: { incidentId: { in: [...ids] } }, orderBy: [{ at: 'asc' }, { noteId: 'asc' }] }),
  );
  const timeline = createTimelineLoader(pool);

  return {
    caller: party,
    standing,
    incident: (id) => incidents.load(id),
    incidentAnew: (id) => {
      for (const parts of [participations, clocks, noteLinks]) parts.clear(id);
      timeline.clearAll();
      return incidents.clear(id).load(id);
    },
    note: (id) => notes.load(id),
    team: (id) => teams.load(id),
    person: (id) => persons.load(id),
    assistanceRequest: (id) => requests.load(id),
    assistanceRequestAnew: (id) => requests.clear(id).load(id),
    teams: () => prisma.team.findMany({ orderBy: { name: 'asc' } }),
    of: {
      participations: (id) => participations.load(id) as Promise<readonly Participation[]>,
      clocks: (id) => clocks.load(id),
      noteLinks: (id) => noteLinks.load(id),
      timeline: (key) => timeline.load(key),
    },
  };
}

/** One statement for all keys of a step; what it does not answer is null. */
function byKey<Row>(read: (ids: readonly string[]) => Promise<readonly (readonly [string, Row | null])[]>) {
  return new DataLoader<string, Row | null>(async (ids) => {
    const found = new Map(await read(ids));
    return ids.map((id) => found.get(id) ?? null);
  });
}

function byParent<Row extends { readonly incidentId: string }>(read: (ids: readonly string[]) => Promise<Row[]>) {
  return new DataLoader<string, readonly Row[]>(async (ids) => {
    const found = new Map<string, Row[]>(ids.map((id) => [id, []]));
    for (const row of await read(ids)) found.get(row.incidentId)?.push(row);
    return ids.map((id) => found.get(id) ?? []);
  });
}
