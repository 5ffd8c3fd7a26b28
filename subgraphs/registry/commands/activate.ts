/** The foundation activates a party whose contacts are published. Its endpoint is asked first, outside the transaction. */
import { decide } from '@kortelijn/schema/interpret/lifecycle.ts';
import { participant as lifecycle } from '@kortelijn/schema/lifecycles/participant.ts';
import { everybody } from '../domain/accession.ts';
import { refuseText } from '../domain/bounds.ts';
import { relationsOf } from '../domain/membership.ts';
import { notAllowed, notFound, refusalOf } from '../domain/refusal.ts';
import { missingRole } from '../domain/registered-contacts.ts';
import { isFoundation, type Viewer } from '../domain/viewer.ts';
import { lockParticipant, publishedContacts } from '../store/accession-writer.ts';
import type { Probed } from '../store/probe.ts';
import { appendParticipantEvent, moveDirectory } from '../store/writer.ts';
import { actingRole } from './acting-role.ts';
import type { ActivateParticipant } from './inputs.ts';
import type { Office, Result, Run } from './run.ts';

const REFERENCE_MAX = 100;

/** Only for who may activate and a party that may be: nobody else has the hub knock anywhere. */
export async function probeFor(
  { pool, probe }: Office,
  viewer: Viewer,
  { participantId }: ActivateParticipant,
): Promise<Probed | undefined> {
  if (!isFoundation(viewer)) return undefined;
  const { rows } = await pool.query(
    `SELECT id, keys FROM participant WHERE id = $1 AND accession_state = 'CONTACTS_PUBLISHED'`,
    [participantId],
  );
  return rows[0] && probe(rows[0]);
}

export async function activate(run: Run, input: ActivateParticipant): Promise<Result> {
  const { office, client, viewer, caller, at, probed } = run;
  const { participantId, agreementReference, agreementSignedOn } = input;
  const refused = refuseText(agreementReference, 'input.agreementReference', REFERENCE_MAX);
  if (refused) return refused;
  const locked = await lockParticipant(client, participantId);
  if (!locked) return notFound(participantId);
  const nowMs = at.getTime();
  const missing = missingRole(await publishedContacts(client, participantId), participantId === office.foundation);
  const facts = {
    nowMs,
    contactsCompleteAtMs: missing ? undefined : nowMs,
    agreementSignedAtMs: Date.parse(`${agreementSignedOn}T00:00:00Z`),
    endpointProvenAtMs: probed && !probed.endpointProblem ? nowMs : undefined,
    contractFitsAtMs: probed && !probed.contractProblem ? nowMs : undefined,
  };
  const relations = relationsOf(participantId, viewer);
  const decision = decide(lifecycle, 'activate', { state: locked.state, relations, facts });
  if (!decision.ok) {
    const why = {
      CONTACTS_INCOMPLETE: missing?.message,
      ENDPOINT_NOT_PROVEN: probed?.endpointProblem,
      CONTRACT_NOT_COMPATIBLE: probed?.contractProblem,
    }[decision.code as string];
    return why ? notAllowed(decision.code, why) : refusalOf('activate', locked.state, decision);
  }
  await client.query(
    `UPDATE participant SET accession_state = $2, joined_at = coalesce(joined_at, $3),
            updated_at = greatest($3, updated_at + interval '1 ms') WHERE id = $1`,
    [participantId, decision.to, at],
  );
  await client.query(
    `UPDATE accession SET agreement_reference = $2, agreement_signed_on = $3, endpoint_proven_at = $4
     WHERE participant_id = $1`,
    [participantId, agreementReference, agreementSignedOn, at],
  );
  await moveDirectory(client, at);
  await appendParticipantEvent(client, {
    participantId,
    event: 'activated',
    state: decision.to,
    at,
    byParticipant: caller.participant,
    bySubject: caller.subject ?? null,
    actorRole: actingRole(viewer) ?? 'FOUNDATION',
    readers: everybody,
  });
  return { kind: 'ParticipantChanged', participantId };
}
