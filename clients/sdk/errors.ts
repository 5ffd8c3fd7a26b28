import { finalCodes, retryableCodes } from './error-codes.ts';

/** What the hub itself says. Meanings and remedies: schema/errors/ERRORS.md. */
export type HubCode = (typeof retryableCodes)[number] | (typeof finalCodes)[number];

/**
 * What this client says when the hub said nothing, or nothing it knows.
 *
 * - `LINE_BROKEN`: no whole answer came: no connection, a broken line, or nothing heard in time. Retryable.
 * - `NOT_THE_HUB`: something at the address answered that is not the hub, such as a proxy. Retryable for 502, 503, 504.
 * - `TOKEN_UNAVAILABLE`: the given `token` function threw; `cause` has its error. Retryable.
 * - `CURSOR_NOT_SELECTED`: a subscription does not select `cursor` in every member of its item. Final.
 * - `UNKNOWN_CODE`: the hub is newer than this client; `said` has its code. Retryable as the hub says.
 */
export type ClientCode = 'LINE_BROKEN' | 'NOT_THE_HUB' | 'TOKEN_UNAVAILABLE' | 'CURSOR_NOT_SELECTED' | 'UNKNOWN_CODE';

/** Every code that can be met here, and no other: a `switch` over it can be exhaustive. */
export type KortelijnCode = HubCode | ClientCode;

/** What is known of a failure. */
export interface Failure {
  readonly code: KortelijnCode;
  /** A sentence: what was expected, what was found. */
  readonly message: string;
  /** Whether the same request, unchanged, may succeed later. */
  readonly retryable: boolean;
  /** The code in the hub's own words; differs from `code` only with UNKNOWN_CODE. Undefined when the hub said nothing. */
  readonly said?: string | undefined;
  /** Where in the answer; undefined when it is about the whole. */
  readonly path?: readonly (string | number)[] | undefined;
  /** Whose part failed. */
  readonly participant?: string | undefined;
  /** For a report to the hub's keepers. */
  readonly traceId?: string | undefined;
  /** How long the hub asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** Thrown by `query` and `mutate`, and by a stream that ends for good. `code` says which failure it is. */
export class KortelijnError extends Error implements Failure {
  override readonly name = 'KortelijnError';
  readonly code: KortelijnCode;
  readonly retryable: boolean;
  readonly said: string | undefined;
  readonly path: readonly (string | number)[] | undefined;
  readonly participant: string | undefined;
  readonly traceId: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** Of a mutation: the command ids it was sent with. Sent again with the same, it takes effect once. */
  readonly commandIds: readonly string[];

  constructor(failure: Failure, options: ErrorOptions & { readonly commandIds?: readonly string[] } = {}) {
    super(failure.message, options);
    this.code = failure.code;
    this.retryable = failure.retryable;
    this.said = failure.said;
    this.path = failure.path;
    this.participant = failure.participant;
    this.traceId = failure.traceId;
    this.retryAfterMs = failure.retryAfterMs;
    this.commandIds = options.commandIds ?? [];
  }
}

const isIn = <Code extends string>(codes: readonly Code[], code: string): code is Code =>
  (codes as readonly string[]).includes(code);

/** A failure of which only the hub's code is known, as from the close of a socket; undefined when it is no code of the hub. */
export function failureOfCode(code: string): Failure | undefined {
  const isRetryable = isIn(retryableCodes, code);
  if (!isRetryable && !isIn(finalCodes, code)) return undefined;
  return { code, message: `The hub says ${code}.`, retryable: isRetryable, said: code };
}

/** An error as it stands in an answer of the hub. */
export interface WrittenError {
  readonly message?: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export function failureOf({ message = '', path, extensions = {} }: WrittenError): Failure {
  const { code, participant, traceId, retryAfterSeconds } = extensions;
  const said = typeof code === 'string' ? code : undefined;
  const known = said === undefined ? undefined : failureOfCode(said);
  return {
    code: known?.code ?? 'UNKNOWN_CODE',
    message: message || known?.message || 'The hub gave an error without a message.',
    retryable: typeof extensions.retryable === 'boolean' ? extensions.retryable : (known?.retryable ?? false),
    said,
    path,
    participant: typeof participant === 'string' ? participant : undefined,
    traceId: typeof traceId === 'string' ? traceId : undefined,
    retryAfterMs: typeof retryAfterSeconds === 'number' ? retryAfterSeconds * 1_000 : undefined,
  };
}

export function lineBroken(why: string, cause?: unknown): KortelijnError {
  return new KortelijnError({ code: 'LINE_BROKEN', message: why, retryable: true }, { cause });
}
