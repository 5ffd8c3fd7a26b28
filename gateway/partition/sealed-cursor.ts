/**
 * Cursors as callers see them: AES-256-GCM over what only the hub may read, so that no cursor tells how much a
 * participant has, and none can be made up. The first key encrypts, every key opens: that is how keys rotate.
 *
 * Bytes: version 1, four bytes that name the key, a nonce of 12, the text, a tag of 16; base64url.
 */
import { createCipheriv, createDecipheriv, createHash, randomFillSync } from 'node:crypto';

export interface CursorKey {
  readonly name: Buffer;
  readonly key: Buffer;
}

/** What a cursor is for; one made for another use does not open. */
export type CursorUse = 'page' | 'live';

const version = 1;
const headLength = 1 + 4 + 12;
const tagLength = 16;
/** Longer than any cursor of a thousand participants. */
const textLengthMax = 200_000;

export function cursorKeys(secrets: readonly Uint8Array[]): readonly [CursorKey, ...CursorKey[]] {
  const keys = secrets.map((secret) => {
    if (secret.length !== 32) throw new Error(`Expected cursor keys of 32 bytes, found one of ${secret.length}.`);
    return { key: Buffer.from(secret), name: createHash('sha256').update(secret).digest().subarray(0, 4) };
  });
  const [first, ...others] = keys;
  if (first === undefined)
    throw new Error('Expected at least one cursor key, found none. The first encrypts, all open.');
  return [first, ...others];
}

export function sealCursor(keys: readonly [CursorKey, ...CursorKey[]], use: CursorUse, text: string): string {
  const head = Buffer.allocUnsafe(headLength);
  head[0] = version;
  keys[0].name.copy(head, 1);
  randomFillSync(head, 5, 12);
  const cipher = createCipheriv('aes-256-gcm', keys[0].key, head.subarray(5));
  cipher.setAAD(Buffer.from(use));
  const sealed = [head, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString('base64url');
}

/** Undefined when it is not ours, was changed, was made for another use, or its key is gone. */
export function openCursor(keys: readonly CursorKey[], use: CursorUse, cursor: string): string | undefined {
  if (cursor.length > textLengthMax || !/^[\w-]+$/.test(cursor)) return undefined;
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length < headLength + tagLength || bytes[0] !== version) return undefined;
  const key = keys.find(({ name }) => name.equals(bytes.subarray(1, 5)));
  if (key === undefined) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.key, bytes.subarray(5, headLength), {
      authTagLength: tagLength,
    });
    decipher.setAAD(Buffer.from(use));
    decipher.setAuthTag(bytes.subarray(bytes.length - tagLength));
    const text = decipher.update(bytes.subarray(headLength, bytes.length - tagLength), undefined, 'utf8');
    return text + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
