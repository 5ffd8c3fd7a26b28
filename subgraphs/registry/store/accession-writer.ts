/** The rows of joining, each on the connection of the transaction that decides. */
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { isSame, normalized, type RegisteredContact } from '../domain/registered-contacts.ts';

export interface LockedParticipant {
  readonly id: string;
  readonly state: string;
  readonly publicity: string | null;
}

export async function lockParticipant(client: PoolClient, id: string): Promise<LockedParticipant | undefined> {
  const { rows } = await client.query(
    `SELECT id, accession_state AS state, suspension_publicity AS publicity FROM participant WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0];
}

export async function moveTo(client: PoolClient, id: string, state: string, at: Date): Promise<void> {
  await client.query(
    `UPDATE participant SET accession_state = $2, updated_at = greatest($3, updated_at + interval '1 ms') WHERE id = $1`,
    [id, state, at],
  );
}

const CONTACT = 'role, persons, channels, readers';

/** The published contacts that count. */
export async function publishedContacts(client: PoolClient, id: string): Promise<readonly RegisteredContact[]> {
  const { rows } = await client.query(
    `SELECT ${CONTACT} FROM contact_point WHERE participant_id = $1 AND superseded_at IS NULL ORDER BY role`,
    [id],
  );
  return rows.map(normalized);
}

export interface ContactDraft extends RegisteredContact {
  readonly codeHash: string;
  readonly registeredAt: Date;
}

export async function contactDrafts(client: PoolClient, id: string): Promise<readonly ContactDraft[]> {
  const { rows } = await client.query(
    `SELECT ${CONTACT}, code_hash, registered_at FROM contact_draft WHERE participant_id = $1 ORDER BY role`,
    [id],
  );
  return rows.map((row) => ({ ...normalized(row), codeHash: row.code_hash, registeredAt: row.registered_at }));
}

export interface NewDraft extends RegisteredContact {
  readonly codeKind: string;
  readonly codeAddress: string;
  readonly codeHash: string;
}

export async function replaceDrafts(client: PoolClient, id: string, drafts: readonly NewDraft[], at: Date) {
  await client.query('DELETE FROM contact_draft WHERE participant_id = $1', [id]);
  for (const { role, persons, channels, readers, codeKind, codeAddress, codeHash } of drafts) {
    await client.query(
      `INSERT INTO contact_draft (participant_id, role, persons, channels, readers, registered_at, code_kind,
                                  code_address, code_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, role, JSON.stringify(persons), JSON.stringify(channels), readers, at, codeKind, codeAddress, codeHash],
    );
  }
}

/**
 * M-11: makes these the contacts that count. What differs gets a new version, what is the same is confirmed, and what
 * is not among them counts no longer. Answers whether anything differs.
 */
export async function publishContacts(
  client: PoolClient,
  id: string,
  contacts: readonly RegisteredContact[],
  at: Date,
): Promise<boolean> {
  const before = await publishedContacts(client, id);
  const kept = before.filter((one) => contacts.some((contact) => isSame(contact, one))).map(({ role }) => role);
  await client.query(
    'UPDATE contact_point SET superseded_at = $3 WHERE participant_id = $1 AND superseded_at IS NULL AND role <> ALL($2)',
    [id, kept, at],
  );
  for (const { role, persons, channels, readers } of contacts.filter(({ role }) => !kept.includes(role))) {
    await client.query(
      `INSERT INTO contact_point (participant_id, role, version, persons, channels, readers, published_at, confirmed_at)
       SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $6 FROM contact_point
       WHERE participant_id = $1 AND role = $2`,
      [id, role, JSON.stringify(persons), JSON.stringify(channels), readers, at],
    );
  }
  await confirmContacts(client, id, at);
  return kept.length < before.length || kept.length < contacts.length;
}

export async function confirmContacts(client: PoolClient, id: string, at: Date): Promise<void> {
  await client.query('UPDATE contact_point SET confirmed_at = $2 WHERE participant_id = $1 AND superseded_at IS NULL', [
    id,
    at,
  ]);
  await client.query(
    `UPDATE participant SET contacts_stale_at = NULL, updated_at = greatest($2, updated_at + interval '1 ms') WHERE id = $1`,
    [id, at],
  );
}
