import type { ErrorCode } from '../../errors/codes.ts';
import { escalation as lifecycle } from '../../lifecycles/escalation.ts';
import { decide, type EventOf } from '../lifecycle.ts';
import type { Act, ActType, SignedAct } from './act.ts';
import { contentRefusal } from './content.ts';
import type { RuleContext } from './context.ts';
import { factsOf } from './facts.ts';
import { relationsOf } from './relations.ts';
import type { Escalation, EscalationState } from './state.ts';

export type ActDecision =
  | { readonly ok: true; readonly event: EscalationEvent; readonly to: EscalationState }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly allowedFrom: readonly EscalationState[];
    };

export type EscalationEvent = EventOf<typeof lifecycle>;

/** How far a clock may be ahead of another before an act dated by it is taken for one of the future. */
const clockSkewMaxMs = 10 * 60 * 1000;

/**
 * Whether an act may have the next place in the chain. The author asks before signing, the home before placing, and
 * everyone who folds asks again: the answer is the same, for it hangs on nothing else.
 * `also` are the other parties' words for the same move of the home.
 */
export function decideAct(
  escalation: Escalation | undefined,
  { act }: SignedAct,
  context: RuleContext,
  also: readonly SignedAct[] = [],
): ActDecision {
  const event = eventOf(escalation, act.type);
  const decision = decide(lifecycle, event, {
    state: escalation?.state,
    relations: relationsOf(escalation, act),
    facts: factsOf(escalation, event, act, context),
  });
  const allowedFrom = (lifecycle.events[event].from === 'NEW' ? [] : lifecycle.events[event].from) as EscalationState[];
  if (!decision.ok) return { ...decision, allowedFrom };
  const refused =
    (escalation && escalation.id !== act.escalation ? 'ACT_MALFORMED' : undefined) ??
    (act.atMs > context.nowMs + clockSkewMaxMs ? 'TIME_IN_FUTURE' : undefined) ??
    contentRefusal(escalation, act, context) ??
    (escalation ? orderRefusal(escalation, act) : firstRefusal(act)) ??
    (escalation && act.type === 'moveHome' ? moversRefusal(escalation, act, also, context) : undefined) ??
    (act.type !== 'moveHome' && also.length > 0 ? 'ACT_MALFORMED' : undefined);
  if (refused) return { ok: false, code: refused, message: `${act.type} is refused: ${refused}.`, allowedFrom };
  return { ok: true, event, to: decision.to as EscalationState };
}

/** Most acts are events of their own name; two lead elsewhere under mediation. */
export function eventOf(escalation: Escalation | undefined, type: ActType): EscalationEvent {
  if (escalation?.level === 3 && type === 'withdraw') return 'withdrawMediated';
  if (escalation?.level === 3 && type === 'actionOverdue') return 'actionOverdueMediated';
  return type;
}

/**
 * Each act names its author's last one and the newest entry the author had seen. A home that holds an act back, or
 * lets two change places, or shows two parties two histories, cannot place the next act without this failing.
 */
export function orderRefusal(escalation: Escalation, act: Act): ErrorCode | undefined {
  const { acts, lastActs } = escalation;
  if (acts[act.id] !== undefined) return 'ACT_REPEATED';
  if (act.previousAct !== (lastActs[act.party] ?? null)) return 'ACT_OUT_OF_ORDER';
  return sawThisChain(escalation, act) ? undefined : 'ACT_SAW_ANOTHER_CHAIN';
}

export function sawThisChain({ places, epoch }: Escalation, { seen }: Act): boolean {
  if (!seen || seen.epoch > epoch) return false;
  const here = places[seen.index];
  // What the author saw may have been cut off by a move of the home since: it saw rightly at the time.
  return here?.hash === seen.hash || seen.epoch < (here?.epoch ?? epoch);
}

function firstRefusal({ previousAct, seen }: Act): ErrorCode | undefined {
  return previousAct === null && seen === null ? undefined : 'ACT_OUT_OF_ORDER';
}

/** The registry moves alone; the parties move together, each but the home, all in the same words. */
function moversRefusal(
  escalation: Escalation,
  { move, party, role }: Act,
  also: readonly SignedAct[],
  context: RuleContext,
): ErrorCode | undefined {
  if (role === 'REGISTRY') return also.length === 0 ? undefined : 'ACT_MALFORMED';
  const others = escalation.involved.filter((each) => each !== escalation.home);
  const movers = [party, ...also.map(({ act }) => act.party)].sort();
  const isAll = movers.length === others.length && movers.every((each, index) => each === others[index]);
  const isSame = also.every(
    ({ act }) =>
      act.type === 'moveHome' &&
      act.escalation === escalation.id &&
      relationsOf(escalation, act).includes('otherManager') &&
      act.move?.home === move?.home &&
      contentRefusal(escalation, act, context) === undefined &&
      orderRefusal(escalation, act) === undefined,
  );
  return isAll && isSame ? undefined : 'MOVE_NOT_NEXT';
}
