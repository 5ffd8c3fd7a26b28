/** How a record of an incident comes to be: reported at this desk, reported here by another, or handed over to it. */

import { isPingPong } from '@kortelijn/schema/interpret/chain.ts';
import { incidentFeedType } from '@kortelijn/schema/lifecycles/incident-told.ts';
import { referenceYear } from '@kortelijn/schema/vocabulary/reference.ts';
import type { Act } from '../act.ts';
import { actingRole } from '../actor.ts';
import { withInvolved } from '../chain.ts';
import type { Clock } from '../clocks.ts';
import { type Decision, entryOf } from '../decision.ts';
import type { Incident, Participation } from '../incident.ts';
import { noticesOf } from '../notices.ts';
import { priorityRank } from '../priority.ts';
import { keysOf, readersOf } from '../readers.ts';
import type { Transfer } from '../transfer.ts';

/**
 * The reference is empty here: its counter is a row of the database, and the write fills it in. Whoever reported it
 * elsewhere reported it earlier: `firstReportedAt` keeps that, `receivedAt` is when this desk could know.
 */
export function open(
  event: 'report' | 'takeIn',
  me: string,
  act: Act,
  transfer: Transfer,
  teamId: string | null,
  startClocks: (incident: Incident) => readonly Clock[],
): Decision {
  const { id, reporter } = transfer;
  const from = transfer.holders.at(-1) ?? reporter;
  const foreign = event === 'takeIn';
  const holders = [...transfer.holders, me];
  const incident: Incident = {
    id,
    reference: '',
    referenceYear: referenceYear(act.at.getTime()),
    chainId: transfer.chainId,
    service: transfer.service,
    teamId,
    reporter,
    title: transfer.title,
    description: transfer.description,
    impact: transfer.impact,
    urgency: transfer.urgency,
    priority: transfer.priority,
    priorityRank: priorityRank(transfer.priority),
    state: 'REPORTED',
    waitReason: null,
    waitingFor: null,
    waitUntil: null,
    resolution: null,
    solution: null,
    previousId: transfer.previousId,
    nextId: null,
    handedOverTo: null,
    handoverReason: null,
    handedOverAt: null,
    deliveredAt: null,
    pickedUpAt: null,
    handoverEnvelopeId: null,
    receivedFrom: foreign ? from : null,
    receivedAt: foreign ? act.at : null,
    networkIncidentId: null,
    networkIncidentState: null,
    involved: withInvolved([], me, reporter, ...transfer.involved, ...transfer.holders, ...transfer.affected),
    holders,
    pingPong: isPingPong(holders),
    firstReportedAt: transfer.firstReportedAt,
    reopenedCount: 0,
    createdAt: act.at,
    updatedAt: act.now,
    acknowledgedAt: null,
    resolvedAt: null,
    closedAt: null,
    importedBatch: act.batch,
    recordedAt: act.batch === null ? null : act.now,
    version: 1,
  };
  return {
    incident,
    fromVersion: 0,
    changesTexts: true,
    entries: [entryOf(event, incident, act, act.at, { by: from, text: transfer.reason })],
    clocks: startClocks(incident),
    participations: parts(incident, me, transfer.affected, act.at),
    envelopes: [],
    chainLearns: false,
    change: {
      type: incidentFeedType(event),
      subjectId: id,
      actorRole: actingRole(act.actor),
      at: incident.updatedAt,
      readersBefore: [],
      readersAfter: readersOf(incident),
      keys: keysOf(incident),
    },
    notices: noticesOf(event, undefined, incident, act),
  };
}

function parts({ id, reporter }: Incident, me: string, affected: readonly string[], since: Date): Participation[] {
  const part = (participant: string, name: Participation['part']): Participation => ({
    incidentId: id,
    participant,
    part: name,
    state: 'NOTIFIED',
    since,
  });
  return [
    part(me, 'OWNER'),
    part(reporter, 'REPORTER'),
    ...[...new Set(affected)].map((participant) => part(participant, 'AFFECTED')),
  ];
}
