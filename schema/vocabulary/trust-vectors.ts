/**
 * Makes the vectors of trust.md from nothing but node:crypto and the text of that page, so that hub, endpoints and
 * other people's implementations are compared with a third one. The keys are in here: they secure nothing.
 * Print them anew: node --import tsx schema/vocabulary/trust-vectors.ts > schema/vocabulary/trust-vectors.json
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { pathToFileURL } from 'node:url';

/** PKCS #8 of RFC 8410 before the 32 bytes of a private key. */
const prefix = { ed25519: '302e020100300506032b657004220420', x25519: '302e020100300506032b656e04220420' } as const;

const privateKey = (curve: keyof typeof prefix, label: string): KeyObject => {
  const seed = createHash('sha256').update(`kortelijn vector ${label}`).digest('hex');
  return createPrivateKey({ key: Buffer.from(prefix[curve] + seed, 'hex'), format: 'der', type: 'pkcs8' });
};

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

const kidOf = (key: KeyObject) => {
  const { crv, kty, x } = key.export({ format: 'jwk' });
  return sha256(JSON.stringify({ crv, kty, x }));
};

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const jws = (typ: string, claims: object, key: KeyObject) => {
  const input = `${base64url({ alg: 'EdDSA', typ, kid: kidOf(key) })}.${base64url(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
};

const pair = (name: string) => ({
  sign: privateKey('ed25519', `${name} sign`),
  agree: privateKey('x25519', `${name} agree`),
});

export function trustVectors() {
  const parties = { hub: pair('hub'), registry: pair('registry'), linde: pair('linde'), denkbeeld: pair('denkbeeld') };
  const { hub, registry, linde, denkbeeld } = parties;
  const jwkOf = (key: KeyObject) => ({ ...key.export({ format: 'jwk' }), kid: kidOf(key) });

  const info = 'kortelijn pair v1|hub|linde';
  const shared = diffieHellman({ privateKey: hub.agree, publicKey: createPublicKey(linde.agree) });
  const pairKey = Buffer.from(hkdfSync('sha256', shared, '', info, 32));

  const seconds = 1_779_264_000;
  const t = seconds * 1_000 + 250;
  const document = 'mutation ($input: AcknowledgeIncidentInput!) { acknowledgeIncident(input: $input) { __typename } }';
  const body = JSON.stringify({
    query: document,
    variables: { input: { commandId: 'c-1', incidentId: 'linde:inc_019e4450-9000-7000-8000-000000000001' } },
  });
  const claims = {
    iss: 'hub',
    aud: 'linde',
    kind: 'subject',
    sub: 'linde:linde-desk',
    name: 'Joris Korteweg',
    participant: 'linde',
    roles: ['SERVICEDESK'],
    azp: 'kortelijn-web',
    op: sha256(document),
    bh: sha256(body),
    jti: 'vector-1',
    iat: seconds,
    exp: seconds + 30,
  };
  const assertion = jws('hub-assertion+jwt', claims, hub.sign);

  const seal = (method: string, path: string, text: string, jti: string, beside: string) => {
    const canonical = ['kortelijn seal v1', method, path, sha256(text), t, jti, sha256(beside)].join('\n');
    const mac = createHmac('sha256', pairKey).update(canonical).digest('base64url');
    return {
      method,
      path,
      body: text,
      t,
      jti,
      assertion: beside,
      canonical,
      header: `v1;t=${t};jti=${jti};mac=${mac}`,
    };
  };

  const envelopeClaims = {
    id: 'linde:env_019e4450-9000-7000-8000-0000000000e1',
    from: 'linde',
    to: 'denkbeeld',
    subject: 'denkbeeld:inc_019e4450-9000-7000-8000-000000000002',
    n: 1,
    type: 'incident.handedOver',
    body: { title: 'Verzuimberichten komen niet aan' },
    at: seconds,
  };
  const envelope = jws('envelope+jwt', envelopeClaims, linde.sign);
  const receiptClaims = {
    envelope: envelopeClaims.id,
    hash: sha256(envelope),
    from: 'denkbeeld',
    to: 'linde',
    outcome: 'TAKEN',
    result: { reference: 'DENKBEELD-2026-0007' },
    at: seconds + 1,
  };
  const directoryClaims = {
    version: 7,
    at: seconds,
    participants: [
      {
        id: 'linde',
        name: 'Dorpszorg De Verzonnen Linde',
        kind: 'CARE_COOPERATIVE',
        accessionState: 'ACTIVE',
        endpoint: 'http://127.0.0.1:41001/graphql',
        issuer: 'http://127.0.0.1:41100/linde',
        keys: { sign: [publicJwk(linde.sign)], agree: [publicJwk(linde.agree)] },
        calendarId: 'nl',
      },
    ],
  };

  return {
    keys: Object.fromEntries(
      Object.entries(parties).map(([name, keys]) => [name, { sign: jwkOf(keys.sign), agree: jwkOf(keys.agree) }]),
    ),
    pairKey: { endpoint: 'linde', info, key: pairKey.toString('base64url') },
    assertion: { claims, jws: assertion },
    seals: {
      hubToEndpoint: seal('POST', '/graphql', body, 'AAECAwQFBgcICQoLDA0ODw', assertion),
      endpointToHub: seal('POST', '/envelopes', JSON.stringify({ envelope }), 'EBESExQVFhcYGRobHB0eHw', ''),
      directory: seal('GET', '/directory', '', 'ICEiIyQlJicoKSorLC0uLw', ''),
    },
    envelope: { claims: envelopeClaims, jws: envelope },
    receipt: { claims: receiptClaims, jws: jws('receipt+jwt', receiptClaims, denkbeeld.sign) },
    directory: { claims: directoryClaims, jws: jws('directory+jwt', directoryClaims, registry.sign) },
  };
}

const publicJwk = (key: KeyObject) => {
  const { d: _secret, ...jwk } = key.export({ format: 'jwk' });
  return { ...jwk, kid: kidOf(key) };
};

export const printed = () => `${JSON.stringify(trustVectors(), null, 2)}\n`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(printed());
