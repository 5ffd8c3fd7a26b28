/**
 * How much of an incident a caller may read. `standingOf` says what follows from who he is, `accessTo` what follows
 * for one row, `isReadable` what follows for one field. `store/visibility.ts` says the same in SQL, for lists, counts
 * and filters; a test holds the two against each other.
 */
export interface Reading {
  readonly participant: string;
  readonly roles: readonly string[];
  readonly program?: string;
  readonly scopes: readonly string[];
}

export type IncidentAccess = 'FULL' | 'INVOLVED' | 'HELPDESK' | 'NETWORK';

export interface Standing {
  /** Desk, manager, monitor or reading program of this participant. */
  readonly full: boolean;
  /** Desk or manager of another participant: reads the rows in which that one is involved. */
  readonly involvedAs: string | undefined;
  /** Helpdesk, monitor or program of another participant: follows what that one reported, since it may confirm it. */
  readonly reporterAs: string | undefined;
  readonly helpdesk: boolean;
  /** Reads what everybody in the network may know of a promoted network incident. */
  readonly network: boolean;
}

export interface Subject {
  readonly reporter: string;
  readonly involved: readonly string[];
  readonly networkIncidentState: string | null;
}

export const DESK: readonly string[] = ['SERVICEMANAGER', 'SERVICEDESK'];
export const OWN_READERS: readonly string[] = [...DESK, 'MONITOR'];
export const REPORTERS: readonly string[] = ['HELPDESK', 'MONITOR'];
/** Not those of the foundation as scheme owner; its own desk has the roles of a desk. */
export const NETWORK_ROLES: readonly string[] = [...OWN_READERS, 'HELPDESK'];
/** Who may change an incident may see what he changes. */
export const READING_SCOPES: readonly string[] = ['incidents:read', 'incidents:write'];

export function standingOf(caller: Reading, endpoint: string): Standing {
  const own = caller.participant === endpoint;
  const has = (roles: readonly string[]) => caller.roles.some((role) => roles.includes(role));
  if (caller.program !== undefined) {
    const reads = caller.scopes.some((scope) => READING_SCOPES.includes(scope));
    const reporterAs = !own && reads ? caller.participant : undefined;
    return { full: own && reads, involvedAs: undefined, reporterAs, helpdesk: false, network: reads };
  }
  return {
    full: own && has(OWN_READERS),
    involvedAs: !own && has(DESK) ? caller.participant : undefined,
    reporterAs: !own && !has(DESK) && has(REPORTERS) ? caller.participant : undefined,
    helpdesk: own && has(['HELPDESK']),
    network: has(NETWORK_ROLES),
  };
}

export function accessTo(standing: Standing, incident: Subject): IncidentAccess | undefined {
  if (standing.full) return 'FULL';
  if (standing.involvedAs !== undefined && incident.involved.includes(standing.involvedAs)) return 'INVOLVED';
  if (standing.helpdesk || standing.reporterAs === incident.reporter) return 'HELPDESK';
  if (standing.network && isPromoted(incident)) return 'NETWORK';
  return undefined;
}

export const isPromoted = (incident: Subject): boolean => incident.networkIncidentState === 'PROMOTED';

/** What a helpdesk reads: of every incident at its own participant, elsewhere of what its participant reported. */
export const HELPDESK_FIELDS: readonly string[] = ['title', 'state', 'reference'];
/** What everybody who sees a promoted network incident reads of its incidents. */
export const NETWORK_FIELDS: readonly string[] = ['title', 'service', 'impact', 'networkIncidentId'];

export function isReadable(field: string, access: IncidentAccess, incident: Subject): boolean {
  if (access === 'FULL' || access === 'INVOLVED') return true;
  if (access === 'HELPDESK' && HELPDESK_FIELDS.includes(field)) return true;
  return isPromoted(incident) && NETWORK_FIELDS.includes(field);
}
