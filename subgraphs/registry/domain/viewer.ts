/** Who looks or acts, as far as the rules of the registry need to know. */
export interface Viewer {
  readonly participant: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** Set when a program of the participant calls, not one of its people. */
  readonly program?: string;
  /** The participant that runs the registry. */
  readonly foundation: string;
}

export const CONTACTS_SCOPE = 'contacts:read';
export const INCIDENTS_READ_SCOPE = 'incidents:read';
export const INCIDENTS_WRITE_SCOPE = 'incidents:write';

export const MANAGER_ROLE = 'SERVICEMANAGER';
export const DESK_ROLES: readonly string[] = ['SERVICEDESK', MANAGER_ROLE];
/** Every role that a person can have. */
export const PERSON_ROLES: readonly string[] = [...DESK_ROLES, 'HELPDESK', 'FOUNDATION', 'MEDIATOR', 'MONITOR'];

const hasRole = (viewer: Viewer, role: string) => viewer.program === undefined && viewer.roles.includes(role);

/** Staff of the foundation acting for the scheme; its desk and manager are those of a participant like any other. */
export const isFoundation = (viewer: Viewer): boolean =>
  viewer.participant === viewer.foundation && hasRole(viewer, 'FOUNDATION');

export const isManager = (viewer: Viewer): boolean => hasRole(viewer, MANAGER_ROLE);

export const isDesk = (viewer: Viewer): boolean =>
  viewer.program === undefined
    ? DESK_ROLES.some((role) => hasRole(viewer, role))
    : viewer.scopes.includes(INCIDENTS_WRITE_SCOPE);
