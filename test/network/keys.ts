/** Key pairs of an endpoint or the hub, made once and kept in the data folder with mode 0600. */
import { createHash, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface KeyPairs {
  readonly sign: JsonWebKey;
  readonly agree: JsonWebKey;
}

export function keysIn(file: string): KeyPairs {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as KeyPairs;
  const keys = { sign: privateJwk('ed25519'), agree: privateJwk('x25519') };
  writePrivate(file, keys);
  return keys;
}

export const publicKeys = (keys: KeyPairs) => ({ sign: [publicPart(keys.sign)], agree: [publicPart(keys.agree)] });

/** A private key for `private_key_jwt`, and the public set to register. */
export function clientKeyIn(file: string): { privateKey: JsonWebKey; jwks: { keys: JsonWebKey[] } } {
  const stored = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JsonWebKey) : undefined;
  const privateKey = stored ?? { ...privateJwk('ed25519'), alg: 'EdDSA', use: 'sig' };
  if (stored === undefined) writePrivate(file, privateKey);
  return { privateKey, jwks: { keys: [publicPart(privateKey)] } };
}

function privateJwk(curve: 'ed25519' | 'x25519'): JsonWebKey {
  const pair = curve === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  const jwk = pair.privateKey.export({ format: 'jwk' });
  return { ...jwk, kid: thumbprint(jwk) };
}

const publicPart = ({ d: _secret, ...jwk }: JsonWebKey): JsonWebKey => jwk;

/** RFC 7638, section 3: the required members in lexicographic order. */
const thumbprint = (jwk: JsonWebKey) =>
  createHash('sha256')
    .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x }))
    .digest('base64url');

function writePrivate(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content, null, 2), { mode: 0o600 });
}
