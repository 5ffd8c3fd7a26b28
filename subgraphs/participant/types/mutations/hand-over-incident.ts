/** Giving an incident to another participant: a new incident of the same chain is opened there. */
import { builder } from '../../builder.ts';
import { IncidentSentResult } from '../results.ts';
import { asIncidentSentResult } from './answer.ts';
import { COMMAND_ID, EXPECTED_VERSION, IMPORT, ImportInput, INCIDENT_ID, INPUT } from './inputs.ts';

const HandOverIncidentInput = builder.inputType('HandOverIncidentInput', {
  description: 'To whom, and why.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    to: t.id({ required: true, description: 'The participant that is to hold it.' }),
    reason: t.string({ required: true, description: 'Why it belongs there.' }),
    teamName: t.string({ description: 'A team of the receiver, by name, where one is known.' }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('handOverIncident', (t) =>
  t.field({
    type: IncidentSentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description: 'Hands an incident over to another participant. Delivered exactly once, also when that one is down.',
    args: { input: t.arg({ type: HandOverIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentSentResult(await command('handOverIncident', input, caller)),
  }),
);

const RejectIncidentOwnershipInput = builder.inputType('RejectIncidentOwnershipInput', {
  description: 'Why not, and who instead.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    suggestedOwner: t.id({ description: 'The participant that should hold it.' }),
    reason: t.string({ required: true, description: 'Why it is not for this one.' }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('rejectIncidentOwnership', (t) =>
  t.field({
    type: IncidentSentResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.incidentId' } },
    description:
      'Says that an incident is not for this participant: it goes to the suggested owner, else back to the previous holder, else to the reporter.',
    args: { input: t.arg({ type: RejectIncidentOwnershipInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentSentResult(await command('rejectIncidentOwnership', input, caller)),
  }),
);
