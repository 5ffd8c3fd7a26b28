/** The one way in which the hub itself makes an error: a code of the contract, what was expected and what was found. */
import { type ErrorCode, errorCodes } from '@kortelijn/schema/errors/codes.ts';
import { GraphQLError, type GraphQLErrorOptions } from 'graphql';

export interface HubErrorDetails {
  readonly participant?: string;
  readonly nodes?: GraphQLErrorOptions['nodes'];
  readonly cause?: unknown;
}

export function hubError(code: ErrorCode, message?: string, details: HubErrorDetails = {}): GraphQLError {
  const { meaning, remedy, retryable } = errorCodes[code];
  const { participant, nodes, cause } = details;
  return new GraphQLError(message ?? `${meaning} ${remedy}`, {
    nodes: nodes ?? null,
    extensions: { code, retryable, ...(participant !== undefined && { participant }) },
    ...(cause instanceof Error && { originalError: cause }),
  });
}
