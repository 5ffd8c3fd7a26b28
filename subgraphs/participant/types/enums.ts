/** The closed lists of this subgraph: each value with what it means. */
import { builder } from '../builder.ts';

type Meanings<Name extends string> = { readonly [value in Name]: string };

const described = <Name extends string>(name: string, description: string, meanings: Meanings<Name>) =>
  builder.enumType(name, {
    description,
    values: Object.fromEntries(
      Object.entries<string>(meanings).map(([value, meaning]) => [value, { value, description: meaning }]),
    ) as { readonly [value in Name]: { readonly value: value; readonly description: string } },
  });

export const IncidentAccessEnum = described('IncidentAccess', 'How much of an incident its caller may read.', {
  FULL: 'Everything: desk, manager, monitor or program of the owner.',
  INVOLVED: 'Everything that is read, as the desk or manager of an involved participant.',
  HELPDESK: 'Title, state and reference, for a helpdesk.',
  NETWORK: 'Title, service and impact, because it belongs to a promoted network incident.',
});

export const IncidentStateEnum = described('IncidentState', 'Where an incident stands at this holder.', {
  REPORTED: "It lies at the owner's desk and nobody has taken it up.",
  ACKNOWLEDGED: "The owner's desk has seen it and takes it.",
  IN_PROGRESS: 'It is worked on.',
  WAITING: 'Work waits for what the reason says.',
  HANDED_OVER: 'Another participant holds the chain now; this record keeps its own history.',
  RESOLVED: 'The owner has a solution and waits for confirmation.',
  CLOSED: 'The reporter confirmed, or was silent for five working days.',
  CANCELLED: 'It was withdrawn.',
});

export const WaitReasonEnum = described('WaitReason', 'What a waiting incident waits for.', {
  USER: 'An answer of the user; the resolve clock pauses.',
  VENDOR: 'A supplier outside the network.',
  OTHER_PARTY: 'Another participant, on which a clock of its own runs.',
  IMPLEMENTATION: 'A change that is planned.',
  OTHER: 'Something else.',
});

export const ResolutionEnum = described('Resolution', 'How a solution was found.', {
  FIRST_CALL: 'In the first contact.',
  NORMAL: 'In the ordinary way.',
});

export const ImpactEnum = described('Impact', 'How much is disturbed.', {
  LOW: 'Little.',
  MEDIUM: 'Part of a service.',
  HIGH: 'A whole service.',
  MAJOR: 'Several services or participants.',
});

export const UrgencyEnum = described('Urgency', 'How soon it hurts.', {
  LOW: 'It can wait.',
  MEDIUM: 'It hinders the work.',
  HIGH: 'Work stands still.',
});

export const PriorityEnum = described('Priority', 'What comes first.', {
  P1: 'Before everything else.',
  P2: 'Soon.',
  P3: 'In turn.',
  P4: 'When there is time.',
  P5: 'At the end.',
});

export const RoleEnum = described('Role', 'In what role somebody acts.', {
  SERVICEMANAGER: 'Finally responsible for the service of one participant.',
  SERVICEDESK: 'The desk for other participants.',
  HELPDESK: 'The desk for users.',
  FOUNDATION: 'Staff of the foundation as scheme owner.',
  MEDIATOR: 'Mediates for the foundation.',
  MONITOR: 'Watches services.',
  PROGRAM: 'A program of a partner.',
});

export const ParticipationPartEnum = described('ParticipationPart', 'What a participant has to do with an incident.', {
  OWNER: 'Holds it.',
  REPORTER: 'Reported it.',
  AFFECTED: 'Is disturbed by it.',
  CONTRIBUTOR: 'Helps to solve it.',
  OBSERVER: 'Looks on.',
});

export const ParticipationStateEnum = described('ParticipationState', 'What a participant does about an incident.', {
  NOTIFIED: 'It has been told.',
  ACKNOWLEDGED: 'It has seen it.',
  WORKING: 'It works on its part.',
  NO_IMPACT: 'It is not affected.',
  DONE: 'Its part is done.',
});

export const ClockStateEnum = described('ClockState', 'What became of a clock.', {
  RUNNING: 'It runs.',
  PAUSED: 'It stands still for a reason.',
  MET: 'It was stopped before its due time.',
  BREACHED: 'It passed its due time.',
  CANCELLED: 'What it measured is no longer asked.',
  STOPPED: 'It was stopped; there is no target to be met.',
});

export const AssistanceStateEnum = described('AssistanceState', 'Where a request for assistance stands.', {
  ASKED: 'It lies at the asked desk.',
  ANSWERED: 'The asked desk has answered.',
});

export const ServiceLevelEnum = described('ServiceLevel', 'How well a service works.', {
  OPERATIONAL: 'As it should.',
  DEGRADED: 'Slower or with faults.',
  PARTIAL_OUTAGE: 'Part of it is gone.',
  MAJOR_OUTAGE: 'It is gone.',
  MAINTENANCE: 'It is being worked on as announced.',
  UNKNOWN: 'Nobody has reported for too long.',
});

export const StatusSourceEnum = described('StatusSource', 'Who says so.', {
  SELF: 'The participant itself.',
  REPORTED_BY_OTHERS: 'Other participants.',
});

export const EnvelopeStateEnum = described('EnvelopeState', 'Where a message to another party stands.', {
  PENDING_DELIVERY: 'It is on its way and tried again until there is a receipt.',
  STUCK: 'It has been on its way for more than thirty days; trying goes on.',
  TAKEN: 'The receiver has taken it in.',
  REFUSED: 'The receiver does not take it, by a rule.',
  VOIDED: 'The sender asked it back before it was taken in; it never will be.',
});

export const NotificationKindEnum = described('NotificationKind', 'What a notification tells.', {
  INCIDENT_REPORTED: 'An incident was reported to this participant, or at its helpdesk.',
  INCIDENT_HANDED_OVER: 'Another participant handed an incident over to this one.',
  INCIDENT_ASSIGNED: 'An incident was given to a team.',
  INCIDENT_REOPENED: 'Its reporter reopened an incident of this participant.',
  INCIDENT_CANCELLED: 'Its reporter withdrew an incident of this participant.',
  INCIDENT_RESOLVED: 'An incident that this participant reported is resolved and waits for confirmation.',
  WAITING_ENDED: 'The time that an incident waited is over.',
  NOTE_ADDED: 'Another participant wrote a note on an incident of this one.',
  HANDOVER_UNDONE: 'A handover was refused or asked back: the incident is here again.',
  NETWORK_INCIDENT_PROMOTED: 'An incident of this participant is part of a network incident that all can see now.',
  ASSISTANCE_ASKED: 'Another desk asks for assistance.',
  ASSISTANCE_ANSWERED: 'A request for assistance was answered.',
  ENVELOPE_REFUSED: 'The receiver does not take a message, by a rule.',
  ENVELOPE_VOIDED: 'A message that was asked back will never be taken in.',
  ENVELOPE_STUCK: 'A message has been on its way for more than thirty days.',
});

export const OutcomeEnum = described('Outcome', "What became of one participant's part of an answer.", {
  FRESH: 'It answered.',
  STALE: 'An older answer stands in; only for status.',
  TIMED_OUT: 'It was reached and gave no whole answer in time.',
  UNREACHABLE: 'There was no connection.',
  REFUSED: 'It refuses this question to this caller.',
  SUSPENDED: 'It is suspended by the foundation.',
  CONTRACT_BREACH: 'Its answer breaks the contract and was left out.',
  SKIPPED: 'It was not asked, for the reason given.',
});

export const OnMissingEnum = described('OnMissing', 'What to do when a participant does not answer.', {
  PROCEED: 'Answer with the others and name who is missing.',
  STOP: 'Answer nothing.',
});

export const IncidentOrderEnum = described('IncidentOrder', 'The order of a list of incidents.', {
  CREATED_ASC: 'Oldest first; stable while one pages.',
  CREATED_DESC: 'Newest first; stable while one pages.',
  REFERENCE: 'By reference, in byte order; stable while one pages.',
  UPDATED_DESC: 'Last changed first; what changes while one pages may be missed.',
  PRIORITY: 'Highest priority first, in it the oldest; what changes while one pages may be missed.',
});
