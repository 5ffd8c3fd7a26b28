/**
 * The records of an incident as decisions see them. Field names are those of the columns in camel case; times are
 * Dates of whole milliseconds. What is derived (due dates, available actions, access) stands in no record.
 */
export type IncidentState =
  | 'REPORTED'
  | 'ACKNOWLEDGED'
  | 'IN_PROGRESS'
  | 'WAITING'
  | 'HANDED_OVER'
  | 'RESOLVED'
  | 'CLOSED'
  | 'CANCELLED';
export type WaitReason = 'USER' | 'VENDOR' | 'OTHER_PARTY' | 'IMPLEMENTATION' | 'OTHER';
export type Impact = 'LOW' | 'MEDIUM' | 'HIGH' | 'MAJOR';
export type Urgency = 'LOW' | 'MEDIUM' | 'HIGH';
export type Priority = 'P1' | 'P2' | 'P3' | 'P4' | 'P5';
export type Resolution = 'FIRST_CALL' | 'NORMAL';
export type ParticipationPart = 'OWNER' | 'REPORTER' | 'AFFECTED' | 'CONTRIBUTOR' | 'OBSERVER';
export type ParticipationState = 'NOTIFIED' | 'ACKNOWLEDGED' | 'WORKING' | 'NO_IMPACT' | 'DONE';
export type NetworkIncidentState = 'CANDIDATE' | 'PROMOTED' | 'DEMOTED';

export interface Incident {
  readonly id: string;
  readonly reference: string;
  readonly referenceYear: number;
  readonly chainId: string;
  readonly service: string;
  readonly teamId: string | null;
  readonly reporter: string;
  readonly title: string;
  readonly description: string | null;
  readonly impact: Impact;
  readonly urgency: Urgency;
  readonly priority: Priority;
  readonly priorityRank: number;
  readonly state: IncidentState;
  readonly waitReason: WaitReason | null;
  readonly waitingFor: string | null;
  readonly waitUntil: Date | null;
  readonly resolution: Resolution | null;
  readonly solution: string | null;
  readonly previousId: string | null;
  readonly nextId: string | null;
  readonly handedOverTo: string | null;
  readonly handoverReason: string | null;
  readonly handedOverAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly pickedUpAt: Date | null;
  readonly handoverEnvelopeId: string | null;
  readonly receivedFrom: string | null;
  readonly receivedAt: Date | null;
  readonly networkIncidentId: string | null;
  readonly networkIncidentState: NetworkIncidentState | null;
  /** Who may know of it: owner, reporter, every holder of the chain, every participant with a participation. Sorted. */
  readonly involved: readonly string[];
  /** Every holder of the chain in order, one name per stay; the owner of this record stands last. */
  readonly holders: readonly string[];
  readonly pingPong: boolean;
  readonly firstReportedAt: Date;
  readonly reopenedCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly closedAt: Date | null;
  readonly importedBatch: string | null;
  readonly recordedAt: Date | null;
  readonly version: number;
}

/** One line of an incident's history. `n` is the version that the event made, so it rises and is never given twice. */
export interface TimelineEntry {
  readonly incidentId: string;
  readonly n: number;
  readonly event: string;
  readonly state: IncidentState;
  readonly waitReason: WaitReason | null;
  readonly teamId: string | null;
  readonly at: Date;
  /** When it was written down, where that is not when it happened. */
  readonly recordedAt: Date | null;
  readonly byParticipant: string | null;
  readonly role: string | null;
  readonly text: string | null;
}

export interface Participation {
  readonly incidentId: string;
  readonly participant: string;
  readonly part: ParticipationPart;
  readonly state: ParticipationState;
  readonly since: Date;
}

/** The states in which work on an incident can still go on here. */
export const OPEN_STATES = ['REPORTED', 'ACKNOWLEDGED', 'IN_PROGRESS', 'WAITING', 'RESOLVED'] as const;
