import { builder } from '../builder.ts';
import type { TimelineEntry as EntryRow } from '../domain/incident.ts';
import { type PageShape, pageInfoOf } from '../store/connection.ts';
import { type TimelinePage, timelineCursor } from '../store/timeline.ts';
import { IncidentStateEnum, RoleEnum, WaitReasonEnum } from './enums.ts';
import { PageInfo } from './page.ts';
import { ParticipantRef, referenceTo } from './references.ts';
import { Team } from './team.ts';

const TimelineEntry = builder.objectRef<EntryRow>('TimelineEntry');
TimelineEntry.implement({
  description: 'What happened: the event of the lifecycle, when, by which role of which participant.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    event: t.exposeString('event', { description: 'The event of the lifecycle.' }),
    state: t.field({
      type: IncidentStateEnum,
      description: 'The state that it led to.',
      resolve: ({ state }) => state,
    }),
    waitReason: t.field({
      type: WaitReasonEnum,
      nullable: true,
      description: 'What was waited for from then on.',
      resolve: ({ waitReason }) => waitReason,
    }),
    team: t.field({
      type: Team,
      nullable: true,
      directives: { local: {} },
      description: 'The team that had it from then on.',
      resolve: ({ teamId }, _, { read }) => (teamId === null ? null : read.team(teamId)),
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    recordedAt: t.expose('recordedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the record was written, where that is not when it happened (import).',
    }),
    by: t.field({
      type: ParticipantRef,
      nullable: true,
      description: 'Whose act it was; null for what a clock brought about.',
      resolve: ({ byParticipant }) => referenceTo(byParticipant),
    }),
    role: t.field({
      type: RoleEnum,
      nullable: true,
      description: 'In what role.',
      resolve: ({ role }) => role as typeof RoleEnum.$inferType | null,
    }),
    text: t.exposeString('text', { nullable: true, description: 'The reason or remark that was given.' }),
  }),
});

interface TimelineEdgeShape {
  readonly cursor: string;
  readonly node: EntryRow;
}

export interface TimelineConnectionShape {
  readonly edges: readonly TimelineEdgeShape[];
  readonly pageInfo: PageShape;
}

const TimelineEdge = builder.objectRef<TimelineEdgeShape>('TimelineEdge');
TimelineEdge.implement({
  description: 'An entry and its place in the timeline.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its place in the timeline.' }),
    node: t.expose('node', { type: TimelineEntry, description: 'The entry.' }),
  }),
});

export const TimelineConnection = builder.objectRef<TimelineConnectionShape>('TimelineConnection');
TimelineConnection.implement({
  description: 'A page of the history of an incident, oldest first.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    edges: t.field({
      type: [TimelineEdge],
      description: 'The entries with their places.',
      resolve: ({ edges }) => edges,
    }),
    nodes: t.field({
      type: [TimelineEntry],
      description: 'The entries alone.',
      resolve: ({ edges }) => edges.map(({ node }) => node),
    }),
    pageInfo: t.expose('pageInfo', { type: PageInfo, description: 'Where the page lies.' }),
  }),
});

export function timelineConnection(
  { entries, hasNextPage }: TimelinePage,
  after: string | null | undefined,
): TimelineConnectionShape {
  const edges = entries.map((node) => ({ cursor: timelineCursor(node), node }));
  return { edges, pageInfo: pageInfoOf(edges, hasNextPage, after) };
}
