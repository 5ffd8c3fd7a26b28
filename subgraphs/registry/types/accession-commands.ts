/** The mutations by which a party joins and leaves, their inputs and what they answer. */
import { builder, described } from '../builder.ts';
import type { Done, Result } from '../commands/run.ts';
import type { Context } from '../context.ts';
import { codedError } from '../errors.ts';
import type { Invitation as InvitationShape } from '../store/invitations.ts';
import { ParticipantResult } from './commands.ts';
import { ChannelKindEnum, ContactReadersEnum, ContactRoleEnum } from './contact-point.ts';
import { CommandIdReused, InvalidInput, NotAllowed } from './refusals.ts';

const MEANINGS = {
  PERSONAL_HEALTH_ENVIRONMENT: 'A personal health environment.',
  CARE_COOPERATIVE: 'A care cooperative.',
  HOME_CARE: 'An organisation for home care.',
  OCCUPATIONAL_HEALTH: 'A service for occupational health.',
  SHARED_SERVICE_CENTRE: 'A shared service centre.',
  MUNICIPALITY: 'A municipality.',
  OTHER: 'None of these.',
};
const CandidateKindEnum = described('CandidateKind', 'What sort of organisation may be invited.', MEANINGS);

const Invitation = builder.objectRef<InvitationShape>('Invitation');
Invitation.implement({
  description: 'With this a party applies for accession, once.',
  fields: (t) => ({
    participantId: t.exposeID('participantId', { description: 'The id that the party will have, for good.' }),
    legalName: t.exposeString('legalName', { description: 'The name in the trade register.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it is good: 14 days.' }),
    token: t.exposeString('token', {
      description:
        'What the party sends as bearer token with `applyForAccession`. It opens nothing else; hand it over in private.',
    }),
  }),
});

const CandidateInvited = builder.objectRef<Extract<Done, { kind: 'CandidateInvited' }>>('CandidateInvited');
CandidateInvited.implement({
  description: 'The party is invited; an earlier invitation of it is good no longer.',
  fields: (t) => ({
    invitation: t.field({
      type: Invitation,
      description: 'The invitation.',
      resolve: async ({ invitationId }, _args, { invitations }) => {
        const found = await invitations.one(invitationId);
        if (found) return found;
        throw codedError('NOT_FOUND', 'The invitation was made and is not there any more.');
      },
    }),
  }),
});

const InvitationResult = builder.unionType('InvitationResult', {
  description: 'What became of an invitation.',
  types: [CandidateInvited, NotAllowed, InvalidInput, CommandIdReused],
  resolveType: ({ kind }) => kind,
});

const COMMAND_ID = 'The same id has the same effect and the same answer, however often it is sent.';
const WHICH = 'Which participant.';

const InviteCandidateInput = builder.inputType('InviteCandidateInput', {
  description: 'Invites a party to apply.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    participantId: t.id({
      required: true,
      description:
        'The id it will have: 2 to 31 characters of a-z, 0-9 and "-". It stands before all ids of the party.',
    }),
    legalName: t.string({ required: true, description: 'The name in the trade register.' }),
    kind: t.field({ type: CandidateKindEnum, required: true, description: 'What sort of organisation it is.' }),
  }),
});

const ApplyForAccessionInput = builder.inputType('ApplyForAccessionInput', {
  description: 'Applies for the party that the invitation was made for.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    name: t.string({ required: true, description: 'As others call it.' }),
    tradeRegister: t.string({ required: true, description: 'Its entry in the trade register.' }),
    statementOfIntent: t.boolean({
      required: true,
      description: 'That it intends to take part by the rules of the network, said by somebody who may sign for it.',
    }),
    endpoint: t.string({
      required: true,
      description: 'Where its subgraph answers: `https:`, on the public internet.',
    }),
    issuer: t.string({
      required: true,
      description: 'Where its people log in: the OpenID issuer to the letter; one that no other party has.',
    }),
    signKey: t.string({ required: true, description: '`x` of its public Ed25519 JWK, by which it signs.' }),
    agreeKey: t.string({ required: true, description: '`x` of its public X25519 JWK, by which the hub seals.' }),
    calendarId: t.string({ description: 'The calendar its terms are counted by; `nl-office` when left out.' }),
    cooperationModel: t.int({ description: 'In which of the three forms its care providers work together.' }),
  }),
});

const ContactPersonInput = builder.inputType('ContactPersonInput', {
  description: 'Somebody who fills a role.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'As others should address this person.' }),
    deputy: t.boolean({ description: 'Acts for the one who is finally responsible.' }),
  }),
});
const ChannelInput = builder.inputType('ChannelInput', {
  description: 'A way to reach a role.',
  fields: (t) => ({
    kind: t.field({ type: ChannelKindEnum, required: true, description: 'By what means.' }),
    value: t.string({ required: true, description: 'The number, address or URL.' }),
    hours: t.string({ description: 'When somebody is there, in words.' }),
  }),
});
const ContactInput = builder.inputType('ContactInput', {
  description: 'A role, who fills it and how it is reached.',
  fields: (t) => ({
    role: t.field({ type: ContactRoleEnum, required: true, description: 'The role.' }),
    persons: t.field({ type: [ContactPersonInput], required: true, description: 'Everybody who fills it.' }),
    channels: t.field({ type: [ChannelInput], required: true, description: 'Every way to reach it, 1 to 10.' }),
    readers: t.field({
      type: ContactReadersEnum,
      description: 'USERS for the helpdesk, NETWORK for the others when left out.',
    }),
  }),
});
const RegisterContactsInput = builder.inputType('RegisterContactsInput', {
  description: 'All roles at once: what is left out is taken away.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    participantId: t.id({ required: true, description: WHICH }),
    contacts: t.field({ type: [ContactInput], required: true, description: 'Each role once.' }),
  }),
});

const ContactCodeInput = builder.inputType('ContactCodeInput', {
  description: 'That a message to a role arrived.',
  fields: (t) => ({
    role: t.field({ type: ContactRoleEnum, required: true, description: 'The role.' }),
    code: t.string({ required: true, description: 'The code that was in the message.' }),
  }),
});
const PublishContactsInput = builder.inputType('PublishContactsInput', {
  description: 'Publishes the registered contacts.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    participantId: t.id({ required: true, description: WHICH }),
    codes: t.field({ type: [ContactCodeInput], required: true, description: 'The code of each role.' }),
  }),
});

const ConfirmContactsInput = builder.inputType('ConfirmContactsInput', {
  description: 'Says that the published contacts are still right.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    participantId: t.id({ required: true, description: WHICH }),
  }),
});

const ActivateParticipantInput = builder.inputType('ActivateParticipantInput', {
  description: 'Lets a party take part.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    participantId: t.id({ required: true, description: WHICH }),
    agreementReference: t.string({ required: true, description: 'By which the signed agreement is found.' }),
    agreementSignedOn: t.field({ type: 'Date', required: true, description: 'When both had signed it.' }),
  }),
});

const WithdrawParticipantInput = builder.inputType('WithdrawParticipantInput', {
  description: 'Takes a party out of the network.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    participantId: t.id({ required: true, description: WHICH }),
    reason: t.string({ required: true, description: 'Why, in words.' }),
  }),
});

/** Every command may answer with any member of its own union only; the doers see to that. */
const answer = (result: Promise<Result>) => result as Promise<never>;

builder.mutationFields((t) => {
  const input = { required: true, description: 'The command.' } as const;
  return {
    inviteCandidate: t.field({
      type: InvitationResult,
      nullable: true,
      description: 'Invites a party to join. For the foundation.',
      args: { input: t.arg({ type: InviteCandidateInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) => answer(command('inviteCandidate', args.input, caller)),
    }),
    applyForAccession: t.field({
      type: ParticipantResult,
      nullable: true,
      description: 'Applies with an invitation as bearer token. From then on people of the party log in at its issuer.',
      args: { input: t.arg({ type: ApplyForAccessionInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) => answer(command('applyForAccession', args.input, caller)),
    }),
    registerContacts: t.field({
      type: ParticipantResult,
      nullable: true,
      description:
        "Registers how the party is reached. Before activation a code is written to one channel of each role; afterwards it is a new version at once. For the party's servicemanager.",
      args: { input: t.arg({ type: RegisterContactsInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) => answer(command('registerContacts', args.input, caller)),
    }),
    publishContacts: t.field({
      type: ParticipantResult,
      nullable: true,
      description: "Publishes what was registered. For the party's servicemanager or the foundation, with the codes.",
      args: { input: t.arg({ type: PublishContactsInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) => answer(command('publishContacts', args.input, caller)),
    }),
    confirmContacts: t.field({
      type: ParticipantResult,
      nullable: true,
      description: "Confirms the published contacts for another 365 days. For the party's servicemanager.",
      args: { input: t.arg({ type: ConfirmContactsInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) => answer(command('confirmContacts', args.input, caller)),
    }),
    activateParticipant: t.field({
      type: ParticipantResult,
      nullable: true,
      description:
        'Lets a party take part, when its endpoint answers under its keys and its schema fits. For the foundation.',
      args: { input: t.arg({ type: ActivateParticipantInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) =>
        answer(command('activateParticipant', args.input, caller)),
    }),
    withdrawParticipant: t.field({
      type: ParticipantResult,
      nullable: true,
      description: 'Takes a party out of the network, for good: its keys count no longer. For the foundation.',
      args: { input: t.arg({ type: WithdrawParticipantInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) =>
        answer(command('withdrawParticipant', args.input, caller)),
    }),
  };
});
