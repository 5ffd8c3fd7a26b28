/** How long the caller waits: `kortelijn-deadline-ms`, a whole number of milliseconds. */

import type { GraphQLError } from 'graphql';
import { hubError } from '../errors.ts';

export const deadlineHeader = 'kortelijn-deadline-ms';
const defaultMs = 10_000;
const maxMs = 30_000;

export function timeoutOf(header: string | string[] | undefined): number | GraphQLError {
  if (header === undefined) return defaultMs;
  const ms = typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) : Number.NaN;
  if (ms >= 1 && ms <= maxMs) return ms;
  return hubError(
    'BAD_REQUEST',
    `Expected "${deadlineHeader}" between 1 and ${maxMs}, found "${String(header).slice(0, 32)}".`,
  );
}
