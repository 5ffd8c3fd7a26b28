/** One servicedesk calls on another (M-12): no manager approves, no incident is needed, nothing changes hands. */

import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { decide } from '@kortelijn/schema/interpret/lifecycle.ts';
import { assistanceRequest as lifecycle } from '@kortelijn/schema/lifecycles/assistance-request.ts';
import { parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import { actingRole, isDesk } from '../domain/actor.ts';
import { refuseText, TEXTS } from '../domain/bounds.ts';
import { anotherParty } from '../domain/parties.ts';
import { deskReaders, wholeReaders } from '../domain/readers.ts';
import { invalidInput, notAllowed, notFound, stateDoesNotAllow, versionConflict } from '../domain/refusal.ts';
import { relationsOf } from '../domain/relations.ts';
import type { Run } from './desk.ts';
import type { CommandInputs } from './inputs.ts';
import { onceInTransaction } from './once-in-transaction.ts';
import type { Result } from './results.ts';

export async function askCommand(run: Run, input: CommandInputs['askAssistance']): Promise<Result> {
  const { desk, act, caller } = run;
  const verdict = decide(lifecycle, 'ask', {
    state: undefined,
    relations: caller.participant === desk.me ? relationsOf(act.actor) : [],
    facts: { nowMs: act.at.getTime() },
  });
  if (!verdict.ok) return notAllowed(verdict.code, verdict.message);
  const refusal =
    refuseText(input.question, 'input.question', TEXTS.question) ?? anotherParty(input.of, desk.me, act, 'input.of');
  if (refusal) return refusal;
  if (input.incidentId != null && parseId(input.incidentId)?.tag !== 'inc') {
    return invalidInput('UNKNOWN_ID', 'input.incidentId', 'incidentId must be the id of an incident.');
  }
  const id = act.newId(input.of, 'asr');
  return onceInTransaction(run, async (client) => {
    if (input.incidentId != null && !(await isThere(client, desk.me, input.incidentId))) {
      return invalidInput('UNKNOWN_ID', 'input.incidentId', `There is no incident ${input.incidentId} here.`);
    }
    const envelope = await desk.outgoing.send(client, {
      to: input.of,
      subject: id,
      type: 'assistance.asked',
      body: {
        id,
        question: input.question,
        incidentId: input.incidentId ?? null,
        at: act.at.toISOString(),
        role: actingRole(act.actor),
      },
    });
    await appendEvent(client, {
      type: 'assistance.asked',
      subjectId: id,
      actorRole: actingRole(act.actor),
      at: act.now,
      readersBefore: [],
      readersAfter: [wholeReaders(desk.me)],
      keys: { to: input.of },
    });
    return { kind: 'AssistanceAsked', envelopeId: envelope.id, linkId: id };
  });
}

/** What is another participant's is known there; the asked desk meets it through its link, or does not. */
async function isThere(client: PoolClient, me: string, incidentId: string): Promise<boolean> {
  if (parseId(incidentId)?.participant !== me) return true;
  return (await client.query('SELECT FROM incident WHERE id = $1', [incidentId])).rowCount === 1;
}

/** The answer stands here, at the asked desk; the asker is told that it is there and reads it here. */
export async function answerCommand(run: Run, input: CommandInputs['answerAssistance']): Promise<Result> {
  const { desk, act, caller } = run;
  if (parseId(input.requestId)?.tag !== 'asr') return notFound(input.requestId);
  const refusal = refuseText(input.answer, 'input.answer', TEXTS.answer);
  if (refusal) return refusal;
  return onceInTransaction(run, async (client) => {
    const { rows } = await client.query(
      'SELECT from_participant, state, version FROM assistance_request WHERE id = $1 FOR UPDATE',
      [input.requestId],
    );
    const found = rows[0];
    const own = caller.participant === desk.me;
    if (!found || !(own || (isDesk(act.actor) && caller.participant === found.from_participant))) {
      return notFound(input.requestId);
    }
    const relations = [
      ...relationsOf(act.actor),
      ...(own ? ['askedParty', ...(isDesk(act.actor) ? ['askedDesk'] : [])] : []),
    ];
    const verdict = decide(lifecycle, 'answer', {
      state: found.state,
      relations,
      facts: { nowMs: act.at.getTime() },
    });
    if (!verdict.ok && verdict.code !== 'STATE_DOES_NOT_ALLOW') return notAllowed(verdict.code, verdict.message);
    if (input.expectedVersion != null && input.expectedVersion !== found.version) {
      return versionConflict(input.expectedVersion, found.version);
    }
    if (!verdict.ok) return stateDoesNotAllow('answer', found.state, verdict.allowedFrom);
    await client.query(
      `UPDATE assistance_request SET state = $2, answer = $3, answered_at = $4, version = version + 1 WHERE id = $1`,
      [input.requestId, verdict.to, input.answer, act.at],
    );
    await desk.outgoing.send(client, {
      to: found.from_participant,
      subject: input.requestId,
      type: 'assistance.answered',
      body: { id: input.requestId, at: act.at.toISOString() },
    });
    const readers = [wholeReaders(desk.me), deskReaders(found.from_participant)];
    await appendEvent(client, {
      type: 'assistance.answered',
      subjectId: input.requestId,
      actorRole: actingRole(act.actor),
      at: act.now,
      readersBefore: readers,
      readersAfter: readers,
      keys: { state: verdict.to, from: found.from_participant },
    });
    return { kind: 'AssistanceAnswered', requestId: input.requestId };
  });
}
