import { isParticipantId, type ParticipantId } from './ids.ts';

/**
 * What people say to each other: `LINDE-2026-0042` is the participant in capitals, the year in which the incident was
 * first registered there (Europe/Amsterdam) and that year's counter, at least four digits.
 */
export interface Reference {
  readonly participant: ParticipantId;
  readonly year: number;
  readonly counter: number;
}

const referenceForm = /^([A-Z][A-Z0-9-]{1,30})-([0-9]{4})-([0-9]{4,9})$/;
const yearInAmsterdam = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Amsterdam', year: 'numeric' });

export function formatReference({ participant, year, counter }: Reference): string {
  return `${participant.toUpperCase()}-${String(year).padStart(4, '0')}-${String(counter).padStart(4, '0')}`;
}

/** People type in any case and with spaces around it; a counter has no more zeros in front than four digits need. */
export function parseReference(text: string): Reference | undefined {
  const [, name, year, counter] = referenceForm.exec(text.trim().toUpperCase()) ?? [];
  if (name === undefined || year === undefined || counter === undefined) return undefined;
  const participant = name.toLowerCase();
  if (!isParticipantId(participant)) return undefined;
  if (counter.length > 4 && counter.startsWith('0')) return undefined;
  const count = Number(counter);
  return count === 0 ? undefined : { participant, year: Number(year), counter: count };
}

/** The participant that a reference leads to. */
export function referencePrefix(text: string): ParticipantId | undefined {
  return parseReference(text)?.participant;
}

/** The year that a reference made at this instant bears. */
export function referenceYear(atMs: number): number {
  return Number(yearInAmsterdam.format(atMs));
}
