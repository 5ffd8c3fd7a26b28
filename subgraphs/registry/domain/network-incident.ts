/** Who sees a network incident, what a caller is to it, and who is told of its changes. */
import { EVERYBODY, holdersOf } from '@kortelijn/schema/vocabulary/readers.ts';
import {
  DESK_ROLES,
  INCIDENTS_READ_SCOPE,
  INCIDENTS_WRITE_SCOPE,
  isDesk,
  isFoundation,
  isManager,
  MANAGER_ROLE,
  PERSON_ROLES,
  type Viewer,
} from './viewer.ts';

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

/** Whoever has a role in the network, and programs that read incidents. */
export function maySeePromoted(viewer: Viewer): boolean {
  if (viewer.program !== undefined) return viewer.scopes.includes(INCIDENTS_READ_SCOPE);
  return viewer.roles.some((role) => PERSON_ROLES.includes(role));
}

/** A candidate, and one that was demoted, is for its proposer, the managers it concerns and the foundation. */
export function maySee(incident: NetworkIncident, viewer: Viewer): boolean {
  if (incident.state === 'PROMOTED') return maySeePromoted(viewer);
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

/** The same as `maySee`, in the words of a feed event. */
export function readersOf(incident: NetworkIncident | undefined, foundation: string): readonly string[] {
  if (!incident) return [];
  if (incident.state === 'PROMOTED') return [holdersOf(EVERYBODY, [...PERSON_ROLES, INCIDENTS_READ_SCOPE])];
  return [
    holdersOf(foundation, ['FOUNDATION']),
    holdersOf(incident.proposedBy, [...DESK_ROLES, INCIDENTS_WRITE_SCOPE]),
    ...incident.owners.map((owner) => holdersOf(owner, [MANAGER_ROLE])),
  ];
}
