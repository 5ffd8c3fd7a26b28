import type { Calendar } from '../calendar.ts';
import type { Act, ActType, Entry, PlannedAction } from './act.ts';
import {
  type Consent,
  type Decision,
  type Disclosure,
  type Escalation,
  type EscalationState,
  itemKey,
  type Level,
  type Oversight,
  type Proposal,
} from './state.ts';
import { windowEnd } from './terms.ts';

/** What an act that counts changes, besides the state that the lifecycle names. */
export function applyAct(escalation: Escalation, entry: Entry, to: EscalationState, calendar: Calendar): Escalation {
  const { act } = entry.signed;
  const effect = effects[act.type];
  const { decision, ...rest } = escalation;
  const kept = decision && act.type !== 'actionOverdue' ? { decision } : {};
  const changed = { ...rest, ...kept, ...effect?.(escalation, act, entry, calendar), state: to };
  const level: Level = levelOf[to] ?? escalation.level;
  return closeWhenOver({ ...changed, level, members: spoken(changed, act, entry.placedAtMs) }, entry.placedAtMs);
}

export const ended: readonly EscalationState[] = ['CLOSED_L1', 'NORMAL', 'WITHDRAWN', 'CLOSED_EXTERNAL'];

/** PROPOSED, LIFTING and the ends keep the level they are reached at. */
const levelOf: Partial<Record<EscalationState, Level>> = {
  OPEN: 1,
  DELIBERATING: 2,
  REQUESTED: 3,
  MEDIATING: 3,
  EXTERNAL: 4,
};

/** What ends an escalation, or takes it out of the network, ends oversight with it. */
export function closeWhenOver(escalation: Escalation, atMs: number): Escalation {
  const isOver = ended.includes(escalation.state);
  if (!isOver && escalation.state !== 'EXTERNAL') return escalation;
  return { ...endOversight(escalation, atMs), ...(isOver ? { endedAtMs: atMs } : {}) };
}

function endOversight(escalation: Escalation, atMs: number): Escalation {
  const { mediation } = escalation;
  if (!mediation || mediation.oversight.endedAtMs !== undefined) return escalation;
  const endedAtMs = Math.min(atMs, mediation.oversight.hardStopAtMs);
  return { ...escalation, mediation: { ...mediation, oversight: { ...mediation.oversight, endedAtMs } } };
}

/** Whatever a party does answers its invitation. */
function spoken({ members }: Escalation, { party }: Act, atMs: number): Escalation['members'] {
  const member = members[party];
  return member && member.spokeAtMs === undefined ? { ...members, [party]: { ...member, spokeAtMs: atMs } } : members;
}

type Effect = (escalation: Escalation, act: Act, entry: Entry, calendar: Calendar) => Partial<Escalation>;

const effects: Partial<Record<ActType, Effect>> = {
  takeUp: ({ involved, initiator }, _, { placedAtMs }) => ({
    takenUpAtMs: placedAtMs,
    members: Object.fromEntries(
      involved.map((party) => [
        party,
        { invitedAtMs: placedAtMs, ...(party === initiator ? { spokeAtMs: placedAtMs } : {}) },
      ]),
    ),
  }),
  addParty: (escalation, act) => ({ memberships: agreeMembership(escalation, 'ADD', act) }),
  leaveParty: (escalation, act) => ({ memberships: agreeMembership(escalation, 'LEAVE', act) }),
  propose: (escalation, act, entry) => ({
    proposals: [...closeProposal(escalation, 'REPLACED'), newProposal(escalation, act, entry)],
    noSolution: [],
  }),
  consent: (escalation, { party }, { placedAtMs }) => ({ proposals: voted(escalation, party, 'AGREED', placedAtMs) }),
  object: (escalation, { party }, { placedAtMs }) => ({ proposals: voted(escalation, party, 'OBJECTED', placedAtMs) }),
  agreeNoSolution: ({ noSolution }, { party }) => ({ noSolution: [...noSolution, party] }),
  declareImpasse: (escalation, { party }, { placedAtMs }) => ({
    impasse: { by: party, atMs: placedAtMs },
    proposals: closeProposal(escalation, 'DROPPED'),
    memberships: [],
  }),
  accept: ({ terms }, { mediator }, { placedAtMs }, calendar) => {
    const hardStopAtMs = windowEnd(placedAtMs, terms.oversight, calendar);
    return {
      mediation: {
        mediator: mediator as NonNullable<Act['mediator']>,
        acceptedAtMs: placedAtMs,
        oversight: {
          startedAtMs: placedAtMs,
          firstHardStopAtMs: hardStopAtMs,
          hardStopAtMs,
          reviewedAtMs: placedAtMs,
          reviews: 0,
          ownEnds: {},
        },
      },
    };
  },
  reviewOversight: (escalation, _, { placedAtMs }) =>
    oversee(escalation, ({ reviews }) => ({ reviewedAtMs: placedAtMs, reviews: reviews + 1 })),
  renewOversight: (escalation, _, { placedAtMs }, calendar) =>
    oversee(escalation, ({ hardStopAtMs, reviews }) => ({
      hardStopAtMs: Math.max(hardStopAtMs, windowEnd(placedAtMs, escalation.terms.oversight, calendar)),
      reviewedAtMs: placedAtMs,
      reviews: reviews + 1,
    })),
  endOversight: (escalation, _, { placedAtMs }) => endOversight(escalation, placedAtMs),
  endOwnOversight: (escalation, { party }, { placedAtMs }) =>
    oversee(escalation, ({ ownEnds }) => ({ ownEnds: { ...ownEnds, [party]: placedAtMs } })),
  mediationFailed: (escalation, { party }, { placedAtMs }) => ({
    external: { sinceMs: placedAtMs, by: party },
    proposals: closeProposal(escalation, 'DROPPED'),
    withdrawing: [],
  }),
  completeAction: (escalation, { action }, { placedAtMs }) => ({
    decision: withAction(escalation, action, () => ({ state: 'DONE', endedAtMs: placedAtMs })),
  }),
  waiveAction: (escalation, { action, party }) => ({
    decision: withAction(escalation, action, ({ waivedBy }) => ({ waivedBy: [...waivedBy, party] })),
  }),
  actionOverdue: ({ proposals }) => ({
    proposals: proposals.map((each, index) =>
      index === proposals.length - 1 ? { ...each, state: 'UNDONE' as const, consents: lapsed(each.consents) } : each,
    ),
  }),
  confirmResumed: ({ decision }, { party }) => ({
    decision: { ...(decision as Decision), confirmedBy: [...(decision as Decision).confirmedBy, party] },
  }),
  withdraw: ({ level, withdrawing, ...escalation }, { party }) =>
    level === 3
      ? { withdrawing: [...withdrawing, party] }
      : { proposals: closeProposal(escalation, 'DROPPED'), withdrawing: [party] },
  agreeToWithdraw: ({ withdrawing }, { party }) => ({ withdrawing: [...withdrawing, party] }),
  recordOutcome: (_, { route, party }, { placedAtMs }) => ({
    outcome: { route: route as NonNullable<Act['route']>, by: party, atMs: placedAtMs },
  }),
  disclose: ({ disclosure }, act, entry) => ({ disclosure: { ...disclosure, ...decided(act, entry, 'DISCLOSED') } }),
  withhold: ({ disclosure }, act, entry) => ({ disclosure: { ...disclosure, ...decided(act, entry, 'WITHHELD') } }),
  partyLeft: ({ involved, left }, { about = '' }, { placedAtMs }) => ({
    involved: involved.filter((party) => party !== about),
    left: { ...left, [about]: placedAtMs },
  }),
};

function agreeMembership({ memberships }: Escalation, kind: 'ADD' | 'LEAVE', { about = '', party }: Act) {
  const asked = memberships.find((each) => each.kind === kind && each.party === about);
  const others = memberships.filter((each) => each !== asked);
  return [...others, { kind, party: about, agreedBy: [...(asked?.agreedBy ?? []), party] }];
}

/** The terms have changed: who agreed to the earlier ones is asked anew, and is seen to have agreed before. */
function newProposal({ proposals, involved }: Escalation, act: Act, { placedAtMs, index }: Entry): Proposal {
  const before = proposals.at(-1)?.consents ?? {};
  const consents = involved.map((party): [string, Consent] => {
    if (party === act.party) return [party, { state: 'AGREED', askedAtMs: placedAtMs, saidAtMs: placedAtMs }];
    const lapses = before[party]?.state === 'AGREED' || before[party]?.state === 'LAPSED';
    return [party, { state: lapses ? 'LAPSED' : 'INVITED', askedAtMs: placedAtMs }];
  });
  return {
    version: act.version as number,
    by: act.party,
    atMs: placedAtMs,
    index,
    state: 'OPEN',
    actions: act.actions as readonly PlannedAction[],
    consents: Object.fromEntries(consents),
  };
}

function closeProposal({ proposals }: Pick<Escalation, 'proposals'>, state: Proposal['state']): Proposal[] {
  return proposals.map((each) => {
    if (each.state !== 'OPEN') return each;
    return { ...each, state, consents: state === 'REPLACED' ? lapsed(each.consents) : each.consents };
  });
}

function lapsed(consents: Proposal['consents']): Proposal['consents'] {
  return Object.fromEntries(
    Object.entries(consents).map(([party, consent]) => [
      party,
      consent.state === 'AGREED' ? { ...consent, state: 'LAPSED' as const } : consent,
    ]),
  );
}

function voted({ proposals }: Escalation, party: string, state: 'AGREED' | 'OBJECTED', saidAtMs: number): Proposal[] {
  return proposals.map((each) => {
    const consent = each.consents[party];
    if (each.state !== 'OPEN' || !consent) return each;
    return { ...each, consents: { ...each.consents, [party]: { ...consent, state, saidAtMs } } };
  });
}

function oversee({ mediation }: Escalation, change: (oversight: Oversight) => Partial<Oversight>): Partial<Escalation> {
  if (!mediation) return {};
  return { mediation: { ...mediation, oversight: { ...mediation.oversight, ...change(mediation.oversight) } } };
}

function withAction(
  { decision }: Escalation,
  id: string | undefined,
  change: (action: Decision['actions'][number]) => Partial<Decision['actions'][number]>,
): Decision {
  const { actions, ...rest } = decision as Decision;
  return { ...rest, actions: actions.map((action) => (action.id === id ? { ...action, ...change(action) } : action)) };
}

function decided(
  { items = [], texts, party }: Act,
  { placedAtMs }: Entry,
  state: Disclosure['state'],
): Record<string, Disclosure> {
  const reason = state === 'WITHHELD' && texts.reason !== undefined ? { reason: texts.reason } : {};
  return Object.fromEntries(
    items.map((item) => [itemKey(item), { ...item, party, state, ...reason, atMs: placedAtMs }]),
  );
}
