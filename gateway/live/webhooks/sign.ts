/** Signs what is posted, as the Standard Webhooks specification 1.0 says: `v1`, HMAC-SHA-256 over id, time and body. */
import { createHmac } from 'node:crypto';

/** One signature for each secret, in their order; a receiver needs one of them to fit. */
export function signatures(secrets: readonly string[], id: string, timestamp: number, body: string): string {
  return secrets
    .map((secret) => createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64'))
    .map((signature) => `v1,${signature}`)
    .join(' ');
}

function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (key.length >= 24 && key.length <= 64) return key;
  throw new Error(`Expected a secret of 24 to 64 bytes, found one of ${key.length}.`);
}
