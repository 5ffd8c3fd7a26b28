/**
 * Where one issuer keeps its sessions, grants and codes: in memory, until they run out. Each issuer has its own,
 * so that a session at one participant is nothing at another.
 */
interface Stored {
  readonly payload: Record<string, unknown>;
  readonly untilMs: number;
}

export function createMemoryStore(): (model: string) => object {
  const stored = new Map<string, Stored>();
  const sweep = (): void => {
    for (const [key, { untilMs }] of stored) if (untilMs < Date.now()) stored.delete(key);
  };
  const findWhere = (prefix: string, matches: (payload: Record<string, unknown>) => boolean) => {
    for (const [key, { payload, untilMs }] of stored) {
      if (key.startsWith(prefix) && untilMs >= Date.now() && matches(payload)) return payload;
    }
    return undefined;
  };
  return (model) => {
    const prefix = `${model} `;
    return {
      async upsert(id: string, payload: Record<string, unknown>, expiresInSeconds?: number) {
        if (stored.size % 500 === 499) sweep();
        const untilMs =
          expiresInSeconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresInSeconds * 1_000;
        stored.set(prefix + id, { payload: structuredClone(payload), untilMs });
      },
      async find(id: string) {
        const found = stored.get(prefix + id);
        return found === undefined || found.untilMs < Date.now() ? undefined : found.payload;
      },
      findByUid: async (uid: string) => findWhere(prefix, (payload) => payload.uid === uid),
      findByUserCode: async (userCode: string) => findWhere(prefix, (payload) => payload.userCode === userCode),
      async consume(id: string) {
        const found = stored.get(prefix + id);
        if (found !== undefined) found.payload.consumed = Math.floor(Date.now() / 1_000);
      },
      async destroy(id: string) {
        stored.delete(prefix + id);
      },
      async revokeByGrantId(grantId: string) {
        for (const [key, { payload }] of stored) if (payload.grantId === grantId) stored.delete(key);
      },
    };
  };
}
