import type { Lifecycle } from '../interpret/lifecycle.ts';

/** A network incident groups incidents of several parties: proposed by a desk, promoted, demoted. */
export const networkIncident = {
  subject: 'NetworkIncident',
  stateEnum: 'NetworkIncidentState',
  states: ['CANDIDATE', 'PROMOTED', 'DEMOTED'],
  relations: {
    anyDesk: { meaning: 'a servicedesk or servicemanager of any party', code: 'ROLE_DOES_NOT_ALLOW' },
    linkedManager: {
      meaning: 'the servicemanager of the owner of a linked incident',
      code: 'ONLY_INVOLVED',
      party: 'linkedParty',
    },
    foundation: { meaning: 'staff of the foundation', code: 'ONLY_FOUNDATION' },
  },
  guards: {},
  events: {
    propose: {
      from: 'NEW',
      to: 'CANDIDATE',
      who: ['anyDesk'],
      action: 'proposeNetworkIncident',
      requires: ['title', 'services', 'level', 'incidentIds'],
      effects: ['the proposer, the managers of linked owners and the foundation see it'],
      awaits: ["promotion by a linked owner's servicemanager or the foundation"],
    },
    link: {
      from: ['CANDIDATE', 'PROMOTED'],
      to: 'SAME',
      who: ['anyDesk'],
      action: 'proposeNetworkIncident',
      requires: ['incidentIds', 'networkIncidentId'],
      effects: ['the owners of the linked incidents are told'],
    },
    promote: {
      from: ['CANDIDATE'],
      to: 'PROMOTED',
      who: ['linkedManager', 'foundation'],
      action: 'promoteNetworkIncident',
      effects: ['every party sees it, and of the linked incidents title, service and level'],
    },
    demote: {
      from: ['PROMOTED'],
      to: 'DEMOTED',
      who: ['linkedManager', 'foundation'],
      action: 'demoteNetworkIncident',
      effects: ['only involved parties see the linked incidents again'],
    },
  },
} as const satisfies Lifecycle;
