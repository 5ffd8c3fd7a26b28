import { describe, expect, test } from 'vitest';
import { type Act, type ActType, actTypes, CHANNEL } from './act.ts';
import {
  actBy,
  channel,
  contentOf,
  context,
  createStory,
  DAY,
  entryFor,
  raiseAct,
  sign,
  start,
} from './chain.fixture.ts';
import { decideAct } from './decide.ts';
import { foldEntry } from './fold-entry.ts';
import type { Escalation } from './state.ts';

/**
 * The rows as a person reads them: act | where | leads to | who. It shares nothing with the data it judges, and what is
 * not in here is illegal. Who: I the initiator's manager, A another manager, F staff of the foundation, M the mediator,
 * R the registry; D the initiator's desk. A has spoken where it objected; `settled` is after A confirmed.
 */
const plainTable = `
  returnToDesk    | 1:OPEN                                                                     | CLOSED_L1       | I
  takeUp          | 1:OPEN                                                                     | DELIBERATING    | I
  join            | 2:TALKS 2:TALKS-silent 2:PROPOSED 2:PROPOSED-silent                        | same            | A
  addParty        | 2:TALKS 2:TALKS-silent 2:PROPOSED 2:PROPOSED-objected 2:PROPOSED-silent    | same            | I A
  leaveParty      | 2:TALKS 2:TALKS-silent                                                     | same            | I A
  propose         | 2:TALKS 2:TALKS-silent 2:PROPOSED 2:PROPOSED-objected 2:PROPOSED-silent    | PROPOSED        | I A
  propose         | 3:MEDIATING 3:MEDIATING-asked 3:MEDIATING-stopped 3:PROPOSED               | PROPOSED        | I A M
  consent         | 2:PROPOSED 2:PROPOSED-objected 2:PROPOSED-silent                           | same            | A
  consent         | 3:PROPOSED                                                                 | same            | I A
  object          | 2:PROPOSED 2:PROPOSED-silent 3:PROPOSED                                    | same            | I A
  object          | 2:PROPOSED-objected                                                        | same            | I
  agreeNoSolution | 2:TALKS 2:TALKS-silent 2:PROPOSED 2:PROPOSED-objected 2:PROPOSED-silent    | same            | I A
  declareImpasse  | 2:TALKS-silent 2:PROPOSED-objected 2:PROPOSED-silent                       | REQUESTED       | I A
  accept          | 3:REQUESTED                                                                | MEDIATING       | F
  reviewOversight | 3:MEDIATING 3:MEDIATING-asked 3:PROPOSED 3:LIFTING 3:LIFTING-settled       | same            | F M
  renewOversight  | 3:MEDIATING 3:MEDIATING-asked 3:PROPOSED 3:LIFTING 3:LIFTING-settled       | same            | F M
  endOversight    | 3:MEDIATING 3:MEDIATING-asked 3:PROPOSED 3:LIFTING 3:LIFTING-settled       | same            | F M
  endOwnOversight | 3:MEDIATING-stopped 3:LIFTING-overdue                                      | same            | I A
  endOwnOversight | 3:LIFTING-settled                                                          | same            | A
  mediationFailed | 3:REQUESTED                                                                | EXTERNAL        | F
  mediationFailed | 3:MEDIATING 3:MEDIATING-asked 3:PROPOSED                                   | EXTERNAL        | F M
  mediationFailed | 3:MEDIATING-stopped                                                        | EXTERNAL        | F M I A
  completeAction  | 2:LIFTING 2:LIFTING-overdue 3:LIFTING 3:LIFTING-overdue                    | same            | I
  waiveAction     | 2:LIFTING 2:LIFTING-overdue 3:LIFTING 3:LIFTING-overdue                    | same            | I A
  actionOverdue   | 2:LIFTING-overdue                                                          | DELIBERATING    | I A
  actionOverdue   | 3:LIFTING-overdue                                                          | MEDIATING       | I A
  confirmResumed  | 2:LIFTING-settled 3:LIFTING-settled                                        | same            | I
  withdraw        | 1:OPEN 2:TALKS 2:TALKS-silent 2:PROPOSED 2:PROPOSED-objected 2:PROPOSED-silent | WITHDRAWN   | I
  withdraw        | 3:REQUESTED 3:MEDIATING 3:MEDIATING-stopped 3:PROPOSED                     | same            | I
  agreeToWithdraw | 3:MEDIATING-asked                                                          | same            | A
  recordOutcome   | 4:EXTERNAL                                                                 | CLOSED_EXTERNAL | I A
  disclose        | 4:EXTERNAL                                                                 | same            | I A
  withhold        | 4:EXTERNAL                                                                 | same            | I A
  moveHome        | 2:TALKS 2:TALKS-silent 2:PROPOSED 2:PROPOSED-objected 2:PROPOSED-silent    | same            | R A
  moveHome        | 2:LIFTING 2:LIFTING-overdue 2:LIFTING-settled 3:REQUESTED 3:MEDIATING 3:MEDIATING-asked 3:MEDIATING-stopped 3:PROPOSED 3:LIFTING 3:LIFTING-overdue 3:LIFTING-settled 4:EXTERNAL | same | R A
  partyLeft       | 1:OPEN 2:TALKS 2:TALKS-silent 2:PROPOSED 2:PROPOSED-objected 2:PROPOSED-silent | same        | R
  partyLeft       | 2:LIFTING 2:LIFTING-overdue 2:LIFTING-settled 3:REQUESTED 3:MEDIATING 3:MEDIATING-asked 3:MEDIATING-stopped 3:PROPOSED 3:LIFTING 3:LIFTING-overdue 3:LIFTING-settled 4:EXTERNAL | same | R
`;

const I = 'fictiviteit';
const A = 'linde';
const B = 'niemandsland';

const actors: Record<string, Pick<Act, 'party' | 'role'>> = {
  I: { party: I, role: 'SERVICEMANAGER' },
  A: { party: A, role: 'SERVICEMANAGER' },
  D: { party: I, role: 'SERVICEDESK' },
  helpdesk: { party: I, role: 'HELPDESK' },
  deskOfA: { party: A, role: 'SERVICEDESK' },
  outsider: { party: 'denkbeeld', role: 'SERVICEMANAGER' },
  deskOfOutsider: { party: 'denkbeeld', role: 'SERVICEDESK' },
  foundationsDesk: { party: 'voorbeeld', role: 'SERVICEMANAGER' },
  F: { party: CHANNEL, role: 'FOUNDATION' },
  M: { party: CHANNEL, role: 'MEDIATOR' },
  R: { party: CHANNEL, role: 'REGISTRY' },
};

type Story = ReturnType<typeof createStory>;
const story = (...steps: ((story: Story) => void)[]) => {
  const told = createStory([I, A, B]);
  for (const step of steps) step(told);
  return told;
};

const takeUp = (s: Story) => s.act('takeUp', I);
const propose = (s: Story) => s.act('propose', I);
const object = (s: Story) => s.act('object', A);
const impasse = (s: Story) => s.act('declareImpasse', A);
const accept = (s: Story) => s.act('accept', CHANNEL, channel);
const proposeByMediator = (s: Story) => s.act('propose', CHANNEL, { role: 'MEDIATOR' });
const agree = (s: Story) => {
  for (const party of [I, A, B]) if (s.decide('consent', party).ok) s.act('consent', party);
};
const settle = (s: Story) => {
  for (const { id, owner } of s.now().decision?.actions ?? []) s.act('completeAction', owner, { action: id });
  s.act('confirmResumed', A);
};
const wait = (days: number) => (s: Story) => s.wait(days * DAY);
const pastDates = (s: Story) => s.wait(Date.parse('2027-01-01') - start);
const toMediation = [takeUp, propose, object, impasse, accept];

const positions: Record<string, () => Story> = {
  '1:OPEN': () => story(),
  '1:CLOSED_L1': () => story((s) => s.act('returnToDesk', I)),
  '1:WITHDRAWN': () => story((s) => s.act('withdraw', I)),
  '2:TALKS': () => story(takeUp),
  '2:TALKS-silent': () => story(takeUp, wait(8)),
  '2:PROPOSED': () => story(takeUp, propose),
  '2:PROPOSED-objected': () => story(takeUp, propose, object),
  '2:PROPOSED-silent': () => story(takeUp, propose, wait(9)),
  '2:LIFTING': () => story(takeUp, propose, agree),
  '2:LIFTING-overdue': () => story(takeUp, propose, agree, pastDates),
  '2:LIFTING-settled': () => story(takeUp, propose, agree, settle),
  '2:NORMAL': () =>
    story(
      takeUp,
      propose,
      agree,
      settle,
      (s) => s.act('confirmResumed', I),
      (s) => s.act('confirmResumed', B),
    ),
  '2:WITHDRAWN': () => story(takeUp, (s) => s.act('withdraw', I)),
  '3:REQUESTED': () => story(takeUp, propose, object, impasse),
  '3:MEDIATING': () => story(...toMediation),
  '3:MEDIATING-asked': () => story(...toMediation, (s) => s.act('withdraw', I)),
  '3:MEDIATING-stopped': () => story(...toMediation, wait(31)),
  '3:PROPOSED': () => story(...toMediation, proposeByMediator),
  '3:LIFTING': () => story(...toMediation, proposeByMediator, agree),
  '3:LIFTING-overdue': () => story(...toMediation, proposeByMediator, agree, pastDates),
  '3:LIFTING-settled': () => story(...toMediation, proposeByMediator, agree, settle),
  '4:EXTERNAL': () => story(...toMediation, (s) => s.act('mediationFailed', CHANNEL, channel)),
  '4:CLOSED_EXTERNAL': () =>
    story(
      ...toMediation,
      (s) => s.act('mediationFailed', CHANNEL, channel),
      (s) => s.act('recordOutcome', I),
    ),
};

interface Row {
  readonly to: string;
  readonly who: readonly string[];
}

const rows = new Map<string, Row>();
for (const line of plainTable.trim().split('\n')) {
  const [type = '', where = '', to = '', who = ''] = line.split('|').map((cell) => cell.trim());
  for (const position of where.split(/\s+/)) {
    if (!positions[position]) throw new Error(`The table names ${position}, which no story leads to.`);
    rows.set(`${type} ${position}`, { to, who: who.split(/\s+/) });
  }
}

function attempt(before: Escalation, type: ActType, actor: Pick<Act, 'party' | 'role'>, nowMs: number) {
  const own = Object.entries(before.acts).find(
    ([, act]) => act.party === actor.party && Object.keys(act.texts).length > 0,
  );
  const items = own && [{ act: own[0], text: Object.keys(own[1].texts)[0] as string }];
  const content = {
    ...contentOf(type, before),
    ...(items && (type === 'disclose' || type === 'withhold') ? { items } : {}),
  };
  // B stays out of it: what one party says is then never the last word.
  const about = type === 'addParty' ? {} : content.about ? { about: B } : {};
  const signed = actBy(before, type, actor.party, { role: actor.role, atMs: nowMs, ...content, ...about });
  // A move by the parties is their common word: B says the same.
  const also = type === 'moveHome' && actor.party === A ? [actBy(before, 'moveHome', B, { atMs: nowMs })] : [];
  return { signed, also, decision: decideAct(before, signed, { ...context, nowMs }, also) };
}

describe('M-15, M-17, M-19, M-20, M-24: every act at every point of the ladder by everyone, against the written table', () => {
  let judged = 0;
  let allowed = 0;
  test.each(Object.keys(positions))('%s', (position) => {
    const told = (positions[position] as () => Story)();
    const before = told.now();
    expect(`${before.level}:${before.state.replace('DELIBERATING', 'TALKS')}`).toBe(position.split('-')[0]);
    for (const type of actTypes.filter((each) => each !== 'raise')) {
      const row = rows.get(`${type} ${position}`);
      for (const [name, actor] of Object.entries(actors)) {
        const { signed, also, decision } = attempt(before, type, actor, told.nowMs());
        const title = `${type} by ${name} in ${position}`;
        expect(decision.ok, `${title}: ${decision.ok ? 'allowed' : decision.code}`).toBe(
          row?.who.includes(name) ?? false,
        );
        const folded = foldEntry(before, entryFor(before, signed, told.nowMs(), also), context);
        judged += 1;
        if (!decision.ok) {
          // Placed all the same it changes nothing and is named; a move that nobody had the right to is no entry at all.
          if (!folded.ok) expect(type, title).toBe('moveHome');
          else {
            expect(folded.escalation.faults.at(-1), title).toMatchObject({
              index: before.places.length,
              code: decision.code,
            });
            expect(folded.escalation.state, title).toBe(before.state);
          }
          continue;
        }
        allowed += 1;
        if (!folded.ok) throw new Error(`${title}: ${folded.message}`);
        expect(folded.escalation.state, title).toBe(row?.to === 'same' ? before.state : row?.to);
        expect(folded.escalation.faults, title).toEqual([]);
      }
    }
  });

  test('the table was read whole', () => {
    expect(judged).toBe(Object.keys(positions).length * (actTypes.length - 1) * Object.keys(actors).length);
    expect(allowed).toBe([...rows.values()].reduce((sum, { who }) => sum + who.length, 0));
  });

  test('only a desk raises, and only once', () => {
    for (const [name, { party, role }] of Object.entries(actors)) {
      const raise = sign(raiseAct([party === CHANNEL ? I : party, A === party ? B : A], { party, role, to: party }));
      const desk = role === 'SERVICEDESK';
      expect(decideAct(undefined, raise, { ...context, nowMs: start }).ok, name).toBe(desk);
      for (const told of Object.values(positions).map((make) => make())) {
        expect(decideAct(told.now(), raise, { ...context, nowMs: told.nowMs() }).ok, name).toBe(false);
      }
    }
  });
});
