/** Reads bodies of envelopes with suspicion: what is missing or malformed is undefined, never guessed. */

import type { Effect } from '@kortelijn/kit/envelopes/inbox.ts';
import { type IdTag, parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import { parseDateTime } from '@kortelijn/schema/vocabulary/scalars.ts';
import { type Bounds, refuseText } from '../domain/bounds.ts';
import type { Refusal } from '../domain/refusal.ts';

export function idIn(value: unknown, tag: IdTag, participant?: string): string | undefined {
  if (typeof value !== 'string') return undefined;
  const id = parseId(value);
  return id?.tag === tag && (participant === undefined || id.participant === participant) ? value : undefined;
}

export function instantIn(value: unknown): Date | undefined {
  return typeof value === 'string' ? parseDateTime(value) : undefined;
}

export function textIn(value: unknown, bounds: Bounds): string | undefined {
  return typeof value === 'string' && !refuseText(value, '', bounds) ? value : undefined;
}

export function oneOf<T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((one) => one === value);
}

export const MALFORMED: Effect = { kind: 'REFUSED', code: 'ENVELOPE_MALFORMED' };
export const NOT_FOR_ME: Effect = { kind: 'REFUSED', code: 'ENVELOPE_NOT_FOR_ME' };
export const TAKEN: Effect = { kind: 'TAKEN' };

/** The rule that said no here is the reason that the sender is told. */
export function refused(refusal: Refusal): Effect {
  switch (refusal.kind) {
    case 'StateDoesNotAllow':
      return { kind: 'REFUSED', code: 'STATE_DOES_NOT_ALLOW' };
    case 'NotFound':
      return { kind: 'REFUSED', code: 'NOT_FOUND' };
    case 'NotAllowed':
    case 'InvalidInput':
      return { kind: 'REFUSED', code: refusal.code };
    case 'VersionConflict':
    case 'CommandIdReused':
      throw new Error(`An envelope names neither version nor command, and met ${refusal.kind}.`);
  }
}
