/** An issuer's signing key: kept in the data folder, so that tokens outlive a restart of the demo. */
import { createHash, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function signingKey(participant: string, dataDir: string | undefined): JsonWebKey {
  if (dataDir === undefined) return makeKey();
  const file = join(dataDir, `issuer-${participant}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as JsonWebKey;
  const key = makeKey();
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, JSON.stringify(key), { mode: 0o600 });
  return key;
}

function makeKey(): JsonWebKey {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  // RFC 7638, section 3: the required members in lexicographic order.
  const members = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x });
  return { ...jwk, alg: 'EdDSA', use: 'sig', kid: createHash('sha256').update(members).digest('base64url') };
}
