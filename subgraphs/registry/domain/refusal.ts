/** A rule said no. A value, never thrown out of a command: each kind is a member of the result unions. */

import type { ErrorCode } from '@kortelijn/schema/errors/codes.ts';
import type { Decision } from '@kortelijn/schema/interpret/lifecycle.ts';

export type Refusal =
  | {
      readonly kind: 'VersionConflict';
      readonly message: string;
      readonly expectedVersion: number;
      readonly foundVersion: number;
    }
  | {
      readonly kind: 'StateDoesNotAllow';
      readonly message: string;
      readonly event: string;
      readonly state: string;
      readonly allowedFrom: readonly string[];
    }
  | { readonly kind: 'NotAllowed'; readonly message: string; readonly code: ErrorCode }
  | { readonly kind: 'InvalidInput'; readonly message: string; readonly code: ErrorCode; readonly path: string }
  | { readonly kind: 'NotFound'; readonly message: string; readonly id: string }
  | { readonly kind: 'CommandIdReused'; readonly message: string; readonly commandId: string };

export const invalidInput = (code: ErrorCode, path: string, message: string): Refusal => ({
  kind: 'InvalidInput',
  message,
  code,
  path,
});

export const notAllowed = (code: ErrorCode, message: string): Refusal => ({ kind: 'NotAllowed', message, code });

/** Absent and hidden look the same: who may not see an object is not told that it exists. */
export const notFound = (id: string): Refusal => ({
  kind: 'NotFound',
  message: 'There is no such object, or it is not for this caller.',
  id,
});

export const versionConflict = (expectedVersion: number, foundVersion: number): Refusal => ({
  kind: 'VersionConflict',
  message: `Expected version ${expectedVersion}, found ${foundVersion}: read it again and decide anew.`,
  expectedVersion,
  foundVersion,
});

export const commandIdReused = (commandId: string): Refusal => ({
  kind: 'CommandIdReused',
  message: 'This commandId was used before for something else: use a new one.',
  commandId,
});

/** What the lifecycle said, as the member of the union that tells it. */
export function refusalOf(event: string, state: string, decision: Extract<Decision, { ok: false }>): Refusal {
  const { code, message, allowedFrom } = decision;
  if (code !== 'STATE_DOES_NOT_ALLOW') return notAllowed(code, message);
  return { kind: 'StateDoesNotAllow', message, event, state, allowedFrom };
}
