/**
 * What an actor is to an incident, in the words of the lifecycle, and what the lifecycle's guards look at. Commands and
 * available actions are both decided from these, so a button and its refusal cannot disagree.
 */
import type { Facts } from '@kortelijn/schema/interpret/lifecycle.ts';
import { type Actor, isDesk, mayReport } from './actor.ts';
import type { Incident } from './incident.ts';
import { prefixOf } from './transfer.ts';

export type RelationSubject = Pick<Incident, 'id' | 'reporter' | 'involved'>;

/** Without an incident: what the actor is before there is one. */
export function relationsOf(actor: Actor, incident?: RelationSubject): readonly string[] {
  if (actor.kind === 'system') return actor.roles;
  const desk = isDesk(actor);
  const relations: string[] = actor.program === undefined ? [] : ['program'];
  if (desk) relations.push('anyDesk');
  if (actor.program === undefined && actor.roles.includes('HELPDESK')) relations.push('anyHelpdesk');
  if (actor.program === undefined && actor.roles.includes('MONITOR')) relations.push('anyMonitor');
  if (actor.roles.includes('FOUNDATION')) relations.push('foundation');
  if (!incident) return relations;

  if (actor.participant === prefixOf(incident.id)) {
    relations.push('ownerParty');
    if (desk) relations.push('ownerDesk');
    if (actor.program === undefined && actor.roles.includes('SERVICEMANAGER')) relations.push('ownerManager');
  }
  if (actor.participant === incident.reporter) {
    relations.push('reporterParty');
    if (mayReport(actor)) relations.push('reporter');
  }
  if (incident.involved.includes(actor.participant)) {
    relations.push('involvedParty');
    if (desk) relations.push('involvedDesk');
  }
  return relations;
}

export function factsOf(
  incident: Pick<Incident, 'acknowledgedAt' | 'waitUntil' | 'resolvedAt' | 'closedAt'> | undefined,
  nowMs: number,
  silenceEndsAtMs?: number,
): Facts {
  const endedAt = incident?.closedAt ?? incident?.resolvedAt;
  return {
    nowMs,
    ...(incident?.acknowledgedAt && { acknowledgedAtMs: incident.acknowledgedAt.getTime() }),
    ...(incident?.waitUntil && { waitUntilMs: incident.waitUntil.getTime() }),
    ...(endedAt && { endedAtMs: endedAt.getTime() }),
    ...(silenceEndsAtMs !== undefined && { silenceEndsAtMs }),
  };
}
