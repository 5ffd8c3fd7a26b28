/**
 * The clocks of an incident: intervals, kept as data. Which event does what to which clock stands in the lifecycle.
 * Nothing here knows a norm: a target stands only where one is configured, and without one a clock can be stopped but
 * neither met nor breached.
 */
import {
  type ClockResult,
  cancelClock,
  type Clock as Measured,
  pauseClock,
  resumeClock,
  stopClock,
} from '@kortelijn/schema/interpret/clock.ts';
import type { ClockEffect } from '@kortelijn/schema/interpret/lifecycle.ts';

export type ClockState = 'RUNNING' | 'PAUSED' | 'MET' | 'BREACHED' | 'CANCELLED' | 'STOPPED';

export interface Pause {
  readonly from: Date;
  readonly to: Date | null;
  readonly reason: string;
}

export interface Clock {
  readonly id: string;
  readonly incidentId: string;
  readonly name: string;
  readonly onParticipant: string;
  readonly cycle: number;
  readonly startedAt: Date;
  readonly targetN: number | null;
  readonly targetUnit: string | null;
  readonly calendarId: string | null;
  readonly calendarVersion: string | null;
  readonly pauses: readonly Pause[];
  readonly stoppedAt: Date | null;
  readonly state: ClockState;
}

export interface ClockMoment {
  readonly incidentId: string;
  readonly owner: string;
  readonly waitingFor: string | null;
  readonly at: Date;
  readonly reason: string | null;
}

/** The clocks that are new or different after these effects; an ended clock is never touched again. */
export function moveClocks(
  clocks: readonly Clock[],
  effects: readonly ClockEffect[],
  moment: ClockMoment,
): readonly Clock[] {
  return effects.flatMap((effect) => {
    const running = clocks.find(({ name, stoppedAt }) => name === effect.clock && stoppedAt === null);
    if (effect.does === 'start') return running ? [] : [startClock(clocks, effect, moment)];
    if (!running) return [];
    const measured = measuredOf(running);
    const result = moved(measured, effect.does, moment);
    if (!result.ok) throw new Error(`Clock ${running.id} cannot ${effect.does}: ${result.code}.`);
    return result.clock === measured ? [] : [keep(running, result.clock)];
  });
}

function moved(clock: Measured, does: Exclude<ClockEffect['does'], 'start'>, { at, reason }: ClockMoment): ClockResult {
  const atMs = at.getTime();
  switch (does) {
    case 'stop':
      return stopClock(clock, atMs);
    case 'cancel':
      return cancelClock(clock, atMs);
    case 'pause':
      return pauseClock(clock, atMs, reason ?? '');
    case 'resume':
      return resumeClock(clock, atMs);
  }
}

function measuredOf({ startedAt, pauses, calendarVersion }: Clock): Measured {
  return {
    startedAtMs: startedAt.getTime(),
    calendarVersion: calendarVersion ?? '',
    pauses: pauses.map(({ from, to, reason }) => ({
      fromMs: from.getTime(),
      ...(to && { toMs: to.getTime() }),
      reason,
    })),
  };
}

/** The column `stoppedAt` is when it ended, the state says how. */
function keep(clock: Clock, { pauses, stoppedAtMs, cancelledAtMs }: Measured): Clock {
  const endedAtMs = stoppedAtMs ?? cancelledAtMs;
  const paused = pauses.at(-1) !== undefined && pauses.at(-1)?.toMs === undefined;
  return {
    ...clock,
    pauses: pauses.map(({ fromMs, toMs, reason }) => ({
      from: new Date(fromMs),
      to: toMs === undefined ? null : new Date(toMs),
      reason,
    })),
    stoppedAt: endedAtMs === undefined ? null : new Date(endedAtMs),
    state:
      cancelledAtMs !== undefined ? 'CANCELLED' : stoppedAtMs !== undefined ? 'STOPPED' : paused ? 'PAUSED' : 'RUNNING',
  };
}

/** The next cycle: the cycles before it stay as they were. */
function startClock(clocks: readonly Clock[], effect: ClockEffect, moment: ClockMoment): Clock {
  const name = effect.clock;
  const cycle = 1 + clocks.reduce((last, clock) => (clock.name === name ? Math.max(last, clock.cycle) : last), 0);
  return {
    id: `${moment.incidentId}/${name}/${cycle}`,
    incidentId: moment.incidentId,
    name,
    onParticipant: effect.on === 'waitingFor' ? (moment.waitingFor ?? moment.owner) : moment.owner,
    cycle,
    startedAt: moment.at,
    targetN: null,
    targetUnit: null,
    calendarId: null,
    calendarVersion: null,
    pauses: [],
    stoppedAt: null,
    state: 'RUNNING',
  };
}
