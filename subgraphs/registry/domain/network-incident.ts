/** Who sees a network incident, what a caller is to it, and who is told of its changes. */
import { INCIDENTS_READ_SCOPE, isDesk, isFoundation, isManager, type Viewer } from './viewer.ts';

export const STATES = ['CANDIDATE', 'PROMOTED', 'DEMOTED'] as const;
export type NetworkIncidentState = (typeof STATES)[number];

export const LEVELS = ['OPERATIONAL', 'DEGRADED', 'PARTIAL_OUTAGE', 'MAJOR_OUTAGE', 'MAINTENANCE', 'UNKNOWN'] as const;
export type ServiceLevel = (typeof LEVELS)[number];

export interface NetworkIncident {
  readonly state: NetworkIncidentState;
  readonly proposedBy: string;
  /** The participants that hold an incident that was ever linked and not refused. */
  readonly owners: readonly string[];
}

/** In the readers of a feed event: every ACTIVE participant. */
export const EVERY_PARTICIPANT = '*';

/** A candidate, and one that was demoted, is for its proposer, the managers it concerns and the foundation. */
export function maySee(incident: NetworkIncident, viewer: Viewer): boolean {
  if (incident.state === 'PROMOTED') {
    return viewer.program === undefined || viewer.scopes.includes(INCIDENTS_READ_SCOPE);
  }
  if (isFoundation(viewer)) return true;
  if (viewer.participant === incident.proposedBy && isDesk(viewer)) return true;
  return isManager(viewer) && incident.owners.includes(viewer.participant);
}

export function relationsOf(incident: NetworkIncident | undefined, viewer: Viewer): readonly string[] {
  const isOwner = incident?.owners.includes(viewer.participant) === true;
  return [
    ...(isDesk(viewer) ? ['anyDesk'] : []),
    ...(isOwner ? ['linkedParty'] : []),
    ...(isOwner && isManager(viewer) ? ['linkedManager'] : []),
    ...(isFoundation(viewer) ? ['foundation'] : []),
    ...(viewer.program === undefined ? [] : ['program']),
  ];
}

export function readersOf(incident: NetworkIncident | undefined, foundation: string): readonly string[] {
  if (!incident) return [];
  const parties = [...new Set([incident.proposedBy, ...incident.owners, foundation])].sort();
  return incident.state === 'PROMOTED' ? [...parties, EVERY_PARTICIPANT] : parties;
}
