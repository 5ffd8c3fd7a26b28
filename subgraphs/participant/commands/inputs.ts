/** What each command is told: the inputs of the contract, with instants as Dates. */
import type {
  Impact,
  ParticipationPart,
  ParticipationState,
  Priority,
  Resolution,
  Urgency,
  WaitReason,
} from '../domain/incident.ts';

interface CommandInput {
  readonly commandId: string;
  readonly import?: { readonly occurredAt: Date; readonly batch: string } | null | undefined;
}
interface OnIncident extends CommandInput {
  readonly incidentId: string;
  readonly expectedVersion?: number | null | undefined;
}

export interface CommandInputs {
  readonly reportIncident: CommandInput & {
    readonly about?: string | null | undefined;
    readonly service: string;
    readonly title: string;
    readonly description?: string | null | undefined;
    readonly impact: Impact;
    readonly urgency: Urgency;
    readonly teamId?: string | null | undefined;
    readonly affected?: readonly string[] | null | undefined;
  };
  readonly changeIncident: OnIncident & {
    readonly title?: string | null | undefined;
    readonly description?: string | null | undefined;
    readonly impact?: Impact | null | undefined;
    readonly urgency?: Urgency | null | undefined;
    readonly priority?: Priority | null | undefined;
  };
  readonly addNote: CommandInput & { readonly incidentId: string; readonly text: string };
  readonly assignIncident: OnIncident & { readonly teamId: string };
  readonly acknowledgeIncident: OnIncident;
  readonly startIncident: OnIncident;
  readonly waitIncident: OnIncident & {
    readonly reason: WaitReason;
    readonly waitingFor?: string | null | undefined;
    readonly until?: Date | null | undefined;
  };
  readonly resumeIncident: OnIncident;
  readonly setParticipation: CommandInput & {
    readonly incidentId: string;
    readonly part?: ParticipationPart | null | undefined;
    readonly state: ParticipationState;
  };
  readonly handOverIncident: OnIncident & {
    readonly to: string;
    readonly reason: string;
    readonly teamName?: string | null | undefined;
  };
  readonly rejectIncidentOwnership: OnIncident & {
    readonly suggestedOwner?: string | null | undefined;
    readonly reason: string;
  };
  readonly askAssistance: CommandInput & {
    readonly of: string;
    readonly incidentId?: string | null | undefined;
    readonly question: string;
  };
  readonly answerAssistance: CommandInput & {
    readonly requestId: string;
    readonly expectedVersion?: number | null | undefined;
    readonly answer: string;
  };
  readonly resolveIncident: OnIncident & { readonly solution: string; readonly resolution: Resolution };
  readonly confirmIncident: OnIncident;
  readonly reopenIncident: OnIncident & { readonly reason: string };
  readonly cancelIncident: OnIncident & { readonly reason: string };
  readonly reportServiceStatus: CommandInput & {
    readonly service: string;
    readonly level: string;
    readonly note?: string | null | undefined;
  };
  readonly registerTeam: CommandInput & {
    readonly name: string;
    readonly line: number;
    readonly organisationLine?: string | null | undefined;
  };
  readonly changePersonRoles: CommandInput & {
    readonly subject: string;
    readonly name?: string | null | undefined;
    readonly roles: readonly string[];
  };
  readonly markNotificationsRead: CommandInput & {
    readonly ids?: readonly string[] | null | undefined;
    readonly upTo?: Date | null | undefined;
  };
  readonly retryEnvelope: CommandInput & { readonly envelopeId: string };
  readonly withdrawEnvelope: CommandInput & { readonly envelopeId: string };
}

export type CommandName = keyof CommandInputs;
