/** The secret that the hub and one endpoint share without ever sending it: X25519, then HKDF (RFC 5869). */
import { diffieHellman, hkdfSync, type KeyObject } from 'node:crypto';

export interface PairKeyInput {
  /** X25519, private, one's own. */
  readonly own: KeyObject;
  /** X25519, public, the other's. */
  readonly other: KeyObject;
  /** The endpoint's name, whichever side computes: both must come to the same key. */
  readonly endpoint: string;
}

export function pairKey({ own, other, endpoint }: PairKeyInput): Buffer {
  const shared = diffieHellman({ privateKey: own, publicKey: other });
  return Buffer.from(hkdfSync('sha256', shared, '', `kortelijn pair v1|hub|${endpoint}`, 32));
}
