/** What each command is given; the GraphQL inputs have these shapes. */
import type { ServiceLevel } from '../domain/network-incident.ts';
import type { Publicity } from '../domain/participant.ts';

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
