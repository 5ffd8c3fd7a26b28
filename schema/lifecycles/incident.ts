import type { Lifecycle } from '../interpret/lifecycle.ts';

/** Who may move an incident, from where to where. The diagram in README.md is drawn from this. */
const open = ['REPORTED', 'ACKNOWLEDGED', 'IN_PROGRESS', 'WAITING', 'RESOLVED'] as const;
const everyState = [...open, 'HANDED_OVER', 'CLOSED', 'CANCELLED'] as const;

export const incident = {
  subject: 'Incident',
  stateEnum: 'IncidentState',
  states: ['REPORTED', 'ACKNOWLEDGED', 'IN_PROGRESS', 'WAITING', 'HANDED_OVER', 'RESOLVED', 'CLOSED', 'CANCELLED'],
  relations: {
    ownerDesk: {
      meaning: "the owner's servicedesk or servicemanager, or its program with scope incidents:write",
      code: 'ONLY_OWNER',
      party: 'ownerParty',
    },
    ownerManager: { meaning: "the owner's servicemanager", code: 'ONLY_OWNER', party: 'ownerParty' },
    reporter: {
      meaning: 'a desk, helpdesk, monitor or program of the party that reported',
      code: 'ONLY_REPORTER',
      party: 'reporterParty',
    },
    involvedDesk: {
      meaning: 'a servicedesk or servicemanager of any involved party, the owner and the reporter included',
      code: 'ONLY_INVOLVED',
      party: 'involvedParty',
    },
    anyDesk: { meaning: 'a servicedesk or servicemanager of any party', code: 'ROLE_DOES_NOT_ALLOW' },
    anyHelpdesk: { meaning: 'a helpdesk of any party', code: 'ROLE_DOES_NOT_ALLOW' },
    anyMonitor: { meaning: 'a monitor or reporting program of any party', code: 'ROLE_DOES_NOT_ALLOW' },
    foundation: { meaning: 'staff of the foundation', code: 'ONLY_FOUNDATION' },
    system: { meaning: 'what a message between parties brings about', code: 'ONLY_SYSTEM' },
    timer: { meaning: 'what a clock brings about', code: 'ONLY_SYSTEM' },
  },
  guards: {
    notAcknowledged: { holds: 'absent', fact: 'acknowledgedAtMs', code: 'REPORTER_TOO_LATE' },
    waitTermOver: { holds: 'reached', fact: 'waitUntilMs', code: 'WAIT_TERM_RUNNING' },
    // Five working days by the owner's calendar after it was resolved.
    silenceTermOver: { holds: 'reached', fact: 'silenceEndsAtMs', code: 'SILENCE_TERM_RUNNING' },
    // Counted from the closing, or from the resolving while it is not closed.
    withinReopenTerm: { holds: 'within', fact: 'endedAtMs', days: 30, code: 'REOPEN_TERM_PASSED' },
  },
  events: {
    report: {
      from: 'NEW',
      to: 'REPORTED',
      who: ['anyDesk', 'anyHelpdesk', 'anyMonitor'],
      action: 'reportIncident',
      requires: ['service', 'title'],
      effects: ["an incident is opened at the owner's servicedesk"],
      awaits: ["the owner's acknowledgement"],
      clocks: [
        { clock: 'FIRST_REACTION', does: 'start' },
        { clock: 'RESOLVE', does: 'start' },
      ],
    },
    // The receiving half of a report, a handover or a rejected ownership.
    takeIn: {
      from: 'NEW',
      to: 'REPORTED',
      who: ['system'],
      clocks: [
        { clock: 'FIRST_REACTION', does: 'start' },
        { clock: 'RESOLVE', does: 'start' },
      ],
    },
    acknowledge: {
      from: ['REPORTED'],
      to: 'ACKNOWLEDGED',
      who: ['ownerDesk'],
      action: 'acknowledgeIncident',
      effects: [
        'the first-reaction clock stops',
        'the reporter can no longer cancel',
        'earlier holders see it picked up',
      ],
      clocks: [{ clock: 'FIRST_REACTION', does: 'stop' }],
    },
    start: {
      from: ['ACKNOWLEDGED'],
      to: 'IN_PROGRESS',
      who: ['ownerDesk'],
      action: 'startIncident',
      effects: ['work begins'],
    },
    wait: {
      from: ['REPORTED', 'ACKNOWLEDGED', 'IN_PROGRESS'],
      to: 'WAITING',
      who: ['ownerDesk'],
      action: 'waitIncident',
      requires: ['reason', 'waitingFor when the reason is OTHER_PARTY'],
      effects: [
        'the resolve clock pauses when the reason is USER',
        'a clock starts on the other party when the reason is OTHER_PARTY',
      ],
      awaits: ['what the reason names, or the time in until'],
      // A desk that says what it waits for has reacted.
      clocks: [
        { clock: 'FIRST_REACTION', does: 'stop' },
        { clock: 'RESOLVE', does: 'pause', reason: 'USER' },
        { clock: 'OTHER_PARTY', does: 'start', reason: 'OTHER_PARTY', on: 'waitingFor' },
      ],
    },
    resume: {
      from: ['WAITING'],
      to: 'IN_PROGRESS',
      who: ['ownerDesk', { as: 'timer', provided: 'waitTermOver' }],
      action: 'resumeIncident',
      effects: ['the pause ends', 'the clock on the other party stops'],
      clocks: [
        { clock: 'RESOLVE', does: 'resume' },
        { clock: 'OTHER_PARTY', does: 'stop' },
      ],
    },
    resolve: {
      from: ['IN_PROGRESS'],
      to: 'RESOLVED',
      who: ['ownerDesk'],
      action: 'resolveIncident',
      requires: ['solution'],
      effects: ['the resolve clock stops', 'the reporter is notified'],
      awaits: ["the reporter's confirmation, or five working days of silence"],
      clocks: [{ clock: 'RESOLVE', does: 'stop' }],
    },
    confirm: {
      from: ['RESOLVED'],
      to: 'CLOSED',
      who: ['reporter'],
      action: 'confirmIncident',
      effects: ['the incident is closed'],
    },
    closeAfterSilence: {
      from: ['RESOLVED'],
      to: 'CLOSED',
      who: ['timer'],
      provided: ['silenceTermOver'],
    },
    reopen: {
      from: ['RESOLVED', 'CLOSED'],
      to: 'IN_PROGRESS',
      who: ['reporter'],
      provided: ['withinReopenTerm'],
      action: 'reopenIncident',
      requires: ['reason'],
      effects: ['a new cycle of the resolve clock starts, the old one is kept'],
      clocks: [{ clock: 'RESOLVE', does: 'start' }],
    },
    handOver: {
      from: ['IN_PROGRESS'],
      to: 'HANDED_OVER',
      who: ['ownerDesk'],
      action: 'handOverIncident',
      requires: ['to', 'reason'],
      effects: ['a new incident of the same chain is opened at the receiver', 'this one keeps its own history'],
      awaits: ["the receiver's signed receipt", "the receiver's acknowledgement"],
      clocks: [
        { clock: 'RESOLVE', does: 'cancel' },
        { clock: 'OTHER_PARTY', does: 'cancel' },
      ],
    },
    rejectOwnership: {
      from: ['REPORTED', 'ACKNOWLEDGED'],
      to: 'HANDED_OVER',
      who: ['ownerDesk'],
      action: 'rejectIncidentOwnership',
      requires: ['reason', 'suggestedOwner when the owner reported it itself and nobody held it before'],
      effects: [
        'a new incident of the same chain is opened at the suggested owner, else the previous holder, else the reporter',
        'it counts as a handover',
      ],
      awaits: ["the receiver's signed receipt", "the receiver's acknowledgement"],
      // To refuse is to react.
      clocks: [
        { clock: 'FIRST_REACTION', does: 'stop' },
        { clock: 'RESOLVE', does: 'cancel' },
      ],
    },
    // The receiver refused by rule, or the sender asked the envelope back in time. Silence never does this.
    undoHandover: {
      from: ['HANDED_OVER'],
      to: 'IN_PROGRESS',
      who: ['system'],
      effects: ['the reason stands in the timeline', 'the desk is informed'],
      clocks: [{ clock: 'RESOLVE', does: 'start' }],
    },
    recordDelivery: { from: ['HANDED_OVER'], to: 'SAME', who: ['system'] },
    recordPickUp: { from: ['HANDED_OVER'], to: 'SAME', who: ['system'] },
    cancel: {
      from: ['REPORTED', 'ACKNOWLEDGED', 'IN_PROGRESS', 'WAITING'],
      to: 'CANCELLED',
      who: ['ownerDesk', { as: 'reporter', provided: 'notAcknowledged' }],
      action: 'cancelIncident',
      requires: ['reason'],
      effects: ['all clocks are cancelled'],
      clocks: [
        { clock: 'FIRST_REACTION', does: 'cancel' },
        { clock: 'RESOLVE', does: 'cancel' },
        { clock: 'OTHER_PARTY', does: 'cancel' },
      ],
    },
    assign: {
      from: open,
      to: 'SAME',
      who: ['ownerDesk'],
      action: 'assignIncident',
      requires: ['teamId'],
      effects: ['the team of the owner changes'],
    },
    change: {
      from: open,
      to: 'SAME',
      who: ['ownerDesk'],
      action: 'changeIncident',
      requires: ['at least one of title, description, impact, urgency, priority'],
      effects: ['the change stands in the timeline'],
    },
    addNote: {
      from: open,
      to: 'SAME',
      who: ['involvedDesk'],
      action: 'addNote',
      requires: ['text'],
      effects: ['the note stays at its author, the owner shows a link to it'],
    },
    setParticipation: {
      from: open,
      to: 'SAME',
      who: ['involvedDesk'],
      action: 'setParticipation',
      requires: ['state'],
      effects: ['the other involved parties see what your party does'],
    },
    askAssistance: {
      from: open,
      to: 'SAME',
      who: ['anyDesk'],
      action: 'askAssistance',
      requires: ['of', 'question'],
      effects: ['the question stands at the other servicedesk, without approval by a manager'],
      awaits: ['the answer of that servicedesk'],
    },
    answerAssistance: { from: open, to: 'SAME', who: ['anyDesk'] },
    proposeNetworkIncident: {
      from: open,
      to: 'SAME',
      who: ['anyDesk'],
      action: 'proposeNetworkIncident',
      requires: ['title', 'services', 'level'],
      effects: ['the registry holds a candidate that links this incident'],
      awaits: ["promotion by the owner's servicemanager or the foundation"],
    },
    promoteNetworkIncident: {
      from: open,
      to: 'SAME',
      who: ['ownerManager', 'foundation'],
      action: 'promoteNetworkIncident',
      effects: ['every party sees title, service and level'],
    },
    demoteNetworkIncident: {
      from: open,
      to: 'SAME',
      who: ['ownerManager', 'foundation'],
      action: 'demoteNetworkIncident',
      effects: ['only involved parties see the incident again'],
    },
    // What the registry decided is recorded whatever became of the incident meanwhile.
    recordNetworkIncident: { from: everyState, to: 'SAME', who: ['system'] },
  },
} as const satisfies Lifecycle;
