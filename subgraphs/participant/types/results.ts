/**
 * What commands answer: each union holds what was done and the rules that can say no. Their shapes are those of
 * commands/results.ts, whose `kind` is the name of the type; objects behind them are read anew, with the caller's
 * authority and after the change.
 */
import { builder } from '../builder.ts';
import type { Done, Result } from '../commands/results.ts';
import type { Context } from '../context.ts';
import { codedError } from '../errors.ts';
import { AssistanceRequest } from './assistance-request.ts';
import { Envelope } from './envelope.ts';
import { Incident } from './incident.ts';
import { Note } from './note.ts';
import { Notification } from './notification.ts';
import { Participation } from './participation.ts';
import { Person } from './person.ts';
import { AssistanceRequestLink, IncidentLink } from './references.ts';
import { CommandIdReused, InvalidInput, NotAllowed, NotFound, StateDoesNotAllow, VersionConflict } from './refusals.ts';
import { ServiceStatus } from './service-status.ts';
import { Team } from './team.ts';

type DoneOf<Kind extends Done['kind']> = Extract<Done, { kind: Kind }>;

/** A command that was carried out and whose object its caller cannot read is answered like one that is not there. */
async function mustRead<Row>(row: Promise<Row | null>, id: string): Promise<Row> {
  const found = await row;
  if (found === null) throw codedError('NOT_FOUND', `${id} was changed, and reading it is not for this caller.`);
  return found;
}

const envelopeOf = ({ envelopeId }: { readonly envelopeId: string | null }, _: object, { read }: Context) =>
  envelopeId === null ? null : read.envelopeAnew(envelopeId);
const ENVELOPE = 'The message that tells the other participant; null when there is nobody to tell.';

const IncidentChanged = builder.objectRef<DoneOf<'IncidentChanged'>>('IncidentChanged');
IncidentChanged.implement({
  description: 'The incident was changed.',
  fields: (t) => ({
    incident: t.field({
      type: Incident,
      directives: { local: {} },
      description: 'The incident as it is now.',
      resolve: ({ incidentId }, _, { read }) => mustRead(read.incidentAnew(incidentId), incidentId),
    }),
  }),
});

const IncidentSent = builder.objectRef<DoneOf<'IncidentSent'>>('IncidentSent');
IncidentSent.implement({
  description: 'An incident was reported, or handed over to another participant.',
  fields: (t) => ({
    incident: t.field({
      type: Incident,
      nullable: true,
      directives: { local: {} },
      description:
        'The incident that was handed over or reported here; null when it was reported at another participant.',
      resolve: ({ incidentId }, _, { read }) => (incidentId === null ? null : read.incidentAnew(incidentId)),
    }),
    envelope: t.field({
      type: Envelope,
      nullable: true,
      directives: { local: {} },
      description: ENVELOPE,
      resolve: envelopeOf,
    }),
    link: t.field({
      type: IncidentLink,
      description: 'The incident at the participant that holds it from now on.',
      resolve: ({ linkId }) => ({ id: linkId }),
    }),
  }),
});

const AssistanceAsked = builder.objectRef<DoneOf<'AssistanceAsked'>>('AssistanceAsked');
AssistanceAsked.implement({
  description: 'Another desk was asked for assistance.',
  fields: (t) => ({
    envelope: t.field({
      type: Envelope,
      nullable: true,
      directives: { local: {} },
      description: ENVELOPE,
      resolve: envelopeOf,
    }),
    link: t.field({
      type: AssistanceRequestLink,
      description: 'The request at the asked participant.',
      resolve: ({ linkId }) => ({ id: linkId }),
    }),
  }),
});

const AssistanceAnswered = builder.objectRef<DoneOf<'AssistanceAnswered'>>('AssistanceAnswered');
AssistanceAnswered.implement({
  description: 'A request for assistance was answered.',
  fields: (t) => ({
    request: t.field({
      type: AssistanceRequest,
      directives: { local: {} },
      description: 'The request with its answer.',
      resolve: ({ requestId }, _, { read }) => mustRead(read.assistanceRequestAnew(requestId), requestId),
    }),
  }),
});

const NoteAdded = builder.objectRef<DoneOf<'NoteAdded'>>('NoteAdded');
NoteAdded.implement({
  description: 'A note was written.',
  fields: (t) => ({
    note: t.field({
      type: Note,
      directives: { local: {} },
      description: 'The note.',
      resolve: ({ noteId }, _, { read }) => mustRead(read.note(noteId), noteId),
    }),
    envelope: t.field({
      type: Envelope,
      nullable: true,
      directives: { local: {} },
      description: ENVELOPE,
      resolve: envelopeOf,
    }),
  }),
});

const ParticipationSet = builder.objectRef<DoneOf<'ParticipationSet'>>('ParticipationSet');
ParticipationSet.implement({
  description: "The caller's participant said what it does about an incident.",
  fields: (t) => ({
    incident: t.field({
      type: IncidentLink,
      description: 'The incident.',
      resolve: ({ incidentId }) => ({ id: incidentId }),
    }),
    participation: t.field({
      type: Participation,
      description: 'What it said.',
      resolve: ({ participation }) => ({ ...participation, since: new Date(participation.since) }),
    }),
    envelope: t.field({
      type: Envelope,
      nullable: true,
      directives: { local: {} },
      description: ENVELOPE,
      resolve: envelopeOf,
    }),
  }),
});

const ServiceStatusReported = builder.objectRef<DoneOf<'ServiceStatusReported'>>('ServiceStatusReported');
ServiceStatusReported.implement({
  description: 'The state of a service was reported.',
  fields: (t) => ({
    status: t.field({
      type: ServiceStatus,
      directives: { local: {} },
      description: 'The state as everybody sees it now.',
      resolve: ({ service }, _, { read }) => mustRead(read.serviceStatus(service), service),
    }),
  }),
});

const TeamRegistered = builder.objectRef<DoneOf<'TeamRegistered'>>('TeamRegistered');
TeamRegistered.implement({
  description: 'The team stands as asked.',
  fields: (t) => ({
    team: t.field({
      type: Team,
      directives: { local: {} },
      description: 'The team.',
      resolve: ({ teamId }, _, { read }) => mustRead(read.team(teamId), teamId),
    }),
  }),
});

const EnvelopeChanged = builder.objectRef<DoneOf<'EnvelopeChanged'>>('EnvelopeChanged');
EnvelopeChanged.implement({
  description: 'An envelope is tried again, or was asked back.',
  fields: (t) => ({
    envelope: t.field({
      type: Envelope,
      directives: { local: {} },
      description: 'The envelope as it is now.',
      resolve: ({ envelopeId }, _, { read }) => mustRead(read.envelopeAnew(envelopeId), envelopeId),
    }),
  }),
});

const PersonRolesChanged = builder.objectRef<DoneOf<'PersonRolesChanged'>>('PersonRolesChanged');
PersonRolesChanged.implement({
  description: 'The person may act in these roles and no others.',
  fields: (t) => ({
    person: t.field({
      type: Person,
      directives: { local: {} },
      description: 'The person.',
      resolve: ({ personId }, _, { read }) => mustRead(read.personAnew(personId), personId),
    }),
  }),
});

const NotificationsRead = builder.objectRef<DoneOf<'NotificationsRead'>>('NotificationsRead');
NotificationsRead.implement({
  description: 'The notifications are marked as read by the caller.',
  fields: (t) => ({
    notifications: t.field({
      type: [Notification],
      directives: { local: {} },
      description: 'Those that were named and are there for the caller, as they are now.',
      resolve: async ({ ids }, _, { read }) => {
        const found = await Promise.all(ids.map((id) => read.notificationAnew(id)));
        return found.filter((one) => one !== null);
      },
    }),
    unreadCount: t.int({
      description: 'How many the caller has not read now.',
      resolve: (_, __, { read }) => read.unreadCount(),
    }),
  }),
});

/** Of every union: the member is named by what the command answered. */
const resolveType = ({ kind }: Result): string => kind;

export const IncidentResult = builder.unionType('IncidentResult', {
  description: 'What became of a command on an incident.',
  types: [IncidentChanged, VersionConflict, StateDoesNotAllow, NotAllowed, InvalidInput, NotFound, CommandIdReused],
  resolveType,
});

export const IncidentSentResult = builder.unionType('IncidentSentResult', {
  description: 'What became of a report or a handover.',
  types: [IncidentSent, VersionConflict, StateDoesNotAllow, NotAllowed, InvalidInput, NotFound, CommandIdReused],
  resolveType,
});

export const AskAssistanceResult = builder.unionType('AskAssistanceResult', {
  description: 'What became of asking for assistance.',
  types: [AssistanceAsked, NotAllowed, InvalidInput, CommandIdReused],
  resolveType,
});

export const AnswerAssistanceResult = builder.unionType('AnswerAssistanceResult', {
  description: 'What became of answering a request for assistance.',
  types: [AssistanceAnswered, VersionConflict, StateDoesNotAllow, NotAllowed, InvalidInput, NotFound, CommandIdReused],
  resolveType,
});

export const AddNoteResult = builder.unionType('AddNoteResult', {
  description: 'What became of writing a note.',
  types: [NoteAdded, NotAllowed, InvalidInput, NotFound, CommandIdReused],
  resolveType,
});

export const SetParticipationResult = builder.unionType('SetParticipationResult', {
  description: 'What became of saying what one does about an incident.',
  types: [ParticipationSet, NotAllowed, InvalidInput, NotFound, CommandIdReused],
  resolveType,
});

export const ReportServiceStatusResult = builder.unionType('ReportServiceStatusResult', {
  description: 'What became of reporting the state of a service.',
  types: [ServiceStatusReported, NotAllowed, InvalidInput, CommandIdReused],
  resolveType,
});

export const RegisterTeamResult = builder.unionType('RegisterTeamResult', {
  description: 'What became of registering a team.',
  types: [TeamRegistered, NotAllowed, InvalidInput, CommandIdReused],
  resolveType,
});

export const ChangePersonRolesResult = builder.unionType('ChangePersonRolesResult', {
  description: 'What became of changing the roles of a person.',
  types: [PersonRolesChanged, NotAllowed, InvalidInput, CommandIdReused],
  resolveType,
});

export const MarkNotificationsReadResult = builder.unionType('MarkNotificationsReadResult', {
  description: 'What became of marking notifications as read.',
  types: [NotificationsRead, NotAllowed, InvalidInput, CommandIdReused],
  resolveType,
});

export const EnvelopeResult = builder.unionType('EnvelopeResult', {
  description: 'What became of a command on an envelope.',
  types: [EnvelopeChanged, StateDoesNotAllow, NotAllowed, NotFound, CommandIdReused],
  resolveType,
});
