import type { Calendar, ServiceHours } from '../interpret/calendar.ts';

/** Calendars that a network can begin with. A change is a new version; running clocks keep theirs. */
const zone = 'Europe/Amsterdam';
const weekdays = (from: string, to: string): readonly ServiceHours[] =>
  [1, 2, 3, 4, 5].map((day) => ({ day, from, to }));

export const calendars = {
  office: {
    id: 'nl-office',
    version: '1',
    zone,
    weekly: weekdays('08:00', '17:00'),
    holidays: { goodFriday: false, liberationDay: 'EVERY_FIFTH_YEAR' },
    closures: [],
  },
  /** Good Friday and 5 May count as holidays, as in the Algemene termijnenwet; decree days come as closures. */
  officeByLaw: {
    id: 'nl-office-by-law',
    version: '1',
    zone,
    weekly: weekdays('08:00', '17:00'),
    holidays: { goodFriday: true, liberationDay: 'EVERY_YEAR' },
    closures: ['2026-05-15'],
  },
} as const satisfies Record<string, Calendar>;
