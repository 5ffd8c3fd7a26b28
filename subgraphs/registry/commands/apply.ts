/** A party that holds an invitation applies: from then on its own people log in, for its own accession only. */
import { decide } from '@kortelijn/schema/interpret/lifecycle.ts';
import { participant as lifecycle } from '@kortelijn/schema/lifecycles/participant.ts';
import { invitedSubject, joiningReaders } from '../domain/accession.ts';
import { addressRefused, refuseApplication } from '../domain/application.ts';
import { invalidInput, notAllowed, type Refusal, refusalOf } from '../domain/refusal.ts';
import { lockParticipant, publishContacts, replaceDrafts } from '../store/accession-writer.ts';
import { publicJwk } from '../store/public-keys.ts';
import { appendParticipantEvent, moveDirectory } from '../store/writer.ts';
import type { ApplyForAccession } from './inputs.ts';
import type { Office, Result, Run } from './run.ts';

const DEFAULT_CALENDAR = 'nl-office';

export async function apply(run: Run, input: ApplyForAccession): Promise<Result> {
  const { office, client, caller, at } = run;
  const participantId = caller.participant;
  const invitation = await ownInvitation(run);
  const state = (await lockParticipant(client, participantId))?.state;
  const event = state === undefined ? 'apply' : 'applyAgain';
  const facts = {
    nowMs: at.getTime(),
    ...(invitation && { invitedAtMs: invitation.invited_at.getTime() }),
    ...(invitation?.ended_at && { invitationEndedAtMs: invitation.ended_at.getTime() }),
  };
  const situation = { state, relations: invitation ? ['invited'] : [], facts };
  const decision = decide(lifecycle, event, situation);
  if (!decision.ok) return refusalOf(event, state ?? 'none', decision);
  if (!invitation) throw new Error('Expected a decision to apply to rest on an invitation, found none.');

  const refused = refuseApplication(input, office.egress.allowed) ?? (await refuseTargets(office, input));
  if (refused) return refused;
  const sign = publicJwk('Ed25519', input.signKey);
  const agree = publicJwk('X25519', input.agreeKey);
  if (!sign) return invalidInput('KEY_NOT_VALID', 'input.signKey', 'Expected `x` of a public Ed25519 key.');
  if (!agree) return invalidInput('KEY_NOT_VALID', 'input.agreeKey', 'Expected `x` of a public X25519 key.');
  const calendarId = input.calendarId ?? DEFAULT_CALENDAR;
  // Held against whoever else is given an id or an issuer at this moment.
  await client.query('SELECT version FROM directory_head FOR UPDATE');
  const used = await client.query('UPDATE invitation SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL', [
    invitation.id,
    at,
  ]);
  if (!used.rowCount) return notAllowed('INVITATION_USED', 'The invitation was used or replaced at this very moment.');
  const taken = await refuseTaken(run, participantId, input.issuer, calendarId);
  if (taken) return taken;

  await client.query(
    `INSERT INTO participant (id, name, legal_name, kind, accession_state, endpoint, issuer, keys, calendar_id,
                              cooperation_model, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (id) DO UPDATE SET
       name = excluded.name, legal_name = excluded.legal_name, kind = excluded.kind,
       accession_state = excluded.accession_state, endpoint = excluded.endpoint, issuer = excluded.issuer,
       keys = excluded.keys, calendar_id = excluded.calendar_id, cooperation_model = excluded.cooperation_model,
       updated_at = greatest(excluded.updated_at, participant.updated_at + interval '1 ms')`,
    [
      participantId,
      input.name,
      invitation.legal_name,
      invitation.kind,
      decision.to,
      input.endpoint,
      input.issuer,
      JSON.stringify({ sign: [sign], agree: [agree] }),
      calendarId,
      input.cooperationModel ?? null,
      at,
    ],
  );
  await client.query(
    `INSERT INTO accession (participant_id, invitation_id, trade_register, applied_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (participant_id) DO UPDATE SET invitation_id = $2, trade_register = $3, applied_at = $4`,
    [participantId, invitation.id, input.tradeRegister, at],
  );
  await replaceDrafts(client, participantId, [], at);
  await publishContacts(client, participantId, [], at);
  await moveDirectory(client, at);
  await appendParticipantEvent(client, {
    participantId,
    event: 'applied',
    state: decision.to,
    at,
    byParticipant: participantId,
    bySubject: caller.subject ?? null,
    readers: joiningReaders(participantId, office.foundation),
  });
  return { kind: 'ParticipantChanged', participantId };
}

interface InvitationRow {
  readonly id: string;
  readonly legal_name: string;
  readonly kind: string;
  readonly invited_at: Date;
  readonly ended_at: Date | null;
}

/** The one that the caller came with: the hub has verified its text, and says which it was as the caller's subject. */
async function ownInvitation({ client, caller }: Run): Promise<InvitationRow | undefined> {
  const { rows } = await client.query('SELECT * FROM invitation WHERE participant_id = $1', [caller.participant]);
  if (caller.program !== undefined || caller.roles.length > 0) return undefined;
  return rows.find(({ id }) => caller.subject === invitedSubject(caller.participant, id));
}

async function refuseTargets(office: Office, input: ApplyForAccession): Promise<Refusal | undefined> {
  for (const field of ['endpoint', 'issuer'] as const) {
    if (await office.egress.refuse(new URL(input[field]))) return addressRefused(`input.${field}`);
  }
  return undefined;
}

async function refuseTaken(
  { client }: Run,
  participantId: string,
  issuer: string,
  calendarId: string,
): Promise<Refusal | undefined> {
  const { rows } = await client.query(
    `SELECT EXISTS (SELECT FROM participant WHERE issuer = $2 AND id <> $1) AS issuer,
            EXISTS (SELECT FROM calendar WHERE id = $3) AS calendar`,
    [participantId, issuer, calendarId],
  );
  const found = rows[0];
  if (found.issuer)
    return invalidInput('ISSUER_TAKEN', 'input.issuer', 'Expected an issuer of its own, found one in use.');
  if (!found.calendar) return invalidInput('UNKNOWN_CALENDAR', 'input.calendarId', 'Expected one of `calendars`.');
  return undefined;
}
