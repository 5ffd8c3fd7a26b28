import type { Target } from '../clock.ts';

/**
 * An act is what one person did in an escalation, as his own party signs it. It carries no free text: of each text only
 * a salted hash, the text itself stays at its author. Members and bytes stand in vocabulary/escalation-acts.md.
 */
export interface Act {
  readonly id: string;
  readonly escalation: string;
  readonly type: ActType;
  /** A participant, or `registry` for what the foundation does as escalation channel. */
  readonly party: string;
  readonly role: ActRole;
  /** Hash of the author's party's last act in this escalation, null for its first. */
  readonly previousAct: string | null;
  /** The newest entry that the author had seen, null for the act that raises. */
  readonly seen: EntryPlace | null;
  /** Salted hashes by the name of the text. */
  readonly texts: Readonly<Record<string, string>>;
  readonly atMs: number;
  /** Proposal version. */
  readonly version?: number;
  readonly actions?: readonly PlannedAction[];
  /** To whom it is raised: the author's own party. */
  readonly to?: string;
  /** Every party it is about, the initiator among them. */
  readonly involved?: readonly string[];
  readonly incidents?: readonly string[];
  readonly calendar?: CalendarName;
  readonly terms?: Terms;
  /** The party that is added, leaves or has left. */
  readonly about?: string;
  /** The action that is done, waived or overdue. */
  readonly action?: string;
  readonly mediator?: Mediator;
  readonly route?: OutcomeRoute;
  readonly items?: readonly Item[];
  readonly move?: Move;
}

export const actTypes = [
  'raise',
  'returnToDesk',
  'takeUp',
  'join',
  'addParty',
  'leaveParty',
  'propose',
  'consent',
  'object',
  'agreeNoSolution',
  'declareImpasse',
  'accept',
  'reviewOversight',
  'renewOversight',
  'endOversight',
  'endOwnOversight',
  'mediationFailed',
  'confirmResumed',
  'completeAction',
  'waiveAction',
  'actionOverdue',
  'withdraw',
  'agreeToWithdraw',
  'recordOutcome',
  'disclose',
  'withhold',
  'moveHome',
  'partyLeft',
] as const;
export type ActType = (typeof actTypes)[number];

export const actRoles = ['SERVICEDESK', 'SERVICEMANAGER', 'HELPDESK', 'FOUNDATION', 'MEDIATOR', 'REGISTRY'] as const;
export type ActRole = (typeof actRoles)[number];

export interface EntryPlace {
  readonly epoch: number;
  readonly index: number;
  readonly hash: string;
}

export interface PlannedAction {
  readonly id: string;
  readonly owner: string;
  /** YYYY-MM-DD; the end of service hours of that day by the calendar of the escalation. */
  readonly dueOn: string;
  readonly part: 'LIFT' | 'RESUME';
}

export interface CalendarName {
  readonly id: string;
  readonly version: string;
}

/** Windows that the escalation keeps for its life, written down when it is raised. */
export interface Terms {
  /** How long a party that is invited may be silent. */
  readonly invitation: Target;
  /** How long a vote may take; never below 72 hours. */
  readonly vote: Target;
  readonly oversight: Target;
  readonly review: Target;
}

export interface Mediator {
  /** As in assertions: `<participant>:<subject at its issuer>`. */
  readonly subject: string;
  /** The participant at whose issuer he logs in. */
  readonly party: string;
  /** MEDIATOR is independent of every party; FOUNDATION is staff of the foundation. */
  readonly role: 'FOUNDATION' | 'MEDIATOR';
}

export const outcomeRoutes = ['MEDIATION', 'BINDING_ADVICE', 'ARBITRATION', 'COURT'] as const;
export type OutcomeRoute = (typeof outcomeRoutes)[number];

/** A text of an own act. */
export interface Item {
  readonly act: string;
  readonly text: string;
}

/** Where the chain goes on, under the next epoch and its new home. */
export interface Move {
  readonly epoch: number;
  readonly home: string;
  readonly index: number;
  readonly previousHash: string;
}

/** A signed act as it travels: its claims and the hash of the JWS that carries them. */
export interface SignedAct {
  readonly act: Act;
  readonly hash: string;
}

/** What a home gave one place in the chain; its signature has been checked by who made this value. */
export interface Entry extends EntryPlace {
  readonly escalation: string;
  readonly previousHash: string;
  readonly signed: SignedAct;
  /** Only with a move by the parties: the same move in the words of each other one. */
  readonly also: readonly SignedAct[];
  /** The home that signed. */
  readonly home: string;
  readonly placedAtMs: number;
}

/** The party under which the foundation acts as escalation channel; as a party it is a participant like others. */
export const CHANNEL = 'registry';
