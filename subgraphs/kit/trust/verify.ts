/**
 * Decides whether a request comes from the hub and for whom: seal and assertion together, whole, now, for this
 * endpoint. Order matters: nothing is parsed before the mac is right, and every refusal but that by time looks the
 * same from outside. `why` is for our own log.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type Caller, callerOf } from './caller.ts';
import { type Claims, JWS_CHARACTERS_MAX, verifyAssertionJws } from './jws.ts';
import type { EndpointKeys, Pins } from './keys.ts';
import { createOperationKinds, type GraphQLRequestBody, parseRequestBody } from './operation-kind.ts';
import { pairKey } from './pair-key.ts';
import { createReplayMemory } from './replay-memory.ts';
import { ASSERTION_HEADER, isMacRight, parseSeal, SEAL_HEADER, type Seal, sha256 } from './seal.ts';

export interface VerifierOptions {
  /** This endpoint's name: an assertion for another one is refused. */
  readonly name: string;
  readonly keys: EndpointKeys;
  readonly pins: Pins;
  /** Milliseconds since 1970, by this endpoint's clock. */
  readonly now: () => number;
  /** Seals from before are refused. Default: the start of this process, also when the clock was set meanwhile. */
  readonly startedAtMs?: number;
}

export type Verified =
  | { readonly ok: true; readonly caller: Caller; readonly request: GraphQLRequestBody | undefined }
  | { readonly ok: false; readonly code: 'NOT_TRUSTED' | 'CLOCK_SKEW'; readonly why: string };

export interface Verifier {
  verify(headers: IncomingHttpHeaders, method: string, path: string, rawBody: Uint8Array): Promise<Verified>;
}

export const SEAL_MS_MAX = 5_000;
export const ASSERTION_SECONDS_MAX = 30;
const ASSERTIONS_REMEMBERED_MAX = 5_000;

export function createVerifier({ name, keys, pins, now, startedAtMs }: VerifierOptions): Verifier {
  const pairKeys = pins.hub.agree.map((other) => pairKey({ own: keys.agree, other, endpoint: name }));
  const assertions = createAssertionMemory(name, pins);
  const replays = createReplayMemory(SEAL_MS_MAX);
  const kinds = createOperationKinds();
  const start = () => startedAtMs ?? now() - process.uptime() * 1_000;

  const verify: Verifier['verify'] = async (headers, method, path, rawBody) => {
    const assertion = headers[ASSERTION_HEADER];
    const sealed = headers[SEAL_HEADER];
    if (typeof assertion !== 'string' || typeof sealed !== 'string') return refused('no assertion or no seal');
    if (assertion.length > JWS_CHARACTERS_MAX) return refused('assertion too long');
    const seal = parseSeal(sealed);
    if (!seal) return refused('malformed seal');
    const request = { method, path, body: rawBody, assertion };
    if (!pairKeys.some((key) => isMacRight(key, request, seal))) return refused('mac');

    const proven = await assertions.prove(assertion);
    if (!proven) return refused('assertion');
    const { claims, caller } = proven;

    const body = parseRequestBody(rawBody);
    if (claims.op !== undefined && claims.op !== (body && sha256(body.query))) return refused('op');
    if (claims.bh === undefined) {
      if (body && !kinds.isReadOnly(body.query)) return refused('not only queries, and no bh');
    } else if (claims.bh !== sha256(rawBody)) return refused('bh');

    // From here on everything but the time is right, so saying so tells nothing to anyone but the hub.
    const late = untimely(seal, proven, now(), start());
    if (late) return { ok: false, code: 'CLOCK_SKEW', why: late };
    if (!replays.firstUse(seal.jti, seal.t, now())) return refused('this seal was used before');
    return { ok: true, caller, request: body };
  };
  return { verify };
}

const refused = (why: string): Verified => ({ ok: false, code: 'NOT_TRUSTED', why });

function untimely(seal: Seal, { iat, exp }: Proven, nowMs: number, startMs: number): string | undefined {
  if (Math.abs(nowMs - seal.t) > SEAL_MS_MAX) return `seal is ${nowMs - seal.t} ms old`;
  if (seal.t < startMs) return `seal is from before this process started, ${Math.round(startMs - seal.t)} ms`;
  if (iat * 1_000 > nowMs + SEAL_MS_MAX) return `assertion is issued ${iat * 1_000 - nowMs} ms from now`;
  if (exp * 1_000 <= nowMs) return `assertion expired ${nowMs - exp * 1_000} ms ago`;
  return undefined;
}

interface Proven {
  readonly claims: Claims;
  readonly caller: Caller;
  readonly iat: number;
  readonly exp: number;
}

/**
 * Assertions whose signature and claims were found right, by the assertion itself: the hub sends one for 30 s, and
 * proving it again costs 200 µs. The time is judged at every use. What was refused is not remembered.
 */
function createAssertionMemory(name: string, pins: Pins) {
  const remembered = new Map<string, Proven>();
  const prove = async (assertion: string): Promise<Proven | undefined> => {
    const known = remembered.get(assertion);
    if (known) return known;
    const claims = await verifyAssertionJws(assertion, name, pins.hub.sign);
    if (!claims) return undefined;
    const proven = provenOf(claims, name);
    // One with a body's hash is made for one request and never comes again.
    if (!proven || claims.bh !== undefined) return proven;
    remembered.set(assertion, proven);
    if (remembered.size > ASSERTIONS_REMEMBERED_MAX) {
      const [oldest] = remembered.keys();
      if (oldest) remembered.delete(oldest);
    }
    return proven;
  };
  return { prove };
}

function provenOf(claims: Claims, name: string): Proven | undefined {
  const { aud, iat, exp } = claims;
  // Jose takes a list that holds us; an assertion is for exactly one endpoint.
  if (aud !== name) return undefined;
  if (!Number.isInteger(iat) || !Number.isInteger(exp)) return undefined;
  const seconds = (exp as number) - (iat as number);
  if (seconds <= 0 || seconds > ASSERTION_SECONDS_MAX) return undefined;
  const caller = callerOf(claims);
  return caller && { claims, caller, iat: iat as number, exp: exp as number };
}
