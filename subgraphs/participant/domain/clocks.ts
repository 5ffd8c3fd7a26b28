/**
 * The clocks of an incident: intervals, kept as data. Which event does what to which clock stands in the lifecycle.
 * Nothing here knows a norm: a target stands only where one is configured, and without one a clock can be stopped but
 * neither met nor breached.
 */
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
    const { at } = moment;
    switch (effect.does) {
      case 'start':
        return running ? [] : [startClock(clocks, effect, moment)];
      case 'stop':
        return running ? [stopClock(running, at, 'STOPPED')] : [];
      case 'cancel':
        return running ? [stopClock(running, at, 'CANCELLED')] : [];
      case 'pause': {
        if (running?.state !== 'RUNNING') return [];
        const pause: Pause = { from: at, to: null, reason: moment.reason ?? '' };
        return [{ ...running, state: 'PAUSED', pauses: [...running.pauses, pause] }];
      }
      case 'resume':
        return running?.state === 'PAUSED'
          ? [{ ...running, state: 'RUNNING', pauses: closePause(running.pauses, at) }]
          : [];
    }
  });
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

/** A pause that still runs ends with its clock: what comes after the stop is nobody's time. */
function stopClock(clock: Clock, at: Date, state: 'STOPPED' | 'CANCELLED'): Clock {
  return { ...clock, state, stoppedAt: at, pauses: closePause(clock.pauses, at) };
}

function closePause(pauses: readonly Pause[], at: Date): readonly Pause[] {
  return pauses.map((pause) => (pause.to === null ? { ...pause, to: at } : pause));
}
