/** How a chain came to an incident and where it went on, from the record of one holder. */
import { ownerOf } from '../domain/actor.ts';
import type { Incident } from '../domain/incident.ts';
import type { EnvelopeState } from './envelopes.ts';

export interface HandoverView {
  readonly from: string;
  readonly to: string;
  readonly at: Date;
  readonly deliveredAt: Date | null;
  readonly pickedUpAt: Date | null;
  readonly reason: string | null;
  /** The record that it opened here: its history begins with the reason. */
  readonly openedId: string | null;
  readonly envelopeId: string | null;
  /** Known here for what came in; of what went out the envelope tells. */
  readonly state: EnvelopeState | null;
}

export function handoversOf(incident: Incident): readonly HandoverView[] {
  return [...arrival(incident), ...departure(incident)];
}

function arrival(incident: Incident): readonly HandoverView[] {
  if (incident.previousId === null) return [];
  return [
    {
      from: incident.receivedFrom ?? ownerOf({ id: incident.previousId }),
      to: ownerOf(incident),
      at: incident.createdAt,
      deliveredAt: incident.receivedAt,
      pickedUpAt: incident.acknowledgedAt,
      reason: null,
      openedId: incident.id,
      envelopeId: null,
      state: 'TAKEN',
    },
  ];
}

function departure(incident: Incident): readonly HandoverView[] {
  if (incident.handedOverTo === null || incident.handedOverAt === null) return [];
  return [
    {
      from: ownerOf(incident),
      to: incident.handedOverTo,
      at: incident.handedOverAt,
      deliveredAt: incident.deliveredAt,
      pickedUpAt: incident.pickedUpAt,
      reason: incident.handoverReason,
      openedId: null,
      envelopeId: incident.handoverEnvelopeId,
      state: null,
    },
  ];
}
