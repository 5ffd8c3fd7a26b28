/** How an incident ends, and how it begins again. */
import { builder } from '../../builder.ts';
import { ResolutionEnum } from '../enums.ts';
import { IncidentResult } from '../results.ts';
import { asIncidentResult } from './answer.ts';
import { COMMAND_ID, EXPECTED_VERSION, IMPORT, ImportInput, INCIDENT_ID, INPUT } from './inputs.ts';

const ResolveIncidentInput = builder.inputType('ResolveIncidentInput', {
  description: 'The solution.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    solution: t.string({ required: true, description: 'What was done, for the reporter.' }),
    resolution: t.field({
      type: ResolutionEnum,
      required: true,
      defaultValue: 'NORMAL',
      description: 'How it was found.',
    }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('resolveIncident', (t) =>
  t.field({
    type: IncidentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description: 'Says how an incident was solved; its reporter is told.',
    args: { input: t.arg({ type: ResolveIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentResult(await command('resolveIncident', input, caller)),
  }),
);

const ConfirmIncidentInput = builder.inputType('ConfirmIncidentInput', {
  description: 'Which incident is closed.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('confirmIncident', (t) =>
  t.field({
    type: IncidentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description: 'The reporter agrees that an incident is solved; it is closed.',
    args: { input: t.arg({ type: ConfirmIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentResult(await command('confirmIncident', input, caller)),
  }),
);

const ReopenIncidentInput = builder.inputType('ReopenIncidentInput', {
  description: 'Why it is not solved.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    reason: t.string({ required: true, description: 'What still goes wrong.' }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('reopenIncident', (t) =>
  t.field({
    type: IncidentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description: 'The reporter says, within 30 days, that an incident is not solved.',
    args: { input: t.arg({ type: ReopenIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentResult(await command('reopenIncident', input, caller)),
  }),
);

const CancelIncidentInput = builder.inputType('CancelIncidentInput', {
  description: 'Why it is withdrawn.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    reason: t.string({ required: true, description: 'Why there is nothing to solve.' }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('cancelIncident', (t) =>
  t.field({
    type: IncidentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description: 'Withdraws an incident: the owner while it is open, the reporter before it is acknowledged.',
    args: { input: t.arg({ type: CancelIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentResult(await command('cancelIncident', input, caller)),
  }),
);
