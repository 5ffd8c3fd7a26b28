/** Who acts, as far as a decision needs to know, and on behalf of whom it stands in the timeline. */
import type { Incident } from './incident.ts';

export interface Actor {
  /** The hub's callers are subjects or classes; `system` is this endpoint itself: timers, receipts, envelopes. */
  readonly kind: 'subject' | 'class' | 'system';
  readonly participant: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly program?: string;
  readonly subject?: string;
}

export const WRITE_SCOPE = 'incidents:write';
export const IMPORT_SCOPE = 'import';

/** `system` is what a message between parties brings about, `timer` what a clock does. */
export function systemOf(participant: string, relation: 'system' | 'timer' = 'system'): Actor {
  return { kind: 'system', participant, roles: [relation], scopes: [] };
}

/** Another participant's desk or program, speaking through its signed envelope; that one vouches for the role. */
export function deskOf(participant: string, role: unknown): Actor {
  const at = { kind: 'subject', participant } as const;
  if (role === 'PROGRAM') return { ...at, roles: ['PROGRAM'], program: participant, scopes: [WRITE_SCOPE] };
  return { ...at, roles: [role === 'SERVICEMANAGER' ? role : 'SERVICEDESK'], scopes: [] };
}

/** Works on incidents for its participant: a desk, a manager, or a program that was given the scope. */
export function isDesk(actor: Actor): boolean {
  if (actor.kind === 'system') return false;
  if (actor.program !== undefined) return actor.scopes.includes(WRITE_SCOPE);
  return actor.roles.includes('SERVICEDESK') || actor.roles.includes('SERVICEMANAGER');
}

/** May tell that something is wrong, which more people may than work on it. */
export function mayReport(actor: Actor): boolean {
  if (isDesk(actor)) return true;
  return (
    actor.program === undefined && actor.kind !== 'system' && actor.roles.some((role) => REPORTING_ROLES.includes(role))
  );
}
const REPORTING_ROLES: readonly string[] = ['HELPDESK', 'MONITOR'];

/** The role that is shown for an act: the one it was done under, the lightest that suffices first. */
export function actingRole(actor: Actor): string | null {
  if (actor.kind === 'system') return null;
  if (actor.program !== undefined) return 'PROGRAM';
  return SHOWN.find((role) => actor.roles.includes(role)) ?? null;
}
const SHOWN = ['SERVICEDESK', 'SERVICEMANAGER', 'HELPDESK', 'MONITOR', 'FOUNDATION', 'MEDIATOR'];

export function ownerOf(incident: Pick<Incident, 'id'>): string {
  return incident.id.slice(0, incident.id.indexOf(':'));
}
