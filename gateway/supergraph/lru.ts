/** Keeps the most recently used values, at most `countMax`. */
export interface Lru<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  readonly count: number;
}

export function createLru<V>(countMax: number): Lru<V> {
  // A Map remembers insertion order: the first key is the one that was used longest ago.
  const values = new Map<string, V>();
  return {
    get(key) {
      const value = values.get(key);
      if (value === undefined) return undefined;
      values.delete(key);
      values.set(key, value);
      return value;
    },
    set(key, value) {
      values.delete(key);
      values.set(key, value);
      for (const oldest of values.keys()) {
        if (values.size <= countMax) break;
        values.delete(oldest);
      }
    },
    delete(key) {
      values.delete(key);
    },
    get count() {
      return values.size;
    },
  };
}
