/**
 * What a participant adds to an incident, its own or another's: notes and its part in it. What it writes stays here;
 * the owner of a foreign incident is told by envelope and decides whether it counts.
 */

import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { sha256 } from '@kortelijn/schema/interpret/canonical.ts';
import { parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import { actingRole, isDesk } from '../domain/actor.ts';
import { refuseText, TEXTS } from '../domain/bounds.ts';
import { refuseTimes } from '../domain/decide.ts';
import type { ParticipationPart } from '../domain/incident.ts';
import { activeParty } from '../domain/parties.ts';
import { wholeReaders } from '../domain/readers.ts';
import { notAllowed, notFound, type Refusal } from '../domain/refusal.ts';
import type { Plan } from './change-incident.ts';
import type { Run } from './desk.ts';
import { onIncident } from './incident-commands.ts';
import type { CommandInputs } from './inputs.ts';
import { onceInTransaction } from './once-in-transaction.ts';
import type { Result } from './results.ts';
import type { Note } from './write-decision.ts';

const AT_HOME = 'Notes and participations are written at the endpoint of their own participant.';

export async function noteCommand(run: Run, input: CommandInputs['addNote']): Promise<Result> {
  const { act, desk } = run;
  if (run.caller.participant !== desk.me) return notAllowed('ONLY_INVOLVED', AT_HOME);
  const refusal = refuseText(input.text, 'input.text', TEXTS.note);
  if (refusal) return refusal;
  const note: Note = {
    id: act.newId(desk.me, 'note'),
    incidentId: input.incidentId,
    author: desk.me,
    authorRole: actingRole(act.actor) ?? 'SERVICEDESK',
    text: input.text,
    at: act.at,
  };
  const facts = { noteId: note.id, author: desk.me, at: note.at, hash: sha256(note.text) };
  const owner = parseId(input.incidentId)?.participant;
  if (owner === desk.me) {
    const answer: Plan['answer'] = () => ({ kind: 'NoteAdded', noteId: note.id, envelopeId: null });
    return withoutState(await onIncident(run, input, 'addNote', () => ({ input: facts, note, answer })));
  }
  const foreign = refuseForeign(run, input.incidentId);
  if (foreign) return foreign;
  return onceInTransaction(run, async (client) => {
    await client.query('INSERT INTO note (id, incident_id, author, author_role, text, at) VALUES ($1,$2,$3,$4,$5,$6)', [
      note.id,
      note.incidentId,
      note.author,
      note.authorRole,
      note.text,
      note.at,
    ]);
    const envelopeId = await tellOwner(run, client, input.incidentId, 'note.added', note.id, {
      noteId: note.id,
      hash: facts.hash,
    });
    return { kind: 'NoteAdded', noteId: note.id, envelopeId };
  });
}

export async function participationCommand(run: Run, input: CommandInputs['setParticipation']): Promise<Result> {
  const { desk, act } = run;
  if (run.caller.participant !== desk.me) return notAllowed('ONLY_INVOLVED', AT_HOME);
  const participant = desk.me;
  const owner = parseId(input.incidentId)?.participant;
  if (owner === desk.me) {
    const result = await onIncident(run, input, 'setParticipation', () => ({
      input: { participant, part: input.part ?? null, state: input.state },
      answer: ({ participations }) => {
        const [set] = participations;
        if (!set) throw new Error('setParticipation decided on no participation.');
        const { part, state, since } = set;
        return {
          kind: 'ParticipationSet',
          incidentId: input.incidentId,
          participation: { participant, part, state, since: since.toISOString() },
          envelopeId: null,
        };
      },
    }));
    return withoutState(result);
  }
  const foreign = refuseForeign(run, input.incidentId);
  if (foreign) return foreign;
  if (input.part === 'OWNER') return notAllowed('ONLY_OWNER', `${participant} does not own this incident.`);
  return onceInTransaction(run, async (client) => {
    const part = input.part ?? (await partBefore(client, input.incidentId)) ?? 'CONTRIBUTOR';
    await client.query(
      `INSERT INTO participation (incident_id, participant, part, state, since) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (incident_id, participant, part) DO UPDATE SET state = excluded.state, since = excluded.since`,
      [input.incidentId, participant, part, input.state, act.at],
    );
    const body = { part, state: input.state };
    const envelopeId = await tellOwner(run, client, input.incidentId, 'participation.set', input.incidentId, body);
    return {
      kind: 'ParticipationSet',
      incidentId: input.incidentId,
      participation: { participant, part, state: input.state, since: act.at.toISOString() },
      envelopeId,
    };
  });
}

async function partBefore(client: PoolClient, incidentId: string): Promise<ParticipationPart | undefined> {
  const { rows } = await client.query(
    'SELECT part FROM participation WHERE incident_id = $1 ORDER BY since DESC, part LIMIT 1',
    [incidentId],
  );
  return rows[0]?.part;
}

/** Whether this participant is involved there is known there: the owner's receipt says so. */
function refuseForeign({ act, caller }: Run, incidentId: string): Refusal | undefined {
  const id = parseId(incidentId);
  if (id?.tag !== 'inc') return notFound(incidentId);
  if (!isDesk(act.actor)) {
    return notAllowed(
      caller.program === undefined ? 'ROLE_DOES_NOT_ALLOW' : 'SCOPE_MISSING',
      'The servicedesk or servicemanager of an involved participant does this, at its own endpoint.',
    );
  }
  return activeParty(id.participant, act, 'input.incidentId') ?? refuseTimes(act, undefined);
}

async function tellOwner(
  { desk, act }: Run,
  client: PoolClient,
  incidentId: string,
  type: 'note.added' | 'participation.set',
  subjectId: string,
  body: Readonly<Record<string, unknown>>,
): Promise<string> {
  const to = incidentId.slice(0, incidentId.indexOf(':'));
  const { id } = await desk.outgoing.send(client, {
    to,
    subject: incidentId,
    type,
    body: { incidentId, at: act.at.toISOString(), role: actingRole(act.actor), importBatch: act.batch, ...body },
  });
  await appendEvent(client, {
    type,
    subjectId,
    actorRole: actingRole(act.actor),
    at: act.now,
    readersBefore: [],
    readersAfter: [wholeReaders(desk.me)],
    keys: { incidentId },
  });
  return id;
}

/** These results have no member for the state: there it is one more reason why it is not allowed. */
function withoutState(result: Result): Result {
  return result.kind === 'StateDoesNotAllow' ? notAllowed('STATE_DOES_NOT_ALLOW', result.message) : result;
}
