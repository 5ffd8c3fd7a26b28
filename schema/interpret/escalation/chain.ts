import type { ErrorCode } from '../../errors/codes.ts';
import { CHANNEL, type Entry } from './act.ts';
import { type FoldContext, foldEntry, genesisOf } from './fold-entry.ts';
import type { Escalation } from './state.ts';

/**
 * Orders the entries that a party holds, however they came, into the one chain that counts. All parties that hold the
 * same entries find the same chain.
 *
 * Where two entries follow on one, (1) the branch with the highest epoch counts: who moved the home said on which
 * branch; (2) else the branch on which other parties than its home have built, by naming an entry of it as seen, so
 * that a home that later signs another history changes nothing; (3) else the chain ends before the fork until a move.
 */
export interface Chain {
  readonly escalation: Escalation | undefined;
  readonly living: readonly Entry[];
  /** Of an older epoch, at or beyond the move that ended it. */
  readonly cutOff: readonly Entry[];
  readonly forks: readonly Fork[];
  /** Entries that name a previous one that is not held: ask another party for it. */
  readonly unlinked: readonly Entry[];
  /** Entries that do not follow on what is held, and why. */
  readonly refused: readonly { readonly entry: Entry; readonly code: ErrorCode }[];
  /** The index before which the chain ends because both branches stand. */
  readonly haltedAt?: number;
}

/** Two entries with one epoch and index: proof against who signed both. */
export interface Fork {
  readonly epoch: number;
  readonly index: number;
  readonly signers: readonly string[];
  readonly entries: readonly Entry[];
}

export function readChain(held: readonly Entry[], escalationId: string, context: FoldContext): Chain {
  const entries = [...new Map(held.map((entry) => [entry.hash, entry])).values()];
  const followers = grouped(entries, ({ previousHash }) => previousHash);
  const refused: { entry: Entry; code: ErrorCode }[] = [];
  const branch = grow(undefined, genesisOf(escalationId), followers, context, refused);
  const living = new Set(branch.entries.map(({ hash }) => hash));
  const bad = new Set(refused.map(({ entry }) => entry.hash));
  const known = new Set([genesisOf(escalationId), ...entries.map(({ hash }) => hash)]);
  const others = entries.filter(({ hash }) => !living.has(hash) && !bad.has(hash));
  const isCutOff = ({ epoch, index }: Entry) =>
    branch.entries.some((each) => each.index <= index && each.epoch > epoch);
  return {
    escalation: branch.escalation,
    living: branch.entries,
    cutOff: others.filter(isCutOff),
    forks: forksIn(entries),
    unlinked: others.filter(({ previousHash }) => !known.has(previousHash)),
    refused,
    ...(branch.haltedAt === undefined ? {} : { haltedAt: branch.haltedAt }),
  };
}

interface Branch {
  readonly escalation: Escalation | undefined;
  readonly entries: readonly Entry[];
  readonly haltedAt?: number;
}

type Followers = ReadonlyMap<string, readonly Entry[]>;

function grow(
  start: Escalation | undefined,
  startHash: string,
  followers: Followers,
  context: FoldContext,
  refused: { entry: Entry; code: ErrorCode }[],
): Branch {
  const entries: Entry[] = [];
  let escalation = start;
  let tip = startHash;
  for (;;) {
    const next = (followers.get(tip) ?? []).flatMap((entry) => {
      const folded = foldEntry(escalation, entry, context);
      if (folded.ok) return { entry, escalation: folded.escalation };
      if (!refused.some((each) => each.entry === entry)) refused.push({ entry, code: folded.code });
      return [];
    });
    const [only, ...more] = next;
    if (!only) return { escalation, entries };
    if (more.length > 0) {
      const branches = next.map((each): Branch => {
        const grown = grow(each.escalation, each.entry.hash, followers, context, refused);
        return { ...grown, entries: [each.entry, ...grown.entries] };
      });
      const chosen = choose(branches);
      if (!chosen) return { escalation, entries, haltedAt: only.entry.index };
      return { ...chosen, entries: [...entries, ...chosen.entries] };
    }
    entries.push(only.entry);
    escalation = only.escalation;
    tip = only.entry.hash;
  }
}

function choose(branches: readonly Branch[]): Branch | undefined {
  const epochs = branches.map(({ escalation }) => escalation?.epoch ?? 0);
  const newest = branches.filter((_, index) => epochs[index] === Math.max(...epochs));
  if (newest.length === 1) return newest[0];
  const witnessed = newest.filter((branch) => isWitnessed(branch));
  return witnessed.length === 1 ? witnessed[0] : undefined;
}

/** A member, or the registry, that did not sign the branch has named an entry of it as the newest it had seen. */
function isWitnessed({ entries, escalation }: Branch): boolean {
  const homes = new Set(entries.map(({ home }) => home));
  const hashes = new Set(entries.map(({ hash }) => hash));
  const witnesses = [CHANNEL, ...(escalation?.involved ?? [])].filter((party) => !homes.has(party));
  return entries.some(
    ({ signed: { act } }) => witnesses.includes(act.party) && act.seen !== null && hashes.has(act.seen.hash),
  );
}

function grouped(entries: readonly Entry[], keyOf: (entry: Entry) => string): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return groups;
}

function forksIn(entries: readonly Entry[]): Fork[] {
  const places = grouped(entries, ({ epoch, index }) => `${epoch} ${index}`);
  return [...places.values()]
    .filter((same) => same.length > 1)
    .map((same) => ({
      epoch: same[0]?.epoch ?? 0,
      index: same[0]?.index ?? 0,
      signers: [...new Set(same.map(({ home }) => home))].sort(),
      entries: [...same].sort((a, b) => (a.hash < b.hash ? -1 : 1)),
    }))
    .sort((a, b) => a.epoch - b.epoch || a.index - b.index);
}
