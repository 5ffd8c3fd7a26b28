/** Reporting that something is wrong, at one's own desk or about another participant. */
import { builder } from '../../builder.ts';
import { ImpactEnum, UrgencyEnum } from '../enums.ts';
import { IncidentSentResult } from '../results.ts';
import { asIncidentSentResult } from './answer.ts';
import { COMMAND_ID, IMPORT, ImportInput, INPUT } from './inputs.ts';

const ReportIncidentInput = builder.inputType('ReportIncidentInput', {
  description: 'What is wrong, and at whom.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    about: t.id({ description: 'The participant it is about; the own one when left out.' }),
    service: t.string({ required: true, description: 'The service that is disturbed.' }),
    title: t.string({ required: true, description: 'One line.' }),
    description: t.string({ description: 'What is wrong. No data of clients.' }),
    impact: t.field({
      type: ImpactEnum,
      required: true,
      defaultValue: 'MEDIUM',
      description: 'How much is disturbed.',
    }),
    urgency: t.field({ type: UrgencyEnum, required: true, defaultValue: 'MEDIUM', description: 'How soon it hurts.' }),
    teamId: t.id({ description: 'A team of the own participant that is to work on it.' }),
    affected: t.idList({ description: 'Other participants that are disturbed.' }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('reportIncident', (t) =>
  t.field({
    type: IncidentSentResult,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description:
      'Reports an incident: opened at the own desk, or told to the participant it is about, exactly once, also when that one is down.',
    args: { input: t.arg({ type: ReportIncidentInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asIncidentSentResult(await command('reportIncident', input, caller)),
  }),
);
