/** What is known of one request while it is answered; every stage below gets it as it is. */
import type { Authority } from '../identity/authority.ts';

export interface RequestContext {
  readonly authority: Authority;
  /** When the caller no longer waits, in milliseconds since 1970. */
  readonly deadlineMs: number;
  readonly requestId: string;
  /** W3C trace id: 32 hexadecimal digits, the caller's own when it sent one. */
  readonly traceId: string;
  /** What is passed on to endpoints: this request's place in the trace. */
  readonly traceparent: string;
}
