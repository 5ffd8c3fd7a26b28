import type { ErrorCode } from '../../errors/codes.ts';
import type { CalendarName, EntryPlace, Item, Mediator, OutcomeRoute, PlannedAction, Terms } from './act.ts';

/**
 * What follows from entries alone, without a clock: the same at every party that holds the same entries. What silence
 * and time add is read from it by view.ts.
 */
export interface Escalation {
  readonly id: string;
  /** The participant that runs the registry. */
  readonly foundation: string;
  readonly initiator: string;
  readonly level: Level;
  readonly state: EscalationState;
  readonly incidents: readonly string[];
  readonly calendar: CalendarName;
  readonly terms: Terms;
  readonly raisedAtMs: number;
  readonly takenUpAtMs?: number;
  /** Sorted; who left or has not been added yet is not among them. */
  readonly involved: readonly string[];
  readonly members: Readonly<Record<string, Member>>;
  readonly left: Readonly<Record<string, number>>;
  /** Parties that some and not yet all members want in or let go. */
  readonly memberships: readonly Membership[];
  readonly proposals: readonly Proposal[];
  readonly decision?: Decision;
  /** Managers who said that there is no solution between them. */
  readonly noSolution: readonly string[];
  readonly impasse?: { readonly by: string; readonly atMs: number };
  readonly mediation?: Mediation;
  /** Members that agreed to withdraw at L3; the initiator's manager is the first. */
  readonly withdrawing: readonly string[];
  readonly external?: { readonly sinceMs: number; readonly by: string };
  readonly outcome?: { readonly route: OutcomeRoute; readonly by: string; readonly atMs: number };
  readonly disclosure: Readonly<Record<string, Disclosure>>;
  readonly endedAtMs?: number;

  readonly home: string;
  readonly epoch: number;
  /** Of each index of the living chain; the last is the tip. */
  readonly places: readonly EntryPlace[];
  readonly lastPlacedAtMs: number;
  /** Hash of the last act that counted, by party. */
  readonly lastActs: Readonly<Record<string, string>>;
  /** Acts that counted, by id. */
  readonly acts: Readonly<Record<string, PlacedAct>>;
  /** Entries that stand in the chain and do not count. */
  readonly faults: readonly Fault[];
  /** Indexes of acts that lay longer than they should before they were placed. */
  readonly late: readonly number[];
}

export type Level = 1 | 2 | 3 | 4;

export type EscalationState =
  | 'OPEN'
  | 'CLOSED_L1'
  | 'DELIBERATING'
  | 'PROPOSED'
  | 'LIFTING'
  | 'REQUESTED'
  | 'MEDIATING'
  | 'EXTERNAL'
  | 'NORMAL'
  | 'WITHDRAWN'
  | 'CLOSED_EXTERNAL';

export interface Member {
  readonly invitedAtMs: number;
  /** First entry of this party after its invitation. */
  readonly spokeAtMs?: number;
}

export interface Membership {
  readonly kind: 'ADD' | 'LEAVE';
  readonly party: string;
  readonly agreedBy: readonly string[];
}

export type ConsentState = 'INVITED' | 'AGREED' | 'LAPSED' | 'OBJECTED';

export interface Consent {
  readonly state: ConsentState;
  /** When this party was asked; the window of its vote runs from here. */
  readonly askedAtMs: number;
  readonly saidAtMs?: number;
}

export interface Proposal {
  readonly version: number;
  readonly by: string;
  readonly atMs: number;
  readonly index: number;
  /** OPEN is the current one. */
  readonly state: 'OPEN' | 'REPLACED' | 'SEALED' | 'UNDONE' | 'DROPPED';
  readonly actions: readonly PlannedAction[];
  readonly consents: Readonly<Record<string, Consent>>;
}

export interface Decision {
  readonly version: number;
  readonly sealedAtMs: number;
  /** The entry that made it unanimous. */
  readonly index: number;
  /** Canonical hash of version, plan and consents. */
  readonly hash: string;
  readonly actions: readonly DecidedAction[];
  readonly confirmedBy: readonly string[];
}

export interface DecidedAction extends PlannedAction {
  readonly state: 'OPEN' | 'DONE' | 'WAIVED';
  readonly waivedBy: readonly string[];
  readonly endedAtMs?: number;
}

export interface Mediation {
  readonly mediator: Mediator;
  readonly acceptedAtMs: number;
  readonly oversight: Oversight;
}

export interface Oversight {
  readonly startedAtMs: number;
  /** Of the first lease of power; renewing does not move it. */
  readonly firstHardStopAtMs: number;
  readonly hardStopAtMs: number;
  readonly reviewedAtMs: number;
  readonly reviews: number;
  readonly endedAtMs?: number;
  /** Parties that ended their own part, and when. */
  readonly ownEnds: Readonly<Record<string, number>>;
}

export interface Disclosure extends Item {
  readonly party: string;
  readonly state: 'DISCLOSED' | 'WITHHELD';
  /** Salted hash of the reason to withhold. */
  readonly reason?: string;
  readonly atMs: number;
}

export interface PlacedAct {
  readonly party: string;
  readonly type: string;
  readonly hash: string;
  readonly index: number;
  readonly texts: Readonly<Record<string, string>>;
}

export interface Fault {
  readonly index: number;
  readonly code: ErrorCode;
  readonly message: string;
}

export const itemKey = ({ act, text }: Item): string => `${act} ${text}`;

export function currentProposal({ proposals }: Escalation): Proposal | undefined {
  const last = proposals.at(-1);
  return last?.state === 'OPEN' ? last : undefined;
}
