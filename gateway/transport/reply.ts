/** What came of asking one endpoint once, as data: nothing an endpoint does is an exception. */
export type Reply = Answered | Failed;

export interface Answered {
  readonly kind: 'answered';
  /** A GraphQL answer in its outer form; what is inside is still a stranger's word. */
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly EndpointError[];
  readonly receivedAtMs: number;
  /** The endpoint's clock minus ours; undefined when the answer carried no time. */
  readonly skewMs: number | undefined;
}

export interface EndpointError {
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly code: string | undefined;
}

export interface Failed {
  readonly kind: 'failed';
  readonly failure: Failure;
  /** For the log and for `reason`: what was expected and found, without content of the answer. */
  readonly reason: string;
  /** Whether the endpoint may have carried out what it was asked. */
  readonly mayHaveActed: boolean;
  readonly skewMs?: number | undefined;
}

export type Failure =
  /** No connection could be made. */
  | 'UNREACHABLE'
  /** The connection broke after the request was sent. */
  | 'LOST'
  /** Connected, and no whole answer in time. */
  | 'TIMED_OUT'
  /** 401 or 403. */
  | 'REFUSED'
  | 'NOT_TRUSTED'
  | 'CLOCK_SKEW'
  /** 429 or 503: it answers, and takes nothing in. */
  | 'UNAVAILABLE'
  /** Not a GraphQL answer over HTTP. */
  | 'BREACH'
  | 'TOO_LARGE'
  | 'BREAKER_OPEN'
  | 'TOO_MANY_IN_FLIGHT'
  /** The hub as a whole has as much under way as it allows. */
  | 'OVERLOADED'
  | 'DEADLINE_EXCEEDED';

export const failed = (failure: Failure, reason: string, mayHaveActed = false): Failed => ({
  kind: 'failed',
  failure,
  reason,
  mayHaveActed,
});
