/**
 * The registry tells the owners of linked incidents what became of the network incident. Body: `{ networkIncidentId,
 * incidentIds }`, the ids being those of this participant. The registry keeps the network incident itself.
 */

import type { Handler } from '@kortelijn/kit/envelopes/inbox.ts';
import { REGISTRY } from '@kortelijn/schema/vocabulary/ids.ts';
import { applyEvent } from '../commands/apply-event.ts';
import { actOf, type Desk } from '../commands/desk.ts';
import { systemOf } from '../domain/actor.ts';
import type { NetworkIncidentState } from '../domain/incident.ts';
import { isRefusal } from '../domain/refusal.ts';
import { idIn, MALFORMED, NOT_FOR_ME, refused, TAKEN } from './body.ts';

const INCIDENTS_MAX = 100;

export function networkIncidentChanged(desk: Desk, state: NetworkIncidentState): Handler {
  return async (client, { from, body }) => {
    if (from !== REGISTRY) return NOT_FOR_ME;
    const networkIncidentId = idIn(body.networkIncidentId, 'net');
    const { incidentIds } = body;
    if (!networkIncidentId || !Array.isArray(incidentIds) || incidentIds.length > INCIDENTS_MAX) return MALFORMED;
    // In one order, so that two envelopes over the same incidents do not wait for each other crosswise.
    for (const incidentId of [...new Set(incidentIds)].sort()) {
      if (!idIn(incidentId, 'inc', desk.me)) return MALFORMED;
      const act = actOf(desk, systemOf(desk.me));
      const input = { networkIncidentId, state };
      const applied = await applyEvent(desk, client, incidentId, 'recordNetworkIncident', act, input);
      if (isRefusal(applied)) return refused(applied);
    }
    return TAKEN;
  };
}
