/**
 * What each participant said, by a closed list, and the one table of what becomes which.
 *
 * `isMissing`: the answer lacks what this participant has. A refusal and a suspension are answers.
 */
import type { Answered, Failed, Failure } from '../transport/reply.ts';

export const outcomes = [
  'FRESH',
  'STALE',
  'TIMED_OUT',
  'UNREACHABLE',
  'REFUSED',
  'SUSPENDED',
  'CONTRACT_BREACH',
  'SKIPPED',
] as const;
export type Outcome = (typeof outcomes)[number];

export interface Said {
  readonly outcome: Outcome;
  /** Why, as a code of the contract. */
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

const byFailure: Readonly<Record<Failure, Said>> = {
  UNREACHABLE: { outcome: 'UNREACHABLE' },
  LOST: { outcome: 'UNREACHABLE' },
  UNAVAILABLE: { outcome: 'UNREACHABLE', code: 'STORE_UNAVAILABLE' },
  TIMED_OUT: { outcome: 'TIMED_OUT' },
  REFUSED: { outcome: 'REFUSED' },
  NOT_TRUSTED: { outcome: 'REFUSED', code: 'NOT_TRUSTED' },
  CLOCK_SKEW: { outcome: 'CONTRACT_BREACH', code: 'CLOCK_SKEW' },
  BREACH: { outcome: 'CONTRACT_BREACH' },
  TOO_LARGE: { outcome: 'CONTRACT_BREACH', code: 'ANSWER_TOO_LARGE' },
  BREAKER_OPEN: { outcome: 'SKIPPED', code: 'BREAKER_OPEN' },
  TOO_MANY_IN_FLIGHT: { outcome: 'SKIPPED', code: 'TOO_MANY_IN_FLIGHT' },
  OVERLOADED: { outcome: 'SKIPPED', code: 'OVERLOADED' },
  DEADLINE_EXCEEDED: { outcome: 'SKIPPED', code: 'DEADLINE_EXCEEDED' },
};

export function saidByFailure({ failure, reason }: Failed): Said {
  const said = byFailure[failure];
  return { ...said, reason };
}

/** Codes by which an endpoint says that the caller may not, or that there is nothing for him. */
const refusals = new Set([
  'REFUSED',
  'FORBIDDEN',
  'UNAUTHENTICATED',
  'NOT_TRUSTED',
  'SCOPE_MISSING',
  'ROLE_DOES_NOT_ALLOW',
  'OVERSIGHT_NOT_LIVE',
]);
/** Codes of an endpoint that is there and cannot answer now. */
const unavailabilities = new Set(['STORE_UNAVAILABLE', 'OVERLOADED', 'ACCESS_LOG_UNAVAILABLE', 'READ_ONLY']);

/** A whole root field that came back as an error. */
export function saidByError(answered: Answered, rootKey: string): Said {
  const error = answered.errors.find(({ path }) => path[0] === rootKey) ?? answered.errors[0];
  const code = error?.code;
  if (code !== undefined && refusals.has(code)) return { outcome: 'REFUSED', code };
  if (code !== undefined && unavailabilities.has(code)) return { outcome: 'UNREACHABLE', code };
  // A caller's bad input is the same everywhere: the participant refuses it.
  if (code === 'BAD_USER_INPUT' || code?.startsWith('CURSOR_') || code === 'FIRST_OUT_OF_RANGE')
    return { outcome: 'REFUSED', code };
  return {
    outcome: 'CONTRACT_BREACH',
    ...(code !== undefined && code !== 'INTERNAL_SERVER_ERROR' && { code }),
    reason: 'Expected the field or a coded refusal, found an error.',
  };
}

export function breach(reason: string): Said {
  return { outcome: 'CONTRACT_BREACH', reason };
}

const missing: ReadonlySet<Outcome> = new Set(['STALE', 'TIMED_OUT', 'UNREACHABLE', 'CONTRACT_BREACH', 'SKIPPED']);

export function isMissing(outcome: Outcome): boolean {
  return missing.has(outcome);
}

/** The code an error carries for a part that is not there. */
export function codeOf(said: Said): string {
  return said.code ?? said.outcome;
}
