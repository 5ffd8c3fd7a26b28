/** For whom a request is made. Built from a verified token and from nothing else. */
import type { AccessionState } from './issuers.ts';

export const roles = [
  'SERVICEMANAGER',
  'SERVICEDESK',
  'HELPDESK',
  'FOUNDATION',
  'MEDIATOR',
  'MONITOR',
  'PROGRAM',
] as const;
export type Role = (typeof roles)[number];

export interface Authority {
  readonly kind: 'subject';
  readonly participant: string;
  /** The subject at its own issuer, or the client id of a program. */
  readonly subject: string;
  readonly name?: string;
  readonly roles: readonly Role[];
  /** The client id, when a program calls. */
  readonly program?: string;
  readonly scopes: readonly string[];
  /** The client that the token was issued to. */
  readonly azp?: string;
  readonly purpose?: string;
  readonly expiresAtMs: number;
  /** What the accession of the caller's participant leaves it: the people of a suspended one read their own. */
  readonly standing: Standing;
}

export type Standing = 'FULL' | 'OWN_READ' | 'OWN';

/** Undefined: the participant's people may not come in at all. */
export function standingOf(state: AccessionState): Standing | undefined {
  switch (state) {
    case 'ACTIVE':
      return 'FULL';
    case 'SUSPENDED':
      return 'OWN_READ';
    case 'CANDIDATE':
    case 'CONTACTS_REGISTERED':
    case 'CONTACTS_PUBLISHED':
      return 'OWN';
    default:
      return undefined;
  }
}

/** One key for everything that may be kept or counted per caller; the parts cannot run into each other. */
export function authorityKey(authority: Authority): string {
  const { participant, subject, roles, program, scopes, azp, purpose, name } = authority;
  return JSON.stringify([participant, subject, program, roles, scopes, azp, purpose, name]);
}
