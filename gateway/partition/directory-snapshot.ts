/** Who takes part, as the registry last signed it. A snapshot never changes; a newer one replaces it whole. */
export const accessionStates = [
  'CANDIDATE',
  'CONTACTS_REGISTERED',
  'CONTACTS_PUBLISHED',
  'ACTIVE',
  'SUSPENDED',
  'WITHDRAWN',
] as const;
export type AccessionState = (typeof accessionStates)[number];

export interface Listed {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly accessionState: AccessionState;
  /** Where its subgraph answers. */
  readonly endpoint: string;
  readonly issuer?: string;
  readonly keys: { readonly sign: readonly JsonWebKey[]; readonly agree: readonly JsonWebKey[] };
  /** The party that took over its objects; ids keep the old prefix. */
  readonly mergedInto?: string;
  readonly calendarId?: string;
}

export interface DirectorySnapshot {
  readonly version: number;
  readonly at: string;
  /** In the order of their ids. */
  readonly participants: readonly Listed[];
  find(id: string): Listed | undefined;
  /** The party that now answers for a prefix. */
  homeOf(prefix: string): Listed | undefined;
  /** The prefixes that a party may give: its own and those of the parties that merged into it. */
  prefixesOf(id: string): ReadonlySet<string>;
}

const mergeDepthMax = 10;

export function createSnapshot(version: number, at: string, listed: readonly Listed[]): DirectorySnapshot {
  const participants = [...listed].sort((a, b) => (a.id < b.id ? -1 : 1));
  const byId = new Map(participants.map((one) => [one.id, one]));
  const homeOf = (prefix: string): Listed | undefined => {
    let home = byId.get(prefix);
    for (let depth = 0; home?.mergedInto !== undefined && depth < mergeDepthMax; depth += 1)
      home = byId.get(home.mergedInto);
    return home;
  };
  const prefixes = new Map<string, Set<string>>(participants.map(({ id }) => [id, new Set([id])]));
  for (const { id } of participants) {
    const home = homeOf(id);
    if (home !== undefined) prefixes.get(home.id)?.add(id);
  }
  const none: ReadonlySet<string> = new Set();
  return {
    version,
    at,
    participants,
    find: (id) => byId.get(id),
    homeOf,
    prefixesOf: (id) => prefixes.get(id) ?? none,
  };
}

export const emptySnapshot = createSnapshot(0, '', []);
