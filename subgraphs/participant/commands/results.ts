/**
 * What a command answers with: plain JSON, because the command log keeps it and a repeated command gets it again.
 * `kind` is the name of the GraphQL type; objects are named by id and read by the types that print them.
 */
import type { Refusal } from '../domain/refusal.ts';

export type Done =
  | { readonly kind: 'IncidentChanged'; readonly incidentId: string }
  | {
      readonly kind: 'IncidentSent';
      /** Null when it was reported at another participant from the start. */
      readonly incidentId: string | null;
      /** Null when nothing had to be sent: an incident reported at one's own desk. */
      readonly envelopeId: string | null;
      readonly linkId: string;
    }
  | { readonly kind: 'AssistanceAsked'; readonly envelopeId: string; readonly linkId: string }
  | { readonly kind: 'AssistanceAnswered'; readonly requestId: string }
  | { readonly kind: 'NoteAdded'; readonly noteId: string; readonly envelopeId: string | null }
  | {
      readonly kind: 'ParticipationSet';
      readonly incidentId: string;
      readonly participation: {
        readonly participant: string;
        readonly part: string;
        readonly state: string;
        /** RFC 3339. */
        readonly since: string;
      };
      readonly envelopeId: string | null;
    }
  | { readonly kind: 'ServiceStatusReported'; readonly service: string }
  | { readonly kind: 'TeamRegistered'; readonly teamId: string }
  | { readonly kind: 'PersonRolesChanged'; readonly personId: string }
  | { readonly kind: 'NotificationsRead'; readonly ids: readonly string[] }
  | { readonly kind: 'EnvelopeChanged'; readonly envelopeId: string };

export type Result = Done | Refusal;
