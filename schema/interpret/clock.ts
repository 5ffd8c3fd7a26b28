import type { ErrorCode } from '../errors/codes.ts';
import {
  addMonths,
  addServiceTime,
  type Calendar,
  dayOf,
  endOfDay,
  isWithinServiceHours,
  isWorkingDay,
  serviceTimeBetween,
  workingDayAfter,
  workingDayFrom,
  workingDaysBetween,
} from './calendar.ts';

/**
 * A clock is a start, a target and pauses; its due date is derived, never stored, so that another calendar or target
 * gives another due date over the same pauses. Times are milliseconds since 1970.
 */
export type TargetUnit =
  /** Elapsed time, day and night; right over a change of the clock. */
  | 'MINUTES'
  | 'HOURS'
  /** Wall time inside the calendar's service hours. */
  | 'SERVICE_MINUTES'
  | 'SERVICE_HOURS'
  /** The day of the start is not counted; due at the end of service hours of the last day. */
  | 'WORKING_DAYS'
  | 'DAYS'
  | 'WEEKS'
  | 'MONTHS';

export interface Target {
  readonly n: number;
  readonly unit: TargetUnit;
  /** Whether DAYS, WEEKS and MONTHS that end on a day without service end there; else on the next working day. */
  readonly staysOnNonWorkingDay?: boolean;
}

export interface Pause {
  readonly fromMs: number;
  /** Absent while it lasts. */
  readonly toMs?: number;
  readonly reason: string;
}

export interface Clock {
  readonly startedAtMs: number;
  /** Without one the clock only measures. */
  readonly target?: Target;
  readonly calendarVersion: string;
  /** In order, none overlapping. */
  readonly pauses: readonly Pause[];
  readonly stoppedAtMs?: number;
  readonly cancelledAtMs?: number;
}

export type ClockState = 'RUNNING' | 'PAUSED' | 'MET' | 'BREACHED' | 'CANCELLED' | 'STOPPED';

export interface ClockReading {
  readonly state: ClockState;
  readonly dueAtMs?: number;
  readonly atRiskAtMs?: number;
  /** When the due date passed unmet. */
  readonly breachedAtMs?: number;
  /** The end fell on a day without service and moved to the next working day. */
  readonly movedToWorkingDay: boolean;
  readonly elapsedMs: number;
  /** Below zero after a breach; absent without a target. */
  readonly remainingMs?: number;
  readonly withinServiceHours: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** `atRiskShare` is the part of the target's time after which a clock is shown as at risk. */
export function readClock(clock: Clock, calendar: Calendar, nowMs: number, atRiskShare = 0.75): ClockReading {
  if (clock.calendarVersion !== calendar.version) {
    throw new TypeError(`The clock keeps calendar version ${clock.calendarVersion}; given was ${calendar.version}.`);
  }
  const endMs = clock.stoppedAtMs ?? clock.cancelledAtMs ?? nowMs;
  const pauses = clock.pauses.map(({ fromMs, toMs = endMs }) => ({ fromMs, toMs: Math.max(fromMs, toMs) }));
  const measure = measureOf(clock.target, calendar);
  const elapsedMs = runBetween(measure, clock.startedAtMs, endMs, pauses);
  const withinServiceHours = isWithinServiceHours(calendar, nowMs);
  const paused = clock.pauses.at(-1) !== undefined && clock.pauses.at(-1)?.toMs === undefined;
  if (!clock.target) {
    const state =
      clock.cancelledAtMs !== undefined
        ? 'CANCELLED'
        : clock.stoppedAtMs !== undefined
          ? 'STOPPED'
          : paused
            ? 'PAUSED'
            : 'RUNNING';
    return { state, movedToWorkingDay: false, elapsedMs, withinServiceHours };
  }
  const { dueAtMs, moved } = dueDate(clock.startedAtMs, clock.target, pauses, calendar);
  const budgetMs = runBetween(measure, clock.startedAtMs, dueAtMs, pauses);
  const atRiskAtMs = instantAfter(measure, clock.startedAtMs, Math.floor(budgetMs * atRiskShare), pauses);
  const late = endMs > dueAtMs;
  const state: ClockState =
    clock.cancelledAtMs !== undefined
      ? 'CANCELLED'
      : late
        ? 'BREACHED'
        : clock.stoppedAtMs !== undefined
          ? 'MET'
          : paused
            ? 'PAUSED'
            : 'RUNNING';
  return {
    state,
    dueAtMs,
    atRiskAtMs,
    ...(late && clock.cancelledAtMs === undefined ? { breachedAtMs: dueAtMs } : {}),
    movedToWorkingDay: moved,
    elapsedMs,
    remainingMs: budgetMs - elapsedMs,
    withinServiceHours,
  };
}

export type ClockResult =
  | { readonly ok: true; readonly clock: Clock }
  | { readonly ok: false; readonly code: ErrorCode };

export function stopClock(clock: Clock, atMs: number): ClockResult {
  const { lastMs, openPause, ended } = positionOf(clock);
  if (ended) return { ok: true, clock };
  if (atMs < clock.startedAtMs) return { ok: false, code: 'CLOCK_STOP_BEFORE_START' };
  if (openPause || atMs < lastMs) return { ok: false, code: 'CLOCK_STOP_DURING_PAUSE' };
  return { ok: true, clock: { ...clock, stoppedAtMs: atMs } };
}

/** Ends a clock without judging it, also while it is paused. */
export function cancelClock(clock: Clock, atMs: number): ClockResult {
  const { openPause, ended } = positionOf(clock);
  if (ended) return { ok: true, clock };
  if (atMs < clock.startedAtMs) return { ok: false, code: 'CLOCK_STOP_BEFORE_START' };
  const resumed = openPause ? resumeClock(clock, atMs) : ({ ok: true, clock } as const);
  return resumed.ok ? { ok: true, clock: { ...resumed.clock, cancelledAtMs: atMs } } : resumed;
}

export function pauseClock(clock: Clock, atMs: number, reason: string): ClockResult {
  const { lastMs, openPause, ended } = positionOf(clock);
  if (ended) return { ok: true, clock };
  if (openPause || atMs < lastMs) return { ok: false, code: 'CLOCK_PAUSES_OVERLAP' };
  return { ok: true, clock: { ...clock, pauses: [...clock.pauses, { fromMs: atMs, reason }] } };
}

/** A clock that is not paused stays as it is. */
export function resumeClock(clock: Clock, atMs: number): ClockResult {
  const { openPause, ended } = positionOf(clock);
  if (ended || !openPause) return { ok: true, clock };
  if (atMs < openPause.fromMs) return { ok: false, code: 'CLOCK_PAUSES_OVERLAP' };
  return { ok: true, clock: { ...clock, pauses: [...clock.pauses.slice(0, -1), { ...openPause, toMs: atMs }] } };
}

function positionOf(clock: Clock) {
  const last = clock.pauses.at(-1);
  return {
    ended: clock.stoppedAtMs !== undefined || clock.cancelledAtMs !== undefined,
    openPause: last && last.toMs === undefined ? last : undefined,
    lastMs: last?.toMs ?? last?.fromMs ?? clock.startedAtMs,
  };
}

interface ClosedPause {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A pause moves the due date by what it paused, in the target's own unit. One that begins after the due date does not. */
function dueDate(
  startedAtMs: number,
  target: Target,
  pauses: readonly ClosedPause[],
  calendar: Calendar,
): { dueAtMs: number; moved: boolean } {
  if (isTimeUnit(target.unit)) {
    const length = target.n * (target.unit.endsWith('HOURS') ? HOUR_MS : MINUTE_MS);
    return { dueAtMs: instantAfter(measureOf(target, calendar), startedAtMs, length, pauses), moved: false };
  }
  let end = endInDays(startedAtMs, target, 0, calendar);
  let pausedDays = 0;
  for (const { fromMs, toMs } of pauses) {
    if (fromMs >= end.dueAtMs) break;
    const [from, to] = [dayOf(calendar, fromMs), dayOf(calendar, toMs)];
    pausedDays += target.unit === 'WORKING_DAYS' ? workingDaysBetween(calendar, from, to) : to - from;
    end = endInDays(startedAtMs, target, pausedDays, calendar);
  }
  return end;
}

function endInDays(
  startedAtMs: number,
  { n, unit, staysOnNonWorkingDay }: Target,
  pausedDays: number,
  calendar: Calendar,
) {
  const start = dayOf(calendar, startedAtMs);
  if (unit === 'WORKING_DAYS') {
    const day = workingDayAfter(calendar, start, n + pausedDays);
    return { dueAtMs: endOfDay(calendar, day), moved: false };
  }
  const end = (unit === 'MONTHS' ? addMonths(start, n) : start + n * (unit === 'WEEKS' ? 7 : 1)) + pausedDays;
  const moved = !staysOnNonWorkingDay && !isWorkingDay(calendar, end);
  return { dueAtMs: endOfDay(calendar, moved ? workingDayFrom(calendar, end) : end), moved };
}

/** How time is counted: by the stopwatch, or inside service hours. */
interface Measure {
  readonly between: (fromMs: number, toMs: number) => number;
  readonly add: (fromMs: number, durationMs: number) => number;
}

function measureOf(target: Target | undefined, calendar: Calendar): Measure {
  const inService = target && (target.unit.startsWith('SERVICE_') || target.unit === 'WORKING_DAYS');
  return inService
    ? {
        between: (fromMs, toMs) => serviceTimeBetween(calendar, fromMs, toMs),
        add: (fromMs, durationMs) => addServiceTime(calendar, fromMs, durationMs),
      }
    : { between: (fromMs, toMs) => Math.max(0, toMs - fromMs), add: (fromMs, durationMs) => fromMs + durationMs };
}

function isTimeUnit(unit: TargetUnit): boolean {
  return unit.endsWith('HOURS') || unit.endsWith('MINUTES');
}

function runBetween(measure: Measure, fromMs: number, toMs: number, pauses: readonly ClosedPause[]): number {
  const paused = pauses.map((pause) => measure.between(Math.max(pause.fromMs, fromMs), Math.min(pause.toMs, toMs)));
  return measure.between(fromMs, toMs) - paused.reduce((sum, each) => sum + each, 0);
}

function instantAfter(measure: Measure, fromMs: number, durationMs: number, pauses: readonly ClosedPause[]): number {
  let length = durationMs;
  let end = measure.add(fromMs, length);
  for (const pause of pauses) {
    if (pause.fromMs >= end) break;
    length += measure.between(pause.fromMs, pause.toMs);
    end = measure.add(fromMs, length);
  }
  return end;
}
