/** An incident as its caller may see it: every field goes through `fieldOf` or `whole`, so none says more than it may. */
import { availableActions } from '@kortelijn/schema/interpret/lifecycle.ts';
import { incident as lifecycle } from '@kortelijn/schema/lifecycles/incident.ts';
import { builder } from '../builder.ts';
import { factsOf, relationsOf } from '../domain/relations.ts';
import { handoversOf } from '../store/handovers.ts';
import { fieldOf, type IncidentView, isWhole } from '../store/incident-rows.ts';
import { shownClock } from '../store/shown-clock.ts';
import { afterEntry } from '../store/timeline.ts';
import { AvailableAction } from './available-action.ts';
import { Clock } from './clock.ts';
import {
  ImpactEnum,
  IncidentAccessEnum,
  IncidentStateEnum,
  PriorityEnum,
  ResolutionEnum,
  UrgencyEnum,
  WaitReasonEnum,
} from './enums.ts';
import { Handover } from './handover.ts';
import { idOf, Node, nodeKeys } from './node.ts';
import { pageSize } from './page.ts';
import { Participation } from './participation.ts';
import { IncidentLink, NetworkIncidentRef, NoteLink, ParticipantRef, referenceTo } from './references.ts';
import { Team } from './team.ts';
import { TimelineConnection, timelineConnection } from './timeline.ts';

const ImportMark = builder.objectRef<{ readonly batch: string; readonly recordedAt: Date }>('ImportMark');
ImportMark.implement({
  description: 'That a record was imported.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    batch: t.exposeString('batch', { description: 'The import it belongs to.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was taken in.' }),
  }),
});

export const Incident = builder.objectRef<IncidentView>('Incident');
Incident.implement({
  description: 'A service of a participant is disturbed; this is the record of one holder.',
  interfaces: [Node],
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    access: t.field({
      type: IncidentAccessEnum,
      description: 'How much of this incident the caller may read; what is beyond it is null.',
      resolve: ({ access }) => access,
    }),
    reference: t.string({
      nullable: true,
      description: 'What people call it, e.g. LINDE-2026-0042.',
      resolve: (view) => fieldOf(view, 'reference'),
    }),
    chainId: t.id({
      nullable: true,
      description: 'The same for every holder that it was handed over to.',
      resolve: (view) => fieldOf(view, 'chainId'),
    }),
    owner: t.field({
      type: ParticipantRef,
      description: 'The participant that holds this record.',
      resolve: (_, __, { endpoint }) => ({ id: endpoint }),
    }),
    reporter: t.field({
      type: ParticipantRef,
      nullable: true,
      description: 'The participant that reported it.',
      resolve: (view) => referenceTo(fieldOf(view, 'reporter')),
    }),
    service: t.string({
      nullable: true,
      description: 'The service that is disturbed.',
      resolve: (view) => fieldOf(view, 'service'),
    }),
    team: t.field({
      type: Team,
      nullable: true,
      directives: { local: {} },
      description: 'The team of the owner that has it.',
      resolve: (view, _, { read }) => {
        const teamId = fieldOf(view, 'teamId');
        return teamId === null ? null : read.team(teamId);
      },
    }),
    title: t.string({
      nullable: true,
      description: 'What is the matter, in a line.',
      resolve: (view) => fieldOf(view, 'title'),
    }),
    description: t.string({
      nullable: true,
      description: 'What is the matter, in full; no client data.',
      resolve: (view) => fieldOf(view, 'description'),
    }),
    impact: t.field({
      type: ImpactEnum,
      nullable: true,
      description: 'How much is disturbed.',
      resolve: (view) => fieldOf(view, 'impact'),
    }),
    urgency: t.field({
      type: UrgencyEnum,
      nullable: true,
      description: 'How soon it hurts.',
      resolve: (view) => fieldOf(view, 'urgency'),
    }),
    priority: t.field({
      type: PriorityEnum,
      nullable: true,
      description: 'What comes first.',
      resolve: (view) => fieldOf(view, 'priority'),
    }),
    state: t.field({
      type: IncidentStateEnum,
      nullable: true,
      description: 'Where it stands at this holder.',
      resolve: (view) => fieldOf(view, 'state'),
    }),
    waitReason: t.field({
      type: WaitReasonEnum,
      nullable: true,
      description: 'What it waits for.',
      resolve: (view) => fieldOf(view, 'waitReason'),
    }),
    waitingFor: t.field({
      type: ParticipantRef,
      nullable: true,
      description: 'The participant it waits for.',
      resolve: (view) => referenceTo(fieldOf(view, 'waitingFor')),
    }),
    resolution: t.field({
      type: ResolutionEnum,
      nullable: true,
      description: 'How the solution was found.',
      resolve: (view) => fieldOf(view, 'resolution'),
    }),
    solution: t.string({
      nullable: true,
      description: 'What solved it.',
      resolve: (view) => fieldOf(view, 'solution'),
    }),
    createdAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When this record began; of an import: when it happened.',
      resolve: (view) => fieldOf(view, 'createdAt'),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it changed last; each change is later than the one before.',
      resolve: (view) => fieldOf(view, 'updatedAt'),
    }),
    acknowledgedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: "When the owner's desk took it up.",
      resolve: (view) => fieldOf(view, 'acknowledgedAt'),
    }),
    resolvedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was resolved last.',
      resolve: (view) => fieldOf(view, 'resolvedAt'),
    }),
    closedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was closed.',
      resolve: (view) => fieldOf(view, 'closedAt'),
    }),
    participations: t.field({
      type: [Participation],
      nullable: true,
      description: 'Who has what to do with it.',
      resolve: (view, _, { read }) => (isWhole(view) ? read.of.participations(view.id) : null),
    }),
    notes: t.field({
      type: [NoteLink],
      nullable: true,
      description: 'What was written about it, oldest first; each text is read at its author.',
      resolve: async (view, _, { read }) => {
        if (!isWhole(view)) return null;
        const links = await read.of.noteLinks(view.id);
        return links.map(({ noteId, at, hash }) => ({ id: noteId, at, hash }));
      },
    }),
    timeline: t.field({
      type: TimelineConnection,
      nullable: true,
      description: 'What happened, oldest first.',
      args: {
        first: t.arg.int({ defaultValue: 50, description: 'How many, 1 to 100.' }),
        after: t.arg.string({ description: 'The cursor after which the page begins.' }),
      },
      resolve: async (view, { first, after }, { read }) => {
        const asked = { incidentId: view.id, first: pageSize(first ?? 50), after: afterEntry(after) };
        return isWhole(view) ? timelineConnection(await read.of.timeline(asked), after) : null;
      },
    }),
    clocks: t.field({
      type: [Clock],
      nullable: true,
      description: 'The times that are measured.',
      resolve: async (view, _, { read, now }) => {
        if (!isWhole(view)) return null;
        const clocks = await read.of.clocks(view.id);
        return clocks.map((clock) => shownClock(clock, now()));
      },
    }),
    handovers: t.field({
      type: [Handover],
      nullable: true,
      description: 'How this incident came here or where it went.',
      resolve: (view) => (isWhole(view) ? handoversOf(view.row) : null),
    }),
    previous: t.field({
      type: IncidentLink,
      nullable: true,
      description: 'The record of the holder before.',
      resolve: (view) => referenceTo(fieldOf(view, 'previousId')),
    }),
    next: t.field({
      type: IncidentLink,
      nullable: true,
      description: 'The record of the holder after.',
      resolve: (view) => referenceTo(fieldOf(view, 'nextId')),
    }),
    pingPong: t.boolean({
      nullable: true,
      description: 'At least two returns to an earlier holder of the chain.',
      resolve: (view) => fieldOf(view, 'pingPong'),
    }),
    networkIncident: t.field({
      type: NetworkIncidentRef,
      nullable: true,
      description: 'The network incident that it belongs to.',
      resolve: (view) => referenceTo(fieldOf(view, 'networkIncidentId')),
    }),
    imported: t.field({
      type: ImportMark,
      nullable: true,
      description: 'The import this record was folded from, with the time it was taken in.',
      resolve: (view) => {
        const { importedBatch: batch, recordedAt } = view.row;
        return isWhole(view) && batch !== null && recordedAt !== null ? { batch, recordedAt } : null;
      },
    }),
    version: t.int({
      description: 'Rises with every change; a command may name the one it expects.',
      resolve: ({ row }) => row.version,
    }),
    unreadNotifications: t.int({
      nullable: true,
      directives: { audience: { per: 'SUBJECT' } },
      description:
        'How many notifications about it the caller has not read; null for whom its participant keeps none, such as people of other participants.',
      resolve: ({ row }, _, { read }) => read.unreadNotificationsOf(row.id),
    }),
    availableActions: t.field({
      type: [AvailableAction],
      directives: { audience: { per: 'CLASS' } },
      description: 'What this caller may do with it now and, for what it may not, why.',
      resolve: ({ row, access }, _, { read, now }) => {
        // Reasons tell of state and history: who reads neither is told of nothing.
        if (access === 'NETWORK') return [];
        const relations = relationsOf(read.caller, row);
        return availableActions(lifecycle, { state: row.state, relations, facts: factsOf(row, now()) });
      },
    }),
  }),
});
builder.asEntity(Incident, { key: nodeKeys, resolveReference: async (key, { read }) => read.incident(idOf(key)) });
