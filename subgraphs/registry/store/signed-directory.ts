/**
 * The registry's own directory: what it signs for everyone else, and the keys by which it knows whose envelope it got.
 * Built anew when the version has moved, so a request costs one small statement.
 */
import type { Directory } from '@kortelijn/kit/directory/directory.ts';
import { type DirectoryContent, directoryOf, type PublishedEntry } from '@kortelijn/kit/directory/entry.ts';
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import { signJws } from '@kortelijn/kit/trust/jws.ts';
import type { SigningKey } from '@kortelijn/kit/trust/keys.ts';
import { REGISTRY } from '@kortelijn/schema/vocabulary/ids.ts';

export interface SignedDirectory extends Directory {
  /** Compact JWS over the directory as it is now. */
  jws(): Promise<string>;
  content(): Promise<DirectoryContent>;
}

interface Signed {
  readonly version: number;
  readonly jws: string;
  readonly content: DirectoryContent;
}

/** One statement, so one snapshot: the version belongs to exactly these rows. */
const READ = {
  name: 'directory-read',
  text: `SELECT head.version, head.at,
           (SELECT jsonb_agg(jsonb_build_object(
              'id', id, 'name', name, 'kind', kind, 'accessionState', accession_state, 'endpoint', endpoint,
              'issuer', issuer, 'keys', keys, 'calendarId', calendar_id, 'mergedInto', merged_into) ORDER BY id)
            FROM participant) AS participants
         FROM directory_head AS head`,
};
const VERSION = { name: 'directory-version', text: 'SELECT version FROM directory_head' };

export function createSignedDirectory(pool: Pool, key: SigningKey): SignedDirectory {
  let last: Signed | undefined;

  const current = async (): Promise<Signed> => {
    const { rows } = await pool.query(VERSION);
    if (last?.version === Number(rows[0]?.version)) return last;
    const read = (await pool.query(READ)).rows[0];
    const claims = {
      version: Number(read.version),
      at: Math.floor((read.at as Date).getTime() / 1_000),
      participants: ((read.participants ?? []) as PublishedEntry[]).map(published),
    };
    // Two readings may cross; the newer one stays.
    const signed = {
      version: claims.version,
      jws: signJws('directory+jwt', claims, key),
      content: directoryOf(claims),
    };
    if (!last || last.version <= signed.version) last = signed;
    return signed;
  };

  return {
    jws: async () => (await current()).jws,
    content: async () => (await current()).content,
    signingKeys: async (name) => (await current()).content.participants.get(name)?.keys.sign,
    mayAct: async (name) =>
      name === REGISTRY || (await current()).content.participants.get(name)?.accessionState === 'ACTIVE',
  };
}

/** The members and their order as trust.md writes them; jsonb keeps neither. */
const published = (entry: PublishedEntry) => ({
  id: entry.id,
  name: entry.name,
  kind: entry.kind,
  accessionState: entry.accessionState,
  endpoint: entry.endpoint,
  issuer: entry.issuer,
  keys: { sign: entry.keys.sign, agree: entry.keys.agree },
  ...(entry.mergedInto && { mergedInto: entry.mergedInto }),
  calendarId: entry.calendarId,
});
