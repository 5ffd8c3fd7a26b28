/** Takes in an incident that was reported here by another participant, or handed over by its holder. */
import type { Handler } from '@kortelijn/kit/envelopes/inbox.ts';
import { applyDecision } from '../commands/apply-event.ts';
import { actOf, type Desk } from '../commands/desk.ts';
import { look } from '../commands/read-situation.ts';
import { systemOf } from '../domain/actor.ts';
import { decideOpening } from '../domain/decide.ts';
import { isRefusal } from '../domain/refusal.ts';
import { opensSame, readTransfer } from '../domain/transfer.ts';
import { refused } from './body.ts';

export function incidentOpened(desk: Desk, kind: 'incident.reported' | 'incident.handedOver'): Handler {
  return async (client, { from, subject, body }) => {
    const read = readTransfer(kind, body, from, desk.me);
    if (!read.ok) return { kind: 'REFUSED', code: read.code };
    const { transfer } = read;
    if (subject !== transfer.id) return { kind: 'REFUSED', code: 'ENVELOPE_MALFORMED' };

    const { situation } = await look(client, { incidentId: transfer.id });
    if (situation) {
      // A sender that was restored from a backup may tell again, in a new envelope, what it told before.
      const { incident } = situation;
      if (!opensSame(transfer, incident)) return { kind: 'REFUSED', code: 'ID_TAKEN' };
      return { kind: 'TAKEN', result: { reference: incident.reference } };
    }
    const { importBatch, sentAt } = transfer;
    const imported = importBatch === null ? null : { occurredAt: sentAt, batch: importBatch };
    const teamId = transfer.teamName === null ? null : await teamNamed(client, transfer.teamName);
    const act = actOf(desk, systemOf(desk.me), imported);
    const decision = decideOpening('takeIn', desk.me, act, transfer, teamId);
    if (isRefusal(decision)) return refused(decision);
    const { incident } = await applyDecision(desk, client, decision);
    return { kind: 'TAKEN', result: { reference: incident.reference } };
  };
}

/** A team that this participant does not have is no reason to refuse: the desk assigns one. */
async function teamNamed(client: Parameters<Handler>[0], name: string): Promise<string | null> {
  const { rows } = await client.query({
    name: 'team-named',
    text: 'SELECT id FROM team WHERE name = $1',
    values: [name],
  });
  return rows[0]?.id ?? null;
}
