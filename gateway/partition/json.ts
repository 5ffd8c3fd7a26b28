/**
 * Objects whose keys a caller or an endpoint chose: aliases such as `__proto__` or `constructor` are read and written
 * as keys of their own, never as something inherited.
 */
export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readKey(object: Readonly<JsonObject>, key: string): unknown {
  const value = object[key];
  return value !== undefined && key in Object.prototype && !Object.hasOwn(object, key) ? undefined : value;
}

export function writeKey(object: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  else object[key] = value;
}

/** A value by its dotted path in arguments; undefined when something on the way is missing. */
export function readPath(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (!isJsonObject(at)) return undefined;
    at = readKey(at, key);
  }
  return at;
}
