/**
 * The hub's side of schema/vocabulary/trust.md as a checker needs it: it signs and seals as the hub does, and it can
 * also write what no hub would. Held against the test vectors beside that page.
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';

export interface SigningKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** What a key file of the hub or an endpoint holds. */
export interface PrivateKeys {
  readonly sign: SigningKey;
  readonly agree: KeyObject;
}

/** What is public of an endpoint. */
export interface PublicKeys {
  /** By thumbprint. */
  readonly sign: ReadonlyMap<string, KeyObject>;
  /** The newest first. */
  readonly agree: readonly KeyObject[];
}

export interface Sealed {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly body: string;
  readonly assertion: string;
}

export type Claims = Readonly<Record<string, unknown>>;

export const sha256 = (content: string): string => createHash('sha256').update(content).digest('base64url');

export function readPrivateKeys(json: unknown): PrivateKeys {
  const { sign: signJwk, agree } = json as { sign?: JsonWebKey; agree?: JsonWebKey };
  const key = createPrivateKey({ key: jwkOf(signJwk, 'Ed25519'), format: 'jwk' });
  return {
    sign: { kid: thumbprint(createPublicKey(key)), key },
    agree: createPrivateKey({ key: jwkOf(agree, 'X25519'), format: 'jwk' }),
  };
}

export function readPublicKeys(json: unknown): PublicKeys {
  const { sign: signs, agree } = json as { sign?: unknown; agree?: unknown };
  const keys = listOf(signs).map((jwk) => publicKey(jwk, 'Ed25519'));
  const agrees = listOf(agree).map((jwk) => publicKey(jwk, 'X25519'));
  if (keys.length === 0 || agrees.length === 0) {
    throw new Error('Expected public keys as { "sign": [JWK], "agree": [JWK] }, found none of one kind.');
  }
  return { sign: new Map(keys.map((key) => [thumbprint(key), key])), agree: agrees };
}

/** RFC 7638, section 3: the required members in lexicographic order. */
export function thumbprint(key: KeyObject): string {
  const { crv, kty, x } = key.export({ format: 'jwk' });
  return sha256(JSON.stringify({ crv, kty, x }));
}

export function pairKey(own: KeyObject, other: KeyObject, endpoint: string): Buffer {
  const shared = diffieHellman({ privateKey: own, publicKey: other });
  return Buffer.from(hkdfSync('sha256', shared, '', `kortelijn pair v1|hub|${endpoint}`, 32));
}

export const newJti = (): string => randomBytes(16).toString('base64url');

export function sealOf(key: Uint8Array, { method, path, body, assertion }: Sealed, tMs: number, jti: string): string {
  const lines = ['kortelijn seal v1', method, path, sha256(body), tMs, jti, sha256(assertion)];
  const mac = createHmac('sha256', key).update(lines.join('\n')).digest('base64url');
  return `v1;t=${tMs};jti=${jti};mac=${mac}`;
}

export function signJws(typ: string, claims: Claims, { kid, key }: SigningKey, header: Claims = {}): string {
  const input = `${encode({ alg: 'EdDSA', typ, kid, ...header })}.${encode(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

/** The claims when type, algorithm and signature are right, else why not. */
export function readJws(jws: string, typ: string, keys: ReadonlyMap<string, KeyObject>): Claims | string {
  const [head, payload, signature, more] = jws.split('.');
  if (!head || !payload || !signature || more !== undefined) return 'no compact JWS';
  try {
    const header = decode(head);
    if (header.alg !== 'EdDSA' || header.typ !== typ) return `a header with alg ${header.alg} and typ ${header.typ}`;
    const key = keys.get(String(header.kid));
    if (key === undefined) return `kid ${header.kid}, which is none of the participant's`;
    const isRight = verify(null, Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'));
    return isRight ? decode(payload) : 'a signature that is not of these bytes';
  } catch {
    return 'a JWS that cannot be read';
  }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function publicKey(json: unknown, curve: 'Ed25519' | 'X25519'): KeyObject {
  const { kty, crv, x } = jwkOf(json as JsonWebKey, curve);
  return createPublicKey({ key: { kty, crv, x } as JsonWebKey, format: 'jwk' });
}

function jwkOf(jwk: JsonWebKey | undefined, curve: 'Ed25519' | 'X25519'): JsonWebKey {
  if (jwk?.kty === 'OKP' && jwk.crv === curve) return jwk;
  throw new Error(`Expected a JWK with kty OKP and crv ${curve}, found ${jwk?.kty ?? 'no key'} ${jwk?.crv ?? ''}.`);
}
