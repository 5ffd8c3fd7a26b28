/** An operation that cannot be answered, by a code of the contract. What a rule refuses is a value, never this. */
import type { ErrorCode } from '@kortelijn/schema/errors/codes.ts';
import { GraphQLError } from 'graphql';

export function codedError(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
