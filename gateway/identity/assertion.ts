/**
 * Signs the viewer assertion: what the hub says to one endpoint about who calls.
 *
 * Written in the endpoint's clock. An assertion names its audience, so that it is worth nothing elsewhere; one that
 * goes with a mutation or a read of personal data carries the hash of what was sent, and is never used twice.
 * Claims: schema/vocabulary/trust.md.
 */
import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { thumbprint } from './thumbprint.ts';

/** Everything an assertion can say about a caller. A class names no person; the hub is nobody's. */
export type Asserted =
  | {
      readonly kind: 'subject';
      readonly participant: string;
      readonly subject: string;
      readonly name?: string;
      readonly roles: readonly string[];
      readonly program?: string;
      readonly scopes: readonly string[];
      readonly azp?: string;
      readonly purpose?: string;
    }
  | {
      readonly kind: 'class';
      readonly participant: string;
      readonly roles: readonly string[];
      readonly program?: string;
      readonly scopes: readonly string[];
      readonly purpose?: string;
    }
  | { readonly kind: 'hub' };

export interface AssertionRequest {
  readonly endpoint: string;
  readonly caller: Asserted;
  /** The endpoint's clock, as last measured. */
  readonly endpointNowMs: number;
  /** Present: the assertion is bound to exactly this document and body. */
  readonly bound?: { readonly document: string; readonly body: string | Uint8Array };
}

export type SignAssertion = (request: AssertionRequest) => string;

const lifetimeSeconds = 30;
/** Written a little in the past, so that the measured clock may be off by the time of a round trip. */
const backdateSeconds = 2;
/** What must be left of a kept assertion: a request in a queue still arrives in time. */
const leftSeconds = 12;
const keptMax = 20_000;

export function createAssertionSigner(signKey: JsonWebKey): SignAssertion {
  const key = createPrivateKey({ key: signKey, format: 'jwk' } as Parameters<typeof createPrivateKey>[0]);
  const header = encode({ alg: 'EdDSA', typ: 'hub-assertion+jwt', kid: thumbprint(signKey) });
  const kept = new Map<string, { readonly assertion: string; readonly iat: number }>();

  const make = (claims: Record<string, unknown>): string => {
    const signed = `${header}.${encode(claims)}`;
    return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
  };

  return ({ endpoint, caller, endpointNowMs, bound }) => {
    const seconds = Math.floor(endpointNowMs / 1_000);
    const iat = seconds - backdateSeconds;
    const claims = () => ({
      iss: 'hub',
      aud: endpoint,
      ...claimsOf(caller),
      jti: randomBytes(16).toString('base64url'),
      iat,
      exp: iat + lifetimeSeconds,
    });
    if (bound !== undefined) return make({ ...claims(), op: digest(bound.document), bh: digest(bound.body) });
    const keptUnder = JSON.stringify([endpoint, claimsOf(caller)]);
    const before = kept.get(keptUnder);
    // A clock that was set back makes what is kept lie in the future: it is made anew.
    if (before !== undefined && before.iat <= iat && before.iat + lifetimeSeconds - seconds >= leftSeconds) {
      return before.assertion;
    }
    const assertion = make(claims());
    kept.delete(keptUnder);
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value as string);
    kept.set(keptUnder, { assertion, iat });
    return assertion;
  };
}

function claimsOf(caller: Asserted): Record<string, unknown> {
  if (caller.kind === 'hub') return { kind: 'hub' };
  const { kind, participant, roles, program, scopes, purpose } = caller;
  const common = {
    kind,
    participant,
    roles,
    ...(program !== undefined && { program }),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(purpose !== undefined && { purpose }),
  };
  if (kind === 'class') return common;
  const { subject, name, azp } = caller;
  return {
    ...common,
    sub: `${participant}:${subject}`,
    ...(name !== undefined && { name }),
    ...(azp !== undefined && { azp }),
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const digest = (value: string | Uint8Array): string => createHash('sha256').update(value).digest('base64url');
