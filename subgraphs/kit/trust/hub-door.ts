/**
 * An endpoint's way to the hub: sealed by the pair key, with the hub's clock as last told. One connection pool, one
 * limit of time and bytes. It says what came back and judges none of it.
 */
import { Agent, request } from 'undici';
import type { EndpointKeys, Pins } from './keys.ts';
import { pairKey } from './pair-key.ts';
import { createSeal, FROM_HEADER, SEAL_HEADER, TIME_HEADER } from './seal.ts';

export interface HubDoorOptions {
  /** Without a path, e.g. http://localhost:4000. */
  readonly hubUrl: string;
  readonly name: string;
  readonly keys: EndpointKeys;
  readonly pins: Pins;
  readonly now: () => number;
  /** For one attempt, body included. */
  readonly timeoutMs?: number;
}

export interface HubAnswer {
  readonly status: number;
  readonly body: string;
}

export interface SendOptions {
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface HubDoor extends AsyncDisposable {
  /** Throws when there was no whole answer in time. */
  send(method: 'GET' | 'POST', path: string, options?: SendOptions): Promise<HubAnswer>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 8_000;
const ANSWER_BYTES_MAX = 5_000_000;

export function createHubDoor(setup: HubDoorOptions): HubDoor {
  const { hubUrl, name, keys, pins, now, timeoutMs = TIMEOUT_MS } = setup;
  const [other] = pins.hub.agree;
  if (!other) throw new Error('The pins hold no agree key of the hub.');
  const key = pairKey({ own: keys.agree, other, endpoint: name });
  const base = new URL(hubUrl);
  const agent = new Agent({ connections: 32, pipelining: 1, keepAliveTimeout: 10_000 });
  /** What to add to our clock to have the hub's; learnt from a refusal, 0 until then. */
  let aheadMs = 0;

  const attempt = async (method: 'GET' | 'POST', path: string, { body = '', signal }: SendOptions) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const seal = createSeal(key, { method, path, body, assertion: '' }, Math.round(now() + aheadMs));
    const response = await request(new URL(path, base), {
      method,
      dispatcher: agent,
      headers: {
        [FROM_HEADER]: name,
        [SEAL_HEADER]: seal,
        ...(method === 'POST' && { 'content-type': 'application/json' }),
      },
      ...(method === 'POST' && { body }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response.body) {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) throw new Error(`The hub's answer is larger than ${ANSWER_BYTES_MAX} bytes.`);
      chunks.push(chunk);
    }
    const answer = { status: response.statusCode, body: Buffer.concat(chunks).toString('utf8') };
    return { answer, hubTimeMs: Number(response.headers[TIME_HEADER]) };
  };

  const close = () => agent.destroy();
  return {
    send: async (method, path, options = {}) => {
      const first = await attempt(method, path, options);
      if (first.answer.status !== 401 || !Number.isFinite(first.hubTimeMs) || !saysClockSkew(first.answer.body)) {
        return first.answer;
      }
      aheadMs = first.hubTimeMs - now();
      return (await attempt(method, path, options)).answer;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function saysClockSkew(body: string): boolean {
  try {
    return JSON.parse(body).errors?.[0]?.extensions?.code === 'CLOCK_SKEW';
  } catch {
    return false;
  }
}
