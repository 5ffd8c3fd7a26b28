/**
 * The last look at an error before a caller sees it. Only codes of the contract and a few facts pass; what broke
 * inside keeps its words to the log.
 */
import { type ErrorCode, errorCodes, isErrorCode } from '@kortelijn/schema/errors/codes.ts';
import type { GraphQLFormattedError } from 'graphql';

const textLengthMax = 1_000;
const partyCountMax = 1_000;

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
      ...about(given),
      ...(Number.isSafeInteger(given.retryAfterSeconds) && { retryAfterSeconds: given.retryAfterSeconds }),
      ...(Array.isArray(given.participants) && { participants: given.participants.slice(0, partyCountMax).map(about) }),
      ...tracing(traceId ?? given.traceId),
    },
  };
}

/** Which participant, and what became of it: names and words of closed lists, never a text. */
function about(given: unknown): {
  readonly participant?: string;
  readonly outcome?: string;
  readonly code?: ErrorCode;
} {
  const { participant, outcome, code } = (given ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...(typeof participant === 'string' && { participant: participant.slice(0, 64) }),
    ...(typeof outcome === 'string' && /^[A-Z_]{1,32}$/.test(outcome) && { outcome }),
    ...(typeof code === 'string' && isErrorCode(code) && { code }),
  };
}

function tracing(traceId: unknown): { readonly traceId?: string } {
  return typeof traceId === 'string' && /^[\da-f]{32}$/.test(traceId) ? { traceId } : {};
}
