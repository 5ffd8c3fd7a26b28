/** An owner that refuses a link takes its incident out of the network incident; every other receipt is good news. */
import type { Delivery } from '@kortelijn/kit/envelopes/sender.ts';
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { appendNetworkIncidentEvent, type LockedNetworkIncident, lockNetworkIncident } from '../store/writer.ts';

export interface OnReceiptOptions {
  readonly foundation: string;
  now(): number;
}

export function createOnReceipt({ foundation, now }: OnReceiptOptions) {
  return async (client: PoolClient, { envelope, outcome, code }: Delivery): Promise<void> => {
    if (envelope.type !== 'networkIncident.linked' || outcome === 'TAKEN') return;
    const { networkIncidentId, incidentIds } = envelope.body;
    if (typeof networkIncidentId !== 'string' || !Array.isArray(incidentIds)) return;
    const before = await lockNetworkIncident(client, networkIncidentId);
    if (!before) return;
    const at = new Date(now());
    const released = await client.query(
      `UPDATE network_incident_link SET released_at = $3, released_code = $4
       WHERE network_incident_id = $1 AND incident_id = ANY($2) AND released_at IS NULL`,
      [networkIncidentId, incidentIds, at, code ?? outcome],
    );
    if (!released.rowCount) return;
    await client.query(
      `UPDATE network_incident SET version = version + 1, updated_at = greatest($2, updated_at + interval '1 ms')
       WHERE id = $1`,
      [networkIncidentId, at],
    );
    const after = (await lockNetworkIncident(client, networkIncidentId)) as LockedNetworkIncident;
    await appendNetworkIncidentEvent(client, { event: 'unlinked', before, after, foundation, at, actorRole: null });
  };
}
