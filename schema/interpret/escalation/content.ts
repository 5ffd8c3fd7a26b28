import type { ErrorCode } from '../../errors/codes.ts';
import type { Act, ActType, Mediator } from './act.ts';
import type { RuleContext } from './context.ts';
import { type Escalation, itemKey } from './state.ts';
import { actionEnd, isPastDate } from './terms.ts';

/** What the content of an act must be where the lifecycle allows its event. Undefined when nothing is wrong. */
export function contentRefusal(
  escalation: Escalation | undefined,
  act: Act,
  context: RuleContext,
): ErrorCode | undefined {
  const check = escalation ? checks[act.type] : undefined;
  const first = escalation ? undefined : raising(act, context);
  return first ?? check?.(escalation as Escalation, act, context) ?? textMissing(act);
}

/** Texts that an act hashes at least; a plan without one is refused under a code of its own. */
const textsOf: Partial<Record<ActType, readonly string[]>> = {
  raise: ['reason', 'cooperationFailure'],
  returnToDesk: ['advice'],
  object: ['reason'],
  declareImpasse: ['reason'],
  reviewOversight: ['reason'],
  renewOversight: ['reason'],
  endOversight: ['report'],
  mediationFailed: ['reason'],
  withdraw: ['reason'],
  recordOutcome: ['reference'],
  withhold: ['reason'],
};

function textMissing({ type, texts }: Act): ErrorCode | undefined {
  return textsOf[type]?.some((name) => texts[name] === undefined) ? 'TEXT_REQUIRED' : undefined;
}

function raising({ party, to, escalation, involved = [] }: Act, { world }: RuleContext): ErrorCode | undefined {
  if (to !== party) return 'OWN_MANAGER_ONLY';
  if (!escalation.startsWith(`${party}:`)) return 'ACT_MALFORMED';
  if (!involved.includes(party) || involved.length < 2) return 'ANOTHER_PARTY_REQUIRED';
  return world && involved.some((each) => each !== party && !world.isActive(each)) ? 'PARTY_NOT_ACTIVE' : undefined;
}

type Check = (escalation: Escalation, act: Act, context: RuleContext) => ErrorCode | undefined;

const vote =
  (state: 'AGREED' | 'OBJECTED'): Check =>
  ({ proposals, involved }, { version, party }) => {
    const current = proposals.at(-1);
    if (current?.state !== 'OPEN' || current.version !== version) return 'PROPOSAL_NOT_CURRENT';
    return involved.includes(party) && current.consents[party]?.state === state ? 'NOTHING_TO_CHANGE' : undefined;
  };

const ownItems: Check = ({ acts }, { items = [], party }) =>
  items.every(({ act, text }) => acts[act]?.party === party && Object.hasOwn(acts[act].texts, text))
    ? undefined
    : 'UNKNOWN_ITEM';

const openAction = ({ decision }: Escalation, { action }: Act) =>
  decision?.actions.find(({ id, state }) => id === action && state === 'OPEN');

const checks: Partial<Record<ActType, Check>> = {
  addParty: ({ involved, left, memberships }, { about = '', party }, { world }) => {
    if (involved.includes(about)) return 'PARTY_ALREADY_INVOLVED';
    if (left[about] !== undefined || (world && !world.isActive(about))) return 'PARTY_NOT_ACTIVE';
    return saidMembership(memberships, 'ADD', about, party);
  },
  leaveParty: ({ involved, initiator, home, memberships }, { about = '', party }) => {
    if (!involved.includes(about)) return 'PARTY_NOT_INVOLVED';
    if (about === initiator || about === home || involved.length <= 2) return 'PARTY_CANNOT_LEAVE';
    return saidMembership(memberships, 'LEAVE', about, party);
  },
  propose: ({ proposals, involved }, { version, actions = [], texts }, { nowMs, calendar }) => {
    if (version !== (proposals.at(-1)?.version ?? 0) + 1) return 'PROPOSAL_NOT_CURRENT';
    if (texts.liftPlan === undefined || !actions.some(({ part }) => part === 'LIFT')) return 'LIFT_PLAN_REQUIRED';
    if (texts.resumePlan === undefined || !actions.some(({ part }) => part === 'RESUME')) return 'RESUME_PLAN_REQUIRED';
    if (!actions.every(({ owner }) => involved.includes(owner))) return 'ACTION_OWNER_NOT_INVOLVED';
    return actions.some(({ dueOn }) => isPastDate(dueOn, nowMs, calendar)) ? 'TIME_IN_PAST' : undefined;
  },
  consent: vote('AGREED'),
  object: vote('OBJECTED'),
  accept: ({ involved, foundation }, { mediator }) =>
    mediator && isNeutral(mediator, involved, foundation) ? undefined : 'MEDIATOR_NOT_NEUTRAL',
  completeAction: (escalation, act) => {
    const action = openAction(escalation, act);
    if (!action) return 'UNKNOWN_ACTION';
    return action.owner === act.party ? undefined : 'ONLY_ACTION_OWNER';
  },
  waiveAction: (escalation, act) => {
    const action = openAction(escalation, act);
    if (!action) return 'UNKNOWN_ACTION';
    return action.waivedBy.includes(act.party) ? 'NOTHING_TO_CHANGE' : undefined;
  },
  actionOverdue: (escalation, act, { nowMs, calendar }) => {
    const action = openAction(escalation, act);
    if (!action) return 'UNKNOWN_ACTION';
    return nowMs > actionEnd(action.dueOn, calendar) ? undefined : 'ACTION_NOT_OVERDUE';
  },
  disclose: (escalation, act, context) =>
    ownItems(escalation, act, context) ??
    (act.items?.every((item) => escalation.disclosure[itemKey(item)]?.state === 'DISCLOSED')
      ? 'NOTHING_TO_CHANGE'
      : undefined),
  withhold: ownItems,
  moveHome: ({ epoch, home, involved, places }, { move, party }, { world }) => {
    const isNext =
      move &&
      move.epoch === epoch + 1 &&
      move.index === places.length &&
      move.previousHash === places.at(-1)?.hash &&
      move.home !== home &&
      involved.includes(move.home);
    if (!isNext) return 'MOVE_NOT_NEXT';
    if (!world) return undefined;
    const successor = involved.find((each) => each !== home && world.isActive(each));
    if (successor !== move.home) return 'MOVE_NOT_NEXT';
    return party === 'registry' && world.isActive(home) ? 'HOME_NOT_SILENT' : undefined;
  },
  partyLeft: ({ involved }, { about = '' }) => (involved.includes(about) ? undefined : 'PARTY_NOT_INVOLVED'),
};

function saidMembership(
  memberships: Escalation['memberships'],
  kind: 'ADD' | 'LEAVE',
  about: string,
  party: string,
): ErrorCode | undefined {
  const asked = memberships.find((each) => each.kind === kind && each.party === about);
  return asked?.agreedBy.includes(party) ? 'NOTHING_TO_CHANGE' : undefined;
}

/**
 * Independent mediators log in at the foundation's issuer and belong to nobody's staff. Staff of the foundation is
 * neutral as long as the foundation is not a party itself.
 */
function isNeutral({ party, role }: Mediator, involved: readonly string[], foundation: string): boolean {
  return party === foundation && (role === 'MEDIATOR' || !involved.includes(foundation));
}
