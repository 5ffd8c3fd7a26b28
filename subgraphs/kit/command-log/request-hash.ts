/** One hash for one request: the order of keys and the absence of a value say nothing, everything else does. */
import { createHash } from 'node:crypto';

export function requestHash(request: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(ordered(request)) ?? 'null')
    .digest('base64url');
}

/** Entries instead of an object: a request may have a key `__proto__`, or keys that look like numbers. */
function ordered(value: unknown): unknown {
  if (value instanceof Date) return value.toJSON();
  if (Array.isArray(value)) return ['list', ...value.map(ordered)];
  if (typeof value === 'bigint') return ['bigint', String(value)];
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return ['object', ...entries.map(([key, held]) => [key, ordered(held)])];
}
