/** A party leaves: its keys open nothing any more, its contacts are read no longer. */
import { decide } from '@kortelijn/schema/interpret/lifecycle.ts';
import { participant as lifecycle } from '@kortelijn/schema/lifecycles/participant.ts';
import { textLengthsMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { everybody } from '../domain/accession.ts';
import { refuseText } from '../domain/bounds.ts';
import { relationsOf } from '../domain/membership.ts';
import { notAllowed, notFound, refusalOf } from '../domain/refusal.ts';
import { lockParticipant } from '../store/accession-writer.ts';
import { appendParticipantEvent, moveDirectory } from '../store/writer.ts';
import { actingRole } from './acting-role.ts';
import type { WithdrawParticipant } from './inputs.ts';
import type { Result, Run } from './run.ts';

export async function withdraw(run: Run, { participantId, reason }: WithdrawParticipant): Promise<Result> {
  const { office, client, viewer, caller, at } = run;
  if (participantId === office.foundation) {
    return notAllowed('NOT_ANOTHER_PARTY', 'The foundation runs the registry and cannot leave the network.');
  }
  const refused = refuseText(reason, 'input.reason', textLengthsMax.reason);
  if (refused) return refused;
  const locked = await lockParticipant(client, participantId);
  if (!locked) return notFound(participantId);
  // Escalations live at the parties and the registry is not told of them: `escalationsClosedAtMs` is not known here.
  const situation = {
    state: locked.state,
    relations: relationsOf(participantId, viewer),
    facts: { nowMs: at.getTime() },
  };
  const decision = decide(lifecycle, 'withdraw', situation);
  if (!decision.ok) return refusalOf('withdraw', locked.state, decision);

  await client.query(
    `UPDATE participant SET accession_state = $2, withdrawn_at = $3, suspended_at = NULL, suspension_publicity = NULL,
            contacts_stale_at = NULL, keys = '{"sign":[],"agree":[]}',
            updated_at = greatest($3, updated_at + interval '1 ms') WHERE id = $1`,
    [participantId, decision.to, at],
  );
  await client.query(
    'UPDATE contact_point SET superseded_at = $2 WHERE participant_id = $1 AND superseded_at IS NULL',
    [participantId, at],
  );
  await moveDirectory(client, at);
  await appendParticipantEvent(client, {
    participantId,
    event: 'withdrawn',
    state: decision.to,
    at,
    byParticipant: caller.participant,
    bySubject: caller.subject ?? null,
    actorRole: actingRole(viewer) ?? 'FOUNDATION',
    reason,
    readers: everybody,
  });
  return { kind: 'ParticipantChanged', participantId };
}
