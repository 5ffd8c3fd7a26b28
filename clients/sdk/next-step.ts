/** What follows from the outcome of one try. Pure: waiting and asking is request.ts. */
import type { Result } from './ask.ts';
import type { Failure } from './errors.ts';

export type Kind = 'query' | 'mutation';

export type Step =
  | { readonly kind: 'answer' }
  /** With a fresh token, at once. */
  | { readonly kind: 'renew' }
  | { readonly kind: 'again'; readonly failure: Failure }
  | { readonly kind: 'refused'; readonly failure: Failure };

export interface Tried {
  readonly of: Kind;
  /** What came, or why nothing did. */
  readonly outcome: Result | Failure;
  /** How many more tries there may be. */
  readonly triesLeft: number;
  /** Whether the token was renewed before this try already. */
  readonly isRenewed: boolean;
}

/**
 * A query with data is an answer, whoever is missing in it. Of a mutation every command must have been answered; those
 * that have been are not repeated by sending all again with the same ids.
 */
export function nextStep({ of, outcome, triesLeft, isRenewed }: Tried): Step {
  const whole = failureOfAll(outcome, of);
  if (whole?.code === 'TOKEN_EXPIRED' && whole.retryable) {
    return isRenewed ? { kind: 'refused', failure: whole } : { kind: 'renew' };
  }
  const open = whole ?? (of === 'mutation' && 'data' in outcome ? lostCommand(outcome) : undefined);
  if (open?.retryable && triesLeft > 0) return { kind: 'again', failure: open };
  return whole === undefined ? { kind: 'answer' } : { kind: 'refused', failure: whole };
}

/** Why there is nothing at all; undefined when there is something. */
function failureOfAll(outcome: Result | Failure, of: Kind): Failure | undefined {
  if (!('data' in outcome)) return outcome;
  const { data, failures } = outcome;
  const [first] = failures;
  const isDone = data !== null && (of === 'query' || Object.values(data).some((command) => command !== null));
  if (isDone || (data !== null && first === undefined)) return undefined;
  return first ?? { code: 'NOT_THE_HUB', message: 'Expected data or errors, got neither.', retryable: false };
}

/** A command whose answer is missing and may still come. */
const lostCommand = ({ data, failures }: Result): Failure | undefined =>
  failures.find(({ path, retryable }) => retryable && path?.length === 1 && data?.[String(path[0])] === null);
