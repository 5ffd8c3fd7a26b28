/**
 * From which pages a browser may open a stream. A script of another site has no token; whoever leaves one lying about
 * is kept from being used by it all the same. Programs send no origin.
 */
import type { IncomingMessage } from 'node:http';

export type IsAllowedOrigin = (request: IncomingMessage) => boolean;

export const foreignOrigin = 'Expected a page of the hub or of a registered origin, found another.';

export interface OriginOptions {
  readonly corsOrigins: readonly string[];
  /** The address that callers use; undefined: the one that a request was sent to. */
  readonly publicUrl: string | undefined;
}

export function createOriginCheck({ corsOrigins, publicUrl }: OriginOptions): IsAllowedOrigin {
  const allowed = new Set(corsOrigins);
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  return ({ headers: { origin, host } }) => {
    if (origin === undefined || allowed.has(origin)) return true;
    if (own !== undefined) return origin === own;
    return URL.canParse(origin) && new URL(origin).host === host;
  };
}
