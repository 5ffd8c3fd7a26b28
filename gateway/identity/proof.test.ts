import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Asserted, createAssertionSigner } from './assertion.ts';
import { createProof } from './prove.ts';
import { createSeals } from './seal.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../../schema/vocabulary/trust-vectors.json', import.meta.url), 'utf8'),
);
const publicPart = ({ d: _secret, ...jwk }: JsonWebKey) => jwk;
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

const claimsOf = (jws: string) => JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
const headerOf = (jws: string) => JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString());
const isSigned = (jws: string) => {
  const [header, payload, signature = ''] = jws.split('.');
  const key = createPublicKey({ key: publicPart(vectors.keys.hub.sign), format: 'jwk' } as never);
  return verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
};

const person: Asserted = {
  kind: 'subject',
  participant: 'linde',
  subject: 'linde-desk',
  name: 'Joris Korteweg',
  roles: ['SERVICEDESK'],
  scopes: [],
  azp: 'kortelijn-web',
};
const nowMs = vectors.assertion.claims.iat * 1_000 + 2_000;

describe('a viewer assertion', () => {
  it('says what the vector of trust.md says, in its words and order, signed by the same key', () => {
    const { body } = vectors.seals.hubToEndpoint;
    const document = JSON.parse(body).query;
    const assertion = createAssertionSigner(vectors.keys.hub.sign)({
      endpoint: 'linde',
      caller: person,
      endpointNowMs: nowMs,
      bound: { document, body },
    });
    expect(headerOf(assertion)).toEqual(headerOf(vectors.assertion.jws));
    expect(claimsOf(assertion)).toEqual({ ...vectors.assertion.claims, jti: expect.stringMatching(/^[\w-]{22}$/) });
    expect(isSigned(assertion)).toBe(true);
  });

  it('is kept for one caller at one endpoint while it is young, and made anew before it ends', () => {
    const sign = createAssertionSigner(vectors.keys.hub.sign);
    const at = (ms: number, endpoint = 'linde', caller: Asserted = person) =>
      sign({ endpoint, caller, endpointNowMs: nowMs + ms });
    const first = at(0);
    expect(at(15_000)).toBe(first);
    const { exp, iat } = claimsOf(first);
    expect(exp - iat).toBe(30);
    const later = at(17_000);
    expect(later).not.toBe(first);
    expect(at(0, 'denkbeeld')).not.toBe(first);
    expect(claimsOf(at(0, 'denkbeeld')).aud).toBe('denkbeeld');
    for (const other of [
      { ...person, roles: [] },
      { ...person, subject: 'x' },
      { ...person, scopes: ['a'] },
      { ...person, purpose: 'p' },
      { ...person, azp: 'other' },
    ]) {
      expect(at(0, 'linde', other)).not.toBe(first);
    }
  });

  it('is made anew when the clock of the endpoint was set back: none is sent that lies in its future', () => {
    const sign = createAssertionSigner(vectors.keys.hub.sign);
    sign({ endpoint: 'linde', caller: person, endpointNowMs: nowMs });
    const after = claimsOf(sign({ endpoint: 'linde', caller: person, endpointNowMs: nowMs - 60_000 }));
    expect(after.iat * 1_000).toBeLessThanOrEqual(nowMs - 60_000);
  });

  it('A2: is never used twice when it is bound, and names document and body by their hashes', () => {
    const sign = createAssertionSigner(vectors.keys.hub.sign);
    const request = {
      endpoint: 'linde',
      caller: person,
      endpointNowMs: nowMs,
      bound: { document: '{ a }', body: '{"query":"{ a }"}' },
    };
    const [first, second] = [sign(request), sign(request)];
    expect(first).not.toBe(second);
    expect(claimsOf(first)).toMatchObject({ op: sha256('{ a }'), bh: sha256('{"query":"{ a }"}') });
  });

  it('of a class names no person, and that of the hub nobody at all', () => {
    const sign = createAssertionSigner(vectors.keys.hub.sign);
    const ofClass = claimsOf(
      sign({
        endpoint: 'linde',
        caller: { kind: 'class', participant: 'linde', roles: ['SERVICEDESK'], scopes: [] },
        endpointNowMs: nowMs,
      }),
    );
    expect(Object.keys(ofClass).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'kind', 'participant', 'roles']);
    const ofHub = claimsOf(sign({ endpoint: 'linde', caller: { kind: 'hub' }, endpointNowMs: nowMs }));
    expect(Object.keys(ofHub).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'kind']);
  });
});

describe('a request seal', () => {
  const { t } = vectors.seals.directory;
  const scene = (atMs = t) => {
    const clock = { nowMs: t - 60_000 };
    const agreeKeysOf = (name: string) =>
      name === 'linde' ? [publicPart(vectors.keys.denkbeeld.agree), publicPart(vectors.keys.linde.agree)] : [];
    const seals = createSeals({ agreeKey: vectors.keys.hub.agree, agreeKeysOf, now: () => clock.nowMs });
    clock.nowMs = atMs;
    return { seals, clock };
  };

  it('of the vectors of trust.md is recognised, under any of the registered keys', () => {
    for (const name of ['endpointToHub', 'directory'] as const) {
      const { header, ...request } = vectors.seals[name];
      expect(scene().seals.verify('linde', request, header), name).toBe('GOOD');
    }
  });

  it('is refused for other bytes, another path, another name or another form', () => {
    const { header, ...request } = vectors.seals.endpointToHub;
    const { seals } = scene();
    const table: Record<string, string> = {
      body: seals.verify('linde', { ...request, body: `${request.body} ` }, header),
      path: seals.verify('linde', { ...request, path: '/envelopes?x' }, header),
      method: seals.verify('linde', { ...request, method: 'PUT' }, header),
      name: seals.verify('denkbeeld', request, header),
      time: seals.verify('linde', request, header.replace(`t=${t}`, `t=${t + 1}`)),
      jti: seals.verify('linde', request, header.replace('jti=E', 'jti=F')),
      version: seals.verify('linde', request, header.replace('v1', 'v2')),
      rest: seals.verify('linde', request, `${header};x=1`),
      nothing: seals.verify('linde', request, undefined),
    };
    for (const [what, verdict] of Object.entries(table)) expect(verdict, what).toBe('BAD');
  });

  it('says CLOCK_SKEW only when all but the time is right: 5 s around, and not from before the hub started', () => {
    const { header, ...request } = vectors.seals.directory;
    expect(scene(t + 5_000).seals.verify('linde', request, header)).toBe('GOOD');
    expect(scene(t - 5_000).seals.verify('linde', request, header)).toBe('GOOD');
    expect(scene(t + 5_001).seals.verify('linde', request, header)).toBe('CLOCK_SKEW');
    expect(scene(t + 5_001).seals.verify('linde', { ...request, path: '/x' }, header)).toBe('BAD');
    const restarted = createSeals({
      agreeKey: vectors.keys.hub.agree,
      agreeKeysOf: () => [publicPart(vectors.keys.linde.agree)],
      now: () => t + 1,
    });
    expect(restarted.verify('linde', request, header)).toBe('CLOCK_SKEW');
  });

  it('goes with its assertion in the headers of a request, and is not made for who has no key', () => {
    const { seals } = scene();
    const prove = createProof(createAssertionSigner(vectors.keys.hub.sign), seals);
    const request = {
      endpoint: 'linde',
      method: 'POST',
      path: '/graphql',
      body: '{}',
      document: '',
      caller: person,
      isBound: true,
      endpointNowMs: t,
    } as const;
    const headers = prove(request);
    expect(Object.keys(headers ?? {})).toEqual(['kortelijn-assertion', 'kortelijn-seal']);
    expect(headers?.['kortelijn-seal']).toMatch(new RegExp(`^v1;t=${t};jti=[\\w-]{22};mac=[\\w-]{43}$`));
    expect(prove({ ...request, endpoint: 'atlantis' })).toBeUndefined();
  });
});
