import type { Calendar } from '../calendar.ts';
import { dayOf, endOfDay } from '../calendar.ts';
import { readClock, type Target } from '../clock.ts';
import type { Terms } from './act.ts';

/** What a network begins with; each number may be set otherwise when an escalation is raised. */
export const usualTerms: Terms = {
  invitation: { n: 3, unit: 'WORKING_DAYS' },
  vote: { n: 7, unit: 'DAYS' },
  oversight: { n: 30 * 24, unit: 'HOURS' },
  review: { n: 5, unit: 'WORKING_DAYS' },
};

const HOUR_MS = 60 * 60 * 1000;
/** A vote stays open this long, whatever the terms say. */
export const voteFloorMs = 72 * HOUR_MS;

export function windowEnd(startedAtMs: number, target: Target, calendar: Calendar): number {
  return kept(calendar, `${startedAtMs} ${target.n} ${target.unit} ${target.staysOnNonWorkingDay}`, () => {
    const clock = { startedAtMs, target, calendarVersion: calendar.version, pauses: [] };
    return readClock(clock, calendar, startedAtMs).dueAtMs as number;
  });
}

export function voteEnd(askedAtMs: number, { vote }: Terms, calendar: Calendar): number {
  return Math.max(windowEnd(askedAtMs, vote, calendar), askedAtMs + voteFloorMs);
}

/** An action is overdue after the service hours of its day. */
export function actionEnd(dueOn: string, calendar: Calendar): number {
  return kept(calendar, dueOn, () => endOfDay(calendar, Math.round(Date.parse(dueOn) / (24 * HOUR_MS))));
}

export function isPastDate(dueOn: string, nowMs: number, calendar: Calendar): boolean {
  return Math.round(Date.parse(dueOn) / (24 * HOUR_MS)) < dayOf(calendar, nowMs);
}

/** The same windows are asked for at every act and every look, and each costs many steps of calendar. */
const ends = new WeakMap<Calendar, Map<string, number>>();
const ENDS_KEPT_MAX = 10_000;

function kept(calendar: Calendar, key: string, workOut: () => number): number {
  const known = ends.get(calendar) ?? new Map<string, number>();
  ends.set(calendar, known);
  const end = known.get(key) ?? workOut();
  if (known.size >= ENDS_KEPT_MAX) known.clear();
  known.set(key, end);
  return end;
}
