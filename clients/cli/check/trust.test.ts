import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pairKey, readJws, readPrivateKeys, readPublicKeys, sealOf, signJws } from './trust.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../../../schema/vocabulary/trust-vectors.json', import.meta.url), 'utf8'),
);
const publicPart = ({ d: _secret, ...jwk }: Record<string, unknown>) => jwk;
const published = (name: string) =>
  readPublicKeys({ sign: [publicPart(vectors.keys[name].sign)], agree: [publicPart(vectors.keys[name].agree)] });
const keys = (name: string) => readPrivateKeys(vectors.keys[name]);
const key = Buffer.from(vectors.pairKey.key, 'base64url');

test('pair key, assertion and envelope are those of the test vectors, to the byte', () => {
  const [agree] = published('linde').agree;
  expect(agree && pairKey(keys('hub').agree, agree, 'linde').toString('base64url')).toBe(vectors.pairKey.key);
  expect(signJws('hub-assertion+jwt', vectors.assertion.claims, keys('hub').sign)).toBe(vectors.assertion.jws);
  expect(signJws('envelope+jwt', vectors.envelope.claims, keys('linde').sign)).toBe(vectors.envelope.jws);
});

test.each(Object.keys(vectors.seals))('the seal %s is that of the test vectors', (name) => {
  const { t, jti, header, ...sealed } = vectors.seals[name];
  expect(sealOf(key, sealed, t, jti)).toBe(header);
});

test('a receipt is read by its signature, type and key, and by nothing less', () => {
  const { jws, claims } = vectors.receipt;
  expect(readJws(jws, 'receipt+jwt', published('denkbeeld').sign)).toEqual(claims);
  expect(readJws(jws, 'receipt+jwt', published('linde').sign)).toContain('kid');
  expect(readJws(jws, 'envelope+jwt', published('denkbeeld').sign)).toContain('typ');
  const [head, , signature] = jws.split('.');
  const payload = Buffer.from(JSON.stringify({ ...claims, outcome: 'REFUSED' })).toString('base64url');
  expect(readJws(`${head}.${payload}.${signature}`, 'receipt+jwt', published('denkbeeld').sign)).toContain('signature');
});
