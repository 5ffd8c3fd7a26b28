/** A stored clock as it reads now: what is derived from its target, its pauses and its calendar is derived here. */
import type { Calendar } from '@kortelijn/schema/interpret/calendar.ts';
import { type ClockState, readClock, type TargetUnit } from '@kortelijn/schema/interpret/clock.ts';
import { calendars } from '@kortelijn/schema/vocabulary/calendars.ts';
import type { Clock } from '../generated/prisma/client.ts';

export interface ShownPause {
  readonly from: Date;
  readonly to: Date | null;
  readonly reason: string;
}

export interface ShownClock {
  readonly name: string;
  readonly state: ClockState;
  readonly startedAt: Date;
  readonly stoppedAt: Date | null;
  readonly dueAt: Date | null;
  readonly atRiskAt: Date | null;
  readonly onParticipant: string;
  readonly pauses: readonly ShownPause[];
  readonly elapsedSeconds: number;
  readonly remainingSeconds: number | null;
  readonly cycle: number;
  readonly calendarVersion: string | null;
}

export function shownClock(row: Clock, nowMs: number): ShownClock {
  const pauses = pausesOf(row.pauses);
  const calendar = calendarOf(row.calendarId, row.calendarVersion);
  // Without its calendar a target cannot be judged; the time that passed still can be told.
  const target =
    calendar && row.targetN !== null && row.targetUnit !== null
      ? { n: row.targetN, unit: row.targetUnit as TargetUnit }
      : undefined;
  const judged = calendar ?? calendars.office;
  const cancelled = row.state === 'CANCELLED';
  const ended = row.stoppedAt?.getTime();
  const reading = readClock(
    {
      startedAtMs: row.startedAt.getTime(),
      ...(target && { target }),
      calendarVersion: judged.version,
      pauses: pauses.map(({ from, to, reason }) => ({
        fromMs: from.getTime(),
        ...(to && { toMs: to.getTime() }),
        reason,
      })),
      ...(ended !== undefined && (cancelled ? { cancelledAtMs: ended } : { stoppedAtMs: ended })),
    },
    judged,
    nowMs,
  );
  return {
    name: row.name,
    state: reading.state,
    startedAt: row.startedAt,
    stoppedAt: row.stoppedAt,
    dueAt: dateOf(reading.dueAtMs),
    atRiskAt: dateOf(reading.atRiskAtMs),
    onParticipant: row.onParticipant,
    pauses,
    elapsedSeconds: Math.floor(Math.max(0, reading.elapsedMs) / 1000),
    remainingSeconds: reading.remainingMs === undefined ? null : Math.floor(reading.remainingMs / 1000),
    cycle: row.cycle,
    calendarVersion: row.calendarVersion,
  };
}

const dateOf = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));

function calendarOf(id: string | null, version: string | null): Calendar | undefined {
  return Object.values(calendars).find((calendar) => calendar.id === id && calendar.version === version);
}

function pausesOf(json: unknown): readonly ShownPause[] {
  const stored = json as readonly { from: string; to: string | null; reason: string }[];
  return stored.map(({ from, to, reason }) => ({ from: new Date(from), to: to ? new Date(to) : null, reason }));
}
