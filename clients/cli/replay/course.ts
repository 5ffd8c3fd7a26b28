/**
 * The course of one incident through the network, as moments in time order. The log and the answers of the hub are both
 * told in these words, so that one set of figures can be computed from either.
 */

import type { TraceOutcome } from './ledger.ts';
import { targetOf } from './next-commands.ts';
import { lineOf, playerOf } from './organisations.ts';
import type { Trace } from './read-log.ts';

export type Completion = 'FIRST_CALL' | 'NORMAL' | 'CLOSED' | 'CANCELLED';

export interface Moment {
  readonly atMs: number;
  readonly holder: string;
  readonly line: number | null;
  readonly organisationLine: string | null;
  /** A state of the lifecycle, with its reason when waiting. */
  readonly label: string;
  /** It lies in a queue: nobody has taken it up yet. */
  readonly queued: boolean;
  readonly completion: Completion | null;
}

export type Course = readonly Moment[];

/** The log as it is, in the states of the lifecycle. */
export const courseOfTrace = (trace: Trace): Course => courseWithout(trace, { refused: [], unlike: [] });

/** The log without what the hub refused, and with IN_PROGRESS where the lifecycle has no way back to a queue. */
export function courseWithout(trace: Trace, outcome: Pick<TraceOutcome, 'refused' | 'unlike'>): Course {
  const refused = new Set(outcome.refused.map(({ event }) => event));
  const unlike = new Set(outcome.unlike.map(({ event }) => event));
  const moments: Moment[] = [];
  for (const [index, event] of trace.events.entries()) {
    if (refused.has(index)) continue;
    const before = moments.at(-1);
    const target = targetOf(event);
    const completion =
      target?.state === 'CLOSED' || target?.state === 'CANCELLED' ? target.state : (target?.resolution ?? null);
    const resumed =
      unlike.has(index) && before !== undefined && (before.label.startsWith('WAITING') || before.completion !== null);
    const base = {
      atMs: event.atMs,
      holder: playerOf(event.organisationLine),
      line: lineOf(event.team),
      organisationLine: event.organisationLine,
      queued: event.status === 'Queued' && !resumed,
    };
    if (target === undefined) {
      // A note: what held goes on to hold.
      moments.push({ ...base, label: before?.label ?? 'REPORTED', completion: before?.completion ?? null });
    } else if (unlike.has(index) && completion !== null) {
      moments.push({ ...base, label: before?.label ?? 'CLOSED', completion });
    } else if (unlike.has(index)) {
      moments.push({ ...base, label: 'IN_PROGRESS', completion: null });
    } else {
      const label = target.waitReason === undefined ? target.state : `WAITING ${target.waitReason}`;
      moments.push({ ...base, label, completion });
    }
  }
  return moments;
}
