import { incident as lifecycle } from '@kortelijn/schema/lifecycles/incident.ts';
import { parseReaders, participantsOf } from '@kortelijn/schema/vocabulary/readers.ts';
import { describe, expect, test } from 'vitest';
import { type Actor, systemOf } from './actor.ts';
import { decide, decideOpening, type IncidentEvent, type InputOf } from './decide.ts';
import type { Situation } from './decision.ts';
import type { IncidentState } from './incident.ts';
import { readersOf } from './readers.ts';
import type { Refusal } from './refusal.ts';
import {
  act,
  actor,
  after,
  decided,
  desk,
  inState,
  minutes,
  program,
  reported,
  T0,
  transfer,
} from './situations.fixture.ts';

const reporter = actor('fictiviteit', 'SERVICEDESK');
const stranger = actor('denkbeeld', 'SERVICEDESK');
const system = systemOf('linde');
const timer = systemOf('linde', 'timer');

/** What each event needs to be told to be legal. */
const inputs: { readonly [E in IncidentEvent]: InputOf<E> } = {
  change: { title: 'Anders' },
  assign: { teamId: 'linde:tm_1', team: { name: 'Tweede lijn' } },
  acknowledge: undefined,
  start: undefined,
  wait: { reason: 'VENDOR' },
  resume: undefined,
  resolve: { solution: 'Herstart', resolution: 'NORMAL' },
  confirm: undefined,
  closeAfterSilence: undefined,
  reopen: { reason: 'Weer stuk' },
  cancel: { reason: 'Dubbel' },
  handOver: { to: 'denkbeeld', reason: 'Hoort daar' },
  rejectOwnership: { reason: 'Niet van ons' },
  undoHandover: { outcome: 'REFUSED', code: 'ID_TAKEN' },
  recordDelivery: { at: T0 },
  recordPickUp: { at: T0 },
  addNote: { noteId: 'linde:note_1', author: 'linde', at: T0, hash: 'h' },
  setParticipation: { participant: 'linde', state: 'WORKING' },
  recordNetworkIncident: { networkIncidentId: 'voorbeeld:net_1', state: 'PROMOTED' },
};

const OPEN: readonly IncidentState[] = ['REPORTED', 'ACKNOWLEDGED', 'IN_PROGRESS', 'WAITING', 'RESOLVED'];

/** Domain §4.4, row by row: from where, by whom, to where. Written down again so that the lifecycle cannot drift. */
const TABLE: {
  readonly [E in IncidentEvent]: readonly [from: readonly IncidentState[], to: IncidentState | 'SAME', by: Actor];
} = {
  assign: [OPEN, 'SAME', desk],
  change: [OPEN, 'SAME', desk],
  addNote: [OPEN, 'SAME', desk],
  setParticipation: [OPEN, 'SAME', desk],
  cancel: [['REPORTED', 'ACKNOWLEDGED', 'IN_PROGRESS', 'WAITING'], 'CANCELLED', desk],
  acknowledge: [['REPORTED'], 'ACKNOWLEDGED', desk],
  rejectOwnership: [['REPORTED', 'ACKNOWLEDGED'], 'HANDED_OVER', desk],
  start: [['ACKNOWLEDGED'], 'IN_PROGRESS', desk],
  wait: [['REPORTED', 'ACKNOWLEDGED', 'IN_PROGRESS'], 'WAITING', desk],
  resume: [['WAITING'], 'IN_PROGRESS', desk],
  handOver: [['IN_PROGRESS'], 'HANDED_OVER', desk],
  undoHandover: [['HANDED_OVER'], 'IN_PROGRESS', system],
  recordDelivery: [['HANDED_OVER'], 'SAME', system],
  recordPickUp: [['HANDED_OVER'], 'SAME', system],
  resolve: [['IN_PROGRESS'], 'RESOLVED', desk],
  confirm: [['RESOLVED'], 'CLOSED', reporter],
  closeAfterSilence: [['RESOLVED'], 'CLOSED', timer],
  reopen: [['RESOLVED', 'CLOSED'], 'IN_PROGRESS', reporter],
  recordNetworkIncident: [[...OPEN, 'HANDED_OVER', 'CLOSED', 'CANCELLED'], 'SAME', system],
};

const SILENCE = { silenceEndsAt: T0 };
const events = Object.keys(TABLE) as IncidentEvent[];

function attempt<E extends IncidentEvent>(event: E, situation: Situation, by: Actor) {
  return decide(event, situation, act(by, minutes(1)), inputs[event], SILENCE);
}

describe('every event in every state', () => {
  test.each(events.flatMap((event) => lifecycle.states.map((state) => [event, state] as const)))(
    '%s from %s is as the table says',
    (event, state) => {
      const [from, to, by] = TABLE[event];
      const verdict = attempt(event, inState(state), by);
      if (from.includes(state)) {
        const { incident, entries, fromVersion } = decided(verdict);
        expect(incident.state).toBe(to === 'SAME' ? state : to);
        expect(incident.version).toBe(fromVersion + 1);
        const silent = event === 'recordDelivery' || event === 'recordPickUp';
        expect(entries).toHaveLength(silent ? 0 : 1);
      } else {
        expect(verdict).toMatchObject({ kind: 'StateDoesNotAllow', event, state, allowedFrom: from });
      }
    },
  );

  test('and the contract has no event of an incident that nobody decides here', () => {
    // Opening has a decision of its own; questions and network incidents leave no mark on the incident itself.
    const elsewhere = ['report', 'takeIn', 'askAssistance', 'answerAssistance'];
    const registry = ['proposeNetworkIncident', 'promoteNetworkIncident', 'demoteNetworkIncident'];
    expect(Object.keys(lifecycle.events).sort()).toEqual([...events, ...elsewhere, ...registry].sort());
  });
});

describe('every event by everybody else', () => {
  const people: readonly [string, Actor][] = [
    ['the owner’s desk', desk],
    ['the owner’s manager', actor('linde', 'SERVICEMANAGER')],
    ['the owner’s helpdesk', actor('linde', 'HELPDESK')],
    ['the owner’s monitor', actor('linde', 'MONITOR')],
    ['a writing program of the owner', program('linde', 'incidents:write')],
    ['a reading program of the owner', program('linde', 'incidents:read')],
    ['the reporter’s desk', reporter],
    ['the reporter’s helpdesk', actor('fictiviteit', 'HELPDESK')],
    ['a stranger’s desk', stranger],
    ['the foundation', actor('voorbeeld', 'FOUNDATION')],
    ['a message between parties', system],
    ['a timer', timer],
  ];
  const owners = ['the owner’s desk', 'the owner’s manager', 'a writing program of the owner'];
  const reporters = ['the reporter’s desk', 'the reporter’s helpdesk'];
  const allowed: { readonly [E in IncidentEvent]: readonly string[] } = {
    assign: owners,
    change: owners,
    addNote: [...owners, 'the reporter’s desk'],
    setParticipation: [...owners, 'the reporter’s desk'],
    cancel: [...owners, ...reporters],
    acknowledge: owners,
    rejectOwnership: owners,
    start: owners,
    wait: owners,
    resume: [...owners, 'a timer'],
    handOver: owners,
    undoHandover: ['a message between parties'],
    recordDelivery: ['a message between parties'],
    recordPickUp: ['a message between parties'],
    resolve: owners,
    confirm: reporters,
    closeAfterSilence: ['a timer'],
    reopen: reporters,
    recordNetworkIncident: ['a message between parties'],
  };
  test.each(events.flatMap((event) => people.map(([who, by]) => [event, who, by] as const)))(
    '%s by %s',
    (event, who, by) => {
      const [from] = TABLE[event];
      const situation = inState(from[0] ?? 'REPORTED', { waitUntil: T0 });
      const verdict = attempt(event, situation, by);
      if (allowed[event].includes(who)) expect(decided(verdict).incident.version).toBe(2);
      else expect(verdict).toMatchObject({ kind: 'NotAllowed' });
    },
  );
});

describe('guards', () => {
  const code = (verdict: unknown) => (verdict as Refusal & { code?: string }).code;

  test('the reporter cancels until the owner has acknowledged, also while it waits', () => {
    expect(decide('cancel', inState('ACKNOWLEDGED'), act(reporter, minutes(1)), inputs.cancel)).toMatchObject({
      kind: 'NotAllowed',
      code: 'REPORTER_TOO_LATE',
    });
    const waiting = inState('WAITING', { acknowledgedAt: null });
    expect(decided(decide('cancel', waiting, act(reporter, minutes(1)), inputs.cancel)).incident.state).toBe(
      'CANCELLED',
    );
  });

  test('silence closes when its term has passed, and not a millisecond before', () => {
    const at = (silenceEndsAt: Date) =>
      decide('closeAfterSilence', inState('RESOLVED'), act(timer, minutes(1)), undefined, { silenceEndsAt });
    expect(code(at(new Date(minutes(1).getTime() + 1)))).toBe('SILENCE_TERM_RUNNING');
    expect(decided(at(minutes(1))).incident).toMatchObject({ state: 'CLOSED', closedAt: minutes(1) });
    expect(code(decide('closeAfterSilence', inState('RESOLVED'), act(timer, minutes(1)), undefined))).toBe(
      'SILENCE_TERM_RUNNING',
    );
  });

  test('reopening is for 30 days after the closing', () => {
    const day = 24 * 60;
    const at = (when: Date) => decide('reopen', inState('CLOSED'), act(reporter, when), inputs.reopen);
    expect(decided(at(minutes(30 * day))).incident).toMatchObject({
      state: 'IN_PROGRESS',
      reopenedCount: 1,
      closedAt: null,
    });
    expect(code(at(new Date(minutes(30 * day).getTime() + 1)))).toBe('REOPEN_TERM_PASSED');
  });

  test.each([
    ['handOver', { to: 'linde', reason: 'x' }, 'NOT_ANOTHER_PARTY', 'input.to'],
    ['handOver', { to: 'wie', reason: 'x' }, 'UNKNOWN_PARTICIPANT', 'input.to'],
    ['handOver', { to: 'niemandsland', reason: 'x' }, 'NOT_ACTIVE', 'input.to'],
    ['handOver', { to: 'denkbeeld', reason: ' ' }, 'TEXT_REQUIRED', 'input.reason'],
    ['resolve', { solution: '', resolution: 'NORMAL' }, 'TEXT_REQUIRED', 'input.solution'],
    ['wait', { reason: 'OTHER_PARTY' }, 'WAITING_FOR_REQUIRED', 'input.waitingFor'],
    ['wait', { reason: 'OTHER_PARTY', waitingFor: 'linde' }, 'NOT_ANOTHER_PARTY', 'input.waitingFor'],
    ['wait', { reason: 'USER', waitingFor: 'denkbeeld' }, 'WAITING_FOR_NOT_ALLOWED', 'input.waitingFor'],
    ['wait', { reason: 'USER', until: minutes(1) }, 'TIME_IN_PAST', 'input.until'],
    ['change', {}, 'NOTHING_TO_CHANGE', 'input'],
    ['change', { title: 'Verzamelen faalt' }, 'NOTHING_TO_CHANGE', 'input'],
    ['change', { title: '' }, 'TEXT_REQUIRED', 'input.title'],
    ['assign', { teamId: 'linde:tm_2', team: undefined }, 'UNKNOWN_TEAM', 'input.teamId'],
  ] as const)('%s with %j is refused with %s at %s', (event, input, expected, path) => {
    const verdict = decide(event, inState('IN_PROGRESS'), act(desk, minutes(1)), input as InputOf<typeof event>);
    expect(verdict).toMatchObject({ kind: 'InvalidInput', code: expected, path });
  });

  test('an import tells its own time: never the future, never before the last event of its record', () => {
    const imported = (at: Date, now: Date) =>
      decide('acknowledge', inState('REPORTED'), act(desk, at, { now, batch: 'proef' }), undefined);
    expect(imported(minutes(2), minutes(1))).toMatchObject({ code: 'TIME_IN_FUTURE', path: 'input.import.occurredAt' });
    expect(imported(minutes(-1), minutes(9))).toMatchObject({ code: 'TIME_BEFORE_LAST_EVENT' });
    const { incident, entries } = decided(imported(T0, minutes(9)));
    expect(incident).toMatchObject({ acknowledgedAt: T0, updatedAt: minutes(9) });
    expect(entries).toMatchObject([{ at: T0, recordedAt: minutes(9) }]);
  });

  test('what happens now stands after what already happened, also when this clock was set back', () => {
    const ahead = { ...inState('REPORTED'), lastAt: minutes(5) };
    const { entries, incident } = decided(decide('acknowledge', ahead, act(desk, minutes(1)), undefined));
    expect(entries).toMatchObject([{ at: minutes(5), recordedAt: null }]);
    expect(incident.acknowledgedAt).toEqual(minutes(5));
  });
});

describe('effects', () => {
  test('M-14: no clock has a target that nobody configured; waiting for the user pauses, for a party starts its clock', () => {
    const fresh = reported();
    expect(fresh.clocks).toMatchObject([
      { name: 'FIRST_REACTION', targetN: null, state: 'RUNNING' },
      { name: 'RESOLVE', targetN: null, state: 'RUNNING' },
    ]);
    const user = decided(decide('wait', fresh, act(desk, minutes(1)), { reason: 'USER' }));
    expect(user.clocks).toMatchObject([
      { name: 'FIRST_REACTION', state: 'STOPPED' },
      { name: 'RESOLVE', state: 'PAUSED', pauses: [{ from: minutes(1), to: null, reason: 'USER' }] },
    ]);
    const party = decided(
      decide('wait', fresh, act(desk, minutes(1)), { reason: 'OTHER_PARTY', waitingFor: 'denkbeeld' }),
    );
    expect(party.clocks).toMatchObject([
      { name: 'FIRST_REACTION', state: 'STOPPED' },
      { name: 'OTHER_PARTY', onParticipant: 'denkbeeld', state: 'RUNNING', startedAt: minutes(1) },
    ]);
    expect(party.incident.involved).toEqual(['denkbeeld', 'fictiviteit', 'linde']);
    const again = decided(decide('resume', after(party, fresh), act(desk, minutes(3)), undefined));
    expect(again.clocks).toMatchObject([{ name: 'OTHER_PARTY', state: 'STOPPED', stoppedAt: minutes(3) }]);
  });

  test('reopening starts a new cycle and keeps the old one', () => {
    const working = inState('IN_PROGRESS');
    const solved = after(decided(decide('resolve', working, act(desk, minutes(1)), inputs.resolve)), working);
    const { clocks } = after(decided(decide('reopen', solved, act(reporter, minutes(2)), inputs.reopen)), solved);
    expect(clocks.filter(({ name }) => name === 'RESOLVE')).toMatchObject([
      { cycle: 1, stoppedAt: minutes(1) },
      { cycle: 2, startedAt: minutes(2), state: 'RUNNING' },
    ]);
  });

  test('a handover carries what the receiver needs, under an id below its prefix, and tells earlier holders who joined', () => {
    const second = inState('IN_PROGRESS', { holders: ['fictiviteit', 'linde'], previousId: 'fictiviteit:inc_1' });
    const { incident, envelopes } = decided(decide('handOver', second, act(desk, minutes(1)), inputs.handOver));
    expect(incident).toMatchObject({ handedOverTo: 'denkbeeld', involved: ['denkbeeld', 'fictiviteit', 'linde'] });
    expect(envelopes).toMatchObject([
      {
        to: 'denkbeeld',
        subject: incident.nextId,
        type: 'incident.handedOver',
        namedBy: 'handoverEnvelopeId',
        body: {
          id: incident.nextId,
          previousId: incident.id,
          holders: ['fictiviteit', 'linde'],
          reporter: 'fictiviteit',
        },
      },
      { to: 'fictiviteit', type: 'incident.involvedChanged', body: { involved: incident.involved } },
    ]);
    expect(incident.nextId).toMatch(/^denkbeeld:inc_/);
  });

  test('the feed’s event names readers and keys, and no content', () => {
    const { change } = decided(decide('change', reported(), act(desk, minutes(1)), { title: 'Geheim' }));
    expect(change).toMatchObject({
      type: 'incident.changed',
      actorRole: 'SERVICEDESK',
      readersBefore: readersOf(reported().incident),
      readersAfter: readersOf(reported().incident),
      keys: { state: 'REPORTED', version: 2 },
    });
    expect(JSON.stringify(change)).not.toContain('Geheim');
    const promoted = decided(
      decide('recordNetworkIncident', reported(), act(system, minutes(1)), inputs.recordNetworkIncident),
    );
    expect(participantsOf(parseReaders(promoted.change.readersBefore))).toEqual(new Set(['fictiviteit', 'linde']));
    expect(participantsOf(parseReaders(promoted.change.readersAfter))).toBe('ALL');
  });

  test('the year of a reference is that of the event in Amsterdam', () => {
    const opened = (at: string) =>
      decided(
        decideOpening('report', 'linde', act(desk, new Date(at), { now: minutes(0), batch: 'proef' }), transfer, null),
      );
    expect(opened('2012-12-31T22:59:59.999Z').incident.referenceYear).toBe(2012);
    expect(opened('2012-12-31T23:00:00.000Z').incident.referenceYear).toBe(2013);
  });

  test('opening is for those who may report, and its facts are those of the chain', () => {
    const open = (by: Actor) => decideOpening('report', 'linde', act(by, T0), transfer, null);
    for (const by of [
      desk,
      actor('linde', 'HELPDESK'),
      actor('linde', 'MONITOR'),
      program('linde', 'incidents:write'),
    ]) {
      expect(decided(open(by)).incident.state).toBe('REPORTED');
    }
    for (const by of [actor('linde', 'MEDIATOR'), program('linde', 'import')])
      expect(open(by)).toMatchObject({ kind: 'NotAllowed' });
    const holders = ['linde', 'denkbeeld', 'linde', 'denkbeeld'];
    const { incident } = decided(decideOpening('takeIn', 'linde', act(system, T0), { ...transfer, holders }, null));
    expect(incident).toMatchObject({ pingPong: true, holders: [...holders, 'linde'], receivedFrom: 'denkbeeld' });
  });
});
