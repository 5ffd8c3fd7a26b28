/** What later holders of a chain tell earlier ones, and an owner tells its reporter. */

import type { Handler } from '@kortelijn/kit/envelopes/inbox.ts';
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import { isParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { involvedCountMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { holdersOf } from '@kortelijn/schema/vocabulary/readers.ts';
import { applyTo } from '../commands/apply-event.ts';
import { actOf, type Desk } from '../commands/desk.ts';
import { learnInvolved, lockChain } from '../commands/own-chain.ts';
import { lockAndLook } from '../commands/read-situation.ts';
import { writeNotice } from '../commands/write-notice.ts';
import { DESK, READING_SCOPES, REPORTERS } from '../domain/access.ts';
import { systemOf } from '../domain/actor.ts';
import { isRefusal } from '../domain/refusal.ts';
import { idIn, instantIn, MALFORMED, NOT_FOR_ME, refused, TAKEN } from './body.ts';

/** The new holder has acknowledged what was handed over from here. */
export function incidentPickedUp(desk: Desk): Handler {
  return async (client, { from, body }) => {
    const at = instantIn(body.at);
    const by = idIn(body.by, 'inc', from);
    const incidentId = idIn(body.incidentId, 'inc', desk.me);
    if (!at || !by || !incidentId) return MALFORMED;
    const situation = await lockAndLook(client, incidentId);
    // A handover that was taken back meanwhile is nobody's any more.
    if (situation?.incident.nextId !== by) return NOT_FOR_ME;
    const applied = await applyTo(desk, client, situation, 'recordPickUp', actOf(desk, systemOf(desk.me)), { at });
    return isRefusal(applied) ? refused(applied) : TAKEN;
  };
}

/** For whoever may confirm it. The incident stays at its owner; one that was imported is long over. */
export function incidentResolved(desk: Desk): Handler {
  return async (client, { from, body }) => {
    const incidentId = idIn(body.incidentId, 'inc', from);
    if (!incidentId || !instantIn(body.at)) return MALFORMED;
    const confirming = holdersOf(desk.me, [...DESK, ...REPORTERS, ...READING_SCOPES]);
    await appendEvent(client, {
      // Its owner's feed tells of the incident itself.
      type: 'reportedIncident.resolved',
      subjectId: incidentId,
      at: new Date(desk.now()),
      readersBefore: [confirming],
      readersAfter: [confirming],
      keys: { owner: from, ...(idIn(body.chainId, 'inc') && { chainId: body.chainId }) },
    });
    if (body.importBatch == null) await writeNotice(desk, client, 'INCIDENT_RESOLVED', { from, incidentId });
    return TAKEN;
  };
}

/**
 * Somebody joined the chain: whoever is involved now may read what earlier holders keep of it. Only a party that is
 * involved itself is believed, else anybody could let himself in; the word of whoever let it in may still be on its way.
 */
export function involvedChanged(desk: Desk): Handler {
  return async (client, { from, body }) => {
    const { chainId, involved } = body;
    if (!idIn(body.incidentId, 'inc', from) || !idIn(chainId, 'inc')) return MALFORMED;
    if (!Array.isArray(involved) || involved.length > involvedCountMax || !involved.every(isParticipantId)) {
      return MALFORMED;
    }
    const ids = await lockChain(client, chainId as string);
    if (ids.length === 0) return { kind: 'REFUSED', code: 'NOT_FOUND' };
    for (const id of ids) {
      if (!(await learnInvolved(desk, client, id, involved, from))) return { kind: 'LATER', code: 'ONLY_INVOLVED' };
    }
    return TAKEN;
  };
}
