/** What each type of incoming envelope does here. By type, for kit's inbox, which knows order and repetition. */
import type { Handler } from '@kortelijn/kit/envelopes/inbox.ts';
import type { Desk } from '../commands/desk.ts';
import { assistanceAnswered, assistanceAsked } from './assistance.ts';
import { noteAdded, participationSet } from './contributions.ts';
import { incidentOpened } from './incident-opened.ts';
import { incidentPickedUp, incidentResolved, involvedChanged } from './incident-progress.ts';
import { networkIncidentChanged } from './network-incident.ts';

export function createHandlers(desk: Desk): Readonly<Record<string, Handler>> {
  return {
    'incident.reported': incidentOpened(desk, 'incident.reported'),
    'incident.handedOver': incidentOpened(desk, 'incident.handedOver'),
    'incident.involvedChanged': involvedChanged(desk),
    'incident.pickedUp': incidentPickedUp(desk),
    'incident.resolved': incidentResolved(desk),
    'note.added': noteAdded(desk),
    'participation.set': participationSet(desk),
    'assistance.asked': assistanceAsked(desk),
    'assistance.answered': assistanceAnswered(desk),
    'networkIncident.linked': networkIncidentChanged(desk, 'CANDIDATE'),
    'networkIncident.promoted': networkIncidentChanged(desk, 'PROMOTED'),
    'networkIncident.demoted': networkIncidentChanged(desk, 'DEMOTED'),
  };
}
