import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signJws } from './jws.ts';
import { pairKey } from './pair-key.ts';
import { createSeal, sha256 } from './seal.ts';
import { makeKeys, parsedPins } from './stand-in-hub.ts';
import { createVerifier } from './verify.ts';

const NOW = Date.parse('2026-05-20T08:00:00.400Z');
const IAT = Math.floor(NOW / 1_000);
const [hub, registry, linde, denkbeeld, stranger] = [makeKeys(), makeKeys(), makeKeys(), makeKeys(), makeKeys()];
const keyWith = (endpoint: { keys: { agree: Parameters<typeof createPublicKey>[0] } }, name: string, own = hub) =>
  pairKey({ own: own.keys.agree, other: createPublicKey(endpoint.keys.agree), endpoint: name });

const query = '{ viewer { subject } }';
const mutation = 'mutation { acknowledgeIncident(input: {}) { __typename } }';
const rawOf = (document: string) => JSON.stringify({ query: document });

const claims = (more: Record<string, unknown> = {}) => ({
  iss: 'hub',
  aud: 'linde',
  kind: 'subject',
  sub: 'linde:linde-desk',
  participant: 'linde',
  roles: ['SERVICEDESK'],
  jti: 'j',
  iat: IAT,
  exp: IAT + 30,
  ...more,
});

interface Sent {
  assertion: string;
  body: string;
  /** What is sealed, where that differs from what is sent. */
  sealed: { body?: string; assertion?: string; path?: string; method?: string };
  key: Uint8Array;
  t: number;
  jti?: string;
  path: string;
  headers: Record<string, string | undefined>;
}

const verifierAt = (now = NOW, startedAtMs = NOW - 60_000) =>
  createVerifier({ name: 'linde', keys: linde.keys, pins: parsedPins(hub, registry), now: () => now, startedAtMs });

/** A good request, but for what is given. */
const send = (over: Partial<Sent> = {}, verifier = verifierAt()) => {
  const body = over.body ?? rawOf(query);
  const assertion = over.assertion ?? signJws('hub-assertion+jwt', claims(), hub.keys.sign);
  const path = over.path ?? '/graphql';
  const key = over.key ?? keyWith(linde, 'linde');
  const request = { method: 'POST', path, body, assertion, ...over.sealed };
  const seal = createSeal(key, request, over.t ?? NOW, over.jti);
  const headers = { 'kortelijn-assertion': assertion, 'kortelijn-seal': seal, ...over.headers };
  return verifier.verify(headers, 'POST', path, Buffer.from(body));
};
const asserted = (more: Record<string, unknown>, typ = 'hub-assertion+jwt' as const) =>
  signJws(typ, claims(more), hub.keys.sign);

/** Any header and claims, signed as asked: what an attacker would write by hand. */
const forged = (header: object, payload: object, signer: (input: string) => string) => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signer(input)}`;
};
const byHub = (input: string) => sign(null, Buffer.from(input), hub.keys.sign.privateKey).toString('base64url');
const byStranger = (input: string) =>
  sign(null, Buffer.from(input), stranger.keys.sign.privateKey).toString('base64url');
const kid = hub.keys.sign.kid;
const typ = 'hub-assertion+jwt';

describe('a request of the hub', () => {
  test('is taken with the caller it vouches for', async () => {
    const assertion = asserted({ name: 'Joris', scope: 'a b', azp: 'web', purpose: 'care' });
    expect(await send({ assertion })).toEqual({
      ok: true,
      caller: {
        kind: 'subject',
        participant: 'linde',
        roles: ['SERVICEDESK'],
        subject: 'linde:linde-desk',
        name: 'Joris',
        scopes: ['a', 'b'],
        azp: 'web',
        purpose: 'care',
      },
      request: { query },
    });
  });

  test('may come in the name of the hub itself or of a class', async () => {
    const ofHub = asserted({ kind: 'hub', sub: undefined, participant: undefined, roles: undefined });
    expect(await send({ assertion: ofHub })).toMatchObject({ ok: true, caller: { kind: 'hub' } });
    const ofClass = asserted({ kind: 'class', sub: undefined });
    expect(await send({ assertion: ofClass })).toMatchObject({
      ok: true,
      caller: { kind: 'class', roles: ['SERVICEDESK'] },
    });
  });

  test('may change something when the assertion carries the hash of the body', async () => {
    const body = rawOf(mutation);
    expect(await send({ body, assertion: asserted({ bh: sha256(body), op: sha256(mutation) }) })).toMatchObject({
      ok: true,
    });
  });

  test('is taken under the next key of the hub while both are pinned', async () => {
    const next = makeKeys();
    const pins = parsedPins(
      {
        ...hub,
        published: {
          sign: [...hub.published.sign, ...next.published.sign],
          agree: [...hub.published.agree, ...next.published.agree],
        },
      },
      registry,
    );
    const verifier = createVerifier({ name: 'linde', keys: linde.keys, pins, now: () => NOW, startedAtMs: 0 });
    const assertion = signJws('hub-assertion+jwt', claims(), next.keys.sign);
    expect(await send({ assertion, key: keyWith(linde, 'linde', next) }, verifier)).toMatchObject({ ok: true });
    expect(await send({}, verifier)).toMatchObject({ ok: true });
  });

  test('with the same assertion again is judged by its time again', async () => {
    let now = NOW;
    const verifier = createVerifier({
      name: 'linde',
      keys: linde.keys,
      pins: parsedPins(hub, registry),
      now: () => now,
      startedAtMs: 0,
    });
    expect(await send({}, verifier)).toMatchObject({ ok: true });
    now = NOW + 31_000;
    expect(await send({ t: now }, verifier)).toMatchObject({ ok: false, code: 'CLOCK_SKEW' });
  });
});

const refused: readonly [string, () => Promise<unknown>][] = [
  [
    'A1: neither assertion nor seal',
    () => send({ headers: { 'kortelijn-assertion': undefined, 'kortelijn-seal': undefined } }),
  ],
  ['A1: an assertion without a seal', () => send({ headers: { 'kortelijn-seal': undefined } })],
  ['A1: a seal without an assertion', () => send({ headers: { 'kortelijn-assertion': undefined } })],
  ['A1: a forged assertion under a right seal', () => send({ assertion: signJws(typ, claims(), stranger.keys.sign) })],
  ['A1: a right assertion under a forged seal', () => send({ key: keyWith(linde, 'linde', stranger) })],
  ['A1: a seal of no known form', () => send({ headers: { 'kortelijn-seal': 'v2;t=1;jti=a;mac=b' } })],
  ['A1: two seals in one header', () => send({ headers: { 'kortelijn-seal': 'a, b' } })],
  ['A2: an assertion for another endpoint', () => send({ assertion: asserted({ aud: 'denkbeeld' }) })],
  ['A2: a seal made for another endpoint', () => send({ key: keyWith(denkbeeld, 'denkbeeld') })],
  ['A2: a changed body', () => send({ sealed: { body: rawOf('{ teams { id } }') } })],
  ['A2: a changed path', () => send({ sealed: { path: '/other' } })],
  ['A2: a changed method', () => send({ sealed: { method: 'GET' } })],
  [
    'A2: another assertion than the sealed one',
    () => send({ sealed: { assertion: asserted({ sub: 'linde:other' }) } }),
  ],
  [
    'A2: a changed body under an assertion that carries its hash',
    () => send({ assertion: asserted({ bh: sha256('{}') }) }),
  ],
  ['A2: a changed operation', () => send({ assertion: asserted({ op: sha256('{ teams { id } }') }) })],
  ['A2: a mutation without the hash of its body', () => send({ body: rawOf(mutation) })],
  ['A2: a mutation behind a query in one document', () => send({ body: rawOf(`query Q ${query} ${mutation}`) })],
  [
    'A2: a mutation in a document too large to be looked into',
    () => send({ body: rawOf(`${mutation}${' { a }'.repeat(6_000)}`) }),
  ],
  ['A2: a subscription without the hash of its body', () => send({ body: rawOf('subscription { s }') })],
  ['A2: an assertion that lives longer than 30 seconds', () => send({ assertion: asserted({ exp: IAT + 31 }) })],
  ['A2: an assertion that ends before it begins', () => send({ assertion: asserted({ exp: IAT - 1 }) })],
  ['A3: alg none', () => send({ assertion: forged({ alg: 'none', typ, kid }, claims(), () => '') })],
  [
    'A3: HS256 with the public key as secret',
    () => {
      const secret = hub.keys.sign.publicKey.export({ format: 'der', type: 'spki' });
      const signer = (input: string) => createHmac('sha256', secret).update(input).digest('base64url');
      return send({ assertion: forged({ alg: 'HS256', typ, kid }, claims(), signer) });
    },
  ],
  [
    'A3: RS256 by a key of its own',
    () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const signer = (input: string) => sign('sha256', Buffer.from(input), privateKey).toString('base64url');
      return send({ assertion: forged({ alg: 'RS256', typ, kid }, claims(), signer) });
    },
  ],
  [
    'A3: an embedded jwk',
    () => send({ assertion: forged({ alg: 'EdDSA', typ, jwk: stranger.published.sign[0] }, claims(), byStranger) }),
  ],
  [
    'A3: an embedded jwk beside a known kid',
    () =>
      send({ assertion: forged({ alg: 'EdDSA', typ, kid, jwk: stranger.published.sign[0] }, claims(), byStranger) }),
  ],
  [
    'A3: a jku',
    () => send({ assertion: forged({ alg: 'EdDSA', typ, jku: 'http://127.0.0.1:9/keys' }, claims(), byStranger) }),
  ],
  [
    'A3: a kid that is a path',
    () => send({ assertion: forged({ alg: 'EdDSA', typ, kid: '../../pins.json' }, claims(), byHub) }),
  ],
  [
    'A3: a kid of Object.prototype',
    () => send({ assertion: forged({ alg: 'EdDSA', typ, kid: '__proto__' }, claims(), byHub) }),
  ],
  ['A3: no kid', () => send({ assertion: forged({ alg: 'EdDSA', typ }, claims(), byHub) })],
  [
    'A3: a critical header nobody knows',
    () => send({ assertion: forged({ alg: 'EdDSA', typ, kid, crit: ['x'], x: 1 }, claims(), byHub) }),
  ],
  ['A3: no audience', () => send({ assertion: asserted({ aud: undefined }) })],
  ['A3: an audience of several', () => send({ assertion: asserted({ aud: ['linde', 'denkbeeld'] }) })],
  ['A3: another issuer', () => send({ assertion: asserted({ iss: 'linde' }) })],
  [
    'A3: a subject of another participant than the caller',
    () => send({ assertion: asserted({ sub: 'denkbeeld:boss' }) }),
  ],
  ['A3: no subject though the kind is subject', () => send({ assertion: asserted({ sub: undefined }) })],
  ['A3: a class that names a person', () => send({ assertion: asserted({ kind: 'class' }) })],
  ['A3: the hub itself in the name of a participant', () => send({ assertion: asserted({ kind: 'hub' }) })],
  ['A3: a kind nobody knows', () => send({ assertion: asserted({ kind: 'root' }) })],
  ['A3: a role nobody knows', () => send({ assertion: asserted({ roles: ['ROOT'] }) })],
  ['A3: no expiry', () => send({ assertion: asserted({ exp: undefined }) })],
  ['A3: a user token', () => send({ assertion: forged({ alg: 'EdDSA', typ: 'at+jwt', kid }, claims(), byHub) })],
  ['A3: an envelope', () => send({ assertion: forged({ alg: 'EdDSA', typ: 'envelope+jwt', kid }, claims(), byHub) })],
  ['A3: no typ', () => send({ assertion: forged({ alg: 'EdDSA', kid }, claims(), byHub) })],
  ['A3: the key of the registry', () => send({ assertion: signJws(typ, claims(), registry.keys.sign) })],
];

const untimely: readonly [string, () => Promise<unknown>][] = [
  ['A2: a seal from 5 seconds ago', () => send({ t: NOW - 5_001 })],
  ['A2: a seal from 5 seconds ahead', () => send({ t: NOW + 5_001 })],
  ['A2: an expired assertion', () => send({ assertion: asserted({ iat: IAT - 31, exp: IAT - 1 }) })],
  ['A2: an assertion of the future', () => send({ assertion: asserted({ iat: IAT + 6, exp: IAT + 30 }) })],
  ['A2: a seal from before a restart', () => send({ t: NOW - 1_000 }, verifierAt(NOW, NOW - 999))],
];

describe('what is not a request of the hub to this endpoint now', () => {
  test.each(refused)('%s is refused with the one code', async (_title, attack) => {
    expect(await attack()).toMatchObject({ ok: false, code: 'NOT_TRUSTED' });
  });

  test.each(untimely)('%s is refused as a matter of time only', async (_title, attack) => {
    expect(await attack()).toMatchObject({ ok: false, code: 'CLOCK_SKEW' });
  });

  test('A2: a request sent twice is refused the second time, also with another request in between', async () => {
    const verifier = verifierAt();
    const twice = { jti: 'AAAAAAAAAAAAAAAAAAAAAA' };
    expect(await send(twice, verifier)).toMatchObject({ ok: true });
    expect(await send({}, verifier)).toMatchObject({ ok: true });
    expect(await send(twice, verifier)).toMatchObject({ ok: false, code: 'NOT_TRUSTED' });
  });

  test('A2: a clock that is set back does not let seals from before the start in', async () => {
    let now = NOW;
    const verifier = createVerifier({
      name: 'linde',
      keys: linde.keys,
      pins: parsedPins(hub, registry),
      now: () => now,
    });
    expect(await send({}, verifier)).toMatchObject({ ok: true });
    now = NOW - 600_000;
    const before = now - process.uptime() * 1_000 - 10;
    const assertion = asserted({ iat: Math.floor(now / 1_000), exp: Math.floor(now / 1_000) + 30 });
    expect(await send({ t: Math.floor(before), assertion }, verifier)).toMatchObject({ ok: false });
    expect(await send({ t: now, assertion }, verifier)).toMatchObject({ ok: true });
  });

  test('A3: time is not told to whoever has no right seal and assertion', async () => {
    const late = { t: NOW - 60_000 };
    expect(await send({ ...late, key: keyWith(linde, 'linde', stranger) })).toMatchObject({ code: 'NOT_TRUSTED' });
    expect(await send({ ...late, assertion: signJws(typ, claims(), stranger.keys.sign) })).toMatchObject({
      code: 'NOT_TRUSTED',
    });
  });

  test('A3: every single changed byte of seal or assertion is refused', async () => {
    const assertion = asserted({});
    const seal = createSeal(
      keyWith(linde, 'linde'),
      { method: 'POST', path: '/graphql', body: rawOf(query), assertion },
      NOW,
    );
    const attempts: Promise<unknown>[] = [];
    for (const [header, value] of [
      ['kortelijn-assertion', assertion],
      ['kortelijn-seal', seal],
    ] as const) {
      for (let at = 0; at < value.length; at += header === 'kortelijn-seal' ? 1 : 7) {
        const changed = value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1);
        attempts.push(
          verifierAt().verify(
            { 'kortelijn-assertion': assertion, 'kortelijn-seal': seal, [header]: changed },
            'POST',
            '/graphql',
            Buffer.from(rawOf(query)),
          ),
        );
      }
    }
    const answers = await Promise.all(attempts);
    expect(answers.filter((answer) => (answer as { ok: boolean }).ok)).toEqual([]);
    expect(answers.length).toBeGreaterThan(100);
  });
});
