import type { Calendar } from '../calendar.ts';
import { canonicalHash, sha256 } from '../canonical.ts';
import { openEntry } from './entry.ts';
import { foldEscalation } from './fold.ts';
import type { KeyLookup } from './jws.ts';
import { type Signer, signClaims } from './jws.ts';
import { type Escalation, itemKey } from './state.ts';
import type { SaltedText } from './text-hash.ts';

/**
 * What goes outside with an escalation that mediation did not solve: everything that was signed, and of the texts what
 * each author lets go. It is judged off-line, by nothing but the registry's key.
 */
export interface DisputeFile {
  readonly format: typeof disputeFileFormat;
  readonly manifest: Manifest;
  readonly calendar: Calendar;
  /** Public keys of the registry, as JWK; who has them from elsewhere pins those. */
  readonly registryKeys: readonly object[];
  /** The registry's signed directories that hold the keys of the time. */
  readonly directories: readonly string[];
  /** The chain that counts, in order. */
  readonly entries: readonly string[];
  /** Other signed entries: forks, and what a move cut off. Proof against who signed them. */
  readonly besides: readonly string[];
  /** Signed acts that no entry of the chain carries. */
  readonly unplaced: readonly string[];
  readonly proposals: readonly ProposalRecord[];
  readonly disclosure: readonly DisclosedItem[];
  /** The exporter's word that the file is whole. */
  readonly seal: string;
}

export const disputeFileFormat = 'kortelijn dispute file 1';
export const FILE_TYP = 'escalation-file+jwt';

export interface Manifest {
  readonly escalation: string;
  readonly initiator: string;
  readonly involved: readonly string[];
  readonly left: readonly string[];
  readonly incidents: readonly string[];
  readonly level: number;
  readonly state: string;
  readonly entries: number;
  readonly tip: string;
  readonly epoch: number;
  readonly home: string;
  readonly exportedBy: string;
  readonly exportedAtMs: number;
}

export interface ProposalRecord {
  readonly version: number;
  readonly by: string;
  readonly entry: number;
  readonly state: string;
  readonly actions: readonly object[];
  readonly votes: readonly { readonly party: string; readonly state: string }[];
}

/** One text of one act. UNDECIDED: its author has not said. MISSING: he lets it go and it could not be fetched. */
export interface DisclosedItem {
  readonly party: string;
  readonly act: string;
  readonly text: string;
  readonly hash: string;
  readonly state: 'DISCLOSED' | 'WITHHELD' | 'UNDECIDED' | 'MISSING';
  readonly content?: SaltedText;
  readonly reason?: SaltedText;
}

export interface DisputeInput {
  readonly escalation: string;
  /** Every entry that is held, as signed, in any order. */
  readonly entries: readonly string[];
  /** Every act that is held, as signed. */
  readonly acts: readonly string[];
  readonly keys: KeyLookup;
  readonly calendar: Calendar;
  readonly foundation: string;
  readonly directories: readonly string[];
  readonly registryKeys: readonly object[];
  /** The text behind a salted hash, where its author gave it. */
  readonly textOf: (hash: string) => SaltedText | undefined;
  readonly exportedBy: string;
  readonly nowMs: number;
}

/** Nothing is asked twice: an unsealed file follows from what is held. Throws where what is held makes no chain. */
export function buildDisputeFile(input: DisputeInput, signer: Signer): DisputeFile {
  const opened = input.entries.map((jws) => ({ jws, opened: openEntry(jws, input.keys) }));
  const held = opened.flatMap(({ jws, opened: each }) => (each.ok ? [{ jws, entry: each.entry }] : []));
  const { calendar, foundation, nowMs } = input;
  const chain = foldEscalation(
    held.map(({ entry }) => entry),
    input.escalation,
    { calendar, foundation, nowMs },
  );
  const { escalation } = chain;
  if (!escalation) throw new TypeError(`Of ${input.escalation} no entry is held that begins its chain.`);
  const living = new Map(chain.living.map(({ hash, index }) => [hash, index]));
  const placed = new Set(Object.values(escalation.acts).map(({ hash }) => hash));
  const file = {
    format: disputeFileFormat,
    manifest: manifestOf(escalation, input.exportedBy, nowMs),
    calendar,
    registryKeys: input.registryKeys,
    directories: input.directories,
    entries: held
      .filter(({ entry }) => living.has(entry.hash))
      .sort((a, b) => a.entry.index - b.entry.index)
      .map(({ jws }) => jws),
    besides: [...new Set(held.filter(({ entry }) => !living.has(entry.hash)).map(({ jws }) => jws))].sort(),
    unplaced: [...new Set(input.acts.filter((jws) => !placed.has(sha256(jws))))].sort(),
    proposals: proposalsOf(escalation),
    disclosure: itemsOf(escalation).map((item) => filled(item, escalation, input.textOf)),
  } as const;
  return { ...file, seal: sealOf(file, signer) };
}

export function manifestOf(escalation: Escalation, exportedBy: string, exportedAtMs: number): Manifest {
  const { id, initiator, involved, left, incidents, level, state, places, epoch, home } = escalation;
  return {
    escalation: id,
    initiator,
    involved,
    left: Object.keys(left).sort(),
    incidents,
    level,
    state,
    entries: places.length,
    tip: places.at(-1)?.hash ?? '',
    epoch,
    home,
    exportedBy,
    exportedAtMs,
  };
}

export function proposalsOf({ proposals }: Escalation): ProposalRecord[] {
  return proposals.map(({ version, by, index, state, actions, consents }) => ({
    version,
    by,
    entry: index,
    state,
    actions,
    votes: Object.keys(consents)
      .sort()
      .map((party) => ({ party, state: consents[party]?.state as string })),
  }));
}

/** Every text of every act that counts, and what its author decided. Reasons to withhold stand with what they withhold. */
export function itemsOf({ acts, disclosure }: Escalation): DisclosedItem[] {
  return Object.entries(acts)
    .filter(([, { type }]) => type !== 'withhold')
    .sort(([a, one], [b, other]) => one.index - other.index || (a < b ? -1 : 1))
    .flatMap(([act, { party, texts }]) =>
      Object.keys(texts)
        .sort()
        .map((text) => ({
          party,
          act,
          text,
          hash: texts[text] as string,
          state: disclosure[itemKey({ act, text })]?.state ?? 'UNDECIDED',
        })),
    );
}

function filled(item: DisclosedItem, { disclosure }: Escalation, textOf: DisputeInput['textOf']): DisclosedItem {
  if (item.state === 'UNDECIDED') return item;
  if (item.state === 'DISCLOSED') {
    const content = textOf(item.hash);
    return content ? { ...item, content } : { ...item, state: 'MISSING' };
  }
  const reasonHash = disclosure[itemKey(item)]?.reason;
  const reason = reasonHash === undefined ? undefined : textOf(reasonHash);
  return reason ? { ...item, reason } : item;
}

export function sealOf(file: Omit<DisputeFile, 'seal'>, signer: Signer): string {
  const { escalation, exportedBy } = file.manifest;
  return signClaims(FILE_TYP, { escalation, exportedBy, hash: canonicalHash(file) }, signer);
}
