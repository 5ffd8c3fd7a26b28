import { Temporal } from 'temporal-polyfill';
import { dutchHolidays, type Holiday, type HolidayChoice } from './holidays.ts';

/**
 * Working days and service hours of one calendar version. Days are counted on dates and hours on wall time inside the
 * service hours, both in the calendar's zone. Wall time is kept as the milliseconds that the clock on the wall would
 * have in UTC, so that all counting is on whole numbers; Temporal only crosses between wall and instant.
 */
export interface Calendar {
  readonly id: string;
  /** A running clock keeps the version under which it started. */
  readonly version: string;
  readonly zone: string;
  /** Service hours; `day` 1 is Monday. Several windows a day are allowed, in order; `to` may be 24:00. */
  readonly weekly: readonly ServiceHours[];
  /** NONE for a service that is open on holidays too. */
  readonly holidays: HolidayChoice | 'NONE';
  /** Dates on which this calendar is closed besides: decree days, own closing days. */
  readonly closures: readonly string[];
}

export interface ServiceHours {
  readonly day: number;
  readonly from: string;
  readonly to: string;
}

interface Window {
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Beyond this many days without a working day a calendar is taken for one that is never open. */
const SEARCH_DAYS_MAX = 400;

export function holidaysOf(calendar: Calendar, year: number): Holiday[] {
  const closed = calendar.closures
    .filter((date) => Number(date.slice(0, 4)) === year)
    .map((date) => ({ date, name: 'Gesloten' }));
  const holidays = calendar.holidays === 'NONE' ? [] : dutchHolidays(year, calendar.holidays);
  return [...holidays, ...closed].sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** The number of days since 1970 of the date on which this instant falls in the calendar's zone. */
export function dayOf(calendar: Calendar, atMs: number): number {
  return Math.floor(wallOf(calendar, atMs) / DAY_MS);
}

export function isWorkingDay(calendar: Calendar, day: number): boolean {
  return windowsOf(calendar, day).length > 0;
}

/** This day when it is a working day, else the first one after it. */
export function workingDayFrom(calendar: Calendar, day: number): number {
  for (let next = day; next < day + SEARCH_DAYS_MAX; next += 1) if (isWorkingDay(calendar, next)) return next;
  throw new RangeError(`Calendar ${calendar.id}@${calendar.version} has no working day in ${SEARCH_DAYS_MAX} days.`);
}

/** The n-th working day after this day, which itself is not counted. */
export function workingDayAfter(calendar: Calendar, day: number, n: number): number {
  let found = day;
  for (let counted = 0; counted < n; counted += 1) found = workingDayFrom(calendar, found + 1);
  return found;
}

/** Working days after `from` up to and including `to`. */
export function workingDaysBetween(calendar: Calendar, from: number, to: number): number {
  let count = 0;
  for (let day = from + 1; day <= to; day += 1) if (isWorkingDay(calendar, day)) count += 1;
  return count;
}

/** Closing time of a working day; of another day its midnight. */
export function endOfDay(calendar: Calendar, day: number): number {
  return instantOf(calendar, windowsOf(calendar, day).at(-1)?.to ?? (day + 1) * DAY_MS);
}

/** Wall time inside service hours between two instants, in milliseconds. */
export function serviceTimeBetween(calendar: Calendar, fromMs: number, toMs: number): number {
  if (toMs <= fromMs) return 0;
  const [from, to] = [wallOf(calendar, fromMs), wallOf(calendar, toMs)];
  let sum = 0;
  for (let day = Math.floor(from / DAY_MS); day * DAY_MS < to; day += 1) {
    for (const window of windowsOf(calendar, day)) {
      sum += Math.max(0, Math.min(window.to, to) - Math.max(window.from, from));
    }
  }
  return sum;
}

/** The first instant at which so much service time has passed. At closing time it is that closing, not the next opening. */
export function addServiceTime(calendar: Calendar, fromMs: number, durationMs: number): number {
  if (durationMs <= 0) return fromMs;
  const from = wallOf(calendar, fromMs);
  let left = durationMs;
  for (let day = Math.floor(from / DAY_MS); ; day = workingDayFrom(calendar, day + 1)) {
    for (const window of windowsOf(calendar, day)) {
      const start = Math.max(window.from, from);
      const open = window.to - start;
      if (open <= 0) continue;
      if (left <= open) return instantOf(calendar, start + left);
      left -= open;
    }
  }
}

export function isWithinServiceHours(calendar: Calendar, atMs: number): boolean {
  const wall = wallOf(calendar, atMs);
  return windowsOf(calendar, Math.floor(wall / DAY_MS)).some(({ from, to }) => wall >= from && wall < to);
}

/** Adds months to a date; the 31st of a shorter month is its last day. */
export function addMonths(day: number, months: number): number {
  const date = new Date(day * DAY_MS);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const last = new Date(first);
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  return first / DAY_MS + Math.min(date.getUTCDate(), last.getUTCDate()) - 1;
}

function wallOf({ zone }: Calendar, atMs: number): number {
  const offsetNs = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).offsetNanoseconds;
  return atMs + offsetNs / 1_000_000;
}

/**
 * A time that the spring change skips is read as the hour after it; one that comes twice in autumn as the first of the
 * two ("compatible", RFC 5545 §3.3.5).
 */
function instantOf({ zone }: Calendar, wall: number): number {
  return Temporal.Instant.fromEpochMilliseconds(wall)
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime()
    .toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
}

/** Days are looked up far more often than calendars change, so each day is worked out once per calendar. */
const dayTables = new WeakMap<Calendar, Map<number, readonly Window[]>>();

function windowsOf(calendar: Calendar, day: number): readonly Window[] {
  const table = dayTables.get(calendar) ?? new Map<number, readonly Window[]>();
  dayTables.set(calendar, table);
  const windows = table.get(day) ?? workOutDay(calendar, day);
  table.set(day, windows);
  return windows;
}

function workOutDay(calendar: Calendar, day: number): Window[] {
  const at = new Date(day * DAY_MS);
  const date = at.toISOString().slice(0, 10);
  if (holidaysOf(calendar, at.getUTCFullYear()).some((holiday) => holiday.date === date)) return [];
  const weekday = at.getUTCDay() || 7;
  return calendar.weekly
    .filter((hours) => hours.day === weekday)
    .map(({ from, to }) => ({ from: day * DAY_MS + timeOfDay(from), to: day * DAY_MS + timeOfDay(to) }))
    .sort((a, b) => a.from - b.from);
}

function timeOfDay(text: string): number {
  const [, hours, minutes] = /^([01][0-9]|2[0-4]):([0-5][0-9])$/.exec(text) ?? [];
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  if (!(ms <= DAY_MS)) throw new TypeError(`Service hours are written HH:MM up to 24:00; found "${text}".`);
  return ms;
}
