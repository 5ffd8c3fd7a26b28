/**
 * Who may know that something changed, in the words of the contract, and by what a list can tell whether the change
 * concerns it. No content. What `access.ts` lets somebody read and whom an event names here are the same: a test holds
 * the two against each other, so that a stream tells nobody more or less than a query.
 */
import { EVERYBODY, holdersOf } from '@kortelijn/schema/vocabulary/readers.ts';
import { DESK, isPromoted, NETWORK_ROLES, OWN_READERS, READING_SCOPES, REPORTERS } from './access.ts';
import { ownerOf } from './actor.ts';
import type { Incident } from './incident.ts';

/** In the readers of a feed event: every ACTIVE participant. */
export const EVERY_PARTICIPANT = EVERYBODY;

type Read = Pick<Incident, 'id' | 'reporter' | 'involved' | 'networkIncidentState'>;

export function readersOf(incident: Read | undefined): readonly string[] {
  if (!incident) return [];
  const me = ownerOf(incident);
  const others = new Map(incident.involved.map((party) => [party, [...DESK]]));
  others.set(incident.reporter, [...(others.get(incident.reporter) ?? []), ...REPORTERS, ...READING_SCOPES]);
  others.delete(me);
  return [
    holdersOf(me, [...OWN_READERS, 'HELPDESK', ...READING_SCOPES]),
    ...[...others].map(([party, holders]) => holdersOf(party, holders)),
    ...(isPromoted(incident) ? [holdersOf(EVERYBODY, [...NETWORK_ROLES, ...READING_SCOPES])] : []),
  ];
}

/** Who reads everything at this participant: its desk's own affairs. */
export const wholeReaders = (me: string): string => holdersOf(me, [...OWN_READERS, ...READING_SCOPES]);

/** Whoever works at the desk of another participant. */
export const deskReaders = (party: string): string => holdersOf(party, DESK);

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
