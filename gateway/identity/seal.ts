/**
 * The request seal: an HMAC under the key that only this hub and one endpoint can derive.
 * Bytes and header: schema/vocabulary/trust.md.
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

export interface Sealed {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly path: string;
  readonly body: string | Uint8Array;
  /** Empty when there is none. */
  readonly assertion: string;
}

export interface Seals {
  /** The value of `kortelijn-seal`; undefined when the endpoint has registered no key to agree with. */
  seal(endpoint: string, request: Sealed, endpointNowMs: number): string | undefined;
  /** Whether the seal on a request from an endpoint is good: made under its key, for these bytes, at this time. */
  verify(endpoint: string, request: Sealed, seal: string | undefined): 'GOOD' | 'BAD' | 'CLOCK_SKEW';
}

export interface SealOptions {
  readonly agreeKey: JsonWebKey;
  /** The endpoint's registered public keys, the newest first. */
  readonly agreeKeysOf: (endpoint: string) => readonly JsonWebKey[];
  readonly now: () => number;
}

const validMs = 5_000;

export function createSeals({ agreeKey, agreeKeysOf, now }: SealOptions): Seals {
  const startedAtMs = now();
  const own = createPrivateKey({ key: agreeKey, format: 'jwk' } as Parameters<typeof createPrivateKey>[0]);
  const nextNonce = createNonces();
  const pairs = new Map<string, KeyObject>();

  const pairKey = (endpoint: string, theirs: JsonWebKey): KeyObject => {
    const name = `${endpoint} ${theirs.x}`;
    let key = pairs.get(name);
    if (key === undefined) {
      const publicKey = createPublicKey({ key: theirs, format: 'jwk' } as Parameters<typeof createPublicKey>[0]);
      const shared = diffieHellman({ privateKey: own, publicKey });
      const secret = hkdfSync('sha256', shared, Buffer.alloc(0), `kortelijn pair v1|hub|${endpoint}`, 32);
      key = createSecretKey(new Uint8Array(secret));
      pairs.set(name, key);
    }
    return key;
  };

  return {
    seal(endpoint, request, endpointNowMs) {
      const theirs = agreeKeysOf(endpoint)[0];
      if (theirs === undefined) return undefined;
      const jti = nextNonce();
      const t = String(Math.round(endpointNowMs));
      return `v1;t=${t};jti=${jti};mac=${mac(pairKey(endpoint, theirs), request, t, jti).toString('base64url')}`;
    },
    verify(endpoint, request, seal) {
      const parts = /^v1;t=(\d{1,16});jti=([\w-]{22});mac=([\w-]{43})$/.exec(seal ?? '');
      if (parts === null) return 'BAD';
      const [, t = '', jti = '', found = ''] = parts;
      const foundMac = Buffer.from(found, 'base64url');
      const known = agreeKeysOf(endpoint).some((theirs) =>
        timingSafeEqual(mac(pairKey(endpoint, theirs), request, t, jti), foundMac),
      );
      if (!known) return 'BAD';
      const atMs = Number(t);
      return Math.abs(now() - atMs) > validMs || atMs < startedAtMs ? 'CLOCK_SKEW' : 'GOOD';
    },
  };
}

function mac(key: KeyObject, { method, path, body, assertion }: Sealed, t: string, jti: string): Buffer {
  const lines = ['kortelijn seal v1', method, path, digest(body), t, jti, digest(assertion)];
  return createHmac('sha256', key).update(lines.join('\n')).digest();
}

const digest = (value: string | Uint8Array): string => createHash('sha256').update(value).digest('base64url');

const nonceBytes = 16;
const noncesPerDraw = 256;

/** Asking the system for random bytes costs more than the MAC itself, so they are drawn many at a time and used once. */
function createNonces(): () => string {
  let drawn = Buffer.alloc(0);
  let used = 0;
  return () => {
    if (used >= drawn.length) {
      drawn = randomBytes(nonceBytes * noncesPerDraw);
      used = 0;
    }
    used += nonceBytes;
    return drawn.toString('base64url', used - nonceBytes, used);
  };
}
