/** One request to the hub over HTTP, and its answer. Nothing here tries again. */
import { type Failure, failureOf, KortelijnError, lineBroken, type WrittenError } from './errors.ts';

export interface Result {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly failures: readonly Failure[];
  readonly traceId: string | undefined;
}

export interface Post {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly token: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly accept: string;
  readonly signal: AbortSignal | undefined;
}

/** Throws LINE_BROKEN when no answer begins. */
export async function post({ url, fetch, token, text, variables, accept, signal }: Post): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept },
      body: JSON.stringify({ query: text, variables }),
      ...(signal && { signal }),
    });
  } catch (cause) {
    throw lineBroken(`Expected an answer from ${url}, got none: ${whyOf(cause)}`, cause);
  }
}

/** Throws LINE_BROKEN when the answer ends early, NOT_THE_HUB when it is not one of the hub. */
export async function readAnswer(response: Response): Promise<Result> {
  let text: string;
  try {
    text = await response.text();
  } catch (cause) {
    throw lineBroken(`Expected a whole answer, got a part: ${whyOf(cause)}`, cause);
  }
  const written = parseWritten(text);
  if (written === undefined) {
    const { status } = response;
    throw new KortelijnError({
      code: 'NOT_THE_HUB',
      message: `Expected an answer of the hub, got HTTP ${status}: ${text.slice(0, 200)}`,
      retryable: status === 502 || status === 503 || status === 504,
    });
  }
  const result = resultOf(written);
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  if (!(seconds >= 0)) return result;
  return {
    ...result,
    failures: result.failures.map((one) => ({ ...one, retryAfterMs: one.retryAfterMs ?? seconds * 1_000 })),
  };
}

/** A result as it stands on any wire. */
export interface WrittenResult {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly WrittenError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export function resultOf({ data = null, errors = [], extensions }: WrittenResult): Result {
  const traceId = extensions?.traceId;
  return { data, failures: errors.map(failureOf), traceId: typeof traceId === 'string' ? traceId : undefined };
}

function parseWritten(text: string): WrittenResult | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isResult = typeof value === 'object' && value !== null && ('data' in value || 'errors' in value);
    return isResult ? (value as WrittenResult) : undefined;
  } catch {
    return undefined;
  }
}

const whyOf = (error: unknown): string => {
  const { message, cause } = error as { readonly message?: string; readonly cause?: { readonly message?: string } };
  return cause?.message || message || String(error);
};
