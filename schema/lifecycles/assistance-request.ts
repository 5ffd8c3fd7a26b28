import type { Lifecycle } from '../interpret/lifecycle.ts';

/** One servicedesk calls on another. There is no approval in it: no manager has a part. */
export const assistanceRequest = {
  subject: 'AssistanceRequest',
  stateEnum: 'AssistanceState',
  states: ['ASKED', 'ANSWERED'],
  relations: {
    anyDesk: { meaning: 'a servicedesk or servicemanager of any party', code: 'ROLE_DOES_NOT_ALLOW' },
    askedDesk: {
      meaning: 'a servicedesk or servicemanager of the party that was asked',
      code: 'ONLY_ASKED_PARTY',
      party: 'askedParty',
    },
  },
  guards: {},
  events: {
    ask: {
      from: 'NEW',
      to: 'ASKED',
      who: ['anyDesk'],
      action: 'askAssistance',
      requires: ['of', 'question'],
      effects: ['the question stands at the other servicedesk'],
      awaits: ['the answer of that servicedesk'],
    },
    answer: {
      from: ['ASKED'],
      to: 'ANSWERED',
      who: ['askedDesk'],
      action: 'answerAssistance',
      requires: ['answer'],
      effects: ['the asking servicedesk reads the answer'],
    },
  },
} as const satisfies Lifecycle;
