/** What the registry publishes of a participant, and its signed whole, as trust.md writes them. */
import type { JsonWebKey } from 'node:crypto';
import type { Claims } from '../trust/jws.ts';
import { type PartyKeys, parsePartyKeys } from '../trust/keys.ts';

export interface DirectoryEntry {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly accessionState: string;
  readonly endpoint: string;
  readonly issuer: string;
  readonly calendarId: string | null;
  readonly mergedInto?: string;
  readonly keys: PartyKeys;
}

/** An entry as it is signed. */
export interface PublishedEntry extends Omit<DirectoryEntry, 'keys'> {
  readonly keys: { readonly sign: readonly JsonWebKey[]; readonly agree: readonly JsonWebKey[] };
}

export interface DirectoryContent {
  readonly version: number;
  readonly participants: ReadonlyMap<string, DirectoryEntry>;
}

/** Throws on what the registry should never sign. */
export function directoryOf(claims: Claims): DirectoryContent {
  const { version, participants } = claims;
  if (!Number.isInteger(version) || !Array.isArray(participants)) {
    throw new Error('Expected a directory with a version and participants.');
  }
  const entries = participants.map(entryOf);
  return { version: version as number, participants: new Map(entries.map((entry) => [entry.id, entry])) };
}

function entryOf(json: Record<string, unknown>): DirectoryEntry {
  const text = (field: string) => {
    const value = json[field];
    if (typeof value !== 'string') throw new Error(`Expected ${field} of a directory entry to be text.`);
    return value;
  };
  return {
    id: text('id'),
    name: text('name'),
    kind: text('kind'),
    accessionState: text('accessionState'),
    endpoint: text('endpoint'),
    issuer: text('issuer'),
    calendarId: typeof json.calendarId === 'string' ? json.calendarId : null,
    ...(typeof json.mergedInto === 'string' && { mergedInto: json.mergedInto }),
    keys: parsePartyKeys(json.keys, `the keys of ${json.id}`),
  };
}
