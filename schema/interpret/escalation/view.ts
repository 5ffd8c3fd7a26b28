import type { Calendar } from '../calendar.ts';
import { oversightRuns } from './facts.ts';
import { consentEnd, impasseFrom, invitationEnd } from './silence.ts';
import {
  type ConsentState,
  currentProposal,
  type DecidedAction,
  type Escalation,
  type EscalationState,
  type Level,
} from './state.ts';
import { actionEnd, windowEnd } from './terms.ts';

/** An escalation as it stands at a moment: what its entries say, and what the clock adds without an entry. */
export interface EscalationView {
  readonly level: Level;
  readonly state: EscalationState;
  readonly members: readonly MemberView[];
  /** Of the newest proposal; empty before the first. */
  readonly consents: readonly ConsentView[];
  readonly actions: readonly ActionView[];
  readonly oversight?: OversightView;
  readonly impassePossible: boolean;
  /** Parties from whom something is awaited now. */
  readonly awaited: readonly string[];
  /** The next moment at which this view changes by itself. */
  readonly nextChangeAtMs?: number;
}

export interface MemberView {
  readonly party: string;
  readonly state: 'INVITED' | 'JOINED' | 'NO_RESPONSE';
  readonly dueAtMs?: number;
}

export interface ConsentView {
  readonly party: string;
  readonly state: ConsentState | 'NO_RESPONSE';
  readonly dueAtMs?: number;
}

export interface ActionView extends DecidedAction {
  readonly dueAtMs: number;
  readonly isOverdue: boolean;
}

export interface OversightView {
  readonly runs: boolean;
  readonly startedAtMs: number;
  readonly hardStopAtMs: number;
  readonly endedAtMs?: number;
  readonly reviewDueAtMs: number;
  readonly reviewIsOverdue: boolean;
}

export function viewAt(escalation: Escalation, nowMs: number, calendar: Calendar): EscalationView {
  const members = membersAt(escalation, nowMs, calendar);
  const consents = consentsAt(escalation, nowMs, calendar);
  const actions = actionsAt(escalation, nowMs, calendar);
  const oversight = oversightAt(escalation, nowMs, calendar);
  const impasse = impasseFrom(escalation, calendar);
  const next = [
    ...[...members, ...consents].map(({ dueAtMs }) => dueAtMs && dueAtMs + 1),
    ...actions.filter(({ state }) => state === 'OPEN').map(({ dueAtMs }) => dueAtMs + 1),
    oversight?.runs ? oversight.hardStopAtMs : undefined,
    oversight?.runs ? oversight.reviewDueAtMs + 1 : undefined,
  ].filter((atMs) => atMs !== undefined && atMs > nowMs) as number[];
  return {
    level: escalation.level,
    state: escalation.state,
    members,
    consents,
    actions,
    ...(oversight ? { oversight } : {}),
    impassePossible: canDeclareImpasse(escalation) && impasse !== undefined && impasse <= nowMs,
    awaited: awaitedOf(escalation),
    ...(next.length > 0 ? { nextChangeAtMs: Math.min(...next) } : {}),
  };
}

/** Whether this party, as the source of what is read, still owes the mediator a look. */
export function oversightBinds(escalation: Escalation, party: string, nowMs: number): boolean {
  const ended = escalation.mediation?.oversight.ownEnds[party];
  return escalation.involved.includes(party) && ended === undefined && oversightRuns(escalation, nowMs);
}

function canDeclareImpasse({ level, state }: Escalation): boolean {
  return level === 2 && (state === 'DELIBERATING' || state === 'PROPOSED');
}

const inTalks: readonly EscalationState[] = ['DELIBERATING', 'PROPOSED'];

function membersAt(escalation: Escalation, nowMs: number, calendar: Calendar): MemberView[] {
  const { involved, members, state } = escalation;
  return involved.flatMap((party): MemberView[] => {
    const member = members[party];
    if (!member) return [];
    if (member.spokeAtMs !== undefined) return [{ party, state: 'JOINED' }];
    const dueAtMs = invitationEnd(escalation, party, calendar) as number;
    const isOver = nowMs > dueAtMs;
    return [{ party, state: isOver ? 'NO_RESPONSE' : 'INVITED', ...(inTalks.includes(state) ? { dueAtMs } : {}) }];
  });
}

function consentsAt(escalation: Escalation, nowMs: number, calendar: Calendar): ConsentView[] {
  const newest = escalation.proposals.at(-1);
  return escalation.involved.flatMap((party): ConsentView[] => {
    const consent = newest?.consents[party];
    if (!consent) return [];
    const dueAtMs = consentEnd(escalation, party, calendar);
    if (dueAtMs === undefined) return [{ party, state: consent.state }];
    return [{ party, state: nowMs > dueAtMs ? 'NO_RESPONSE' : consent.state, dueAtMs }];
  });
}

function actionsAt({ decision, state }: Escalation, nowMs: number, calendar: Calendar): ActionView[] {
  return (decision?.actions ?? []).map((action) => {
    const dueAtMs = actionEnd(action.dueOn, calendar);
    return { ...action, dueAtMs, isOverdue: state === 'LIFTING' && action.state === 'OPEN' && nowMs > dueAtMs };
  });
}

function oversightAt(escalation: Escalation, nowMs: number, calendar: Calendar): OversightView | undefined {
  const oversight = escalation.mediation?.oversight;
  if (!oversight) return undefined;
  const runs = oversightRuns(escalation, nowMs);
  const reviewDueAtMs = windowEnd(oversight.reviewedAtMs, escalation.terms.review, calendar);
  const endedAtMs = oversight.endedAtMs ?? (runs ? undefined : oversight.hardStopAtMs);
  return {
    runs,
    startedAtMs: oversight.startedAtMs,
    hardStopAtMs: oversight.hardStopAtMs,
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
    reviewDueAtMs,
    reviewIsOverdue: runs && nowMs > reviewDueAtMs,
  };
}

function awaitedOf(escalation: Escalation): string[] {
  const { state, involved, initiator, decision, members } = escalation;
  if (state === 'OPEN') return [initiator];
  if (state === 'REQUESTED') return [escalation.foundation];
  if (state === 'PROPOSED') {
    const consents = currentProposal(escalation)?.consents ?? {};
    return involved.filter((party) => consents[party]?.state !== 'AGREED');
  }
  if (state === 'DELIBERATING') return involved.filter((party) => members[party]?.spokeAtMs === undefined);
  if (state !== 'LIFTING' || !decision) return [];
  const open = decision.actions.filter((action) => action.state === 'OPEN');
  if (open.length > 0) return [...new Set(open.map(({ owner }) => owner))].sort();
  return involved.filter((party) => !decision.confirmedBy.includes(party));
}
