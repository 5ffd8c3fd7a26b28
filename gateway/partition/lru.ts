/** Keeps the most recently used values, at most `countMax`; makes what it does not have. */
export function createLru<V>(countMax: number, make: (key: string) => V): (key: string) => V {
  // A Map remembers insertion order: the first key is the one that was used longest ago.
  const values = new Map<string, V>();
  return (key) => {
    let value = values.get(key);
    if (value === undefined) {
      value = make(key);
      if (values.size >= countMax) values.delete(values.keys().next().value as string);
    } else {
      values.delete(key);
    }
    values.set(key, value);
    return value;
  };
}
