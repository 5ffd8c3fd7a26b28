/**
 * The last look at an error before a caller sees it. Only codes of the contract and a few facts pass; what broke
 * inside keeps its words to the log.
 */
import { type ErrorCode, errorCodes, isErrorCode } from '@kortelijn/schema/errors/codes.ts';
import type { GraphQLFormattedError } from 'graphql';

const textLengthMax = 1_000;

export function formatError(error: GraphQLFormattedError, traceId?: string): GraphQLFormattedError {
  const given = error.extensions ?? {};
  const code: ErrorCode = typeof given.code === 'string' && isErrorCode(given.code) ? given.code : 'INTERNAL';
  const { meaning, remedy, retryable } = errorCodes[code];
  return {
    message: code === 'INTERNAL' ? `${meaning} ${remedy}` : error.message.slice(0, textLengthMax),
    ...(error.locations !== undefined && { locations: error.locations }),
    ...(error.path !== undefined && { path: error.path }),
    extensions: {
      code,
      retryable: typeof given.retryable === 'boolean' ? given.retryable : retryable,
      ...(typeof given.participant === 'string' && { participant: given.participant.slice(0, 64) }),
      ...tracing(traceId ?? given.traceId),
    },
  };
}

function tracing(traceId: unknown): { readonly traceId?: string } {
  return typeof traceId === 'string' && /^[\da-f]{32}$/.test(traceId) ? { traceId } : {};
}
