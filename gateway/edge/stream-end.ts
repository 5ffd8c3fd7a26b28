/** Why a connection is closed by the hub, and with which number over WebSocket. */
import type { ErrorCode } from '@kortelijn/schema/errors/codes.ts';

/**
 * 4401 and 4403 as the protocol graphql-transport-ws has them: come back with another token, or do not. 1008, 1012 and
 * 1013 as IANA lists them; 4490 is ours.
 */
export const closeCodes = {
  TOKEN_EXPIRED: 4401,
  UNAUTHENTICATED: 4403,
  ACCESS_REVOKED: 4403,
  CONSUMER_TOO_SLOW: 4490,
  RATE_LIMITED: 1008,
  STOPPING: 1012,
  TOO_MANY_STREAMS: 1013,
} as const satisfies Partial<Record<ErrorCode, number>>;

export type EndCode = keyof typeof closeCodes;
