/**
 * What of an error leaves the endpoint: a code of the contract and its sentence, or INTERNAL and nothing. An error that
 * nobody gave a code is ours, whatever it says.
 */

import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { storeCodeOf } from './store-error.ts';

const EXTENSIONS_SHOWN = ['code', 'retryable', 'path', 'id'] as const;
/** Apollo's own codes for what the caller did wrong. */
const OF_THE_CALLER = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
];

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

export function createFormatError(logInternal: (error: unknown) => void): FormatError {
  return (formatted, error) => {
    const code = formatted.extensions?.code;
    if (typeof code === 'string' && (OF_THE_CALLER.includes(code) || isOurs(error))) {
      const shown = EXTENSIONS_SHOWN.flatMap((name) => {
        const value = formatted.extensions?.[name];
        return value === undefined ? [] : [[name, value] as const];
      });
      return { ...formatted, extensions: Object.fromEntries(shown) };
    }
    logInternal(error);
    const thrown = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    const store = storeCodeOf(thrown);
    const at = {
      ...(formatted.path && { path: formatted.path }),
      ...(formatted.locations && { locations: formatted.locations }),
    };
    if (store) return { message: STORE_MESSAGES[store], ...at, extensions: { code: store, retryable: true } };
    return {
      message: 'The endpoint broke a rule of its own; its log says which.',
      ...at,
      extensions: { code: 'INTERNAL' },
    };
  };
}

const STORE_MESSAGES = {
  STORE_UNAVAILABLE: 'The store of this endpoint does not answer; nothing was changed.',
  OUTCOME_UNKNOWN: 'The answer of the store was lost: repeat the command with the same commandId.',
} as const;

/** Thrown with a code on purpose: a GraphQLError, alone or as the cause that execution wrapped. */
function isOurs(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  const thrown = error.originalError ?? error;
  return thrown instanceof GraphQLError && thrown.extensions.code !== 'INTERNAL_SERVER_ERROR';
}
