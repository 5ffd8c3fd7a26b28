import { generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto';
import { base64url, exportSPKI, generateKeyPair, importJWK, importSPKI, type JWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { AccessionState } from './issuers.ts';
import { createTokenVerifier } from './verify.ts';

const audience = 'https://kortelijn.example/hub';
const startMs = Date.parse('2026-03-02T09:00:00Z');

function makeKey(kid = randomUUID()) {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: 'EdDSA' } as JsonWebKey & JWK;
  const { d: _secret, ...publicJwk } = jwk;
  return { jwk, publicJwk: publicJwk as JWK, kid };
}

/** Two issuers with a key each, a clock that stands still until it is moved, and a count of what was fetched. */
function createScene() {
  const keys = { linde: [makeKey()], denkbeeld: [makeKey()] };
  const states = new Map<string, AccessionState>([
    ['https://id.linde.example', 'ACTIVE'],
    ['https://id.denkbeeld.example', 'ACTIVE'],
  ]);
  const scene = { nowMs: startMs, fetchCount: 0, isDown: false };
  const verify = createTokenVerifier({
    audience,
    now: () => scene.nowMs,
    coolDownMs: 30_000,
    findIssuer: (issuer) => {
      const accessionState = states.get(issuer);
      const participant = issuer.split('.')[1] ?? '';
      return accessionState && { participant, accessionState };
    },
    fetchKeys: async (issuer) => {
      scene.fetchCount += 1;
      if (scene.isDown) throw new Error('The issuer is down.');
      return { keys: keys[issuer.split('.')[1] as 'linde'].map(({ publicJwk }) => publicJwk) };
    },
  });
  return { scene, keys, states, verify, check: async (token: string) => verify(`Bearer ${token}`) };
}

interface TokenParts {
  readonly key?: ReturnType<typeof makeKey>;
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
}

async function makeToken(own: ReturnType<typeof makeKey>, { key = own, header = {}, claims = {} }: TokenParts = {}) {
  const iat = startMs / 1_000;
  const payload = {
    iss: 'https://id.linde.example',
    aud: audience,
    sub: 'linde-desk',
    name: 'Joris Korteweg',
    roles: ['SERVICEDESK'],
    iat,
    exp: iat + 600,
    ...claims,
  };
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: own.kid, ...header })
    .sign(await importJWK(key.jwk, 'EdDSA'));
}

describe('a bearer token', () => {
  it('says who calls: the participant by the issuer, the roles that the network knows', async () => {
    const { keys, check } = createScene();
    const token = await makeToken(keys.linde[0] as never, {
      claims: {
        roles: ['SERVICEDESK', 'KING', 'PROGRAM'],
        scope: 'openid profile',
        participant: 'denkbeeld',
        client_id: 'kortelijn-web',
      },
    });
    expect(await check(token)).toEqual({
      ok: true,
      authority: {
        kind: 'subject',
        participant: 'linde',
        subject: 'linde-desk',
        name: 'Joris Korteweg',
        roles: ['SERVICEDESK'],
        scopes: [],
        azp: 'kortelijn-web',
        expiresAtMs: startMs + 600_000,
        standing: 'FULL',
      },
    });
  });

  it('of a client itself is a program with its scopes, and never a person with a role', async () => {
    const { keys, check } = createScene();
    const claims = { sub: 'bord-bouwer', client_id: 'bord-bouwer', scope: 'incidents:read', roles: ['FOUNDATION'] };
    const verified = await check(await makeToken(keys.linde[0] as never, { claims }));
    expect(verified).toMatchObject({
      ok: true,
      authority: { program: 'bord-bouwer', roles: ['PROGRAM'], scopes: ['incidents:read'] },
    });
  });

  it('A3: is refused with one code, whatever is wrong with it', async () => {
    const { keys, verify, check } = createScene();
    const own = keys.linde[0] as ReturnType<typeof makeKey>;
    const foreign = keys.denkbeeld[0] as ReturnType<typeof makeKey>;
    const good = await makeToken(own);
    const [header = '', payload = '', signature = ''] = good.split('.');
    const headerOf = (value: unknown) => base64url.encode(JSON.stringify(value));
    const rsa = await generateKeyPair('RS256', { extractable: true });
    const publicPem = new TextEncoder().encode(
      await exportSPKI(await importSPKI(await exportSPKI(rsa.publicKey), 'RS256')),
    );
    const iat = startMs / 1_000;
    const hmac = await new SignJWT({
      iss: 'https://id.linde.example',
      aud: audience,
      sub: 'linde-desk',
      iat,
      exp: iat + 600,
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: own.kid })
      .sign(publicPem);
    const attacker = makeKey();
    const table: Record<string, string> = {
      'alg none': `${headerOf({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
      'alg none with a signature': `${headerOf({ alg: 'none', typ: 'at+jwt' })}.${payload}.${signature}`,
      'HS256 with the public key as secret': hmac,
      'an embedded key': await makeToken(own, { key: attacker, header: { jwk: attacker.publicJwk } }),
      'a key by address': await makeToken(own, { key: attacker, header: { jku: 'https://attacker.example/jwks' } }),
      'a kid that is a path': await makeToken(own, { key: attacker, header: { kid: '../../etc/passwd' } }),
      'a key of nobody under the right kid': await makeToken(own, { key: attacker }),
      'another issuer than the key is of': await makeToken(own, { claims: { iss: 'https://id.denkbeeld.example' } }),
      'a key of another issuer': await makeToken(own, { key: foreign, header: { kid: foreign.kid } }),
      'an unknown issuer': await makeToken(own, { claims: { iss: 'https://id.nobody.example' } }),
      'an issuer with a slash more': await makeToken(own, { claims: { iss: 'https://id.linde.example/' } }),
      'no issuer': await makeToken(own, { claims: { iss: undefined } }),
      'no audience': await makeToken(own, { claims: { aud: undefined } }),
      'another audience': await makeToken(own, { claims: { aud: 'https://elsewhere.example' } }),
      'no subject': await makeToken(own, { claims: { sub: undefined } }),
      'no end': await makeToken(own, { claims: { exp: undefined } }),
      'no beginning': await makeToken(own, { claims: { iat: undefined } }),
      'issued in the future': await makeToken(own, { claims: { iat: iat + 120 } }),
      'not valid yet': await makeToken(own, { claims: { nbf: iat + 120 } }),
      'an id token': await makeToken(own, { header: { typ: 'JWT' } }),
      'no type': await makeToken(own, { header: { typ: undefined } }),
      "the hub's own assertion": await makeToken(own, { header: { typ: 'hub-assertion+jwt' } }),
      'an unknown critical header': await makeToken(own, { header: { crit: ['exp'], exp: 1 } }).catch(
        () => `${headerOf({ alg: 'EdDSA', typ: 'at+jwt', kid: own.kid, crit: ['x'], x: 1 })}.${payload}.${signature}`,
      ),
      'a changed payload': `${header}.${headerOf({ sub: 'linde-manager' })}.${signature}`,
      'a cut signature': good.slice(0, -4),
      'nothing like a token': 'x.y.z',
      'a token that is too long': `${good}${'A'.repeat(9_000)}`,
      'expired and of an unknown key': await makeToken(own, { key: attacker, claims: { exp: iat - 600 } }),
    };
    for (const [what, token] of Object.entries(table)) {
      expect(await check(token), what).toEqual({ ok: false, code: 'UNAUTHENTICATED' });
    }
    for (const authorization of [undefined, '', 'Basic abc', `Bearer`, `Token ${good}`, `Bearer ${good} ${good}`]) {
      expect(await verify(authorization), String(authorization)).toEqual({ ok: false, code: 'UNAUTHENTICATED' });
    }
    expect(await check(good)).toMatchObject({ ok: true });
  });

  it('that has run out gets a code of its own, after a tolerance of a minute and not before', async () => {
    const { scene, keys, check } = createScene();
    const token = await makeToken(keys.linde[0] as never);
    scene.nowMs = startMs + 600_000 + 59_000;
    expect(await check(token)).toMatchObject({ ok: true });
    scene.nowMs = startMs + 600_000 + 61_000;
    expect(await check(token)).toEqual({ ok: false, code: 'TOKEN_EXPIRED' });
  });

  it('of a participant that is suspended leaves reading, of one that has left nothing; at once', async () => {
    const { keys, states, check } = createScene();
    const token = await makeToken(keys.linde[0] as never);
    expect(await check(token)).toMatchObject({ authority: { standing: 'FULL' } });
    states.set('https://id.linde.example', 'SUSPENDED');
    expect(await check(token)).toMatchObject({ authority: { standing: 'OWN_READ' } });
    states.set('https://id.linde.example', 'CANDIDATE');
    expect(await check(token)).toMatchObject({ authority: { standing: 'OWN' } });
    states.set('https://id.linde.example', 'WITHDRAWN');
    expect(await check(token)).toEqual({ ok: false, code: 'UNAUTHENTICATED' });
  });
});

describe('F20: the keys of an issuer', () => {
  it('are fetched once for a storm of unknown key ids, and again only after the cool-down', async () => {
    const { scene, keys, check } = createScene();
    await check(await makeToken(keys.linde[0] as never));
    expect(scene.fetchCount).toBe(1);
    const storm = Array.from({ length: 200 }, () => makeToken(makeKey()));
    for (const token of await Promise.all(storm)) expect(await check(token)).toMatchObject({ ok: false });
    expect(scene.fetchCount).toBe(1);
    scene.nowMs += 30_001;
    await Promise.all((await Promise.all(storm)).map(check));
    expect(scene.fetchCount).toBe(2);
  });

  it('rotate without a refused request once the cool-down is over, the old key beside the new', async () => {
    const { scene, keys, check } = createScene();
    const old = keys.linde[0] as ReturnType<typeof makeKey>;
    await check(await makeToken(old));
    const fresh = makeKey();
    keys.linde.push(fresh);
    scene.nowMs += 31_000;
    expect(await check(await makeToken(fresh))).toMatchObject({ ok: true });
    expect(await check(await makeToken(old, { claims: { jti: 'another' } }))).toMatchObject({ ok: true });
    expect(scene.fetchCount).toBe(2);
  });

  it('serve for an hour while the issuer is down, not longer, and are asked for at most once per cool-down', async () => {
    const { scene, keys, check } = createScene();
    const own = keys.linde[0] as ReturnType<typeof makeKey>;
    const fresh = () =>
      makeToken(own, { claims: { jti: randomUUID(), iat: scene.nowMs / 1_000, exp: scene.nowMs / 1_000 + 600 } });
    await check(await fresh());
    scene.isDown = true;
    for (let minute = 1; minute <= 59; minute++) {
      scene.nowMs = startMs + minute * 60_000;
      expect(await check(await fresh()), `minute ${minute}`).toMatchObject({ ok: true });
    }
    expect(scene.fetchCount).toBeLessThanOrEqual(60 * 2);
    scene.nowMs = startMs + 61 * 60_000;
    expect(await check(await fresh())).toEqual({ ok: false, code: 'UNAUTHENTICATED' });
    scene.isDown = false;
    scene.nowMs += 30_001;
    expect(await check(await fresh())).toMatchObject({ ok: true });
  });

  it('that were withdrawn are out of use within a minute of the next fetch', async () => {
    const { scene, keys, check } = createScene();
    const old = keys.linde[0] as ReturnType<typeof makeKey>;
    const token = await makeToken(old, { claims: { exp: startMs / 1_000 + 3_600 } });
    expect(await check(token)).toMatchObject({ ok: true });
    keys.linde.splice(0, 1, makeKey());
    scene.nowMs += 600_001;
    await check(await makeToken(keys.linde[0] as never));
    scene.nowMs += 60_001;
    expect(await check(token)).toEqual({ ok: false, code: 'UNAUTHENTICATED' });
  });
});
