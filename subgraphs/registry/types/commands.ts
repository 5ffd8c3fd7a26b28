/** The mutations, their inputs and what they answer. Objects are read anew, with the caller's authority. */
import { builder } from '../builder.ts';
import type { Done, Result } from '../commands/run.ts';
import type { Context } from '../context.ts';
import { codedError } from '../errors.ts';
import { PublicityEnum } from './accession.ts';
import { NetworkIncident, ServiceLevelEnum } from './network-incident.ts';
import { Participant } from './participant.ts';
import { CommandIdReused, InvalidInput, NotAllowed, NotFound, StateDoesNotAllow, VersionConflict } from './refusals.ts';

type DoneOf<Kind extends Done['kind']> = Extract<Done, { kind: Kind }>;

async function mustRead<Row>(row: Promise<Row | null>, id: string): Promise<Row> {
  const found = await row;
  if (found === null) throw codedError('NOT_FOUND', `${id} was changed, and reading it is not for this caller.`);
  return found;
}

const ParticipantChanged = builder.objectRef<DoneOf<'ParticipantChanged'>>('ParticipantChanged');
ParticipantChanged.implement({
  description: 'The participant was changed.',
  fields: (t) => ({
    participant: t.field({
      type: Participant,
      description: 'The participant as it is now.',
      resolve: ({ participantId }, _args, { read }) => mustRead(read.anew().participant(participantId), participantId),
    }),
  }),
});

const NetworkIncidentChanged = builder.objectRef<DoneOf<'NetworkIncidentChanged'>>('NetworkIncidentChanged');
NetworkIncidentChanged.implement({
  description: 'The network incident was changed.',
  fields: (t) => ({
    networkIncident: t.field({
      type: NetworkIncident,
      description: 'The network incident as it is now.',
      resolve: ({ networkIncidentId: id }, _args, { read }) => mustRead(read.anew().networkIncident(id), id),
    }),
  }),
});

const kindOf = (result: { readonly kind: string }) => result.kind;

export const ParticipantResult = builder.unionType('ParticipantResult', {
  description: 'What became of a change of a participant.',
  types: [ParticipantChanged, StateDoesNotAllow, NotAllowed, InvalidInput, NotFound, CommandIdReused],
  resolveType: kindOf,
});
const NetworkIncidentResult = builder.unionType('NetworkIncidentResult', {
  description: 'What became of a change of a network incident.',
  types: [
    NetworkIncidentChanged,
    VersionConflict,
    StateDoesNotAllow,
    NotAllowed,
    InvalidInput,
    NotFound,
    CommandIdReused,
  ],
  resolveType: kindOf,
});

const COMMAND_ID = 'The same id has the same effect and the same answer, however often it is sent.';
const REASON = 'Why, in words.';

const SuspendParticipantInput = builder.inputType('SuspendParticipantInput', {
  description: 'Suspends a participant.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    participantId: t.id({ required: true, description: 'Whom.' }),
    reason: t.string({ required: true, description: REASON }),
    publicity: t.field({
      type: PublicityEnum,
      required: true,
      defaultValue: 'PARTICIPANTS',
      description: 'Who learns of it.',
    }),
  }),
});
const ReinstateParticipantInput = builder.inputType('ReinstateParticipantInput', {
  description: 'Ends the suspension of a participant.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    participantId: t.id({ required: true, description: 'Whom.' }),
    reason: t.string({ required: true, description: REASON }),
  }),
});
const ProposeNetworkIncidentInput = builder.inputType('ProposeNetworkIncidentInput', {
  description: 'Says that incidents of several parties are one disturbance.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    title: t.string({ required: true, description: 'What is wrong, in one line.' }),
    services: t.stringList({ required: true, description: 'The services that suffer, 1 to 20.' }),
    level: t.field({ type: ServiceLevelEnum, required: true, description: 'How badly.' }),
    incidentIds: t.idList({ required: true, description: 'The incidents, 1 to 50.' }),
    networkIncidentId: t.id({
      description: 'Link to this candidate or promoted network incident instead of proposing a new one.',
    }),
  }),
});
const ChangeNetworkIncidentInput = builder.inputType('ChangeNetworkIncidentInput', {
  description: 'Promotes or demotes a network incident.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    networkIncidentId: t.id({ required: true, description: 'Which.' }),
    expectedVersion: t.int({ description: 'The version that was read; refused when it has changed since.' }),
    reason: t.string({ description: REASON }),
  }),
});

/** Every command may answer with any member of its own union only; the doers see to that. */
const answer = (result: Promise<Result>) => result as Promise<never>;

builder.mutationFields((t) => {
  const input = { required: true, description: 'The command.' } as const;
  return {
    suspendParticipant: t.field({
      type: ParticipantResult,
      nullable: true,
      description: 'Suspends a participant: others get the outcome SUSPENDED. For the foundation.',
      args: { input: t.arg({ type: SuspendParticipantInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) =>
        answer(
          command('suspendParticipant', { ...args.input, publicity: args.input.publicity ?? 'PARTICIPANTS' }, caller),
        ),
    }),
    reinstateParticipant: t.field({
      type: ParticipantResult,
      nullable: true,
      description: 'Ends a suspension. For the foundation.',
      args: { input: t.arg({ type: ReinstateParticipantInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) =>
        answer(command('reinstateParticipant', args.input, caller)),
    }),
    proposeNetworkIncident: t.field({
      type: NetworkIncidentResult,
      nullable: true,
      description: 'Makes a candidate, or links incidents to one. For any servicedesk.',
      args: { input: t.arg({ type: ProposeNetworkIncidentInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) =>
        answer(command('proposeNetworkIncident', args.input, caller)),
    }),
    promoteNetworkIncident: t.field({
      type: NetworkIncidentResult,
      nullable: true,
      description: "Shows a candidate to everyone. For a linked owner's servicemanager or the foundation.",
      args: { input: t.arg({ type: ChangeNetworkIncidentInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) =>
        answer(command('promoteNetworkIncident', args.input, caller)),
    }),
    demoteNetworkIncident: t.field({
      type: NetworkIncidentResult,
      nullable: true,
      description: "Takes a promotion back. For a linked owner's servicemanager or the foundation.",
      args: { input: t.arg({ type: ChangeNetworkIncidentInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) =>
        answer(command('demoteNetworkIncident', args.input, caller)),
    }),
  };
});
