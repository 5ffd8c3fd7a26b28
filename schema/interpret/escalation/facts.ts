import { dayOf, endOfDay, workingDayAfter } from '../calendar.ts';
import type { Facts } from '../lifecycle.ts';
import type { RuleContext } from './context.ts';
import type { Actor } from './relations.ts';
import { impasseFrom } from './silence.ts';
import { currentProposal, type Escalation } from './state.ts';
import { actionEnd } from './terms.ts';

/** What the guards of the lifecycle ask, for this event and this caller, in times. */
export function factsOf(escalation: Escalation | undefined, event: string, actor: Actor, context: RuleContext): Facts {
  const { nowMs, calendar, world } = context;
  if (!escalation) return { nowMs };
  const { level, involved, mediation, decision, withdrawing } = escalation;
  const when = (holds: boolean | undefined) => (holds ? nowMs : undefined);
  const openActions = decision?.actions.filter(({ state }) => state === 'OPEN') ?? [];
  const oversight = mediation?.oversight;
  const confirmed = decision?.confirmedBy.includes(actor.party);
  return {
    nowMs,
    aboveLevel2AtMs: when(level > 2),
    belowLevel3AtMs: when(level !== 3),
    unreachableManagerAtMs: when(world && involved.some((party) => !world.hasReachableManager(party))),
    saidAtMs: when(hasSaid(escalation, event, actor.party)),
    proposalOpenAtMs: currentProposal(escalation)?.atMs,
    impasseAtMs: event === 'declareImpasse' ? impasseFrom(escalation, calendar) : undefined,
    oversightOverAtMs: when(!oversight || !oversightRuns(escalation, nowMs)),
    hardStopAtMs: oversight?.hardStopAtMs,
    ownPartFreeAtMs: confirmed ? 0 : oversight?.firstHardStopAtMs,
    actionOpenAtMs: when(openActions.length > 0),
    actionDueAtMs:
      openActions.length > 0 ? Math.min(...openActions.map(({ dueOn }) => actionEnd(dueOn, calendar) + 1)) : undefined,
    withdrawalAskedAtMs: withdrawing.length > 0 ? 0 : undefined,
    homeNotSilentAtMs: when(world && !homeIsSilent(world.homeSilentSinceMs, context)),
  };
}

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
