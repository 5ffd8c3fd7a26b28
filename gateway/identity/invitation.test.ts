import { generateKeyPairSync } from 'node:crypto';
import { importJWK, type JWK, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { createInvitationVerifier } from './invitation.ts';
import type { AccessionState } from './issuers.ts';
import { thumbprint } from './thumbprint.ts';
import { createTokenVerifier } from './verify.ts';

const nowMs = Date.parse('2026-03-02T09:00:00Z');
const makeKey = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as JsonWebKey;
const [registry, stranger] = [makeKey(), makeKey()];
const { d: _secret, ...published } = registry;

const iat = nowMs / 1_000;
const good = { iss: 'registry', aud: 'hub', sub: 'merel', jti: 'i-1', iat, exp: iat + 14 * 86_400 };
const made = async (claims: object = {}, { key = registry, kid = thumbprint(registry), typ = 'invitation+jwt' } = {}) =>
  new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ, kid })
    .sign(await importJWK(key as JWK, 'EdDSA'));

const check = async (token: string, state?: AccessionState) =>
  createTokenVerifier({
    audience: 'https://kortelijn.example/hub',
    findIssuer: () => undefined,
    fetchKeys: async () => ({ keys: [] }),
    verifyInvitation: createInvitationVerifier({
      keys: [published],
      stateOf: (participant) => (participant === 'merel' ? state : undefined),
      now: () => nowMs,
    }),
    now: () => nowMs,
  })(`Bearer ${token}`);

test('an invitation says for which party, with no role and for its own accession only', async () => {
  expect(await check(await made())).toEqual({
    ok: true,
    authority: {
      kind: 'subject',
      participant: 'merel',
      subject: 'invitation/i-1',
      roles: [],
      scopes: [],
      expiresAtMs: good.exp * 1_000,
      standing: 'OWN',
    },
  });
});

test('it serves a party that is joining too, for an application that must be mended', async () => {
  expect(await check(await made(), 'CANDIDATE')).toMatchObject({ ok: true });
});

test('it gives no role and no other name, whatever else it says', async () => {
  const token = await made({
    roles: ['FOUNDATION'],
    participant: 'voorbeeld',
    client_id: 'bord',
    scope: 'incidents:read',
  });
  expect(await check(token)).toMatchObject({ authority: { participant: 'merel', roles: [], scopes: [] } });
});

test.each<[string, () => Promise<string>, AccessionState?]>([
  ['of an active party', () => made(), 'ACTIVE'],
  ['of a suspended party', () => made(), 'SUSPENDED'],
  ['of a party that has left', () => made(), 'WITHDRAWN'],
  ['of another signer', () => made({}, { key: stranger })],
  ['of an unknown key', () => made({}, { key: stranger, kid: thumbprint(stranger) })],
  ['that is another text of the registry', () => made({}, { typ: 'directory+jwt' })],
  ['for somebody else than the hub', () => made({ aud: 'linde' })],
  ['without an id', () => made({ jti: undefined })],
])('A3: one %s is refused like any other token', async (_what, token, state) => {
  expect(await check(await token(), state)).toEqual({ ok: false, code: 'UNAUTHENTICATED' });
});

test('one that is too old says so', async () => {
  expect(await check(await made({ exp: iat - 1 }))).toEqual({ ok: false, code: 'TOKEN_EXPIRED' });
});
