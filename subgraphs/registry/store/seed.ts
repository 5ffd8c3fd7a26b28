/**
 * Puts the first participants into an empty registry, once. At later starts only the addresses of the file are taken
 * over, for a network whose processes move; everything else is decided in the registry from then on.
 */
import { inTransaction, type Pool, type PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { calendars } from '@kortelijn/schema/vocabulary/calendars.ts';
import type { SeedParticipant } from './seed-file.ts';
import { appendParticipantEvent, moveDirectory } from './writer.ts';

/** Answers how many were put in or moved. */
export async function seed(pool: Pool, participants: readonly SeedParticipant[], now: Date): Promise<number> {
  return inTransaction(pool, async (client) => {
    // Two processes of one registry that start at once: the second finds the work done.
    const head = await client.query('SELECT version FROM directory_head FOR UPDATE');
    for (const calendar of Object.values(calendars)) {
      await client.query('INSERT INTO calendar (id, version, definition) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
        calendar.id,
        calendar.version,
        JSON.stringify(calendar),
      ]);
    }
    const isEmpty = Number(head.rows[0]?.version) === 0;
    let changed = 0;
    for (const participant of participants) {
      changed += isEmpty ? await insert(client, participant, now) : await move(client, participant, now);
    }
    if (changed > 0 || isEmpty) await moveDirectory(client, now);
    return changed;
  });
}

async function insert(client: PoolClient, participant: SeedParticipant, now: Date): Promise<number> {
  const { id, accessionState, contacts } = participant;
  await client.query(
    `INSERT INTO participant (id, name, legal_name, kind, accession_state, endpoint, issuer, keys, calendar_id,
                              cooperation_model, joined_at, suspended_at, withdrawn_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      id,
      participant.name,
      participant.legalName,
      participant.kind,
      accessionState,
      participant.endpoint,
      participant.issuer,
      JSON.stringify(participant.keys),
      participant.calendarId,
      participant.cooperationModel,
      ['ACTIVE', 'SUSPENDED', 'WITHDRAWN'].includes(accessionState) ? now : null,
      accessionState === 'SUSPENDED' ? now : null,
      accessionState === 'WITHDRAWN' ? now : null,
      now,
    ],
  );
  for (const { role, persons, channels, readers } of contacts) {
    await client.query(
      `INSERT INTO contact_point (participant_id, role, version, persons, channels, readers, published_at, confirmed_at)
       VALUES ($1, $2, 1, $3, $4, $5, $6, $6)`,
      [id, role, JSON.stringify(persons), JSON.stringify(channels), readers, now],
    );
  }
  await appendParticipantEvent(client, { participantId: id, event: 'seeded', state: accessionState, at: now });
  return 1;
}

async function move(client: PoolClient, { id, endpoint, issuer }: SeedParticipant, now: Date): Promise<number> {
  const moved = await client.query(
    `UPDATE participant SET endpoint = $2, issuer = $3, updated_at = greatest($4, updated_at + interval '1 ms')
     WHERE id = $1 AND (endpoint, issuer) IS DISTINCT FROM ($2, $3) RETURNING accession_state`,
    [id, endpoint, issuer, now],
  );
  const state = moved.rows[0]?.accession_state;
  if (state === undefined) return 0;
  await appendParticipantEvent(client, { participantId: id, event: 'moved', state, at: now });
  return 1;
}
