import { describe, expect, test } from 'vitest';
import { accessTo, holdersOf } from './access.ts';
import { CHANNEL } from './act.ts';
import { availableActs } from './actions.ts';
import {
  calendar,
  channel,
  context,
  createStory,
  DAY,
  HOUR,
  raiseAct,
  registry,
  sign,
  start,
} from './chain.fixture.ts';
import { decideAct } from './decide.ts';
import { currentProposal } from './state.ts';
import { usualTerms } from './terms.ts';
import { oversightBinds, viewAt } from './view.ts';

const three = ['fictiviteit', 'niemandsland', 'linde'];
const refusal = (code: string) => ({ ok: false, code });
const now = (story: ReturnType<typeof createStory>) => viewAt(story.now(), story.nowMs(), calendar);
const consents = (story: ReturnType<typeof createStory>) =>
  Object.fromEntries(now(story).consents.map(({ party, state }) => [party, state]));

function deliberating(parties = three) {
  const story = createStory(parties);
  story.act('takeUp', parties[0] as string);
  return story;
}

function decided(parties = three) {
  const story = deliberating(parties);
  const [first = '', ...others] = parties;
  story.act('propose', first);
  for (const party of others) story.act('consent', party, { version: 1 });
  return story;
}

function mediating(parties = three) {
  const story = deliberating(parties);
  story.act('propose', parties[0] as string);
  story.act('object', parties[1] as string);
  story.act('declareImpasse', parties[1] as string);
  story.act('accept', CHANNEL, channel);
  return story;
}

describe('the desk and its own manager', () => {
  const at = { ...context, nowMs: start };
  test('M-15: a desk escalates to its own servicemanager, not to another party or to the foundation', () => {
    expect(decideAct(undefined, sign(raiseAct(three)), at)).toMatchObject({ ok: true, to: 'OPEN' });
    for (const to of ['linde', 'voorbeeld', CHANNEL]) {
      expect(decideAct(undefined, sign(raiseAct(three, { to })), at)).toMatchObject(refusal('OWN_MANAGER_ONLY'));
    }
  });

  test.each(['HELPDESK', 'FOUNDATION', 'MEDIATOR', 'REGISTRY'] as const)('M-15: a %s raises no escalation', (role) => {
    expect(decideAct(undefined, sign(raiseAct(three, { role })), at)).toMatchObject(refusal('ROLE_DOES_NOT_ALLOW'));
  });

  test('M-16: an escalation stands without an incident, and says what in the cooperation fails', () => {
    const { cooperationFailure: _, ...reason } = raiseAct(three).texts;
    expect(createStory(three).now()).toMatchObject({ incidents: [], level: 1, state: 'OPEN' });
    expect(decideAct(undefined, sign(raiseAct(three, { texts: reason })), at)).toMatchObject(refusal('TEXT_REQUIRED'));
    expect(decideAct(undefined, sign(raiseAct(['linde'])), at)).toMatchObject(refusal('ANOTHER_PARTY_REQUIRED'));
  });

  test('M-15: at L1 only the initiator holds the chain and reads it; the other parties learn nothing', () => {
    const story = createStory(three);
    expect(holdersOf(story.now())).toEqual(['fictiviteit']);
    const read = (party: string, role: 'SERVICEDESK' | 'SERVICEMANAGER' | 'FOUNDATION', isRaiser = false) =>
      accessTo(story.now(), { party, role, isRaiser, isMediator: false }, story.nowMs());
    expect(read('fictiviteit', 'SERVICEMANAGER')).toBe('FULL');
    expect(read('fictiviteit', 'SERVICEDESK', true)).toBe('FULL');
    expect(read('fictiviteit', 'SERVICEDESK')).toBe('NONE');
    expect(read('linde', 'SERVICEMANAGER')).toBe('NONE');
    expect(read(CHANNEL, 'FOUNDATION')).toBe('COUNT');
    story.act('takeUp', 'fictiviteit');
    expect(holdersOf(story.now())).toEqual(['fictiviteit', 'linde', 'niemandsland']);
    expect(read('fictiviteit', 'SERVICEDESK', true)).toBe('STATE');
    expect(read('linde', 'SERVICEMANAGER')).toBe('FULL');
    expect(read('linde', 'SERVICEDESK')).toBe('NONE');
  });

  test('M-24: what belongs to a higher level is refused at a lower one', () => {
    const story = createStory(three);
    for (const type of ['propose', 'declareImpasse', 'recordOutcome'] as const) {
      expect(story.decide(type, 'fictiviteit').ok).toBe(false);
    }
    expect(story.decide('accept', CHANNEL, channel)).toMatchObject(refusal('STATE_DOES_NOT_ALLOW'));
    expect(story.decide('mediationFailed', CHANNEL, channel)).toMatchObject(refusal('STATE_DOES_NOT_ALLOW'));
  });

  test('M-15: only the own manager takes up or returns, and a returned one is over', () => {
    const story = createStory(three);
    expect(story.decide('takeUp', 'linde')).toMatchObject(refusal('ONLY_INITIATOR'));
    expect(story.decide('takeUp', 'fictiviteit', { role: 'SERVICEDESK' })).toMatchObject(
      refusal('ROLE_DOES_NOT_ALLOW'),
    );
    story.act('returnToDesk', 'fictiviteit');
    expect(story.now()).toMatchObject({ state: 'CLOSED_L1', level: 1 });
    expect(story.decide('takeUp', 'fictiviteit')).toMatchObject(refusal('STATE_DOES_NOT_ALLOW'));
  });

  test('M-17: taking up needs a reachable manager at every involved party', () => {
    const world = { isActive: () => true, hasReachableManager: (party: string) => party !== 'linde' };
    expect(createStory(three).decide('takeUp', 'fictiviteit', {}, world)).toMatchObject(
      refusal('NO_REACHABLE_MANAGER'),
    );
  });
});

describe('the managers together', () => {
  test('M-17: managers of involved parties take part, and only they', () => {
    const story = deliberating();
    expect(story.now()).toMatchObject({ level: 2, state: 'DELIBERATING' });
    expect(story.decide('propose', 'linde').ok).toBe(true);
    expect(story.decide('propose', 'linde', { role: 'SERVICEDESK' })).toMatchObject(refusal('ROLE_DOES_NOT_ALLOW'));
    expect(story.decide('propose', 'denkbeeld')).toMatchObject(refusal('ONLY_INVOLVED'));
    expect(story.decide('propose', CHANNEL, channel).ok).toBe(false);
  });

  test('M-17: silence on the invitation is seen after three working days, and ends with any act', () => {
    const story = deliberating();
    const states = () => Object.fromEntries(now(story).members.map(({ party, state }) => [party, state]));
    expect(states()).toEqual({ fictiviteit: 'JOINED', linde: 'INVITED', niemandsland: 'INVITED' });
    story.act('join', 'niemandsland');
    // Thursday, Friday, and after the weekend with Whit Monday the Tuesday: its closing hour is the end.
    story.wait(6 * DAY + 7 * HOUR);
    expect(states()).toEqual({ fictiviteit: 'JOINED', linde: 'INVITED', niemandsland: 'JOINED' });
    story.wait(1);
    expect(states()).toEqual({ fictiviteit: 'JOINED', linde: 'NO_RESPONSE', niemandsland: 'JOINED' });
    story.act('join', 'linde');
    expect(states().linde).toBe('JOINED');
  });

  test.each([
    ['LIFT_PLAN_REQUIRED', 'LIFT', 'liftPlan'],
    ['RESUME_PLAN_REQUIRED', 'RESUME', 'resumePlan'],
  ] as const)('M-18: a proposal without its part is refused with %s', (code, part, text) => {
    const story = deliberating();
    const whole = story.decide('propose', 'linde');
    expect(whole.ok).toBe(true);
    const actions = [
      { id: 'a1', owner: 'linde', dueOn: '2026-12-01', part: part === 'LIFT' ? 'RESUME' : 'LIFT' } as const,
    ];
    expect(story.decide('propose', 'linde', { actions })).toMatchObject(refusal(code));
    const other = text === 'liftPlan' ? 'resumePlan' : 'liftPlan';
    const texts = { [other]: raiseAct(three).texts.reason as string };
    expect(story.decide('propose', 'linde', { texts })).toMatchObject(refusal(code));
  });

  test('M-18: actions are owned by involved parties and lie ahead', () => {
    const story = deliberating();
    const plan = (owner: string, dueOn: string) =>
      (['LIFT', 'RESUME'] as const).map((part, index) => ({ id: `a${index}`, owner, dueOn, part }));
    expect(story.decide('propose', 'linde', { actions: plan('denkbeeld', '2026-12-01') })).toMatchObject(
      refusal('ACTION_OWNER_NOT_INVOLVED'),
    );
    expect(story.decide('propose', 'linde', { actions: plan('linde', '2026-05-19') })).toMatchObject(
      refusal('TIME_IN_PAST'),
    );
    expect(story.decide('propose', 'linde', { actions: plan('linde', '2026-05-20') }).ok).toBe(true);
  });

  test('M-19: two of three agreed; a new version lets both lapse at once, and all must agree to it', () => {
    const story = deliberating();
    story.act('propose', 'fictiviteit');
    story.act('consent', 'niemandsland');
    expect(consents(story)).toEqual({ fictiviteit: 'AGREED', niemandsland: 'AGREED', linde: 'INVITED' });
    story.act('propose', 'linde');
    expect(consents(story)).toEqual({ fictiviteit: 'LAPSED', niemandsland: 'LAPSED', linde: 'AGREED' });
    expect(story.now().proposals[0]?.consents.fictiviteit?.state).toBe('LAPSED');
    expect(story.decide('consent', 'fictiviteit', { version: 1 })).toMatchObject(refusal('PROPOSAL_NOT_CURRENT'));
    story.act('consent', 'fictiviteit');
    expect(story.now().state).toBe('PROPOSED');
    story.act('consent', 'niemandsland');
    expect(story.now()).toMatchObject({ state: 'LIFTING', level: 2, decision: { version: 2 } });
  });

  test('M-19: one objection means no decision, until that party agrees after all', () => {
    const story = deliberating();
    story.act('propose', 'fictiviteit');
    story.act('object', 'linde');
    story.act('consent', 'niemandsland');
    expect(story.now().state).toBe('PROPOSED');
    story.act('consent', 'linde');
    expect(story.now().state).toBe('LIFTING');
  });

  test('M-19: the managers of two parties at once propose version 2; the second is refused, not merged', () => {
    const story = deliberating();
    story.act('propose', 'fictiviteit');
    story.act('propose', 'linde', { version: 2 });
    expect(story.decide('propose', 'niemandsland', { version: 2 })).toMatchObject(refusal('PROPOSAL_NOT_CURRENT'));
  });

  test('M-20: silence over the vote is NO_RESPONSE without an entry, lets an impasse be declared, and late consent counts', () => {
    const story = deliberating();
    story.act('join', 'linde');
    story.act('join', 'niemandsland');
    story.act('propose', 'fictiviteit');
    story.act('consent', 'niemandsland');
    expect(story.decide('declareImpasse', 'niemandsland')).toMatchObject(refusal('NO_IMPASSE'));
    const before = story.entries.length;
    story.wait(8 * DAY);
    expect(consents(story).linde).toBe('NO_RESPONSE');
    expect(now(story).impassePossible).toBe(true);
    expect(story.entries).toHaveLength(before);
    expect(story.decide('declareImpasse', 'niemandsland')).toMatchObject({ ok: true, to: 'REQUESTED' });
    story.act('consent', 'linde');
    expect(story.now().state).toBe('LIFTING');
  });

  test('M-20: a vote is never open for less than 72 hours', () => {
    const story = createStory(three, { terms: { ...usualTerms, vote: { n: 1, unit: 'HOURS' } } });
    story.act('takeUp', 'fictiviteit');
    story.act('propose', 'fictiviteit');
    story.wait(72 * HOUR);
    expect(consents(story).linde).toBe('INVITED');
    story.wait(1);
    expect(consents(story).linde).toBe('NO_RESPONSE');
  });

  test('M-20: all managers who agree that there is no solution may declare an impasse, one of them may not', () => {
    const story = deliberating();
    story.act('agreeNoSolution', 'fictiviteit');
    story.act('agreeNoSolution', 'linde');
    expect(story.decide('agreeNoSolution', 'linde')).toMatchObject(refusal('NOTHING_TO_CHANGE'));
    expect(story.decide('declareImpasse', 'linde')).toMatchObject(refusal('NO_IMPASSE'));
    story.act('agreeNoSolution', 'niemandsland');
    story.act('declareImpasse', 'linde');
    expect(story.now()).toMatchObject({ state: 'REQUESTED', level: 3 });
  });

  test('M-17: a party is added when every member asks for it, gets the chain whole and is asked for its consent', () => {
    const story = deliberating();
    story.act('propose', 'fictiviteit');
    story.act('addParty', 'fictiviteit', { about: 'denkbeeld' });
    expect(story.decide('addParty', 'fictiviteit', { about: 'denkbeeld' })).toMatchObject(refusal('NOTHING_TO_CHANGE'));
    story.act('addParty', 'linde', { about: 'denkbeeld' });
    expect(story.now().involved).not.toContain('denkbeeld');
    story.act('addParty', 'niemandsland', { about: 'denkbeeld' });
    expect(holdersOf(story.now())).toContain('denkbeeld');
    expect(consents(story).denkbeeld).toBe('INVITED');
    story.act('consent', 'linde');
    story.act('consent', 'niemandsland');
    expect(story.now().state).toBe('PROPOSED');
    story.act('consent', 'denkbeeld');
    expect(story.now().state).toBe('LIFTING');
  });

  test('M-17: a party leaves by the word of all, not while a proposal is open, and neither initiator nor home leave', () => {
    const story = deliberating();
    expect(story.decide('leaveParty', 'linde', { about: 'fictiviteit' })).toMatchObject(refusal('PARTY_CANNOT_LEAVE'));
    for (const party of three) story.act('leaveParty', party, { about: 'linde' });
    expect(story.now().involved).toEqual(['fictiviteit', 'niemandsland']);
    expect(story.decide('leaveParty', 'fictiviteit', { about: 'niemandsland' })).toMatchObject(
      refusal('PARTY_CANNOT_LEAVE'),
    );
    const other = deliberating();
    other.act('propose', 'linde');
    expect(other.decide('leaveParty', 'linde', { about: 'linde' })).toMatchObject(refusal('PROPOSAL_OPEN'));
  });
});

describe('lifting', () => {
  test('M-18: normal follows when actions are done or jointly waived and every manager has confirmed', () => {
    const story = decided();
    const { actions = [] } = story.now().decision ?? {};
    const [lift, resume] = actions;
    expect(story.decide('confirmResumed', 'linde')).toMatchObject(refusal('ACTIONS_OPEN'));
    expect(story.decide('completeAction', 'linde', { action: lift?.id as string })).toMatchObject(
      refusal('ONLY_ACTION_OWNER'),
    );
    story.act('completeAction', lift?.owner as string, { action: lift?.id as string });
    for (const party of three) {
      expect(story.decide('confirmResumed', 'linde')).toMatchObject(refusal('ACTIONS_OPEN'));
      story.act('waiveAction', party, { action: resume?.id as string });
    }
    story.act('confirmResumed', 'linde');
    expect(story.decide('confirmResumed', 'linde')).toMatchObject(refusal('NOTHING_TO_CHANGE'));
    story.act('confirmResumed', 'niemandsland');
    expect(story.now().state).toBe('LIFTING');
    story.act('confirmResumed', 'fictiviteit');
    expect(story.now()).toMatchObject({ state: 'NORMAL', level: 2, endedAtMs: story.nowMs() });
  });

  test('M-18: an action is overdue after its day without an entry, and a manager may then reopen the talks', () => {
    const story = decided();
    const action = story.now().decision?.actions[0]?.id as string;
    expect(story.decide('actionOverdue', 'linde', { action })).toMatchObject(refusal('ACTION_NOT_OVERDUE'));
    story.wait(Date.parse('2026-12-01T16:00:00Z') - start);
    expect(now(story).actions[0]?.isOverdue).toBe(false);
    story.wait(1);
    expect(now(story).actions[0]?.isOverdue).toBe(true);
    expect(story.decide('actionOverdue', 'linde', { action: 'a2' })).toMatchObject(refusal('ACTION_NOT_OVERDUE'));
    story.act('actionOverdue', 'linde', { action });
    expect(story.now()).toMatchObject({ state: 'DELIBERATING', level: 2 });
    expect(story.now().decision).toBeUndefined();
    expect(Object.values(consents(story))).toEqual(['LAPSED', 'LAPSED', 'LAPSED']);
  });

  test('M-19: a sealed decision is not withdrawn by one party', () => {
    expect(decided().decide('withdraw', 'fictiviteit')).toMatchObject(refusal('STATE_DOES_NOT_ALLOW'));
  });
});

describe('the foundation', () => {
  test('M-20: the foundation accepts what the parties ask, and nothing that they did not', () => {
    const story = deliberating();
    expect(story.decide('accept', CHANNEL, channel)).toMatchObject(refusal('STATE_DOES_NOT_ALLOW'));
    expect(mediating().now()).toMatchObject({ state: 'MEDIATING', level: 3 });
  });

  test('M-21: a mediator proposes and has no vote; the parties decide', () => {
    const story = mediating();
    story.act('propose', CHANNEL, { role: 'MEDIATOR' });
    expect(Object.values(consents(story)).sort()).toEqual(['INVITED', 'INVITED', 'LAPSED']);
    expect(story.decide('consent', CHANNEL, { role: 'MEDIATOR' }).ok).toBe(false);
    for (const party of three) story.act('consent', party);
    expect(story.now()).toMatchObject({ state: 'LIFTING', level: 3, decision: { version: 2 } });
  });

  test('M-22: oversight starts with the acceptance, is due for review after five working days, and stops by itself', () => {
    const story = mediating();
    const access = () =>
      accessTo(story.now(), { party: CHANNEL, role: 'MEDIATOR', isRaiser: false, isMediator: true }, story.nowMs());
    expect(access()).toBe('FULL');
    // Wednesday 20 May + 5 working days, with Whit Monday closed: Thursday 28 May, 17:00.
    expect(now(story).oversight?.reviewDueAtMs).toBe(Date.parse('2026-05-28T15:00:00Z'));
    story.wait(9 * DAY);
    expect(now(story).oversight?.reviewIsOverdue).toBe(true);
    story.act('reviewOversight', CHANNEL, channel);
    expect(now(story).oversight?.reviewIsOverdue).toBe(false);
    story.wait(21 * DAY - 1);
    expect(oversightBinds(story.now(), 'linde', story.nowMs())).toBe(true);
    story.wait(1);
    expect(now(story).oversight).toMatchObject({ runs: false, endedAtMs: start + 30 * DAY });
    expect(access()).toBe('NONE');
    expect(oversightBinds(story.now(), 'linde', story.nowMs())).toBe(false);
    expect(story.decide('renewOversight', CHANNEL, channel)).toMatchObject(refusal('OVERSIGHT_OVER'));
  });

  test('M-22: renewed oversight goes on, and a party that has had enough ends its own part at the first hard stop', () => {
    const story = mediating();
    story.wait(29 * DAY);
    story.act('renewOversight', CHANNEL, channel);
    expect(story.decide('endOwnOversight', 'linde')).toMatchObject(refusal('HARD_STOP_NOT_REACHED'));
    story.wait(DAY);
    story.act('endOwnOversight', 'linde');
    expect(oversightBinds(story.now(), 'linde', story.nowMs())).toBe(false);
    expect(oversightBinds(story.now(), 'niemandsland', story.nowMs())).toBe(true);
    expect(now(story).oversight?.hardStopAtMs).toBe(start + 59 * DAY);
  });

  test('M-22: oversight ends at normal, at failure and by the foundation, for good', () => {
    const ends = [
      (story: ReturnType<typeof createStory>) => story.act('endOversight', CHANNEL, channel),
      (story: ReturnType<typeof createStory>) => story.act('mediationFailed', CHANNEL, channel),
    ];
    for (const end of ends) {
      const story = mediating();
      story.wait(DAY);
      end(story);
      expect(now(story).oversight).toMatchObject({ runs: false, endedAtMs: start + DAY });
      expect(story.decide('renewOversight', CHANNEL, channel).ok).toBe(false);
    }
    const story = mediating();
    story.act('propose', 'linde');
    story.act('consent', 'fictiviteit');
    story.act('consent', 'niemandsland');
    for (const { id, owner } of story.now().decision?.actions ?? []) story.act('completeAction', owner, { action: id });
    story.act('confirmResumed', 'linde');
    expect(story.decide('endOwnOversight', 'linde').ok).toBe(true);
    expect(story.decide('endOwnOversight', 'niemandsland')).toMatchObject(refusal('HARD_STOP_NOT_REACHED'));
    story.act('confirmResumed', 'fictiviteit');
    story.act('confirmResumed', 'niemandsland');
    expect(story.now().state).toBe('NORMAL');
    expect(now(story).oversight?.runs).toBe(false);
  });

  test('M-25: where the foundation is a party its own staff does not mediate, an independent mediator does', () => {
    const parties = ['fictiviteit', 'voorbeeld'];
    const story = deliberating(parties);
    story.act('propose', 'fictiviteit');
    story.act('object', 'voorbeeld');
    story.act('declareImpasse', 'fictiviteit');
    const staff = { subject: 'voorbeeld:ilse', party: 'voorbeeld', role: 'FOUNDATION' } as const;
    expect(story.decide('accept', CHANNEL, { ...channel, mediator: staff })).toMatchObject(
      refusal('MEDIATOR_NOT_NEUTRAL'),
    );
    story.act('accept', CHANNEL, { ...channel, mediator: { ...staff, subject: 'voorbeeld:teun', role: 'MEDIATOR' } });
    for (const type of ['reviewOversight', 'renewOversight', 'endOversight', 'mediationFailed'] as const) {
      expect(story.decide(type, CHANNEL, channel)).toMatchObject(refusal('ONLY_FOUNDATION'));
      expect(story.decide(type, CHANNEL, { role: 'MEDIATOR' }).ok).toBe(true);
    }
  });

  test('M-25: a mediator does not come from an involved party, nor from any other', () => {
    const story = deliberating();
    story.act('propose', 'fictiviteit');
    story.act('object', 'linde');
    story.act('declareImpasse', 'linde');
    for (const party of ['linde', 'denkbeeld']) {
      const mediator = { subject: `${party}:x`, party, role: 'FOUNDATION' } as const;
      expect(story.decide('accept', CHANNEL, { ...channel, mediator })).toMatchObject(refusal('MEDIATOR_NOT_NEUTRAL'));
    }
  });

  test('M-20: withdrawing under mediation takes the word of every party', () => {
    const story = mediating();
    expect(story.decide('agreeToWithdraw', 'linde')).toMatchObject(refusal('WITHDRAWAL_NOT_ASKED'));
    expect(story.decide('withdraw', 'linde')).toMatchObject(refusal('ONLY_INITIATOR'));
    story.act('withdraw', 'fictiviteit');
    story.act('agreeToWithdraw', 'linde');
    expect(story.now().state).toBe('MEDIATING');
    story.act('agreeToWithdraw', 'niemandsland');
    expect(story.now()).toMatchObject({ state: 'WITHDRAWN', level: 3 });
    expect(now(story).oversight?.runs).toBe(false);
  });
});

describe('outside', () => {
  test('M-23: mediation fails by the word of the foundation, or of a party after the hard stop', () => {
    const story = mediating();
    expect(story.decide('mediationFailed', 'linde')).toMatchObject(refusal('HARD_STOP_NOT_REACHED'));
    story.wait(30 * DAY);
    story.act('mediationFailed', 'linde');
    expect(story.now()).toMatchObject({ state: 'EXTERNAL', level: 4 });
  });

  test('M-23: outside, the timeline is frozen but for disclosure, outcome and home', () => {
    const story = mediating();
    story.act('mediationFailed', CHANNEL, channel);
    for (const type of ['propose', 'consent', 'declareImpasse', 'withdraw', 'confirmResumed', 'addParty'] as const) {
      expect(story.decide(type, 'fictiviteit').ok).toBe(false);
    }
    const mine = Object.entries(story.now().acts).find(([, act]) => act.party === 'niemandsland');
    const items = [{ act: mine?.[0] as string, text: 'reason' }];
    expect(story.decide('disclose', 'linde', { items })).toMatchObject(refusal('UNKNOWN_ITEM'));
    expect(story.decide('withhold', 'niemandsland', { items, texts: {} })).toMatchObject(refusal('TEXT_REQUIRED'));
    story.act('withhold', 'niemandsland', { items });
    expect(Object.values(story.now().disclosure)).toMatchObject([{ party: 'niemandsland', state: 'WITHHELD' }]);
    story.act('recordOutcome', 'linde');
    expect(story.now()).toMatchObject({ state: 'CLOSED_EXTERNAL', outcome: { route: 'ARBITRATION' } });
  });
});

describe('a party that leaves the network', () => {
  test('M-19: it no longer counts for unanimity, and what all others agreed to is sealed', () => {
    const story = deliberating();
    story.act('propose', 'fictiviteit');
    story.act('consent', 'niemandsland');
    expect(story.decide('partyLeft', 'linde', { about: 'linde' })).toMatchObject(refusal('ONLY_REGISTRY'));
    story.act('partyLeft', CHANNEL, { ...registry, about: 'linde' });
    expect(story.now()).toMatchObject({ state: 'LIFTING', involved: ['fictiviteit', 'niemandsland'] });
    story.act('partyLeft', CHANNEL, { ...registry, about: 'niemandsland' });
    expect(story.now().state).toBe('WITHDRAWN');
  });
});

test('M-26: what a caller may do now comes from the table that decides, with the reason where it may not', () => {
  const story = deliberating();
  const acts = availableActs(
    story.now(),
    { party: 'linde', role: 'SERVICEMANAGER' },
    { ...context, nowMs: story.nowMs() },
  );
  const of = (action: string) => acts.find((each) => each.action === action);
  expect(of('proposeDecision')).toMatchObject({ available: true, reason: null });
  expect(of('declareImpasse')).toMatchObject({ available: false, reason: 'NO_IMPASSE' });
  expect(of('takeUpEscalation')).toMatchObject({ available: false, reason: 'ONLY_INITIATOR' });
  expect(currentProposal(story.now())).toBeUndefined();
});
