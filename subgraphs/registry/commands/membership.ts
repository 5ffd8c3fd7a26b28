/** Suspending and reinstating a party. Everyone learns it from the next signed directory. */
import { decide } from '@kortelijn/schema/interpret/lifecycle.ts';
import { participant as lifecycle } from '@kortelijn/schema/lifecycles/participant.ts';
import { textLengthsMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { refuseText } from '../domain/bounds.ts';
import { relationsOf } from '../domain/membership.ts';
import { notAllowed, notFound, refusalOf } from '../domain/refusal.ts';
import { endLeases } from '../store/webhook-deliveries.ts';
import { appendParticipantEvent, moveDirectory } from '../store/writer.ts';
import { actingRole } from './acting-role.ts';
import type { ReinstateParticipant, SuspendParticipant } from './inputs.ts';
import type { Result, Run } from './run.ts';

export async function suspend(run: Run, input: SuspendParticipant): Promise<Result> {
  if (input.participantId === run.office.foundation) {
    return notAllowed('NOT_ANOTHER_PARTY', 'The foundation runs the registry and cannot suspend itself.');
  }
  return change(run, 'suspend', input, input.publicity);
}

export const reinstate = (run: Run, input: ReinstateParticipant): Promise<Result> => change(run, 'reinstate', input);

async function change(
  { office, client, viewer, caller, at }: Run,
  event: 'suspend' | 'reinstate',
  { participantId, reason }: ReinstateParticipant,
  publicity?: SuspendParticipant['publicity'],
): Promise<Result> {
  const refused = refuseText(reason, 'input.reason', textLengthsMax.reason);
  if (refused) return refused;
  const { rows } = await client.query(
    'SELECT accession_state, suspension_publicity FROM participant WHERE id = $1 FOR UPDATE',
    [participantId],
  );
  // Who takes part is no secret: unlike an incident, a party that is there is not denied.
  if (!rows[0]) return notFound(participantId);
  const state: string = rows[0].accession_state;
  const situation = { state, relations: relationsOf(participantId, viewer), facts: { nowMs: at.getTime() } };
  const decision = decide(lifecycle, event, situation);
  if (!decision.ok) return refusalOf(event, state, decision);

  await client.query(
    `UPDATE participant SET accession_state = $2, suspended_at = $3, suspension_publicity = $4,
            updated_at = greatest($5, updated_at + interval '1 ms') WHERE id = $1`,
    [participantId, decision.to, event === 'suspend' ? at : null, publicity ?? null, at],
  );
  await moveDirectory(client, at);
  await endLeases(client, participantId);
  // Who could learn of the suspension learns of its end.
  const told = publicity ?? rows[0].suspension_publicity;
  await appendParticipantEvent(client, {
    participantId,
    event: event === 'suspend' ? 'suspended' : 'reinstated',
    state: decision.to,
    at,
    byParticipant: caller.participant,
    bySubject: caller.subject ?? null,
    actorRole: actingRole(viewer) ?? 'FOUNDATION',
    reason,
    ...(publicity && { publicity }),
    readers: told === 'FOUNDATION' ? [office.foundation, participantId] : ['*'],
  });
  return { kind: 'ParticipantChanged', participantId };
}
