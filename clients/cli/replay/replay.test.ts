import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Course, courseOfTrace, courseWithout } from './course.ts';
import { figures } from './figures.ts';
import { nextCommands, type Situation } from './next-commands.ts';
import type { LogEvent, Trace } from './read-log.ts';
import { readLog } from './read-log.ts';
import { expectedFigures, expectedShares, table } from './table.ts';

const hour = 3_600_000;
const event = (what: string, team: string, line: string, hours: number): LogEvent => {
  const [status = '', transition = ''] = what.split(' · ');
  return {
    status,
    transition,
    team,
    organisationLine: line,
    impact: 'MEDIUM',
    product: 'PROD1',
    person: 'Iemand',
    atMs: hours * hour,
  };
};
const from = (state: Situation['state'], more: Partial<Situation> = {}): Situation => ({
  holder: 'linde',
  reporter: 'fictiviteit',
  state,
  waitReason: null,
  team: 'T1 · Org line A2',
  ...more,
});

describe('the commands for one event of a log', () => {
  const cases: [string, LogEvent, Situation | undefined, string[]][] = [
    ['a first report', event('Queued · Awaiting Assignment', 'T1', 'Org line A2', 0), undefined, ['reportIncident']],
    [
      'work from the first moment',
      event('Accepted · In Progress', 'T1', 'Org line A2', 0),
      undefined,
      ['reportIncident', 'acknowledgeIncident', 'startIncident'],
    ],
    ['nothing new', event('Accepted · In Progress', 'T1', 'Org line A2', 0), from('IN_PROGRESS'), ['addNote']],
    [
      'taken up by another team',
      event('Accepted · In Progress', 'T2', 'Org line A2', 0),
      from('IN_PROGRESS'),
      ['assignIncident', 'addNote'],
    ],
    [
      'queued at another participant while work is going on',
      event('Queued · Awaiting Assignment', 'T9', 'Org line C', 0),
      from('IN_PROGRESS'),
      ['handOverIncident'],
    ],
    [
      'queued at another participant before anybody took it up',
      event('Queued · Awaiting Assignment', 'T9', 'Org line C', 0),
      from('REPORTED'),
      ['rejectIncidentOwnership', 'assignIncident'],
    ],
    [
      'waiting for something else',
      event('Accepted · Wait - Vendor', 'T1', 'Org line A2', 0),
      from('WAITING', { waitReason: 'USER' }),
      ['resumeIncident', 'waitIncident'],
    ],
    [
      'solved while waiting',
      event('Completed · Resolved', 'T1', 'Org line A2', 0),
      from('WAITING', { waitReason: 'USER' }),
      ['resumeIncident', 'resolveIncident'],
    ],
    [
      'closed once more by another participant, which the hub refuses',
      event('Completed · Closed', 'T9', 'Org line C', 0),
      from('CLOSED'),
      ['handOverIncident', 'acknowledgeIncident', 'startIncident', 'resolveIncident', 'confirmIncident'],
    ],
    ['work after closing', event('Accepted · In Progress', 'T1', 'Org line A2', 0), from('CLOSED'), ['reopenIncident']],
  ];
  for (const [title, given, before, wanted] of cases) {
    it(`${title}: ${wanted.join(', ')}`, () => {
      expect(nextCommands('1-1', given, 'salt', before).commands.map(({ mutation }) => mutation)).toEqual(wanted);
    });
  }

  it('are sent by the owner, but confirmed and reopened by who reported', () => {
    const reopened = nextCommands(
      '1-1',
      event('Accepted · In Progress', 'T1', 'Org line A2', 0),
      'salt',
      from('RESOLVED'),
    );
    expect(reopened.commands[0]?.as).toBe('fictiviteit');
    const closed = nextCommands('1-1', event('Completed · Closed', 'T1', 'Org line A2', 0), 'salt', from('RESOLVED'));
    expect(closed.commands[0]).toMatchObject({ mutation: 'confirmIncident', as: 'fictiviteit' });
  });

  it('name no person: a first name becomes a salted hash', () => {
    const noted = nextCommands(
      '1-1',
      event('Accepted · In Progress', 'T1', 'Org line A2', 0),
      'salt',
      from('IN_PROGRESS'),
    );
    expect(JSON.stringify(noted)).not.toContain('Iemand');
  });

  it('say where the lifecycle has no way back to a queue', () => {
    const planned = nextCommands(
      '1-1',
      event('Queued · Awaiting Assignment', 'T1', 'Org line A2', 0),
      'salt',
      from('IN_PROGRESS'),
    );
    expect(planned.unlike).toContain('REPORTED again');
  });
});

describe('the figures of a log', () => {
  const trace: Trace = {
    id: '1-1',
    events: [
      event('Accepted · In Progress', 'T1', 'Org line A2', 0),
      event('Queued · Awaiting Assignment', 'T2 2nd', 'Org line C', 2),
      event('Accepted · In Progress', 'T2 2nd', 'Org line C', 5),
      event('Completed · Resolved', 'T2 2nd', 'Org line C', 6),
      event('Accepted · In Progress', 'T1', 'Org line A2', 8),
      event('Completed · Closed', 'T1', 'Org line A2', 10),
    ],
  };

  it('count holders, lines, returns, pick-ups and reopening', () => {
    expect(figures([courseOfTrace(trace)])).toMatchObject({
      touching: [0, 1, 0, 0, 0],
      handovers: 2,
      pingPong: 1,
      highestLine: [0, 1, 0],
      stepsUp: 1,
      stepsDown: 1,
      reopened: 1,
      pickUpCount: 2,
      durationHours: [10, 10],
      last: { Closed: 1 },
    });
  });

  it('leave out what the hub refused, so that a difference can be explained', () => {
    const without = figures([
      courseWithout(trace, {
        refused: [
          { event: 4, kind: 'x' },
          { event: 5, kind: 'x' },
        ],
        unlike: [],
      }),
    ]);
    expect(without).toMatchObject({ handovers: 1, pingPong: 0, reopened: 0, last: { Resolved: 1 } });
  });

  it('call a difference explained only when the recomputed figure equals what was found', () => {
    const found = figures([courseOfTrace(trace)]);
    const verdicts = (recomputed: Course) =>
      new Set(table(found, figures([recomputed]), true).map(({ verdict }) => verdict));
    expect(verdicts(courseOfTrace(trace)).has('NOT EXPLAINED')).toBe(false);
    expect(verdicts(courseOfTrace(trace).slice(0, 3)).has('NOT EXPLAINED')).toBe(true);
  });

  const file = process.env.REPLAY_LOG ?? '';
  it.skipIf(!existsSync(file))('of the public log are those known of it (needs REPLAY_LOG)', async () => {
    const { shares, ...counted } = figures((await readLog(file)).map(courseOfTrace));
    const round = (values: readonly number[], digits: readonly number[]) =>
      values.map((value, index) => Number(value.toFixed(digits[index])));
    expect({
      ...counted,
      pickUpHours: round(counted.pickUpHours, [2, 1, 1]),
      durationHours: round(counted.durationHours, [1, 1]),
    }).toEqual(expectedFigures);
    for (const [label, { percentage }] of Object.entries(expectedShares))
      expect(shares[label]).toBeCloseTo(percentage, 1);
  });
});
