import { createHash } from 'node:crypto';

/**
 * Canonical JSON (RFC 8785): one value, one text, whoever writes it. Signatures and hashes are made over these bytes.
 * What JSON cannot carry (undefined, NaN, a lone surrogate, a Date) is refused here: left out or bent it would let two
 * values share a hash. Only plain objects, arrays, strings, finite numbers, booleans and null pass.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`Canonical JSON has no number ${value}.`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    // Array.from also visits holes, which map would skip.
    return `[${Array.from(value, canonicalJson).join(',')}]`;
  }
  if (typeof value === 'object' && isPlain(value)) {
    // RFC 8785 §3.2.3 sorts names by UTF-16 code units, which is what the default sort does.
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${canonicalString(name)}:${canonicalJson(member)}`).join(',')}}`;
  }
  const found = typeof value === 'object' ? `a ${value.constructor?.name ?? 'special object'}` : typeof value;
  throw new TypeError(
    `Canonical JSON carries plain objects, arrays, strings, numbers, booleans and null; found ${found}.`,
  );
}

/** SHA-256, base64url without padding. Text is hashed as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64url');
}

export function canonicalHash(value: unknown): string {
  return sha256(canonicalJson(value));
}

function canonicalString(text: string): string {
  // Node's UTF-8 encoder would replace a lone surrogate, so two texts would become one.
  if (!isWellFormed(text)) throw new TypeError('Canonical JSON refuses text with half a surrogate pair.');
  return JSON.stringify(text);
}

function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
