/** Who may know that an incident changed, and by what a list can tell whether the change concerns it. No content. */
import type { Incident } from './incident.ts';

/** In the readers of a feed event: every ACTIVE participant. */
export const EVERY_PARTICIPANT = '*';

export function readersOf(incident: Incident | undefined): readonly string[] {
  if (!incident) return [];
  return incident.networkIncidentState === 'PROMOTED' ? [...incident.involved, EVERY_PARTICIPANT] : incident.involved;
}

/** What the filters of a list look at, and the version by which a reader knows what it has seen. */
export function keysOf(incident: Incident): Readonly<Record<string, unknown>> {
  return {
    chainId: incident.chainId,
    state: incident.state,
    priority: incident.priority,
    service: incident.service,
    teamId: incident.teamId,
    reporter: incident.reporter,
    networkIncidentId: incident.networkIncidentId,
    imported: incident.importedBatch !== null,
    version: incident.version,
  };
}
