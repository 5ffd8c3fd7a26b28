import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { calendars } from '../vocabulary/calendars.ts';
import { addServiceTime, type Calendar, holidaysOf, serviceTimeBetween } from './calendar.ts';
import { type Clock, cancelClock, pauseClock, readClock, resumeClock, stopClock, type Target } from './clock.ts';

const { office, officeByLaw } = calendars;
const zone = 'Europe/Amsterdam';
const at = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds;
const shown = (ms: number | undefined) =>
  ms === undefined
    ? undefined
    : Temporal.Instant.fromEpochMilliseconds(ms)
        .toZonedDateTimeISO(zone)
        .toString({ smallestUnit: 'minute', timeZoneName: 'never' });
const clock = (start: string, target?: Target, pauses: readonly (readonly [string, string?])[] = []): Clock => ({
  startedAtMs: at(start),
  ...(target ? { target } : {}),
  calendarVersion: '1',
  pauses: pauses.map(([from, to]) => ({ fromMs: at(from), ...(to ? { toMs: at(to) } : {}), reason: 'USER' })),
});
const due = (calendar: Calendar, start: string, target: Target, pauses?: readonly (readonly [string, string?])[]) =>
  shown(readClock(clock(start, target, pauses), calendar, at(start)).dueAtMs);
const withGoodFriday: Calendar = { ...office, holidays: { goodFriday: true, liberationDay: 'NEVER' } };
const allDay: Calendar = {
  ...office,
  weekly: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '24:00' })),
  holidays: 'NONE',
};

describe('working days and weeks', () => {
  test.each([
    [
      'over a weekend and Koningsdag',
      office,
      '2026-04-23T16:50',
      { n: 2, unit: 'WORKING_DAYS' },
      '2026-04-28T17:00+02:00',
    ],
    ['over Ascension', office, '2026-05-12T11:00', { n: 2, unit: 'WORKING_DAYS' }, '2026-05-15T17:00+02:00'],
    ['without Good Friday', office, '2026-04-01T10:00', { n: 2, unit: 'WORKING_DAYS' }, '2026-04-03T17:00+02:00'],
    [
      'where Good Friday is a closure',
      withGoodFriday,
      '2026-04-01T10:00',
      { n: 2, unit: 'WORKING_DAYS' },
      '2026-04-07T17:00+02:00',
    ],
    ['from a Saturday', office, '2026-05-09T10:00', { n: 1, unit: 'WORKING_DAYS' }, '2026-05-11T17:00+02:00'],
    ['from after closing time', office, '2026-05-11T23:59', { n: 1, unit: 'WORKING_DAYS' }, '2026-05-12T17:00+02:00'],
    ['two weeks onto Whit Monday', office, '2026-05-11T09:00', { n: 2, unit: 'WEEKS' }, '2026-05-26T17:00+02:00'],
    [
      'two weeks onto Whit Monday, staying',
      office,
      '2026-05-11T09:00',
      { n: 2, unit: 'WEEKS', staysOnNonWorkingDay: true },
      '2026-05-26T00:00+02:00',
    ],
    ['a month from the 31st', office, '2026-03-31T09:00', { n: 1, unit: 'MONTHS' }, '2026-04-30T17:00+02:00'],
    ['a month from 31 January', office, '2028-01-31T09:00', { n: 1, unit: 'MONTHS' }, '2028-02-29T17:00+01:00'],
    [
      'months over the turn of the year onto a Sunday',
      office,
      '2026-11-28T09:00',
      { n: 3, unit: 'MONTHS' },
      '2027-03-01T17:00+01:00',
    ],
    ['days onto a Saturday', office, '2026-05-20T09:00', { n: 3, unit: 'DAYS' }, '2026-05-26T17:00+02:00'],
  ] as const)('O-15, O-16, O-20: %s', (_, calendar, start, target, expected) => {
    expect(due(calendar, start, target)).toBe(expected);
  });

  test('O-20: says that the end was moved', () => {
    const twoWeeks = { n: 2, unit: 'WEEKS' } as const;
    expect(readClock(clock('2026-05-11T09:00', twoWeeks), office, at('2026-05-11T09:00')).movedToWorkingDay).toBe(true);
    expect(readClock(clock('2026-05-12T09:00', twoWeeks), office, at('2026-05-12T09:00')).movedToWorkingDay).toBe(
      false,
    );
  });
});

describe('service hours', () => {
  test.each([
    ['over a night', office, '2026-04-02T15:00', 8, '2026-04-03T14:00+02:00'],
    ['over Good Friday and Easter by law', officeByLaw, '2026-04-02T15:00', 8, '2026-04-07T14:00+02:00'],
    ['over Ascension', office, '2026-05-13T16:00', 2, '2026-05-15T09:00+02:00'],
    ['over Ascension and its decree day', officeByLaw, '2026-05-13T16:00', 2, '2026-05-18T09:00+02:00'],
    ['from before opening', office, '2026-05-20T05:00', 1, '2026-05-20T09:00+02:00'],
    ['from after closing', office, '2026-05-20T20:00', 1, '2026-05-21T09:00+02:00'],
    ['from a Sunday', office, '2026-05-17T12:00', 1, '2026-05-18T09:00+02:00'],
    ['to closing time itself, not the next opening', office, '2026-05-20T16:00', 1, '2026-05-20T17:00+02:00'],
    ['from closing time itself', office, '2026-05-20T17:00', 1, '2026-05-21T09:00+02:00'],
    ['over a weekend in which the clock changes', office, '2026-03-27T16:00', 2, '2026-03-30T09:00+02:00'],
    ['on the wall over the missing hour', allDay, '2026-03-29T01:00', 3, '2026-03-29T04:00+02:00'],
    ['on the wall over the doubled hour', allDay, '2026-10-25T01:00', 3, '2026-10-25T04:00+01:00'],
    ['onto the missing half hour, read as the hour after', allDay, '2026-03-29T01:30', 1, '2026-03-29T03:30+02:00'],
    ['onto the doubled half hour, read as the first', allDay, '2026-10-25T01:30', 1, '2026-10-25T02:30+02:00'],
  ] as const)('%s', (_, calendar, start, n, expected) => {
    expect(due(calendar, start, { n, unit: 'SERVICE_HOURS' })).toBe(expected);
  });

  test('a lunch break does not count', () => {
    const lunch: Calendar = {
      ...office,
      weekly: [
        { day: 3, from: '08:00', to: '12:00' },
        { day: 3, from: '13:00', to: '17:00' },
      ],
    };
    expect(shown(addServiceTime(lunch, at('2026-05-20T11:30'), 60 * 60_000))).toBe('2026-05-20T13:30+02:00');
    expect(serviceTimeBetween(lunch, at('2026-05-20T11:30'), at('2026-05-20T13:30'))).toBe(60 * 60_000);
  });

  test('between and add undo each other', () => {
    for (const minutes of [1, 59, 539, 540, 541, 5_000]) {
      const start = at('2026-04-24T10:07');
      expect(serviceTimeBetween(office, start, addServiceTime(office, start, minutes * 60_000))).toBe(minutes * 60_000);
    }
  });

  test('a calendar that never opens is refused, not searched for ever', () => {
    expect(() => addServiceTime({ ...office, weekly: [] }, at('2026-05-20T11:30'), 1)).toThrow(/has no working day/);
  });

  test('a calendar shows its holidays and closures in order', () => {
    expect(holidaysOf(officeByLaw, 2026).map(({ date }) => date)).toEqual([
      '2026-01-01',
      '2026-04-03',
      '2026-04-05',
      '2026-04-06',
      '2026-04-27',
      '2026-05-05',
      '2026-05-14',
      '2026-05-15',
      '2026-05-24',
      '2026-05-25',
      '2026-12-25',
      '2026-12-26',
    ]);
  });
});

describe('elapsed hours', () => {
  test.each([
    ['the day of 23 hours', '2026-03-28T12:00', '2026-03-29T13:00+02:00'],
    ['the day of 25 hours', '2026-10-24T12:00', '2026-10-25T11:00+01:00'],
    ['a holiday, which they ignore', '2026-12-24T12:00', '2026-12-25T12:00+01:00'],
  ])('24 hours over %s', (_, start, expected) => {
    expect(due(office, start, { n: 24, unit: 'HOURS' })).toBe(expected);
  });
});

describe('pauses', () => {
  test.each([
    [
      'elapsed hours by the pause',
      '2026-05-20T10:00',
      { n: 4, unit: 'HOURS' },
      [['2026-05-20T11:00', '2026-05-20T13:30']],
      '2026-05-20T16:30+02:00',
    ],
    [
      'service hours by the service time paused only',
      '2026-05-20T10:00',
      { n: 4, unit: 'SERVICE_HOURS' },
      [['2026-05-20T11:00', '2026-05-21T09:00']],
      '2026-05-21T12:00+02:00',
    ],
    [
      'service hours not at all by a pause at night',
      '2026-05-20T16:00',
      { n: 4, unit: 'SERVICE_HOURS' },
      [['2026-05-20T18:00', '2026-05-21T07:00']],
      '2026-05-21T11:00+02:00',
    ],
    [
      'working days by the working days paused',
      '2026-05-11T10:00',
      { n: 2, unit: 'WORKING_DAYS' },
      [['2026-05-12T10:00', '2026-05-15T10:00']],
      '2026-05-18T17:00+02:00',
    ],
    [
      'working days not by a pause within one day',
      '2026-05-11T10:00',
      { n: 2, unit: 'WORKING_DAYS' },
      [['2026-05-12T10:00', '2026-05-12T16:00']],
      '2026-05-13T17:00+02:00',
    ],
    [
      'weeks by calendar days, then to a working day',
      '2026-05-04T10:00',
      { n: 2, unit: 'WEEKS' },
      [['2026-05-05T10:00', '2026-05-10T10:00']],
      '2026-05-26T17:00+02:00',
    ],
    [
      'by each of several',
      '2026-05-20T10:00',
      { n: 4, unit: 'HOURS' },
      [
        ['2026-05-20T11:00', '2026-05-20T12:00'],
        ['2026-05-20T14:30', '2026-05-20T15:00'],
      ],
      '2026-05-20T15:30+02:00',
    ],
    [
      'not when one begins after the due date',
      '2026-05-20T10:00',
      { n: 1, unit: 'HOURS' },
      [['2026-05-20T11:30', '2026-05-20T12:00']],
      '2026-05-20T11:00+02:00',
    ],
  ] as const)('move %s', (_, start, target, pauses, expected) => {
    expect(due(office, start, target, pauses)).toBe(expected);
  });

  test('a lasting pause moves the due date along with now', () => {
    const paused = clock('2026-05-20T10:00', { n: 4, unit: 'HOURS' }, [['2026-05-20T11:00']]);
    for (const [now, expected] of [
      ['2026-05-20T12:00', '2026-05-20T15:00+02:00'],
      ['2026-05-20T20:00', '2026-05-20T23:00+02:00'],
    ] as const) {
      const reading = readClock(paused, office, at(now));
      expect([reading.state, shown(reading.dueAtMs), reading.elapsedMs / 60_000]).toEqual(['PAUSED', expected, 60]);
    }
  });

  test('another target keeps the pauses', () => {
    const first = clock('2026-05-20T10:00', { n: 4, unit: 'HOURS' }, [['2026-05-20T11:00', '2026-05-20T12:00']]);
    const second = { ...first, target: { n: 2, unit: 'HOURS' } as const };
    expect(shown(readClock(second, office, at('2026-05-20T12:00')).dueAtMs)).toBe('2026-05-20T13:00+02:00');
  });
});

describe('reading', () => {
  const fourHours = clock('2026-05-20T10:00', { n: 4, unit: 'HOURS' });

  test.each([
    ['2026-05-20T11:00', 'RUNNING', 180],
    ['2026-05-20T14:00', 'RUNNING', 0],
    ['2026-05-20T14:01', 'BREACHED', -1],
  ])('at %s it is %s', (now, state, remaining) => {
    const reading = readClock(fourHours, office, at(now));
    expect([reading.state, (reading.remainingMs as number) / 60_000]).toEqual([state, remaining]);
    expect(shown(reading.atRiskAtMs)).toBe('2026-05-20T13:00+02:00');
    expect(shown(reading.breachedAtMs)).toBe(state === 'BREACHED' ? '2026-05-20T14:00+02:00' : undefined);
  });

  test('is at risk after 75 % of the service time, pauses left out', () => {
    const paused = clock('2026-05-20T08:00', { n: 8, unit: 'SERVICE_HOURS' }, [
      ['2026-05-20T09:00', '2026-05-20T11:00'],
    ]);
    const reading = readClock(paused, office, at('2026-05-20T12:00'));
    expect([shown(reading.atRiskAtMs), shown(reading.dueAtMs)]).toEqual([
      '2026-05-20T16:00+02:00',
      '2026-05-21T09:00+02:00',
    ]);
  });

  test('is met when stopped at the due date itself, breached a millisecond later', () => {
    const stopped = (ms: number) =>
      readClock({ ...fourHours, stoppedAtMs: at('2026-05-20T14:00') + ms }, office, at('2026-06-01T10:00'));
    expect([stopped(0).state, stopped(1).state]).toEqual(['MET', 'BREACHED']);
  });

  test('M-14: without a target it measures and is never breached', () => {
    const reading = readClock(clock('2026-05-20T10:00'), office, at('2027-05-20T10:00'));
    expect(reading).toMatchObject({ state: 'RUNNING', movedToWorkingDay: false });
    expect(reading.dueAtMs).toBeUndefined();
    expect(readClock({ ...clock('2026-05-20T10:00'), stoppedAtMs: at('2026-05-21T10:00') }, office, 0)).toMatchObject({
      state: 'STOPPED',
      elapsedMs: 24 * 60 * 60_000,
    });
  });

  test('keeps to the calendar version under which it started', () => {
    expect(() => readClock({ ...fourHours, calendarVersion: '0' }, office, 0)).toThrow(/keeps calendar version 0/);
  });
});

describe('moves', () => {
  const running = clock('2026-05-20T10:00', { n: 4, unit: 'HOURS' });
  const ok = (result: ReturnType<typeof stopClock>) => {
    if (!result.ok) throw new Error(result.code);
    return result.clock;
  };
  const paused = ok(pauseClock(running, at('2026-05-20T11:00'), 'USER'));
  const resumed = ok(resumeClock(paused, at('2026-05-20T12:00')));

  test.each([
    ['stops before its start', () => stopClock(running, at('2026-05-20T09:59')), 'CLOCK_STOP_BEFORE_START'],
    ['is cancelled before its start', () => cancelClock(running, at('2026-05-20T09:59')), 'CLOCK_STOP_BEFORE_START'],
    ['stops during a pause', () => stopClock(paused, at('2026-05-20T11:30')), 'CLOCK_STOP_DURING_PAUSE'],
    [
      'stops inside a pause that has ended',
      () => stopClock(resumed, at('2026-05-20T11:30')),
      'CLOCK_STOP_DURING_PAUSE',
    ],
    ['pauses twice', () => pauseClock(paused, at('2026-05-20T11:30'), 'USER'), 'CLOCK_PAUSES_OVERLAP'],
    ['pauses before its start', () => pauseClock(running, at('2026-05-20T09:00'), 'USER'), 'CLOCK_PAUSES_OVERLAP'],
    [
      'pauses inside an earlier pause',
      () => pauseClock(resumed, at('2026-05-20T11:30'), 'USER'),
      'CLOCK_PAUSES_OVERLAP',
    ],
    ['resumes before it paused', () => resumeClock(paused, at('2026-05-20T10:30')), 'CLOCK_PAUSES_OVERLAP'],
  ] as const)('is refused where it %s', (_, move, code) => {
    expect(move()).toEqual({ ok: false, code });
  });

  test('stops after a pause, once', () => {
    const stopped = ok(stopClock(resumed, at('2026-05-20T13:00')));
    expect(ok(stopClock(stopped, at('2026-05-20T14:00')))).toBe(stopped);
    expect(ok(pauseClock(stopped, at('2026-05-20T14:00'), 'USER'))).toBe(stopped);
    expect(readClock(stopped, office, at('2026-06-01T10:00')).elapsedMs).toBe(2 * 60 * 60_000);
  });

  test('is cancelled also while it is paused', () => {
    const cancelled = ok(cancelClock(paused, at('2026-05-20T13:00')));
    expect(readClock(cancelled, office, at('2026-06-01T10:00'))).toMatchObject({
      state: 'CANCELLED',
      elapsedMs: 60 * 60_000,
    });
  });

  test('a clock that is not paused resumes to itself', () => {
    expect(ok(resumeClock(running, at('2026-05-20T13:00')))).toBe(running);
  });
});
