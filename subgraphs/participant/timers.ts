/**
 * What time does by itself: waiting ends at its `until`, silence after a resolution becomes consent, and a message that
 * nobody takes in for thirty days is told of. One object per transaction, skipping what somebody else holds, so any number of processes may run this side by side. Imported
 * records live in their own time: no timer touches them.
 */
import { STUCK_MS } from '@kortelijn/kit/envelopes/envelope.ts';
import { inTransaction, type PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { type Calendar, dayOf, endOfDay, workingDayAfter } from '@kortelijn/schema/interpret/calendar.ts';
import { calendars } from '@kortelijn/schema/vocabulary/calendars.ts';
import { applyEvent } from './commands/apply-event.ts';
import { actOf, type Desk } from './commands/desk.ts';
import { writeNotice } from './commands/write-notice.ts';
import { systemOf } from './domain/actor.ts';
import { isRefusal } from './domain/refusal.ts';
import { SHOWN } from './envelopes/on-receipt.ts';

export interface Timers extends AsyncDisposable {
  /** Does what is due now; answers how many objects it moved. */
  tick(): Promise<number>;
  close(): Promise<void>;
}

export interface TimersOptions {
  /** By default 2 seconds. 0: only when `tick` is called. */
  readonly everyMs?: number;
  readonly onError?: (error: Error) => void;
}

const EVERY_MS = 2_000;
/** Then the others get a turn; the next tick goes on. */
const PER_TICK_MAX = 200;
export const SILENCE_WORKING_DAYS = 5;
/** However the calendar lies, five working days do not end sooner: a cheap way to look at few rows. */
const SILENCE_MS_MIN = 4 * 24 * 3_600_000;

/** The end of service hours of the fifth working day after it; the day of the resolution is not counted. */
export function silenceEndsAt(calendar: Calendar, resolvedAt: Date): Date {
  const day = workingDayAfter(calendar, dayOf(calendar, resolvedAt.getTime()), SILENCE_WORKING_DAYS);
  return new Date(endOfDay(calendar, day));
}

export function createTimers(desk: Desk, { everyMs = EVERY_MS, onError = () => {} }: TimersOptions = {}): Timers {
  let running: Promise<number> | undefined;
  let closed = false;

  const work = async () => {
    const calendar = await calendarOf(desk);
    let moved = 0;
    const closeOneBy = (own: Desk, client: PoolClient) => closeOne(own, client, calendar);
    for (const once of [resumeOne, closeOneBy, tellOfStuckOne]) {
      for (let turn = 0; turn < PER_TICK_MAX && !closed; turn++) {
        if (!(await inTransaction(desk.pool, (client) => once(desk, client)))) break;
        moved++;
      }
    }
    if (moved > 0) desk.committed({ envelopes: true });
    return moved;
  };
  const tick = () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
  const timer = everyMs === 0 ? undefined : setInterval(() => tick().catch(onError), everyMs);
  timer?.unref();

  const close = async () => {
    closed = true;
    clearInterval(timer);
    await running?.catch(() => {});
  };
  return { tick, close, [Symbol.asyncDispose]: close };
}

async function resumeOne(desk: Desk, client: PoolClient): Promise<boolean> {
  const { rows } = await client.query({
    name: 'timer-waiting',
    text: `SELECT id FROM incident
           WHERE wait_until IS NOT NULL AND wait_until <= $1 AND state = 'WAITING' AND imported_batch IS NULL
           ORDER BY wait_until LIMIT 1 FOR UPDATE SKIP LOCKED`,
    values: [new Date(desk.now())],
  });
  const id: string | undefined = rows[0]?.id;
  if (id === undefined) return false;
  const applied = await applyEvent(desk, client, id, 'resume', actOf(desk, systemOf(desk.me, 'timer')), undefined);
  if (isRefusal(applied)) throw new Error(`Timer: ${id} cannot resume: ${applied.message}`);
  return true;
}

async function closeOne(desk: Desk, client: PoolClient, calendar: Calendar): Promise<boolean> {
  const now = desk.now();
  const { rows } = await client.query({
    name: 'timer-resolved',
    text: `SELECT id, resolved_at FROM incident
           WHERE state = 'RESOLVED' AND resolved_at <= $1 AND imported_batch IS NULL
           ORDER BY resolved_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    values: [new Date(now - SILENCE_MS_MIN)],
  });
  const found: { id: string; resolved_at: Date } | undefined = rows[0];
  if (!found) return false;
  const endsAt = silenceEndsAt(calendar, found.resolved_at);
  // The oldest is not due, so no other is.
  if (endsAt.getTime() > now) return false;
  const act = actOf(desk, systemOf(desk.me, 'timer'));
  const applied = await applyEvent(desk, client, found.id, 'closeAfterSilence', act, undefined, {
    silenceEndsAt: endsAt,
  });
  if (isRefusal(applied)) throw new Error(`Timer: ${found.id} cannot close: ${applied.message}`);
  return true;
}

/** It is tried on all the same. Told again once the notice is so old that it was cleared away. */
async function tellOfStuckOne(desk: Desk, client: PoolClient): Promise<boolean> {
  const { rows } = await client.query({
    name: 'timer-stuck',
    text: `SELECT id, recipient FROM envelope_out
           WHERE state = 'PENDING_DELIVERY' AND created_at <= $1 AND type = ANY($2) AND NOT EXISTS (
             SELECT FROM notification WHERE envelope_id = envelope_out.id AND kind = 'ENVELOPE_STUCK')
           ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    values: [new Date(desk.now() - STUCK_MS), SHOWN],
  });
  const found: { id: string; recipient: string } | undefined = rows[0];
  if (!found) return false;
  // Another process may have told of it while this one looked for it; now the row is held.
  const told = await client.query(
    `SELECT FROM notification WHERE envelope_id = $1 AND kind = 'ENVELOPE_STUCK' LIMIT 1`,
    [found.id],
  );
  if (told.rowCount === 0)
    await writeNotice(desk, client, 'ENVELOPE_STUCK', { from: found.recipient, envelopeId: found.id });
  return true;
}

/** The participant's own, where the contract has it under that name. */
async function calendarOf({ pool }: Desk): Promise<Calendar> {
  const { rows } = await pool.query('SELECT calendar_id FROM profile');
  return Object.values<Calendar>(calendars).find(({ id }) => id === rows[0]?.calendar_id) ?? calendars.office;
}
