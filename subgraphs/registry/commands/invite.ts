/** The foundation invites a party. A newer invitation of the same party takes the place of an older one, also while it joins. */
import { randomUUID } from 'node:crypto';
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import { participant as lifecycle } from '@kortelijn/schema/lifecycles/participant.ts';
import { holdersOf } from '@kortelijn/schema/vocabulary/readers.ts';
import { refuseInvitation } from '../domain/application.ts';
import { invalidInput, notAllowed } from '../domain/refusal.ts';
import { isFoundation } from '../domain/viewer.ts';
import type { InviteCandidate } from './inputs.ts';
import type { Result, Run } from './run.ts';

export async function invite({ office, client, viewer, caller, at }: Run, input: InviteCandidate): Promise<Result> {
  if (!isFoundation(viewer)) return notAllowed('ONLY_FOUNDATION', 'Parties are invited by staff of the foundation.');
  const refused = refuseInvitation(input);
  if (refused) return refused;
  const { participantId, legalName, kind } = input;
  // One at a time, with whoever applies: an id is given out once.
  await client.query('SELECT version FROM directory_head FOR UPDATE');
  const taken = await client.query('SELECT FROM participant WHERE id = $1 AND accession_state <> ALL($2)', [
    participantId,
    lifecycle.events.applyAgain.from,
  ]);
  if (taken.rowCount) {
    return invalidInput('PARTICIPANT_ID_TAKEN', 'input.participantId', `There is a participant ${participantId}.`);
  }
  await client.query('UPDATE invitation SET ended_at = $2 WHERE participant_id = $1 AND ended_at IS NULL', [
    participantId,
    at,
  ]);
  const id = randomUUID();
  await client.query(
    `INSERT INTO invitation (id, participant_id, legal_name, kind, invited_by, invited_at) VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, participantId, legalName, kind, caller.subject ?? null, at],
  );
  const readers = [holdersOf(office.foundation, ['FOUNDATION'])];
  await appendEvent(client, {
    type: 'participant.invited',
    subjectId: participantId,
    at,
    actorRole: 'FOUNDATION',
    readersBefore: readers,
    readersAfter: readers,
    keys: {},
  });
  return { kind: 'CandidateInvited', invitationId: id };
}
