/** A query or a mutation, tried again as long as that is safe and of use. */
import { post, type Result, readAnswer } from './ask.ts';
import type { Auth } from './auth.ts';
import { KortelijnError } from './errors.ts';
import { type Kind, nextStep } from './next-step.ts';
import { pause } from './pause.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';

export interface Requesting {
  readonly of: Kind;
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly auth: Auth;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly commandIds: readonly string[];
  readonly signal: AbortSignal | undefined;
  /** After the first. */
  readonly retries: number;
  /** Of one try. */
  readonly timeoutMs: number;
  readonly random: () => number;
}

export async function request(requesting: Requesting): Promise<Result> {
  const { of, auth, commandIds, signal, retries, random } = requesting;
  let isRenewed = false;
  for (let tries = 0; ; tries += 1) {
    signal?.throwIfAborted();
    let token: string | undefined;
    const outcome = await auth
      .token()
      .then((fresh) => {
        token = fresh;
        return attempt(requesting, fresh);
      })
      .catch((error: unknown) => {
        signal?.throwIfAborted();
        if (error instanceof KortelijnError) return error;
        throw error;
      });
    const step = nextStep({ of, outcome, triesLeft: retries - tries, isRenewed });
    if (step.kind === 'answer') return outcome as Result;
    if (step.kind === 'refused') {
      const cause = outcome instanceof KortelijnError ? outcome.cause : undefined;
      throw new KortelijnError(step.failure, { commandIds, cause });
    }
    if (step.kind === 'renew') {
      isRenewed = true;
      tries -= 1;
      if (token !== undefined) auth.expire(token);
      continue;
    }
    await pause(Math.max(step.failure.retryAfterMs ?? 0, reconnectDelayMs(tries, random)), signal);
  }
}

async function attempt(requesting: Requesting, token: string): Promise<Result> {
  const { url, fetch, text, variables, signal, timeoutMs } = requesting;
  const timeout = AbortSignal.timeout(timeoutMs);
  const both = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  return readAnswer(await post({ url, fetch, token, text, variables, accept: 'application/json', signal: both }));
}
