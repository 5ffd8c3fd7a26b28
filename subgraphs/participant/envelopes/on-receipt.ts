/**
 * What the receiver's signed receipt changes here, in the transaction that closes the envelope: a handover that was
 * taken in is delivered, one that was refused or withdrawn is ours again. Silence never comes here.
 */

import type { Delivery } from '@kortelijn/kit/envelopes/sender.ts';
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { applyTo } from '../commands/apply-event.ts';
import { actOf, type Desk } from '../commands/desk.ts';
import { lockAndLook } from '../commands/read-situation.ts';
import { writeNotice } from '../commands/write-notice.ts';
import { systemOf } from '../domain/actor.ts';
import { wholeReaders } from '../domain/readers.ts';
import { isRefusal } from '../domain/refusal.ts';
import { idIn } from './body.ts';

/** Whose being under way people look at; the others only carry news. */
export const SHOWN = [
  'incident.reported',
  'incident.handedOver',
  'assistance.asked',
  'note.added',
  'participation.set',
];

export function createOnReceipt(desk: Desk): (client: PoolClient, delivery: Delivery) => Promise<void> {
  return async (client, delivery) => {
    const { envelope, outcome } = delivery;
    if (envelope.type === 'incident.handedOver') await handoverClosed(desk, client, delivery);
    if (envelope.type === 'participation.set' && outcome !== 'TAKEN') await forgetPart(client, desk.me, envelope.body);
    if (!SHOWN.includes(envelope.type)) return;
    await appendEvent(client, {
      type: 'envelope.closed',
      subjectId: envelope.id,
      at: new Date(desk.now()),
      readersBefore: [wholeReaders(desk.me)],
      readersAfter: [wholeReaders(desk.me)],
      keys: { to: envelope.to, type: envelope.type, state: outcome },
    });
    if (outcome !== 'TAKEN') await tellDesk(desk, client, delivery);
  };
}

/** A handover that comes back is told with the incident; what an import sent is long over. */
async function tellDesk(desk: Desk, client: PoolClient, { envelope, outcome }: Delivery): Promise<void> {
  const { id, to, type, body } = envelope;
  if (type === 'incident.handedOver' || body.importBatch != null) return;
  const kind = outcome === 'VOIDED' ? 'ENVELOPE_VOIDED' : 'ENVELOPE_REFUSED';
  const incidentId = idIn(body.incidentId, 'inc') ?? null;
  await writeNotice(desk, client, kind, { from: to, envelopeId: id, incidentId });
}

async function handoverClosed(desk: Desk, client: PoolClient, delivery: Delivery): Promise<void> {
  const { envelope, outcome } = delivery;
  const incidentId = idIn(envelope.body.previousId, 'inc', desk.me);
  const situation = incidentId === undefined ? undefined : await lockAndLook(client, incidentId);
  // Only the envelope that the record names speaks for it.
  if (!situation || situation.incident.handoverEnvelopeId !== envelope.id) return;
  const { incident } = situation;
  const act = actOf(desk, systemOf(desk.me));
  const applied =
    outcome === 'TAKEN'
      ? await applyTo(desk, client, situation, 'recordDelivery', act, { at: deliveredAt(incident, delivery.at) })
      : await applyTo(desk, client, situation, 'undoHandover', act, { outcome, code: delivery.code ?? null });
  if (isRefusal(applied)) throw new Error(`Receipt of ${envelope.id}: ${applied.message}`);
}

/**
 * Receipts have whole seconds: never before it was handed over. An imported record knows no other time of delivery
 * than that of the handover it tells of.
 */
function deliveredAt(incident: { handedOverAt: Date | null; importedBatch: string | null }, receiptAt: Date): Date {
  const { handedOverAt, importedBatch } = incident;
  if (handedOverAt !== null && (importedBatch !== null || receiptAt < handedOverAt)) return handedOverAt;
  return receiptAt;
}

/** The owner does not count us in: then we do not say so either. */
async function forgetPart(client: PoolClient, me: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  await client.query('DELETE FROM participation WHERE incident_id = $1 AND participant = $2 AND part = $3', [
    body.incidentId,
    me,
    body.part,
  ]);
}
