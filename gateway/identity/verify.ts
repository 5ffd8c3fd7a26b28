/**
 * Verifies a bearer token and says for whom it speaks.
 *
 * Whatever is wrong with a token, the answer is the same: a caller learns nothing about issuers, keys or participants.
 * Only a token that was good and has run out gets an answer of its own, so that a client knows to refresh.
 */
import { createHash } from 'node:crypto';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { type Authority, type Role, roles, standingOf } from './authority.ts';
import { registryIssuer, type VerifyInvitation } from './invitation.ts';
import type { FindIssuer } from './issuers.ts';
import { createKeySet, type KeyLookup, type KeySetOptions } from './key-set.ts';

export type Verified =
  | { readonly ok: true; readonly authority: Authority }
  | { readonly ok: false; readonly code: 'UNAUTHENTICATED' | 'TOKEN_EXPIRED' };

export type VerifyToken = (authorization: string | undefined) => Promise<Verified>;

export interface VerifierOptions extends KeySetOptions {
  readonly audience: string;
  readonly findIssuer: FindIssuer;
  /** Takes away what its participant has taken away since the token was given. */
  readonly narrow?: (authority: Authority, issuedAtMs: number) => Authority;
  /** Without it nobody comes in with an invitation. */
  readonly verifyInvitation?: VerifyInvitation;
  /** At most 60: a longer tolerance would outlive what a revocation promises. */
  readonly clockToleranceSeconds?: number;
}

/** Asymmetric only: a token signed with a public key as an HMAC secret has no algorithm here. */
const algorithms = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'PS256', 'RS256'];
const tokenLengthMax = 8_192;
/** A verified signature is remembered this long: a withdrawn key is out of use within a minute. */
const rememberMs = 60_000;
const rememberedMax = 10_000;

const unauthenticated = { ok: false, code: 'UNAUTHENTICATED' } as const;
const expired = { ok: false, code: 'TOKEN_EXPIRED' } as const;

interface Remembered {
  readonly payload: JWTPayload;
  readonly untilMs: number;
}

export function createTokenVerifier(options: VerifierOptions): VerifyToken {
  const { audience, findIssuer, now, narrow = (authority) => authority } = options;
  if (audience === '') throw new Error('Expected an audience that tokens must name, found an empty one.');
  const clockTolerance = Math.min(options.clockToleranceSeconds ?? 60, 60);
  const keySets = new Map<string, KeyLookup>();
  const remembered = new Map<string, Remembered>();

  const keysOf = (issuer: string): KeyLookup => {
    let keys = keySets.get(issuer);
    if (keys === undefined) {
      keys = createKeySet(issuer, options);
      keySets.set(issuer, keys);
    }
    return keys;
  };

  const payloadOf = async (token: string, issuer: string): Promise<JWTPayload> => {
    const hash = createHash('sha256').update(token).digest('base64url');
    const known = remembered.get(hash);
    if (known !== undefined && known.untilMs > now()) return known.payload;
    const { payload } = await jwtVerify(token, keysOf(issuer), {
      algorithms,
      audience,
      issuer,
      typ: 'at+jwt',
      clockTolerance,
      currentDate: new Date(now()),
      requiredClaims: ['sub', 'exp', 'iat'],
    });
    if ((payload.iat ?? 0) * 1_000 > now() + clockTolerance * 1_000) {
      throw new errors.JWTClaimValidationFailed('issued in the future', payload, 'iat');
    }
    const expiresAtMs = ((payload.exp ?? 0) + clockTolerance) * 1_000;
    if (remembered.size >= rememberedMax) remembered.delete(remembered.keys().next().value as string);
    remembered.set(hash, { payload, untilMs: Math.min(expiresAtMs, now() + rememberMs) });
    return payload;
  };

  return async (authorization) => {
    const token = bearer(authorization);
    if (token === undefined) return unauthenticated;
    try {
      const issuer = decodeJwt(token).iss;
      if (issuer === registryIssuer) {
        const invited = await options.verifyInvitation?.(token);
        return invited === undefined ? unauthenticated : { ok: true, authority: invited };
      }
      const registered = issuer === undefined ? undefined : findIssuer(issuer);
      if (issuer === undefined || registered === undefined) return unauthenticated;
      const standing = standingOf(registered.accessionState);
      if (standing === undefined) return unauthenticated;
      const payload = await payloadOf(token, issuer);
      const authority = { ...claimed(payload), participant: registered.participant, standing };
      return { ok: true, authority: narrow(authority, (payload.iat ?? 0) * 1_000) };
    } catch (error) {
      return error instanceof errors.JWTExpired ? expired : unauthenticated;
    }
  };
}

function bearer(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > tokenLengthMax) return undefined;
  return /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
}

function claimed(payload: JWTPayload): Omit<Authority, 'participant' | 'standing'> {
  const subject = payload.sub ?? '';
  const client = text(payload.client_id);
  const azp = text(payload.azp) ?? client;
  const name = text(payload.name);
  const purpose = text(payload.purpose);
  // RFC 9068, section 2.2: with client credentials the subject is the client itself.
  const program = client !== undefined && client === subject ? client : undefined;
  return {
    kind: 'subject',
    subject,
    roles: program === undefined ? knownRoles(payload.roles) : ['PROGRAM'],
    scopes:
      text(payload.scope)
        ?.split(' ')
        .filter((scope) => scope !== '' && !protocolScopes.has(scope)) ?? [],
    expiresAtMs: (payload.exp ?? 0) * 1_000,
    ...(name !== undefined && program === undefined && { name }),
    ...(program !== undefined && { program }),
    ...(azp !== undefined && { azp }),
    ...(purpose !== undefined && { purpose }),
  };
}

/** What a login asks of its own provider says nothing to the network. */
const protocolScopes = new Set(['openid', 'profile', 'email', 'offline_access']);

/** `PROGRAM` is what a client is, never a role that a person can be given. */
function knownRoles(claim: unknown): Role[] {
  if (!Array.isArray(claim)) return [];
  return roles.filter((role) => role !== 'PROGRAM' && claim.includes(role));
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 300 ? value : undefined;
