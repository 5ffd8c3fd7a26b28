import { randomBytes } from 'node:crypto';

/** W3C Trace Context, section 3.2.2: version, trace id, parent id, flags. All zeroes is no trace. */
const traceparent = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;

export function traceIdOf(header: string | string[] | undefined): string {
  const given = typeof header === 'string' ? traceparent.exec(header)?.[1] : undefined;
  return given ?? randomBytes(16).toString('hex');
}

/** The header for the next hop: the same trace, a parent of our own. */
export function traceparentOf(traceId: string): string {
  return `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
}
