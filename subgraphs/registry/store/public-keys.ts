/** The public keys that a party applies with, made into what the directory publishes. */
import { createPublicKey, diffieHellman, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { thumbprint } from '@kortelijn/kit/trust/keys.ts';

export interface PublishedKeys {
  readonly sign: readonly JsonWebKey[];
  readonly agree: readonly JsonWebKey[];
}

/** `x` of a public JWK of this curve; undefined when it is none. */
export function publicJwk(crv: 'Ed25519' | 'X25519', x: string): JsonWebKey | undefined {
  if (!/^[\w-]{43}$/.test(x)) return undefined;
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv, x }, format: 'jwk' });
    // A point of low order agrees on nothing with anybody: it is refused here, not at the hub's first seal.
    if (crv === 'X25519') diffieHellman({ privateKey: generateKeyPairSync('x25519').privateKey, publicKey: key });
    return { kty: 'OKP', crv, x: key.export({ format: 'jwk' }).x as string, kid: thumbprint(key) };
  } catch {
    return undefined;
  }
}
