/**
 * The request seal of trust.md: proof that this request, whole, was made by the other half of a pair key, now.
 * Only bytes are compared here; what the time means is decided by whoever verifies.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface SealedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly body: string | Uint8Array;
  /** The compact JWS beside the seal; empty from an endpoint to the hub. */
  readonly assertion: string;
}

export interface Seal {
  readonly t: number;
  readonly jti: string;
  readonly mac: string;
}

export const SEAL_HEADER = 'kortelijn-seal';
export const ASSERTION_HEADER = 'kortelijn-assertion';
export const FROM_HEADER = 'kortelijn-from';
export const TIME_HEADER = 'kortelijn-time';

export const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('base64url');

/** 16 and 32 bytes have 22 and 43 characters; more or fewer is no seal. */
const FORM = /^v1;t=([1-9]\d{0,14});jti=([A-Za-z0-9_-]{22});mac=([A-Za-z0-9_-]{43})$/;

export function parseSeal(header: string): Seal | undefined {
  const [, t, jti, mac] = FORM.exec(header) ?? [];
  return t && jti && mac ? { t: Number(t), jti, mac } : undefined;
}

export function createSeal(
  key: Uint8Array,
  request: SealedRequest,
  tMs: number,
  jti = randomBytes(16).toString('base64url'),
): string {
  return `v1;t=${tMs};jti=${jti};mac=${macOf(key, request, tMs, jti).toString('base64url')}`;
}

export function isMacRight(key: Uint8Array, request: SealedRequest, seal: Seal): boolean {
  // Compared as text: two spellings of the same bytes would be two seals.
  const expected = macOf(key, request, seal.t, seal.jti).toString('base64url');
  return timingSafeEqual(Buffer.from(expected), Buffer.from(seal.mac));
}

function macOf(key: Uint8Array, { method, path, body, assertion }: SealedRequest, t: number, jti: string): Buffer {
  const lines = ['kortelijn seal v1', method, path, sha256(body), t, jti, sha256(assertion)];
  return createHmac('sha256', key).update(lines.join('\n')).digest();
}
