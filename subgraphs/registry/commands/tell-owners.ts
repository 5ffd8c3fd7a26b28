/**
 * Tells the owners of linked incidents what became of the network incident: one envelope for each incident, with the
 * incident as its subject, so that an owner hears of one incident in order and refuses one without the others.
 */
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import type { Office } from './run.ts';

export type News = 'networkIncident.linked' | 'networkIncident.promoted' | 'networkIncident.demoted';

export async function tellOwners(
  office: Office,
  client: PoolClient,
  type: News,
  networkIncidentId: string,
  links: readonly { readonly incidentId: string; readonly owner: string }[],
): Promise<void> {
  const { participants } = await office.directory.content();
  // In one order: the numbers of two such changes are taken under locks.
  for (const { incidentId, owner } of [...links].sort((a, b) => (a.incidentId < b.incidentId ? -1 : 1))) {
    await office.outgoing.send(client, {
      to: participants.get(owner)?.mergedInto ?? owner,
      subject: incidentId,
      type,
      body: { networkIncidentId, incidentIds: [incidentId] },
    });
  }
}
