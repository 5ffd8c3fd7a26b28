import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { directoryOf } from '../directory/entry.ts';
import { envelopeOf } from '../envelopes/envelope.ts';
import { receiptOf, signReceipt } from '../envelopes/receipt.ts';
import { signJws, verifyAssertionJws, verifyJws } from './jws.ts';
import { parseEndpointKeys } from './keys.ts';
import { pairKey } from './pair-key.ts';
import { createSeal, isMacRight, parseSeal } from './seal.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../../../schema/vocabulary/trust-vectors.json', import.meta.url), 'utf8'),
);
const keysOf = (name: string) => parseEndpointKeys(vectors.keys[name]);
const publicOf = (name: string) => new Map([[keysOf(name).sign.kid, keysOf(name).sign.publicKey]]);
const sharedKey = Buffer.from(vectors.pairKey.key, 'base64url');

test('the pair key is that of trust.md, from either side', () => {
  const [hub, linde] = [keysOf('hub'), keysOf('linde')];
  const ofHub = pairKey({ own: hub.agree, other: createPublicKey(linde.agree), endpoint: 'linde' });
  const ofLinde = pairKey({ own: linde.agree, other: createPublicKey(hub.agree), endpoint: 'linde' });
  expect(ofHub.toString('base64url')).toBe(vectors.pairKey.key);
  expect(ofLinde).toEqual(ofHub);
});

test.each(Object.keys(vectors.seals))('the seal %s is that of trust.md and is recognised', (name) => {
  const { t, jti, header, ...request } = vectors.seals[name];
  expect(createSeal(sharedKey, request, t, jti)).toBe(header);
  const seal = parseSeal(header);
  expect(seal).toMatchObject({ t, jti });
  expect(seal && isMacRight(sharedKey, request, seal)).toBe(true);
});

test('assertion, envelope, receipt and directory are signed to the byte of trust.md', () => {
  const { assertion, envelope, receipt, directory } = vectors;
  expect(signJws('hub-assertion+jwt', assertion.claims, keysOf('hub').sign)).toBe(assertion.jws);
  expect(signJws('envelope+jwt', envelope.claims, keysOf('linde').sign)).toBe(envelope.jws);
  expect(signJws('directory+jwt', directory.claims, keysOf('registry').sign)).toBe(directory.jws);
  const { outcome, result, at } = receipt.claims;
  const parties = { envelope: envelope.claims.id, jws: envelope.jws, from: 'denkbeeld', to: 'linde' };
  const content = { outcome, result, at: new Date(at * 1_000) };
  expect(signReceipt(parties, content, keysOf('denkbeeld').sign)).toBe(receipt.jws);
});

test('assertion, envelope, receipt and directory are read as trust.md writes them', async () => {
  const { assertion, envelope, receipt, directory } = vectors;
  expect(await verifyAssertionJws(assertion.jws, 'linde', publicOf('hub'))).toEqual(assertion.claims);
  const taken = envelopeOf((await verifyJws(envelope.jws, 'envelope+jwt', publicOf('linde'))) ?? {});
  expect(taken).toEqual({ ...envelope.claims, at: new Date(envelope.claims.at * 1_000) });
  const parties = { envelope: envelope.claims.id, jws: envelope.jws, from: 'denkbeeld', to: 'linde' };
  const closed = receiptOf((await verifyJws(receipt.jws, 'receipt+jwt', publicOf('denkbeeld'))) ?? {}, parties);
  expect(closed).toMatchObject({ outcome: 'TAKEN', result: receipt.claims.result });
  const content = directoryOf((await verifyJws(directory.jws, 'directory+jwt', publicOf('registry'))) ?? {});
  expect(content.version).toBe(7);
  expect([...(content.participants.get('linde')?.keys.sign.keys() ?? [])]).toEqual([keysOf('linde').sign.kid]);
});
