/** What several checks look at is brought about once for each examination. */
export function perEndpoint<Endpoint extends object, Value>(
  bring: (endpoint: Endpoint) => Promise<Value>,
): (endpoint: Endpoint) => Promise<Value> {
  const known = new WeakMap<Endpoint, Promise<Value>>();
  return (endpoint) => {
    const found = known.get(endpoint) ?? bring(endpoint);
    known.set(endpoint, found);
    return found;
  };
}
