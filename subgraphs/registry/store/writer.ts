/**
 * Changes of the registry's tables, each on the connection of the transaction that decided it. Whoever holds only a
 * reader cannot come here.
 */
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { nextVersion } from '../domain/directory.ts';
import { type NetworkIncident, readersOf } from '../domain/network-incident.ts';

/** Shows what changed: the next reading of the directory signs anew. The row's lock puts such changes in one order. */
export async function moveDirectory(client: PoolClient, now: Date): Promise<void> {
  const { rows } = await client.query('SELECT version FROM directory_head FOR UPDATE');
  await client.query('UPDATE directory_head SET version = $1, at = $2', [
    nextVersion(Number(rows[0]?.version ?? 0), now.getTime()),
    now,
  ]);
}

export interface ParticipantEvent {
  readonly participantId: string;
  readonly event: string;
  readonly state: string;
  readonly at: Date;
  readonly byParticipant?: string;
  readonly bySubject?: string | null;
  readonly actorRole?: string;
  readonly reason?: string;
  readonly publicity?: string;
  /** Participants, or * for every one. */
  readonly readers?: readonly string[];
}

/** Into the history of the party, with its reason, and into the feed, without. The party's row is locked already. */
export async function appendParticipantEvent(client: PoolClient, entry: ParticipantEvent): Promise<void> {
  const { participantId, event, state, at, readers = ['*'] } = entry;
  await client.query(
    `INSERT INTO participant_event (participant_id, n, event, state, at, by_participant, by_subject, reason, publicity)
     SELECT $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM participant_event WHERE participant_id = $1`,
    [
      participantId,
      event,
      state,
      at,
      entry.byParticipant ?? null,
      entry.bySubject ?? null,
      entry.reason ?? null,
      entry.publicity ?? null,
    ],
  );
  await appendEvent(client, {
    type: `participant.${event}`,
    subjectId: participantId,
    at,
    actorRole: entry.actorRole ?? null,
    readersBefore: readers,
    readersAfter: readers,
    keys: { state },
  });
}

/** A network incident under its row's lock, with what is linked to it. */
export interface LockedNetworkIncident extends NetworkIncident {
  readonly id: string;
  readonly services: readonly string[];
  readonly level: string;
  readonly version: number;
  readonly updatedAt: Date;
  /** Links that count: neither refused by their owner nor released. */
  readonly live: readonly { readonly incidentId: string; readonly owner: string }[];
}

export async function lockNetworkIncident(client: PoolClient, id: string): Promise<LockedNetworkIncident | undefined> {
  const { rows } = await client.query('SELECT * FROM network_incident WHERE id = $1 FOR UPDATE', [id]);
  const row = rows[0];
  if (!row) return undefined;
  const links = await client.query(
    `SELECT incident_id, owner, released_at FROM network_incident_link
     WHERE network_incident_id = $1 AND released_code IS NULL ORDER BY incident_id`,
    [id],
  );
  return {
    id,
    state: row.state,
    services: row.services,
    level: row.level,
    version: row.version,
    updatedAt: row.updated_at,
    proposedBy: row.proposed_by,
    owners: [...new Set<string>(links.rows.map(({ owner }) => owner))],
    live: links.rows
      .filter((link) => link.released_at === null)
      .map((link) => ({ incidentId: link.incident_id, owner: link.owner })),
  };
}

export interface NetworkIncidentEvent {
  readonly event: string;
  readonly before: LockedNetworkIncident | undefined;
  readonly after: LockedNetworkIncident;
  readonly foundation: string;
  readonly at: Date;
  readonly actorRole: string | null;
}

export async function appendNetworkIncidentEvent(client: PoolClient, entry: NetworkIncidentEvent): Promise<void> {
  const { event, before, after, foundation, at, actorRole } = entry;
  await appendEvent(client, {
    type: `networkIncident.${event}`,
    subjectId: after.id,
    at,
    actorRole,
    readersBefore: readersOf(before, foundation),
    readersAfter: readersOf(after, foundation),
    keys: { state: after.state, services: after.services, level: after.level, version: after.version },
  });
}
