import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { printed, trustVectors } from './trust-vectors.ts';

test('the vectors of trust.md are those that their script prints', () => {
  expect(readFileSync(new URL('trust-vectors.json', import.meta.url), 'utf8')).toBe(printed());
});

test('every JWS among the vectors verifies under the key its kid names', () => {
  const { keys, assertion, envelope, receipt, directory } = trustVectors();
  for (const { jws } of [assertion, envelope, receipt, directory]) {
    const [header = '', payload = '', signature = ''] = jws.split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const signer = Object.values(keys).find((pair) => pair.sign.kid === kid);
    if (!signer) throw new Error(`no vector key has the kid ${kid}`);
    const key = createPublicKey({ key: signer.sign, format: 'jwk' });
    const right = verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
    expect(right).toBe(true);
  }
});
