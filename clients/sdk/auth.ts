import { KortelijnError } from './errors.ts';

/** What the `token` function is told. */
export interface TokenRequest {
  /** The token that the hub has just called expired; undefined when there was none before. */
  readonly expired: string | undefined;
}

export interface Auth {
  /** The token at hand, or a fresh one. */
  token(): Promise<string>;
  /** The hub calls this one expired: the next is a fresh one. */
  expire(token: string): void;
}

/** Asks for a token once and keeps it until the hub calls it expired; who asks meanwhile gets the same. */
export function createAuth(fetchToken: (request: TokenRequest) => Promise<string>): Auth {
  let held: Promise<string> | undefined;
  let known: string | undefined;
  let expired: string | undefined;
  const renew = async (): Promise<string> => {
    try {
      const token = await fetchToken({ expired });
      if (token === expired) {
        throw new KortelijnError({
          code: 'TOKEN_EXPIRED',
          message: 'Expected a fresh token, got the one that has expired: log in again.',
          retryable: false,
        });
      }
      known = token;
      return token;
    } catch (cause) {
      held = undefined;
      if (cause instanceof KortelijnError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new KortelijnError(
        { code: 'TOKEN_UNAVAILABLE', message: `Expected a token, got none: ${why}`, retryable: true },
        { cause },
      );
    }
  };
  return {
    token: () => {
      held ??= renew();
      return held;
    },
    expire: (token) => {
      if (token !== known) return;
      expired = token;
      known = undefined;
      held = undefined;
    },
  };
}
