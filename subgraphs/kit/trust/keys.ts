/**
 * Key pairs of an endpoint and the public keys it pins. A key is known by its RFC 7638 thumbprint, computed here and
 * never believed from the file, so that a kid cannot be made to point at another key.
 */
import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface EndpointKeys {
  readonly sign: SigningKey;
  /** X25519, private. */
  readonly agree: KeyObject;
}

/** Public signing keys by kid. */
export type SigningKeys = ReadonlyMap<string, KeyObject>;

export interface PartyKeys {
  readonly sign: SigningKeys;
  /** X25519, public. The first is used for sealing, all of them for verifying: that is how a key rotates. */
  readonly agree: readonly KeyObject[];
}

export interface Pins {
  readonly hub: PartyKeys;
  readonly registry: { readonly sign: SigningKeys };
}

const CURVES = { sign: 'Ed25519', agree: 'X25519' } as const;

/** What KEYS_FILE holds: `{ sign, agree }`, both private JWKs. */
export function parseEndpointKeys(json: unknown): EndpointKeys {
  const { sign, agree } = objectIn(json, 'the key file');
  const privateKey = privateKeyIn(sign, 'sign');
  const publicKey = createPublicKey(privateKey);
  return {
    sign: { kid: thumbprint(publicKey), privateKey, publicKey },
    agree: privateKeyIn(agree, 'agree'),
  };
}

/** What PINS_FILE holds: `{ hub: { sign, agree }, registry: { sign } }`, arrays of public JWKs. */
export function parsePins(json: unknown): Pins {
  const { hub, registry } = objectIn(json, 'the pins');
  const pins = {
    hub: parsePartyKeys(hub, 'hub'),
    registry: { sign: signingKeysIn(objectIn(registry, 'registry').sign, 'registry.sign') },
  };
  const counts = {
    'hub.sign': pins.hub.sign.size,
    'hub.agree': pins.hub.agree.length,
    'registry.sign': pins.registry.sign.size,
  };
  const missing = Object.entries(counts).filter(([, count]) => count === 0);
  if (missing.length > 0)
    throw new Error(`Expected keys in the pins under ${missing.map(([name]) => name).join(', ')}.`);
  return pins;
}

/** `{ sign: [JWK], agree: [JWK] }`, as pins and directory write the keys of a party; a party that left has none. */
export function parsePartyKeys(json: unknown, where: string): PartyKeys {
  const { sign, agree } = objectIn(json, where);
  return {
    sign: signingKeysIn(sign, `${where}.sign`),
    agree: arrayIn(agree ?? [], `${where}.agree`).map((jwk) => publicKeyIn(jwk, 'agree')),
  };
}

function signingKeysIn(json: unknown, where: string): SigningKeys {
  const keys = arrayIn(json, where).map((jwk) => publicKeyIn(jwk, 'sign'));
  return new Map(keys.map((key) => [thumbprint(key), key]));
}

/** RFC 7638, section 3: the required members in lexicographic order, hashed. */
export function thumbprint(key: KeyObject): string {
  const { crv, kty, x } = key.export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
}

function privateKeyIn(json: unknown, use: keyof typeof CURVES): KeyObject {
  const jwk = jwkIn(json, use);
  if (typeof jwk.d !== 'string') throw new Error(`Expected a private ${use} key, found one without "d".`);
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

function publicKeyIn(json: unknown, use: keyof typeof CURVES): KeyObject {
  const { kty, crv, x } = jwkIn(json, use);
  // Named members only: a private key that stands here by mistake is not carried on.
  return createPublicKey({ key: { kty, crv, x } as JsonWebKey, format: 'jwk' });
}

function jwkIn(json: unknown, use: keyof typeof CURVES): JsonWebKey {
  const jwk = objectIn(json, `a key for ${use}`) as JsonWebKey;
  if (jwk.kty !== 'OKP' || jwk.crv !== CURVES[use]) {
    throw new Error(`Expected a key for ${use} with kty OKP and crv ${CURVES[use]}, found ${jwk.kty} ${jwk.crv}.`);
  }
  return jwk;
}

function objectIn(json: unknown, where: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Error(`Expected ${where} to be a JSON object, found ${JSON.stringify(json)?.slice(0, 40)}.`);
  }
  return json as Record<string, unknown>;
}

function arrayIn(json: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(json)) throw new Error(`Expected ${where} to be an array of JWKs, found ${typeof json}.`);
  return json;
}
