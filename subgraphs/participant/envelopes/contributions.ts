/** What other participants add to an incident of ours: that they wrote a note, and their part in it. */
import type { Effect, Handler } from '@kortelijn/kit/envelopes/inbox.ts';
import { applyEvent } from '../commands/apply-event.ts';
import { actOf, type Desk } from '../commands/desk.ts';
import { deskOf } from '../domain/actor.ts';
import { TEXTS } from '../domain/bounds.ts';
import type { Decision } from '../domain/decision.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { idIn, instantIn, MALFORMED, oneOf, refused, TAKEN, textIn } from './body.ts';

const HASH = /^[A-Za-z0-9_-]{43}$/;
const PARTS = ['REPORTER', 'AFFECTED', 'CONTRIBUTOR', 'OBSERVER'] as const;
const STATES = ['NOTIFIED', 'ACKNOWLEDGED', 'WORKING', 'NO_IMPACT', 'DONE'] as const;

export function noteAdded(desk: Desk): Handler {
  return async (client, { from, body }) => {
    const noteId = idIn(body.noteId, 'note', from);
    const said = saidIn(desk, from, body);
    const hash = typeof body.hash === 'string' && HASH.test(body.hash) ? body.hash : undefined;
    if (!noteId || !said || !hash) return MALFORMED;
    const { incidentId, act, at } = said;
    return answer(await applyEvent(desk, client, incidentId, 'addNote', act, { noteId, author: from, at, hash }));
  };
}

export function participationSet(desk: Desk): Handler {
  return async (client, { from, body }) => {
    const said = saidIn(desk, from, body);
    const part = oneOf(body.part, PARTS);
    const state = oneOf(body.state, STATES);
    if (!said || !part || !state) return MALFORMED;
    const input = { participant: from, part, state };
    return answer(await applyEvent(desk, client, said.incidentId, 'setParticipation', said.act, input));
  };
}

/** It happens here when it is taken in; in an import when the imported record says. */
function saidIn(desk: Desk, from: string, body: Readonly<Record<string, unknown>>) {
  const incidentId = idIn(body.incidentId, 'inc', desk.me);
  const at = instantIn(body.at);
  if (!incidentId || !at) return undefined;
  const batch = body.importBatch === null ? null : textIn(body.importBatch, TEXTS.batch);
  if (batch === undefined) return undefined;
  const act = actOf(desk, deskOf(from, body.role), batch === null ? null : { occurredAt: at, batch });
  return { incidentId, at, act };
}

function answer(applied: Decision | Refusal): Effect {
  return isRefusal(applied) ? refused(applied) : TAKEN;
}
