import { describe, expect, test } from 'vitest';
import { availableActions, decide, type EventOf, type Facts } from '../interpret/lifecycle.ts';
import { incident } from './incident.ts';

/**
 * The rows as a person reads them: event | from | to | who. It shares nothing with the data it judges. What is not in
 * here is illegal. `+` stands for a fact that must hold: see `worlds`.
 */
const plainTable = `
  report                 | NEW                                                  | REPORTED    | anyDesk anyHelpdesk anyMonitor
  takeIn                 | NEW                                                  | REPORTED    | system
  assign                 | REPORTED ACKNOWLEDGED IN_PROGRESS WAITING RESOLVED   | same        | ownerDesk
  change                 | REPORTED ACKNOWLEDGED IN_PROGRESS WAITING RESOLVED   | same        | ownerDesk
  addNote                | REPORTED ACKNOWLEDGED IN_PROGRESS WAITING RESOLVED   | same        | involvedDesk
  setParticipation       | REPORTED ACKNOWLEDGED IN_PROGRESS WAITING RESOLVED   | same        | involvedDesk
  cancel                 | REPORTED ACKNOWLEDGED IN_PROGRESS WAITING            | CANCELLED   | ownerDesk reporter+unacknowledged
  acknowledge            | REPORTED                                             | ACKNOWLEDGED| ownerDesk
  rejectOwnership        | REPORTED ACKNOWLEDGED                                | HANDED_OVER | ownerDesk
  start                  | ACKNOWLEDGED                                         | IN_PROGRESS | ownerDesk
  wait                   | REPORTED ACKNOWLEDGED IN_PROGRESS                    | WAITING     | ownerDesk
  resume                 | WAITING                                              | IN_PROGRESS | ownerDesk timer+waitedLongEnough
  handOver               | IN_PROGRESS                                          | HANDED_OVER | ownerDesk
  undoHandover           | HANDED_OVER                                          | IN_PROGRESS | system
  recordDelivery         | HANDED_OVER                                          | same        | system
  recordPickUp           | HANDED_OVER                                          | same        | system
  askAssistance          | REPORTED ACKNOWLEDGED IN_PROGRESS WAITING RESOLVED   | same        | anyDesk
  answerAssistance       | REPORTED ACKNOWLEDGED IN_PROGRESS WAITING RESOLVED   | same        | anyDesk
  resolve                | IN_PROGRESS                                          | RESOLVED    | ownerDesk
  confirm                | RESOLVED                                             | CLOSED      | reporter
  closeAfterSilence      | RESOLVED                                             | CLOSED      | timer+silentLongEnough
  reopen                 | RESOLVED CLOSED                                      | IN_PROGRESS | reporter+soonEnough
  proposeNetworkIncident | REPORTED ACKNOWLEDGED IN_PROGRESS WAITING RESOLVED   | same        | anyDesk
  promoteNetworkIncident | REPORTED ACKNOWLEDGED IN_PROGRESS WAITING RESOLVED   | same        | ownerManager foundation
  demoteNetworkIncident  | REPORTED ACKNOWLEDGED IN_PROGRESS WAITING RESOLVED   | same        | ownerManager foundation
  recordNetworkIncident  | REPORTED ACKNOWLEDGED IN_PROGRESS WAITING RESOLVED HANDED_OVER CLOSED CANCELLED | same | system
`;

const DAY = 24 * 60 * 60 * 1000;
const nowMs = Date.parse('2026-05-20T08:00:00Z');

/** Times just inside and just outside each bound, and the absence of each. */
const worlds: readonly { readonly title: string; readonly facts: Facts; readonly holds: readonly string[] }[] = [
  { title: 'nothing is known', facts: { nowMs }, holds: ['unacknowledged'] },
  {
    title: 'every term has just been reached',
    facts: {
      nowMs,
      acknowledgedAtMs: nowMs - 1,
      waitUntilMs: nowMs,
      silenceEndsAtMs: nowMs,
      endedAtMs: nowMs - 30 * DAY,
    },
    holds: ['waitedLongEnough', 'silentLongEnough', 'soonEnough'],
  },
  {
    title: 'every term is a millisecond off',
    facts: { nowMs, waitUntilMs: nowMs + 1, silenceEndsAtMs: nowMs + 1, endedAtMs: nowMs - 30 * DAY - 1 },
    holds: ['unacknowledged'],
  },
];

const rows = new Map(
  plainTable
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()) as [string, string, string, string])
    .map(([event, from, to, who]) => [event, { from: from.split(/ +/), to, who: who.split(/ +/) }]),
);
const states = [
  undefined,
  'REPORTED',
  'ACKNOWLEDGED',
  'IN_PROGRESS',
  'WAITING',
  'HANDED_OVER',
  'RESOLVED',
  'CLOSED',
  'CANCELLED',
];
const relations = [
  'ownerDesk',
  'ownerManager',
  'reporter',
  'involvedDesk',
  'anyDesk',
  'anyHelpdesk',
  'anyMonitor',
  'foundation',
  'system',
  'timer',
  'ownerParty',
  'reporterParty',
  'involvedParty',
  'program',
  'nobody',
];

function expected(event: string, state: string | undefined, relation: string, holds: readonly string[]) {
  const row = rows.get(event);
  if (!row?.from.includes(state ?? 'NEW')) return undefined;
  const allowed = row.who.some((entry) => {
    const [who, fact] = entry.split('+');
    return who === relation && (fact === undefined || holds.includes(fact));
  });
  return allowed ? (row.to === 'same' ? state : row.to) : undefined;
}

test('has exactly the events of the plain table', () => {
  expect(Object.keys(incident.events).sort()).toEqual([...rows.keys()].sort());
});

describe.each(worlds)('when $title', ({ facts, holds }) => {
  test.each([...rows.keys()])('%s is legal exactly where the plain table says so', (event) => {
    let legal = 0;
    for (const state of states) {
      for (const relation of relations) {
        const decision = decide(incident, event as EventOf<typeof incident>, { state, relations: [relation], facts });
        const to = expected(event, state, relation, holds);
        expect(decision.ok ? decision.to : undefined, `${event} from ${state} by ${relation}`).toBe(to);
        legal += decision.ok ? 1 : 0;
      }
    }
    const guarded = rows
      .get(event)
      ?.who.every((who) => who.includes('+') && !holds.includes(who.split('+')[1] as string));
    expect(legal > 0).toBe(!guarded);
  });
});

test('M-12: no event of assistance is for a manager alone', () => {
  for (const event of ['askAssistance', 'answerAssistance'] as const) {
    expect(incident.events[event].who).toEqual(['anyDesk']);
  }
});

test.each([
  ['a stranger', [], 'WAITING', 'acknowledge', 'ONLY_OWNER'],
  ['a stranger, also where the state would refuse', [], 'CLOSED', 'acknowledge', 'ONLY_OWNER'],
  ["the owner's helpdesk", ['ownerParty'], 'REPORTED', 'acknowledge', 'ROLE_DOES_NOT_ALLOW'],
  ["the owner's program without the scope", ['ownerParty', 'program'], 'REPORTED', 'acknowledge', 'SCOPE_MISSING'],
  ["the owner's desk in a wrong state", ['ownerDesk'], 'WAITING', 'acknowledge', 'STATE_DOES_NOT_ALLOW'],
  ['the reporter after acknowledgement', ['reporter'], 'ACKNOWLEDGED', 'cancel', 'REPORTER_TOO_LATE'],
  ['the reporter after 31 days', ['reporter'], 'CLOSED', 'reopen', 'REOPEN_TERM_PASSED'],
  ['a desk that closes after silence by hand', ['ownerDesk'], 'RESOLVED', 'closeAfterSilence', 'ONLY_SYSTEM'],
] as const)('tells %s why not', (_, held, state, event, code) => {
  const facts = { nowMs, acknowledgedAtMs: nowMs - DAY, endedAtMs: nowMs - 31 * DAY };
  expect(decide(incident, event, { state, relations: held, facts })).toMatchObject({ ok: false, code });
});

test('a ground without a guard outweighs one whose guard fails', () => {
  const facts = { nowMs, acknowledgedAtMs: nowMs - DAY };
  expect(decide(incident, 'cancel', { state: 'WAITING', relations: ['reporter', 'ownerDesk'], facts })).toMatchObject({
    ok: true,
  });
});

test('names the states from which a refused event happens', () => {
  const decision = decide(incident, 'reopen', { state: 'WAITING', relations: ['reporter'], facts: { nowMs } });
  expect(decision).toEqual({
    ok: false,
    code: 'STATE_DOES_NOT_ALLOW',
    allowedFrom: ['RESOLVED', 'CLOSED'],
    message: 'reopen happens from RESOLVED, CLOSED; found WAITING.',
  });
});

test('offers exactly the actions that would be carried out', () => {
  for (const state of states) {
    if (state === undefined) continue;
    for (const relation of relations) {
      for (const { facts } of worlds) {
        const offered = availableActions(incident, { state, relations: [relation], facts });
        expect(offered.length).toBe(18);
        for (const { action, available, reason } of offered) {
          const [event] = Object.entries(incident.events).find(
            ([, definition]) => 'action' in definition && definition.action === action,
          ) as [EventOf<typeof incident>, unknown];
          const decision = decide(incident, event, { state, relations: [relation], facts });
          expect({ action, available, reason }).toEqual({
            action,
            available: decision.ok,
            reason: decision.ok ? null : decision.code,
          });
        }
      }
    }
  }
});

test('M-14: no clock has a target of its own', () => {
  expect(JSON.stringify(incident)).not.toMatch(/target|norm/i);
});
