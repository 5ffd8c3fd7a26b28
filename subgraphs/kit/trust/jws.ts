/**
 * Compact JWS with one algorithm and a stated type. Signing is synchronous `crypto.sign` (40 µs against 210 for an
 * asynchronous library); verifying is jose's, which has met the attacks on this format before.
 */
import { sign } from 'node:crypto';
import { compactVerify, jwtVerify } from 'jose';
import type { SigningKey, SigningKeys } from './keys.ts';

export type JwsType = 'hub-assertion+jwt' | 'envelope+jwt' | 'receipt+jwt' | 'directory+jwt' | 'invitation+jwt';

/** Longer is nothing of ours, and not worth hashing. */
export const JWS_CHARACTERS_MAX = 4_000_000;

export function signJws(typ: JwsType, claims: object, { kid, privateKey }: SigningKey): string {
  const input = `${encode({ alg: 'EdDSA', typ, kid })}.${encode(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
}

/** The claims when signature, type and algorithm are right; `undefined` otherwise, without saying which it was. */
export async function verifyJws(jws: string, typ: JwsType, keys: SigningKeys): Promise<Claims | undefined> {
  try {
    const { payload, protectedHeader } = await compactVerify(jws, keyIn(keys), { algorithms: ['EdDSA'] });
    if (protectedHeader.typ !== typ) return undefined;
    return objectOf(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * The claims of an assertion made for `audience`. Time is left to the caller, for a refusal by time alone has a code
 * of its own: at the epoch jose finds nothing expired.
 */
export async function verifyAssertionJws(
  jws: string,
  audience: string,
  keys: SigningKeys,
): Promise<Claims | undefined> {
  try {
    const { payload } = await jwtVerify(jws, keyIn(keys), {
      algorithms: ['EdDSA'],
      typ: 'hub-assertion+jwt',
      issuer: 'hub',
      audience,
      requiredClaims: ['iat', 'exp', 'jti'],
      currentDate: new Date(0),
    });
    return payload;
  } catch {
    return undefined;
  }
}

export type Claims = Readonly<Record<string, unknown>>;

/** What a JWS says of itself. Nothing of it is proven: it serves to find the key, and to show what was refused. */
export function readUnverified(jws: string): { readonly kid: string; readonly claims: Claims } | undefined {
  const [header, payload, signature, more] = jws.split('.');
  if (!header || !payload || !signature || more !== undefined) return undefined;
  const kid = objectOf(Buffer.from(header, 'base64url').toString('utf8'))?.kid;
  const claims = objectOf(Buffer.from(payload, 'base64url').toString('utf8'));
  return typeof kid === 'string' && claims ? { kid, claims } : undefined;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const keyIn = (keys: SigningKeys) => (header: { kid?: string }) => {
  const key = header.kid === undefined ? undefined : keys.get(header.kid);
  if (!key) throw new Error('The kid is not one of the keys known here.');
  return key;
};

function objectOf(json: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}
