import { describe, expect, test } from 'vitest';
import type { Act } from './act.ts';
import { systemOf } from './actor.ts';
import { decide, decideOpening, type IncidentEvent, type InputOf } from './decide.ts';
import type { Situation } from './decision.ts';
import { noticeChange, noticeOf } from './notices.ts';
import { act, actor, decided, desk, inState, minutes, program, reported, T0, transfer } from './situations.fixture.ts';

const reporter = actor('fictiviteit', 'SERVICEDESK');
const helpdesk = actor('linde', 'HELPDESK');
const system = systemOf('linde');
const timer = systemOf('linde', 'timer');
const at = minutes(10);

const told = <E extends IncidentEvent>(event: E, situation: Situation, by: Act, input: InputOf<E>) =>
  decided(decide(event, situation, by, input)).notices;
const opened = (by: Act, given = {}, event: 'report' | 'takeIn' = 'takeIn') =>
  decided(decideOpening(event, 'linde', by, { ...transfer, ...given }, null)).notices;

const handover = {
  holders: ['denkbeeld'],
  previousId: 'denkbeeld:inc_01900000-0000-7000-8000-00000000000c',
  reason: 'Hoort daar',
};
const note = { noteId: 'fictiviteit:note_1', author: 'fictiviteit', at: T0, hash: 'h' };
const assigned = { teamId: 'linde:tm_1', team: { name: 'Tweede lijn' } };
const solved = { solution: 'Herstart', resolution: 'NORMAL' } as const;
const ours = { reporter: 'linde', involved: ['linde'] };
const sent = { handoverEnvelopeId: 'linde:env_01900000-0000-7000-8000-00000000000d' };
const promoted = { networkIncidentId: 'voorbeeld:net_1', state: 'PROMOTED' } as const;
const inNetwork = { networkIncidentId: 'voorbeeld:net_1', networkIncidentState: 'PROMOTED' } as const;

describe('people are told of', () => {
  test.each([
    ['a report of another participant', opened(act(system, at)), 'INCIDENT_REPORTED', 'SERVICEDESK', 'fictiviteit'],
    ['a handover', opened(act(system, at), handover), 'INCIDENT_HANDED_OVER', 'SERVICEDESK', 'denkbeeld'],
    [
      'a report at the own helpdesk',
      opened(act(helpdesk, at), { reporter: 'linde', involved: ['linde'] }, 'report'),
      'INCIDENT_REPORTED',
      'SERVICEDESK',
      'linde',
    ],
    [
      'work for a team',
      told('assign', reported(), act(desk, at), assigned),
      'INCIDENT_ASSIGNED',
      'SERVICEDESK',
      'linde',
    ],
    [
      'what its reporter reopens',
      told('reopen', inState('RESOLVED'), act(reporter, at), { reason: 'Weer stuk' }),
      'INCIDENT_REOPENED',
      'SERVICEDESK',
      'fictiviteit',
    ],
    [
      'what its reporter withdraws',
      told('cancel', reported(), act(reporter, at), { reason: 'Dubbel' }),
      'INCIDENT_CANCELLED',
      'SERVICEDESK',
      'fictiviteit',
    ],
    [
      'a note of another',
      told('addNote', reported(), act(reporter, at), note),
      'NOTE_ADDED',
      'SERVICEDESK',
      'fictiviteit',
    ],
    [
      'the solution of what was reported at home',
      told('resolve', inState('IN_PROGRESS', ours), act(desk, at), solved),
      'INCIDENT_RESOLVED',
      'HELPDESK',
      'linde',
    ],
    [
      'the end of waiting',
      told('resume', inState('WAITING', { waitUntil: minutes(5) }), act(timer, at), undefined),
      'WAITING_ENDED',
      'SERVICEDESK',
      null,
    ],
    [
      'a handover that comes back',
      told('undoHandover', inState('HANDED_OVER', sent), act(system, at), { outcome: 'REFUSED', code: 'SUSPENDED' }),
      'HANDOVER_UNDONE',
      'SERVICEDESK SERVICEMANAGER',
      'denkbeeld',
    ],
    [
      'a network incident that all can see',
      told('recordNetworkIncident', reported(), act(system, at), promoted),
      'NETWORK_INCIDENT_PROMOTED',
      'SERVICEDESK SERVICEMANAGER',
      null,
    ],
  ])('%s', (_, notices, kind, roles, from) => {
    expect(notices).toMatchObject([
      { kind, roles: roles.split(' '), fromParticipant: from, incidentId: transfer.id, priority: 'P3', at },
    ]);
  });

  test('a handover that comes back by the message that carried it', () => {
    const [notice] = told('undoHandover', inState('HANDED_OVER', sent), act(system, at), {
      outcome: 'VOIDED',
      code: null,
    });
    expect(notice?.envelopeId).toBe(sent.handoverEnvelopeId);
  });

  test('priority 1 as managers too, once', () => {
    expect(opened(act(system, at), { priority: 'P1' })[0]?.roles).toEqual(['SERVICEDESK', 'SERVICEMANAGER']);
    const network = told('recordNetworkIncident', reported({ priority: 'P1' }), act(system, at), promoted);
    expect(network[0]?.roles).toEqual(['SERVICEDESK', 'SERVICEMANAGER']);
  });
});

describe('nobody is told of', () => {
  test.each([
    ['what the desk reports itself', opened(act(desk, at), ours, 'report')],
    ['what its program reports', opened(act(program('linde', 'incidents:write'), at), ours, 'report')],
    ['what the desk acknowledges', told('acknowledge', reported(), act(desk, at), undefined)],
    ['what the desk changes', told('change', reported(), act(desk, at), { title: 'Anders' })],
    ['what the desk withdraws', told('cancel', reported(), act(desk, at), { reason: 'Dubbel' })],
    ['what the desk notes', told('addNote', reported(), act(desk, at), { ...note, author: 'linde' })],
    [
      'what the desk reopens for itself',
      told('reopen', inState('RESOLVED', ours), act(desk, at), { reason: 'Toch niet' }),
    ],
    ['what the desk resumes', told('resume', inState('WAITING'), act(desk, at), undefined)],
    [
      'a solution that the reporter elsewhere is told of',
      told('resolve', inState('IN_PROGRESS'), act(desk, at), solved),
    ],
    [
      'a handover that goes',
      told('handOver', inState('IN_PROGRESS'), act(desk, at), { to: 'denkbeeld', reason: 'Daar' }),
    ],
    ['a promotion that is known', told('recordNetworkIncident', reported(inNetwork), act(system, at), promoted)],
    ['a record that is imported', opened(act(system, at, { batch: '2012' }), handover)],
    ['work for a team in an import', told('assign', reported(), act(desk, at, { batch: '2012' }), assigned)],
  ])('%s', (_, notices) => {
    expect(notices).toEqual([]);
  });
});

test('who of ours brings it about is named, for he knows; others and clocks are not', () => {
  expect(told('assign', reported(), act(desk, at), assigned)[0]?.actor).toBe('linde:iemand');
  expect(told('addNote', reported(), act(reporter, at), note)[0]?.actor).toBeNull();
  expect(opened(act(system, at))[0]?.actor).toBeNull();
});

test('the event of a notice is for its roles at this participant, and says its kind and nothing else', () => {
  const notice = noticeOf('ENVELOPE_STUCK', 'linde', act(timer, at), { from: 'denkbeeld', envelopeId: 'linde:env_1' });
  expect(noticeChange(notice)).toEqual({
    type: 'notification.created',
    subjectId: notice.id,
    actorRole: null,
    at,
    readersBefore: [],
    readersAfter: ['linde#SERVICEDESK|SERVICEMANAGER'],
    keys: { kind: 'ENVELOPE_STUCK' },
  });
});
