/** What a desk does to its incident while it is open. */
import { builder } from '../../builder.ts';
import { ImpactEnum, PriorityEnum, UrgencyEnum, WaitReasonEnum } from '../enums.ts';
import { IncidentResult } from '../results.ts';
import { asIncidentResult } from './answer.ts';
import { COMMAND_ID, EXPECTED_VERSION, IMPORT, ImportInput, INCIDENT_ID, INPUT } from './inputs.ts';

const ChangeIncidentInput = builder.inputType('ChangeIncidentInput', {
  description: 'What to change; what is left out stays.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    title: t.string({ description: 'One line.' }),
    description: t.string({ description: 'What is wrong; null empties it.' }),
    impact: t.field({ type: ImpactEnum, description: 'How much is disturbed.' }),
    urgency: t.field({ type: UrgencyEnum, description: 'How soon it hurts.' }),
    priority: t.field({
      type: PriorityEnum,
      description: 'What comes first; without it impact and urgency say so when they change.',
    }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('changeIncident', (t) =>
  t.field({
    type: IncidentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description: 'Changes what is known of an incident or how it is weighed.',
    args: { input: t.arg({ type: ChangeIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentResult(await command('changeIncident', input, caller)),
  }),
);

const AssignIncidentInput = builder.inputType('AssignIncidentInput', {
  description: 'Which team is to work on it.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    teamId: t.id({ required: true, description: 'A team of the owner.' }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('assignIncident', (t) =>
  t.field({
    type: IncidentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description: 'Gives an incident to a team of the owner.',
    args: { input: t.arg({ type: AssignIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentResult(await command('assignIncident', input, caller)),
  }),
);

const AcknowledgeIncidentInput = builder.inputType('AcknowledgeIncidentInput', {
  description: 'Which incident is taken.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('acknowledgeIncident', (t) =>
  t.field({
    type: IncidentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description: 'Says that the desk has seen an incident and takes it.',
    args: { input: t.arg({ type: AcknowledgeIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentResult(await command('acknowledgeIncident', input, caller)),
  }),
);

const StartIncidentInput = builder.inputType('StartIncidentInput', {
  description: 'Which incident is worked on.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('startIncident', (t) =>
  t.field({
    type: IncidentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description: 'Says that work on an incident begins.',
    args: { input: t.arg({ type: StartIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentResult(await command('startIncident', input, caller)),
  }),
);

const WaitIncidentInput = builder.inputType('WaitIncidentInput', {
  description: 'What is waited for.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    reason: t.field({ type: WaitReasonEnum, required: true, description: 'What kind of thing is waited for.' }),
    waitingFor: t.id({ description: 'The participant that is waited for; with the reason OTHER_PARTY and only then.' }),
    until: t.field({ type: 'DateTime', description: 'When waiting ends by itself.' }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('waitIncident', (t) =>
  t.field({
    type: IncidentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description: 'Says what work on an incident waits for.',
    args: { input: t.arg({ type: WaitIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentResult(await command('waitIncident', input, caller)),
  }),
);

const ResumeIncidentInput = builder.inputType('ResumeIncidentInput', {
  description: 'Which incident is worked on again.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('resumeIncident', (t) =>
  t.field({
    type: IncidentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description: 'Says that waiting is over.',
    args: { input: t.arg({ type: ResumeIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentResult(await command('resumeIncident', input, caller)),
  }),
);
