import { escalation as lifecycle } from '../../lifecycles/escalation.ts';
import { dayOf, endOfDay, workingDayAfter } from '../calendar.ts';
import type { EventOf, Facts, LifecycleEvent } from '../lifecycle.ts';
import type { RuleContext } from './context.ts';
import type { Actor } from './relations.ts';
import { impasseFrom } from './silence.ts';
import { currentProposal, type Escalation } from './state.ts';
import { actionEnd } from './terms.ts';

/** What the guards of this event ask, for this caller, in times. What no guard of it asks is not worked out. */
export function factsOf(
  escalation: Escalation | undefined,
  event: EventOf<typeof lifecycle>,
  actor: Actor,
  context: RuleContext,
): Facts {
  const facts: Record<string, number | undefined> & { nowMs: number } = { nowMs: context.nowMs };
  if (!escalation) return facts;
  const { provided = [], who }: LifecycleEvent = lifecycle.events[event];
  const guards = [...provided, ...who.flatMap((entry) => (typeof entry === 'string' ? [] : [entry.provided]))];
  for (const guard of guards) {
    const { fact } = lifecycle.guards[guard as keyof typeof lifecycle.guards];
    facts[fact] = factFinders[fact](escalation, { ...context, event, party: actor.party });
  }
  return facts;
}

type FactName = (typeof lifecycle.guards)[keyof typeof lifecycle.guards]['fact'];
type Asked = RuleContext & { readonly event: EventOf<typeof lifecycle>; readonly party: string };

/** `absent` guards ask whether a fact is there; its time then says nothing and is that of the asking. */
const factFinders: Record<FactName, (escalation: Escalation, asked: Asked) => number | undefined> = {
  aboveLevel2AtMs: ({ level }, { nowMs }) => (level > 2 ? nowMs : undefined),
  belowLevel3AtMs: ({ level }, { nowMs }) => (level !== 3 ? nowMs : undefined),
  saidAtMs: (escalation, { event, party, nowMs }) => (hasSaid(escalation, event, party) ? nowMs : undefined),
  withdrawalAskedAtMs: ({ withdrawing }) => (withdrawing.length > 0 ? 0 : undefined),
  proposalOpenAtMs: (escalation) => currentProposal(escalation)?.atMs,
  impasseAtMs: (escalation, { calendar }) => impasseFrom(escalation, calendar),
  hardStopAtMs: ({ mediation }) => mediation?.oversight.hardStopAtMs,
  ownPartFreeAtMs: ({ mediation, decision }, { party }) =>
    decision?.confirmedBy.includes(party) ? 0 : mediation?.oversight.firstHardStopAtMs,
  oversightOverAtMs: (escalation, { nowMs }) => (oversightRuns(escalation, nowMs) ? undefined : nowMs),
  actionOpenAtMs: (escalation, { nowMs }) => (openActions(escalation).length > 0 ? nowMs : undefined),
  actionDueAtMs: (escalation, { calendar }) => {
    const ends = openActions(escalation).map(({ dueOn }) => actionEnd(dueOn, calendar) + 1);
    return ends.length > 0 ? Math.min(...ends) : undefined;
  },
  unreachableManagerAtMs: ({ involved }, { world, nowMs }) =>
    world && involved.some((party) => !world.hasReachableManager(party)) ? nowMs : undefined,
  homeNotSilentAtMs: (_, asked) =>
    asked.world && !homeIsSilent(asked.world.homeSilentSinceMs, asked) ? asked.nowMs : undefined,
};

const openActions = ({ decision }: Escalation) => decision?.actions.filter(({ state }) => state === 'OPEN') ?? [];

export function oversightRuns({ mediation }: Escalation, nowMs: number): boolean {
  const oversight = mediation?.oversight;
  return oversight !== undefined && oversight.endedAtMs === undefined && nowMs < oversight.hardStopAtMs;
}

/** A working day: the closing time of the first working day after the one on which the act came to wait. */
function homeIsSilent(sinceMs: number | undefined, { nowMs, calendar }: RuleContext): boolean {
  return sinceMs !== undefined && nowMs >= endOfDay(calendar, workingDayAfter(calendar, dayOf(calendar, sinceMs), 1));
}

function hasSaid({ members, noSolution, withdrawing, decision, mediation }: Escalation, event: string, party: string) {
  switch (event) {
    case 'join':
      return members[party]?.spokeAtMs !== undefined;
    case 'agreeNoSolution':
      return noSolution.includes(party);
    case 'withdrawMediated':
    case 'agreeToWithdraw':
      return withdrawing.includes(party);
    case 'confirmResumed':
      return decision?.confirmedBy.includes(party);
    case 'endOwnOversight':
      return mediation?.oversight.ownEnds[party] !== undefined;
    default:
      return false;
  }
}
