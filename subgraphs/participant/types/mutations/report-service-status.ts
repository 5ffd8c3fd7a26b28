/** Saying how well a service of one's own works. */
import { builder } from '../../builder.ts';
import { ServiceLevelEnum } from '../enums.ts';
import { ReportServiceStatusResult } from '../results.ts';
import { asReportServiceStatusResult } from './answer.ts';
import { COMMAND_ID, INPUT } from './inputs.ts';

const ReportServiceStatusInput = builder.inputType('ReportServiceStatusInput', {
  description: 'How well a service works.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    service: t.string({ required: true, description: 'The service.' }),
    level: t.field({ type: ServiceLevelEnum, required: true, description: 'How well it works.' }),
    note: t.string({ description: 'What there is to say about it.' }),
  }),
});

builder.mutationField('reportServiceStatus', (t) =>
  t.field({
    type: ReportServiceStatusResult,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description: "Reports how well a service of the caller's participant works; the whole network sees it.",
    args: { input: t.arg({ type: ReportServiceStatusInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asReportServiceStatusResult(await command('reportServiceStatus', input, caller)),
  }),
);
