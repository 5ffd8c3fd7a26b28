/**
 * What an incident takes along to another participant, reported there or handed over: the body of the envelopes
 * `incident.reported` and `incident.handedOver`. The receiver opens a record of its own from it, under the id that the
 * sender made below the receiver's prefix. Read with suspicion: it was written by somebody else.
 */
import { isParticipantId, parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import { involvedCountMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { parseDateTime } from '@kortelijn/schema/vocabulary/scalars.ts';
import { type Bounds, refuseText, TEXTS } from './bounds.ts';
import type { Impact, Incident, Priority, Urgency } from './incident.ts';

export interface Transfer {
  readonly id: string;
  readonly chainId: string;
  readonly reporter: string;
  readonly title: string;
  readonly description: string | null;
  readonly service: string;
  readonly impact: Impact;
  readonly urgency: Urgency;
  readonly priority: Priority;
  /** A team of the receiver by name, where the sender knows one. The receiver may not have it. */
  readonly teamName: string | null;
  readonly involved: readonly string[];
  /** Every earlier holder in order, the sender of a handover last; empty in a report. */
  readonly holders: readonly string[];
  readonly affected: readonly string[];
  readonly firstReportedAt: Date;
  readonly sentAt: Date;
  readonly previousId: string | null;
  readonly reason: string | null;
  readonly importBatch: string | null;
}

/** As JSON: what is signed and sent. */
export function transferBody(transfer: Transfer): Readonly<Record<string, unknown>> {
  return {
    ...transfer,
    firstReportedAt: transfer.firstReportedAt.toISOString(),
    sentAt: transfer.sentAt.toISOString(),
  };
}

export type ReadTransfer =
  | { readonly ok: true; readonly transfer: Transfer }
  /** `code` of the contract, `what` for the sender's log: it names a field, never content. */
  | { readonly ok: false; readonly code: 'ENVELOPE_MALFORMED' | 'ENVELOPE_NOT_FOR_ME'; readonly what: string };

const IMPACTS = ['LOW', 'MEDIUM', 'HIGH', 'MAJOR'] as const;
const URGENCIES = ['LOW', 'MEDIUM', 'HIGH'] as const;
const PRIORITIES = ['P1', 'P2', 'P3', 'P4', 'P5'] as const;
/** A chain that has moved more often than this is no incident any more, it is a loop. */
export const HOLDERS_MAX = 500;

export function readTransfer(
  kind: 'incident.reported' | 'incident.handedOver',
  body: unknown,
  from: string,
  me: string,
): ReadTransfer {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return malformed('body');
  const raw = body as Record<string, unknown>;
  const fields = {
    id: incidentId(raw.id),
    chainId: incidentId(raw.chainId),
    reporter: participant(raw.reporter),
    title: text(raw.title, TEXTS.title),
    description: text(raw.description, TEXTS.description),
    service: text(raw.service, TEXTS.service),
    impact: oneOf(raw.impact, IMPACTS),
    urgency: oneOf(raw.urgency, URGENCIES),
    priority: oneOf(raw.priority, PRIORITIES),
    teamName: text(raw.teamName, TEXTS.teamName),
    involved: participants(raw.involved, involvedCountMax),
    holders: participants(raw.holders, HOLDERS_MAX),
    affected: participants(raw.affected ?? [], involvedCountMax),
    firstReportedAt: instant(raw.firstReportedAt),
    sentAt: instant(raw.sentAt),
    previousId: raw.previousId === null || raw.previousId === undefined ? null : incidentId(raw.previousId),
    reason: text(raw.reason, { ...TEXTS.reason, optional: true }),
    importBatch: text(raw.importBatch, { ...TEXTS.batch, optional: true }),
  };
  const broken = Object.entries(fields).find(([, value]) => value === undefined);
  if (broken) return malformed(broken[0]);
  const transfer = fields as Transfer;
  if (prefixOf(transfer.id) !== me) return { ok: false, code: 'ENVELOPE_NOT_FOR_ME', what: 'id' };
  if (transfer.firstReportedAt > transfer.sentAt) return malformed('firstReportedAt');
  const foul = kind === 'incident.reported' ? foulReport(transfer, from) : foulHandover(transfer, from);
  return foul ? { ok: false, code: 'ENVELOPE_NOT_FOR_ME', what: foul } : { ok: true, transfer };
}

/** Nobody reports in another's name, or begins in the middle of a chain. */
function foulReport({ reporter, holders, previousId, chainId, id }: Transfer, from: string): string | undefined {
  if (reporter !== from) return 'reporter';
  if (holders.length > 0) return 'holders';
  if (previousId !== null) return 'previousId';
  return chainId === id ? undefined : 'chainId';
}

/** Only a holder hands over, and only what it holds. */
function foulHandover({ holders, previousId, involved }: Transfer, from: string): string | undefined {
  if (holders.at(-1) !== from) return 'holders';
  if (previousId === null || prefixOf(previousId) !== from) return 'previousId';
  return involved.includes(from) ? undefined : 'involved';
}

/** Whether a second envelope tells the same as the record that the first one opened. */
export function opensSame(transfer: Transfer, incident: Incident): boolean {
  return (
    incident.id === transfer.id && incident.previousId === transfer.previousId && incident.chainId === transfer.chainId
  );
}

function malformed(what: string): ReadTransfer {
  return { ok: false, code: 'ENVELOPE_MALFORMED', what };
}

export function prefixOf(id: string): string {
  return id.slice(0, id.indexOf(':'));
}

function incidentId(value: unknown): string | undefined {
  return typeof value === 'string' && parseId(value)?.tag === 'inc' ? value : undefined;
}

function participant(value: unknown): string | undefined {
  return typeof value === 'string' && isParticipantId(value) ? value : undefined;
}

function participants(value: unknown, countMax: number): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > countMax) return undefined;
  return value.every((one) => participant(one) !== undefined) ? (value as string[]) : undefined;
}

/** Null where nothing is said and nothing needs to be; undefined where a rule is broken. */
function text(value: unknown, bounds: Bounds): string | null | undefined {
  if (value === undefined || value === null) return bounds.optional ? null : undefined;
  if (typeof value !== 'string') return undefined;
  return refuseText(value, '', bounds) ? undefined : value;
}

function oneOf<T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((one) => one === value);
}

function instant(value: unknown): Date | undefined {
  return typeof value === 'string' ? parseDateTime(value) : undefined;
}
