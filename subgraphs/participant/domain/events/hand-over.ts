/**
 * Giving an incident to another participant, and what is heard of it afterwards. The record here becomes HANDED_OVER
 * at once and keeps its history; the receiver's record exists when the envelope has been taken in. Until then the
 * sender's envelope is the only trace of it, and only a receipt of REFUSED or VOIDED takes the handover back.
 */
import { returnTarget } from '@kortelijn/schema/interpret/chain.ts';
import type { Act } from '../act.ts';
import { ownerOf } from '../actor.ts';
import { refuseTexts, TEXTS } from '../bounds.ts';
import { withInvolved } from '../chain.ts';
import type { Effect, Situation } from '../decision.ts';
import { ownPart } from '../participations.ts';
import { anotherParty } from '../parties.ts';
import { invalidInput, type Refusal } from '../refusal.ts';
import { HOLDERS_MAX, transferBody } from '../transfer.ts';

export interface HandOverInput {
  readonly to: string;
  readonly reason: string;
  readonly teamName?: string | null | undefined;
}

export function handOver(situation: Situation, act: Act, input: HandOverInput): Effect | Refusal {
  return giveTo(situation, act, input, 'input.to');
}

export function rejectOwnership(
  situation: Situation,
  act: Act,
  { suggestedOwner, reason }: { readonly suggestedOwner?: string | null | undefined; readonly reason: string },
): Effect | Refusal {
  const { incident } = situation;
  const owner = ownerOf(incident);
  const target = returnTarget({ owner, holders: incident.holders, reporter: incident.reporter, suggestedOwner });
  if (target.ok) return giveTo(situation, act, { to: target.to, reason }, 'input.suggestedOwner');
  const message =
    target.code === 'NOT_ANOTHER_PARTY'
      ? `suggestedOwner must name another participant; found ${owner} itself.`
      : `It was reported by ${owner} itself and nobody held it before: name suggestedOwner.`;
  return invalidInput(target.code, 'input.suggestedOwner', message);
}

function giveTo(
  { incident, participations }: Situation,
  act: Act,
  { to, reason, teamName = null }: HandOverInput,
  path: string,
): Effect | Refusal {
  const me = ownerOf(incident);
  const refusal =
    refuseTexts([
      [reason, 'input.reason', TEXTS.reason],
      [teamName, 'input.teamName', TEXTS.teamName],
    ]) ?? anotherParty(to, me, act, path);
  if (refusal) return refusal;
  if (incident.holders.length >= HOLDERS_MAX) {
    return invalidInput('TOO_MANY_PARTIES', path, `This chain has moved ${HOLDERS_MAX} times: report it anew.`);
  }
  const nextId = act.newId(to, 'inc');
  const involved = withInvolved(incident.involved, to);
  return {
    incident: {
      involved,
      nextId,
      handedOverTo: to,
      handoverReason: reason,
      handedOverAt: act.at,
      deliveredAt: null,
      pickedUpAt: null,
      handoverEnvelopeId: null,
    },
    entry: { text: reason },
    participations: ownPart(incident, participations, 'DONE', act.at),
    envelopes: [
      {
        to,
        subject: nextId,
        type: 'incident.handedOver',
        namedBy: 'handoverEnvelopeId',
        body: transferBody({
          id: nextId,
          chainId: incident.chainId,
          reporter: incident.reporter,
          title: incident.title,
          description: incident.description,
          service: incident.service,
          impact: incident.impact,
          urgency: incident.urgency,
          priority: incident.priority,
          teamName,
          involved,
          holders: incident.holders,
          affected: affectedOf(participations),
          firstReportedAt: incident.firstReportedAt,
          sentAt: act.at,
          previousId: incident.id,
          reason,
          importBatch: act.batch,
        }),
      },
    ],
  };
}

function affectedOf(participations: Situation['participations']): readonly string[] {
  return participations.filter(({ part }) => part === 'AFFECTED').map(({ participant }) => participant);
}

/** REFUSED or VOIDED: it is ours again. The cancelled clocks stay as they are, a new cycle begins. */
export function undoHandover(
  { incident, participations }: Situation,
  act: Act,
  { outcome, code }: { readonly outcome: 'REFUSED' | 'VOIDED'; readonly code: string | null },
): Effect {
  return {
    incident: {
      nextId: null,
      handedOverTo: null,
      handoverReason: null,
      handedOverAt: null,
      deliveredAt: null,
      pickedUpAt: null,
      handoverEnvelopeId: null,
    },
    entry: { text: `${incident.handedOverTo}: ${code === null ? outcome : `${outcome} ${code}`}` },
    participations: ownPart(incident, participations, 'WORKING', act.at),
  };
}

/** The receiver's receipt: its desk can know since then. */
export function recordDelivery(_situation: Situation, _act: Act, { at }: { readonly at: Date }): Effect {
  return { incident: { deliveredAt: at }, entry: null };
}

/** The new holder has acknowledged. */
export function recordPickUp(_situation: Situation, _act: Act, { at }: { readonly at: Date }): Effect {
  return { incident: { pickedUpAt: at }, entry: null };
}
