import { createHash } from 'node:crypto';

/** RFC 7638 for OKP keys: the required members in lexicographic order. */
export function thumbprint(key: JsonWebKey): string {
  const members = JSON.stringify({ crv: key.crv, kty: key.kty, x: key.x });
  return createHash('sha256').update(members).digest('base64url');
}
