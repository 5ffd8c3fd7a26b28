import type { Lifecycle } from '../interpret/lifecycle.ts';

/** A message to another party, as its sender sees it. Only the receiver's signed receipt ends it; silence never does. */
const underWay = ['PENDING_DELIVERY', 'STUCK'] as const;

export const envelope = {
  subject: 'Envelope',
  stateEnum: 'EnvelopeState',
  states: ['PENDING_DELIVERY', 'STUCK', 'TAKEN', 'REFUSED', 'VOIDED'],
  relations: {
    senderDesk: {
      meaning: 'a servicedesk or servicemanager of the sender, or its program with scope incidents:write',
      code: 'ONLY_OWNER',
      party: 'senderParty',
    },
    system: { meaning: "the receiver's signed receipt, or the commit that causes the message", code: 'ONLY_SYSTEM' },
    timer: { meaning: 'what a clock brings about', code: 'ONLY_SYSTEM' },
  },
  guards: {
    stuckTermOver: { holds: 'reached', fact: 'stuckAtMs', code: 'TERM_RUNNING' },
  },
  events: {
    send: { from: 'NEW', to: 'PENDING_DELIVERY', who: ['system'] },
    // TAKEN and ALREADY both say that the effect is there, once.
    take: { from: underWay, to: 'TAKEN', who: ['system'] },
    refuse: { from: underWay, to: 'REFUSED', who: ['system'], effects: ['what the message had closed is reopened'] },
    void: { from: underWay, to: 'VOIDED', who: ['system'], effects: ['what the message had closed is reopened'] },
    markStuck: { from: ['PENDING_DELIVERY'], to: 'STUCK', who: ['timer'], provided: ['stuckTermOver'] },
    retry: {
      from: underWay,
      to: 'SAME',
      who: ['senderDesk'],
      action: 'retryEnvelope',
      effects: ['it is sent again at once instead of at its next turn'],
      awaits: ["the receiver's signed receipt"],
    },
    withdraw: {
      from: underWay,
      to: 'SAME',
      who: ['senderDesk'],
      action: 'withdrawEnvelope',
      effects: ['the receiver is asked never to take it in'],
      awaits: ["the receiver's signed receipt: VOIDED, or TAKEN when it already had"],
    },
  },
} as const satisfies Lifecycle;
