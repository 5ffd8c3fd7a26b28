/** Registering, publishing and confirming how a party can be reached. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { decide, type EventOf } from '@kortelijn/schema/interpret/lifecycle.ts';
import { participant as lifecycle } from '@kortelijn/schema/lifecycles/participant.ts';
import { CODE_MS, CODES_A_DAY_MAX, everybody, joiningReaders } from '../domain/accession.ts';
import { relationsOf } from '../domain/membership.ts';
import { invalidInput, notAllowed, notFound, type Refusal, refusalOf } from '../domain/refusal.ts';
import { channelToConfirm, normalized, refuseContacts } from '../domain/registered-contacts.ts';
import {
  type ContactDraft,
  confirmContacts,
  contactDrafts,
  type LockedParticipant,
  lockParticipant,
  moveTo,
  type NewDraft,
  publishContacts,
  replaceDrafts,
} from '../store/accession-writer.ts';
import { contactCode, sendMessage } from '../store/messages.ts';
import { appendParticipantEvent, moveDirectory } from '../store/writer.ts';
import { actingRole } from './acting-role.ts';
import type { ParticipantCommand, PublishContacts, RegisterContacts } from './inputs.ts';
import type { Result, Run } from './run.ts';

export async function register(run: Run, { participantId, contacts: given }: RegisterContacts): Promise<Result> {
  const { office, client, viewer, at } = run;
  const locked = await lockParticipant(client, participantId);
  if (!locked) return notFound(participantId);
  const event = locked.state === 'ACTIVE' ? 'changeContacts' : 'registerContacts';
  const decision = decideFor(run, event, locked, {});
  if (!decision.ok) return refusalOf(event, locked.state, decision);
  const contacts = given.map(normalized);
  const refused = refuseContacts(contacts, participantId === office.foundation);
  if (refused) return refused;

  if (event === 'changeContacts') {
    const differs = await publishContacts(client, participantId, contacts, at);
    await tell(run, participantId, differs ? 'contactsChanged' : 'contactsConfirmed', decision.to, everybody);
    return { kind: 'ParticipantChanged', participantId };
  }
  const tooMany = await refuseMoreCodes(run, participantId, contacts.length);
  if (tooMany) return tooMany;
  const drafts: NewDraft[] = [];
  for (const contact of contacts) {
    const channel = channelToConfirm(contact.channels);
    if (!channel) throw new Error(`Expected a channel of ${contact.role} after the rules had passed it, found none.`);
    const code = newCode();
    drafts.push({ ...contact, codeKind: channel.kind, codeAddress: channel.value, codeHash: hashOf(code) });
    const to = { participantId, role: contact.role, kind: channel.kind, address: channel.value };
    await sendMessage(client, to, contactCode(participantId, contact.role, code), at);
  }
  await replaceDrafts(client, participantId, drafts, at);
  await moveTo(client, participantId, decision.to, at);
  await moveDirectory(client, at);
  const readers = joiningReaders(participantId, office.foundation);
  await tell(run, participantId, 'contactsRegistered', decision.to, readers, actingRole(viewer));
  return { kind: 'ParticipantChanged', participantId };
}

export async function publish(run: Run, { participantId, codes }: PublishContacts): Promise<Result> {
  const { client, at } = run;
  const locked = await lockParticipant(client, participantId);
  if (!locked) return notFound(participantId);
  const drafts = await contactDrafts(client, participantId);
  const unproven = firstUnproven(drafts, codes, at);
  const decision = decideFor(run, 'publishContacts', locked, { rolesReachedAtMs: unproven ? undefined : at.getTime() });
  if (!decision.ok) {
    // Which role it is only concerns whoever may publish.
    return decision.code === 'REACHABILITY_NOT_CONFIRMED' && unproven
      ? unproven
      : refusalOf('publishContacts', locked.state, decision);
  }
  await publishContacts(client, participantId, drafts, at);
  await replaceDrafts(client, participantId, [], at);
  await moveTo(client, participantId, decision.to, at);
  await moveDirectory(client, at);
  await tell(run, participantId, 'contactsPublished', decision.to, everybody);
  return { kind: 'ParticipantChanged', participantId };
}

export async function confirm(run: Run, { participantId }: ParticipantCommand): Promise<Result> {
  const { client, at } = run;
  const locked = await lockParticipant(client, participantId);
  if (!locked) return notFound(participantId);
  const decision = decideFor(run, 'confirmContacts', locked, {});
  if (!decision.ok) return refusalOf('confirmContacts', locked.state, decision);
  await confirmContacts(client, participantId, at);
  await tell(run, participantId, 'contactsConfirmed', decision.to, everybody);
  return { kind: 'ParticipantChanged', participantId };
}

function decideFor(
  { viewer, at }: Run,
  event: EventOf<typeof lifecycle>,
  { id, state }: LockedParticipant,
  facts: Readonly<Record<string, number | undefined>>,
) {
  const situation = { state, relations: relationsOf(id, viewer), facts: { ...facts, nowMs: at.getTime() } };
  return decide(lifecycle, event, situation);
}

const tell = (
  { client, viewer, caller, at }: Run,
  participantId: string,
  event: string,
  state: string,
  readers: readonly string[],
  actorRole = actingRole(viewer),
) =>
  appendParticipantEvent(client, {
    participantId,
    event,
    state,
    at,
    byParticipant: caller.participant,
    bySubject: caller.subject ?? null,
    ...(actorRole && { actorRole }),
    readers,
  });

/** Codes have 50 bits: they cannot be tried out, so no tries are counted. */
function firstUnproven(
  drafts: readonly ContactDraft[],
  codes: PublishContacts['codes'],
  at: Date,
): Refusal | undefined {
  for (const { role, codeHash, registeredAt } of drafts) {
    const given = codes.find((code) => code.role === role)?.code;
    if (given === undefined) {
      const message = `Expected the code that was sent for ${role}, found none.`;
      return notAllowed('REACHABILITY_NOT_CONFIRMED', message);
    }
    const [expected, found] = [Buffer.from(codeHash), Buffer.from(hashOf(given))];
    if (!timingSafeEqual(expected, found)) {
      const message = `Expected the code that was sent for ${role} last, found another.`;
      return invalidInput('CODE_WRONG', 'input.codes', message);
    }
    if (at.getTime() - registeredAt.getTime() > CODE_MS) {
      return invalidInput('CODE_EXPIRED', 'input.codes', `The code for ${role} is more than seven days old.`);
    }
  }
  return drafts.length === 0
    ? notAllowed('REACHABILITY_NOT_CONFIRMED', 'Expected registered contacts, found none.')
    : undefined;
}

/** Whoever registers names addresses as he likes: a mailbox of somebody else is not filled by this. */
async function refuseMoreCodes({ client, at }: Run, participantId: string, more: number): Promise<Refusal | undefined> {
  const { rows } = await client.query(
    `SELECT count(*)::int AS count FROM message_out
     WHERE participant_id = $1 AND template = 'contactCode' AND created_at > $2`,
    [participantId, new Date(at.getTime() - 24 * 3_600_000)],
  );
  if (rows[0].count + more <= CODES_A_DAY_MAX) return undefined;
  return notAllowed('TOO_MANY_MESSAGES', `Expected at most ${CODES_A_DAY_MAX} codes in 24 hours; try again tomorrow.`);
}

/** Letters and digits that nobody confuses when reading them out. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const newCode = () => [...randomBytes(10)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');

/** As people type it: in small letters, with spaces or dashes. */
const hashOf = (code: string) =>
  createHash('sha256').update(code.toUpperCase().replace(/[\s-]/g, '')).digest('base64url');
