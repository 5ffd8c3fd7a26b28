/** What each command is given; the GraphQL inputs have these shapes. */
import type { ServiceLevel } from '../domain/network-incident.ts';
import type { ContactRole, Publicity } from '../domain/participant.ts';
import type { GivenContact } from '../domain/registered-contacts.ts';

interface CommandInput {
  readonly commandId: string;
}

export interface SuspendParticipant extends CommandInput {
  readonly participantId: string;
  readonly reason: string;
  readonly publicity: Publicity;
}

export interface ReinstateParticipant extends CommandInput {
  readonly participantId: string;
  readonly reason: string;
}

export interface InviteCandidate extends CommandInput {
  readonly participantId: string;
  readonly legalName: string;
  readonly kind: string;
}

/** The party is the one that the invitation was made for. */
export interface ApplyForAccession extends CommandInput {
  readonly name: string;
  readonly tradeRegister: string;
  readonly statementOfIntent: boolean;
  readonly endpoint: string;
  readonly issuer: string;
  /** `x` of the public JWK. */
  readonly signKey: string;
  readonly agreeKey: string;
  readonly calendarId?: string | null | undefined;
  readonly cooperationModel?: number | null | undefined;
}

export interface ParticipantCommand extends CommandInput {
  readonly participantId: string;
}

export interface RegisterContacts extends ParticipantCommand {
  readonly contacts: readonly GivenContact[];
}

export interface PublishContacts extends ParticipantCommand {
  readonly codes: readonly { readonly role: ContactRole; readonly code: string }[];
}

export interface ActivateParticipant extends ParticipantCommand {
  readonly agreementReference: string;
  /** A day. */
  readonly agreementSignedOn: string;
}

export interface WithdrawParticipant extends ParticipantCommand {
  readonly reason: string;
}

export interface ProposeNetworkIncident extends CommandInput {
  readonly title: string;
  readonly services: readonly string[];
  readonly level: ServiceLevel;
  readonly incidentIds: readonly string[];
  readonly networkIncidentId?: string | null | undefined;
}

export interface ChangeNetworkIncident extends CommandInput {
  readonly networkIncidentId: string;
  readonly expectedVersion?: number | null | undefined;
  readonly reason?: string | null | undefined;
}

export interface RegisterWebhook extends CommandInput {
  readonly program?: string | null | undefined;
  readonly scopes: readonly string[];
  readonly url: string;
  readonly document?: string | null | undefined;
  readonly documentId?: string | null | undefined;
  /** A JSON object, as text. */
  readonly variables?: string | null | undefined;
}

export interface WebhookCommand extends CommandInput {
  readonly webhookId: string;
}

export interface ChangeWebhook extends WebhookCommand {
  readonly url?: string | null | undefined;
  readonly scopes?: readonly string[] | null | undefined;
  readonly enabled?: boolean | null | undefined;
}

export interface ReplayWebhook extends WebhookCommand {
  readonly deadLetter?: string | null | undefined;
  readonly since?: Date | null | undefined;
}

export interface CommandInputs {
  readonly inviteCandidate: InviteCandidate;
  readonly applyForAccession: ApplyForAccession;
  readonly registerContacts: RegisterContacts;
  readonly publishContacts: PublishContacts;
  readonly confirmContacts: ParticipantCommand;
  readonly activateParticipant: ActivateParticipant;
  readonly withdrawParticipant: WithdrawParticipant;
  readonly suspendParticipant: SuspendParticipant;
  readonly reinstateParticipant: ReinstateParticipant;
  readonly proposeNetworkIncident: ProposeNetworkIncident;
  readonly promoteNetworkIncident: ChangeNetworkIncident;
  readonly demoteNetworkIncident: ChangeNetworkIncident;
  readonly registerWebhook: RegisterWebhook;
  readonly changeWebhook: ChangeWebhook;
  readonly rotateWebhookSecret: WebhookCommand;
  readonly removeWebhook: WebhookCommand;
  readonly replayWebhook: ReplayWebhook;
}
export type CommandName = keyof CommandInputs;
