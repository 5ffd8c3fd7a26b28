import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson } from '../canonical.ts';

/**
 * Compact JWS in the one form that this network signs: EdDSA, canonical JSON, base64url without padding and without
 * stray bits. One signed statement has one text, so its hash is a name for it.
 */
export interface Signer {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** The key that a party has registered under this kid, at whatever time. */
export type KeyLookup = (party: string, kid: string) => KeyObject | undefined;

export type Opened =
  | { readonly ok: true; readonly claims: unknown }
  | { readonly ok: false; readonly fault: 'MALFORMED' | 'SIGNATURE'; readonly message: string };

export function signClaims(typ: string, claims: object, { kid, privateKey }: Signer): string {
  const input = `${encode(canonicalJson({ alg: 'EdDSA', typ, kid }))}.${encode(canonicalJson(claims))}`;
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
}

/** Reads the claims without believing them; who opens a statement must know first whose it says it is. */
export function peekClaims(jws: string): unknown {
  const text = decode(jws.split('.')[1] ?? '');
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `isCanonical: false` for what others than this folder sign: its claims stand in any order. */
export function openClaims(
  jws: string,
  typ: string,
  keyOf: (kid: string) => KeyObject | undefined,
  { isCanonical: mustBeCanonical = true } = {},
): Opened {
  const malformed = (message: string): Opened => ({ ok: false, fault: 'MALFORMED', message });
  const [header = '', payload = '', signature = '', ...more] = jws.split('.');
  if (more.length > 0) return malformed('expected a compact JWS of three parts');
  const [headerText, payloadText] = [decode(header), decode(payload)];
  const signed = bytesOf(signature);
  if (headerText === undefined || payloadText === undefined || !signed) {
    return malformed('expected three parts of base64url without stray bits');
  }
  const head = parse(headerText) as { alg?: unknown; typ?: unknown; kid?: unknown } | undefined;
  if (head?.alg !== 'EdDSA' || head.typ !== typ || typeof head.kid !== 'string' || Object.keys(head).length !== 3) {
    return malformed(`expected a header with alg EdDSA, typ ${typ} and a kid, and nothing more`);
  }
  const claims = parse(payloadText);
  const isRight = !mustBeCanonical || (isCanonical(head, headerText) && isCanonical(claims, payloadText));
  if (claims === undefined || !isRight) {
    return malformed('expected header and claims in canonical JSON');
  }
  const key = keyOf(head.kid);
  if (!key) return { ok: false, fault: 'SIGNATURE', message: `no registered key has the kid ${head.kid}` };
  return verify(null, Buffer.from(`${header}.${payload}`), key, signed)
    ? { ok: true, claims }
    : { ok: false, fault: 'SIGNATURE', message: 'the signature is not of the key that its kid names' };
}

/** RFC 7638, section 3: a key's name is worked out from it, never believed. */
export function thumbprintOf(key: KeyObject): string {
  const { crv, kty, x } = key.export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
}

const encode = (text: string) => Buffer.from(text).toString('base64url');

/** Node reads over characters and bits that do not belong; here they would give one statement many texts. */
function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === text ? bytes : undefined;
}

function decode(text: string): string | undefined {
  const bytes = bytesOf(text);
  if (!bytes) return undefined;
  const decoded = bytes.toString('utf8');
  return Buffer.from(decoded).equals(bytes) ? decoded : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCanonical(value: unknown, text: string): boolean {
  try {
    return canonicalJson(value) === text;
  } catch {
    return false;
  }
}
