import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { ErrorCode } from '../../errors/codes.ts';
import { calendars } from '../../vocabulary/calendars.ts';
import type { Calendar } from '../calendar.ts';
import { canonicalHash } from '../canonical.ts';
import type { Entry } from './act.ts';
import { type Fork, readChain } from './chain.ts';
import {
  type DisclosedItem,
  type DisputeFile,
  disputeFileFormat,
  FILE_TYP,
  itemsOf,
  manifestOf,
  proposalsOf,
} from './dispute-file.ts';
import { openAct, openEntry } from './entry.ts';
import { type FoldContext, foldEntry } from './fold-entry.ts';
import { type KeyLookup, openClaims, thumbprintOf } from './jws.ts';
import { type Escalation, type Fault, itemKey } from './state.ts';
import { textHash } from './text-hash.ts';

export type Verdict =
  | {
      readonly ok: true;
      readonly escalation: Escalation;
      /** Whether the registry's key was handed in, and not taken from the file itself. */
      readonly isPinned: boolean;
      readonly registryKids: readonly string[];
      /** Items whose text is not in the file. */
      readonly withheld: readonly DisclosedItem[];
      /** What the file proves against the homes of the chain. */
      readonly faults: readonly Fault[];
      readonly forks: readonly Pick<Fork, 'epoch' | 'index' | 'signers'>[];
      readonly unplaced: number;
    }
  | BadPart;

/** The first part that is not what it should be. `index` counts from 0 in the list of that name. */
export interface BadPart {
  readonly ok: false;
  readonly part: 'file' | keyof DisputeFile;
  readonly index?: number;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface VerifyOptions {
  /** Keys of the registry that the caller has from elsewhere; without them the file's own are believed and named. */
  readonly registryKeys?: readonly KeyObject[];
}

/**
 * Judges a dispute file with nothing else at hand: who signed, in which order, under which hashes, and that of the
 * texts exactly that is shown which its authors let go. Entries are judged one by one, so the first bad one is named.
 */
export function verifyDisputeFile(value: unknown, options: VerifyOptions = {}): Verdict {
  try {
    return judgeFile(value, options);
  } catch (error) {
    // Others wrote the file: what is nested in it may be of any form, and what cannot be judged is not sound.
    return bad(
      'file',
      undefined,
      'FILE_DIFFERS',
      `it cannot be judged: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function judgeFile(value: unknown, options: VerifyOptions): Verdict {
  const misshapen = shapeFault(value);
  if (misshapen) return bad('file', undefined, 'FILE_DIFFERS', misshapen);
  const file = value as DisputeFile;
  const directory = openDirectories(file, options);
  if (!('keys' in directory)) return directory;
  const { keys, foundation } = directory;
  const context: FoldContext = { calendar: file.calendar, foundation };

  let escalation: Escalation | undefined;
  const entries: Entry[] = [];
  for (const [index, jws] of file.entries.entries()) {
    const opened = openEntry(jws, keys);
    if (!opened.ok) return bad('entries', index, opened.code, opened.message);
    const begins = index === 0 && opened.entry.signed.act.type === 'raise';
    const wrongCalendar = begins ? calendarFault(opened.entry, file.calendar) : undefined;
    if (wrongCalendar) return bad('calendar', undefined, 'FILE_DIFFERS', wrongCalendar);
    const folded = foldEntry(escalation, opened.entry, context);
    if (!folded.ok) return bad('entries', index, folded.code, folded.message);
    entries.push(opened.entry);
    escalation = folded.escalation;
  }
  if (!escalation) return bad('entries', 0, 'ENTRY_MALFORMED', 'expected at least the entry that raises');

  const besides: Entry[] = [];
  for (const [index, jws] of file.besides.entries()) {
    const opened = openEntry(jws, keys);
    if (!opened.ok) return bad('besides', index, opened.code, opened.message);
    besides.push(opened.entry);
  }
  for (const [index, jws] of file.unplaced.entries()) {
    const opened = openAct(jws, keys);
    if (!opened.ok) return bad('unplaced', index, opened.code, opened.message);
  }
  const chain = readChain([...entries, ...besides], escalation.id, context);
  if (chain.escalation?.places.at(-1)?.hash !== escalation.places.at(-1)?.hash) {
    return bad('besides', undefined, 'FILE_DIFFERS', 'with these entries another chain counts than the one in entries');
  }
  return (
    derivedFault(file, escalation) ??
    disclosureFault(file, escalation) ??
    sealFault(file, keys) ?? {
      ok: true,
      escalation,
      isPinned: options.registryKeys !== undefined,
      registryKids: directory.registryKids,
      withheld: file.disclosure.filter(({ state }) => state !== 'DISCLOSED'),
      faults: escalation.faults,
      forks: chain.forks.map(({ epoch, index, signers }) => ({ epoch, index, signers })),
      unplaced: file.unplaced.length,
    }
  );
}

function bad(part: BadPart['part'], index: number | undefined, code: ErrorCode, message: string): BadPart {
  return { ok: false, part, ...(index === undefined ? {} : { index }), code, message };
}

function shapeFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'expected a JSON object';
  const file = value as Record<string, unknown>;
  const members =
    'format manifest calendar registryKeys directories entries besides unplaced proposals disclosure seal';
  const names = members.split(' ');
  const missing = names.filter((name) => !Object.hasOwn(file, name));
  const unknown = Object.keys(file).filter((name) => !names.includes(name));
  if (missing.length > 0 || unknown.length > 0)
    return `lacks ${missing.join(', ') || 'nothing'}, and has ${unknown.join(', ') || 'nothing'} besides`;
  if (file.format !== disputeFileFormat)
    return `expected format "${disputeFileFormat}", found ${JSON.stringify(file.format)}`;
  for (const name of ['directories', 'entries', 'besides', 'unplaced']) {
    const list = file[name];
    if (!Array.isArray(list) || !list.every((each) => typeof each === 'string'))
      return `expected ${name} to be a list of JWS`;
  }
  const isLists = ['registryKeys', 'proposals', 'disclosure'].every((name) => Array.isArray(file[name]));
  const isObjects = ['manifest', 'calendar'].every((name) => typeof file[name] === 'object' && file[name] !== null);
  return isLists && isObjects && typeof file.seal === 'string' ? undefined : 'a member is not of its type';
}

interface DirectoryClaims {
  readonly participants: readonly { id: string; kind: string; keys: { sign: readonly JsonWebKey[] } }[];
}

/** The keys of the parties, as the registry signed them. */
function openDirectories(
  { registryKeys, directories }: DisputeFile,
  { registryKeys: pinned }: VerifyOptions,
): { keys: KeyLookup; foundation: string; registryKids: string[] } | BadPart {
  const registry = new Map<string, KeyObject>();
  for (const [index, jwk] of registryKeys.entries()) {
    const key = publicKey(jwk as JsonWebKey);
    if (!key) return bad('registryKeys', index, 'FILE_DIFFERS', 'expected a public Ed25519 key as JWK');
    registry.set(thumbprintOf(key), key);
  }
  if (pinned) {
    registry.clear();
    for (const key of pinned) registry.set(thumbprintOf(key), key);
  }
  const known = new Map<string, KeyObject>();
  let foundation: string | undefined;
  for (const [index, jws] of directories.entries()) {
    const opened = openDirectory(jws, registry);
    if (typeof opened === 'string') return bad('directories', index, 'FILE_DIFFERS', opened);
    for (const { id, kind, keys } of opened.participants) {
      if (kind === 'FOUNDATION') foundation = id;
      for (const jwk of keys.sign) {
        const key = publicKey(jwk);
        if (key) known.set(`${id} ${thumbprintOf(key)}`, key);
      }
    }
  }
  if (!foundation) return bad('directories', undefined, 'FILE_DIFFERS', 'no directory names the foundation');
  const keys: KeyLookup = (party, kid) => (party === 'registry' ? registry.get(kid) : known.get(`${party} ${kid}`));
  return { keys, foundation, registryKids: [...registry.keys()] };
}

/** The directory is signed by the kit's own JWS, whose claims stand in any order; its signature is what counts. */
function openDirectory(jws: string, registry: ReadonlyMap<string, KeyObject>): DirectoryClaims | string {
  const opened = openClaims(jws, 'directory+jwt', (kid) => registry.get(kid), { isCanonical: false });
  if (!opened.ok) return opened.message;
  const { participants } = (opened.claims ?? {}) as Partial<DirectoryClaims>;
  const isWhole =
    Array.isArray(participants) &&
    participants.every((each) => typeof each?.id === 'string' && Array.isArray(each.keys?.sign));
  return isWhole ? { participants } : 'expected a directory with participants and their keys';
}

function publicKey({ kty, crv, x }: JsonWebKey): KeyObject | undefined {
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string') return undefined;
  try {
    return createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** A calendar that everyone has may not be another one here. */
function calendarFault({ signed: { act } }: Entry, calendar: Calendar): string | undefined {
  if (act.calendar?.id !== calendar.id || act.calendar.version !== calendar.version) {
    return `the escalation names calendar ${act.calendar?.id}@${act.calendar?.version}, the file holds ${calendar.id}@${calendar.version}`;
  }
  const common = Object.values(calendars).find(({ id, version }) => id === calendar.id && version === calendar.version);
  return common && canonicalHash(common) !== canonicalHash(calendar)
    ? `calendar ${calendar.id}@${calendar.version} is not the one of that name`
    : undefined;
}

function derivedFault(file: DisputeFile, escalation: Escalation): BadPart | undefined {
  const manifest = manifestOf(escalation, file.manifest.exportedBy, file.manifest.exportedAtMs);
  if (!isSame(manifest, file.manifest))
    return bad('manifest', undefined, 'FILE_DIFFERS', 'it is not what the entries make');
  const proposals = proposalsOf(escalation);
  const index = file.proposals.findIndex((proposal, at) => !isSame(proposal, proposals[at]));
  if (index >= 0 || proposals.length !== file.proposals.length) {
    return bad('proposals', Math.max(index, 0), 'FILE_DIFFERS', 'it is not what the entries make');
  }
  return undefined;
}

function disclosureFault(file: DisputeFile, escalation: Escalation): BadPart | undefined {
  const items = itemsOf(escalation);
  if (items.length !== file.disclosure.length) {
    return bad(
      'disclosure',
      undefined,
      'DISCLOSURE_WRONG',
      `expected ${items.length} items, found ${file.disclosure.length}`,
    );
  }
  for (const [index, expected] of items.entries()) {
    const { content, reason, ...item } = file.disclosure[index] as DisclosedItem;
    const wrong = (message: string) =>
      bad('disclosure', index, 'DISCLOSURE_WRONG', `${expected.text} of ${expected.act}: ${message}`);
    const isMissing = expected.state === 'DISCLOSED' && item.state === 'MISSING' && !content;
    if (!isSame(item, isMissing ? { ...expected, state: 'MISSING' } : expected))
      return wrong('it is not what its author signed');
    if (item.state === 'DISCLOSED' ? !content : content)
      return wrong('a text is shown exactly when its author lets it go');
    if (content && textHash(content) !== expected.hash)
      return wrong('the text does not have the hash that its author signed');
    const signed = escalation.disclosure[itemKey(expected)]?.reason;
    if (reason && (item.state !== 'WITHHELD' || textHash(reason) !== signed)) {
      return wrong('the reason does not have the hash that its author signed');
    }
  }
  return undefined;
}

function sealFault({ seal, ...file }: DisputeFile, keys: KeyLookup): BadPart | undefined {
  const { exportedBy, escalation } = file.manifest;
  const opened = openClaims(seal, FILE_TYP, (kid) => keys(exportedBy, kid));
  if (!opened.ok) return bad('seal', undefined, 'FILE_DIFFERS', opened.message);
  const isWhole = isSame(opened.claims, { escalation, exportedBy, hash: canonicalHash(file) });
  return isWhole ? undefined : bad('seal', undefined, 'FILE_DIFFERS', 'the file is not the one that was sealed');
}

/** What cannot be written canonically is the same as nothing. */
function isSame(found: unknown, expected: unknown): boolean {
  try {
    return canonicalHash(found) === canonicalHash(expected);
  } catch {
    return false;
  }
}
