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
  readonly import?: { readonly occurredAt: Date; readonly batch: string } | null;
}
interface OnIncident extends CommandInput {
  readonly incidentId: string;
  readonly expectedVersion?: number | null;
}

export interface CommandInputs {
  readonly reportIncident: CommandInput & {
    readonly about?: string | null;
    readonly service: string;
    readonly title: string;
    readonly description?: string | null;
    readonly impact: Impact;
    readonly urgency: Urgency;
    readonly teamId?: string | null;
    readonly affected?: readonly string[] | null;
  };
  readonly changeIncident: OnIncident & {
    readonly title?: string | null;
    readonly description?: string | null;
    readonly impact?: Impact | null;
    readonly urgency?: Urgency | null;
    readonly priority?: Priority | null;
  };
  readonly addNote: CommandInput & { readonly incidentId: string; readonly text: string };
  readonly assignIncident: OnIncident & { readonly teamId: string };
  readonly acknowledgeIncident: OnIncident;
  readonly startIncident: OnIncident;
  readonly waitIncident: OnIncident & {
    readonly reason: WaitReason;
    readonly waitingFor?: string | null;
    readonly until?: Date | null;
  };
  readonly resumeIncident: OnIncident;
  readonly setParticipation: CommandInput & {
    readonly incidentId: string;
    readonly part?: ParticipationPart | null;
    readonly state: ParticipationState;
  };
  readonly handOverIncident: OnIncident & {
    readonly to: string;
    readonly reason: string;
    readonly teamName?: string | null;
  };
  readonly rejectIncidentOwnership: OnIncident & { readonly suggestedOwner?: string | null; readonly reason: string };
  readonly askAssistance: CommandInput & {
    readonly of: string;
    readonly incidentId?: string | null;
    readonly question: string;
  };
  readonly answerAssistance: CommandInput & {
    readonly requestId: string;
    readonly expectedVersion?: number | null;
    readonly answer: string;
  };
  readonly resolveIncident: OnIncident & { readonly solution: string; readonly resolution: Resolution };
  readonly confirmIncident: OnIncident;
  readonly reopenIncident: OnIncident & { readonly reason: string };
  readonly cancelIncident: OnIncident & { readonly reason: string };
  readonly reportServiceStatus: CommandInput & {
    readonly service: string;
    readonly level: string;
    readonly note?: string | null;
  };
  readonly retryEnvelope: CommandInput & { readonly envelopeId: string };
  readonly withdrawEnvelope: CommandInput & { readonly envelopeId: string };
}

export type CommandName = keyof CommandInputs;
