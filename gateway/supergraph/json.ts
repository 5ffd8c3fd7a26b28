/**
 * Reading and writing JSON objects whose keys a stranger chose.
 *
 * A key such as `__proto__` or `constructor` reads as something inherited when it is absent,
 * and assigning `__proto__` changes the object's prototype. Keys are known when a plan is compiled,
 * so only the few dangerous ones pay for the guarded way.
 */
export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether plain property access would find something that is not the object's own. */
export function isInheritedKey(key: string): boolean {
  return key in Object.prototype;
}

export function readKey(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function defineKey(object: JsonObject, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
