/**
 * By which words the feed and its streams tell that an event of an incident has happened; `incident.` stands before
 * them. What was only asked for elsewhere is told where it happens.
 */
import type { incident } from './incident.ts';

type IncidentEvent = keyof (typeof incident)['events'] | 'involve';

export const incidentTold = {
  report: 'reported',
  takeIn: 'takenIn',
  acknowledge: 'acknowledged',
  start: 'started',
  wait: 'waiting',
  resume: 'resumed',
  resolve: 'resolved',
  confirm: 'closed',
  closeAfterSilence: 'closed',
  reopen: 'reopened',
  handOver: 'handedOver',
  rejectOwnership: 'ownershipRejected',
  undoHandover: 'handoverUndone',
  recordDelivery: 'handoverDelivered',
  recordPickUp: 'pickedUp',
  cancel: 'cancelled',
  assign: 'assigned',
  change: 'changed',
  addNote: 'noted',
  setParticipation: 'participationChanged',
  askAssistance: 'assistanceAsked',
  answerAssistance: 'assistanceAnswered',
  proposeNetworkIncident: 'proposedForNetwork',
  promoteNetworkIncident: 'promotedToNetwork',
  demoteNetworkIncident: 'demotedFromNetwork',
  recordNetworkIncident: 'networkIncidentChanged',
  /** The chain grew somewhere else, and with it who may read. */
  involve: 'involvedChanged',
} as const satisfies Record<IncidentEvent, string>;

/** `incident.reported` of the event `report`. */
export function incidentFeedType(event: string): string {
  const told = (incidentTold as Readonly<Record<string, string>>)[event];
  if (told === undefined)
    throw new Error(`Expected an event of an incident that the feed has a word for, got "${event}".`);
  return `incident.${told}`;
}
