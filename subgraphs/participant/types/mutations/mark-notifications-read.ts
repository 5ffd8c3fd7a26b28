/** Saying that one has seen what waited for one. */
import { builder } from '../../builder.ts';
import { MarkNotificationsReadResult } from '../results.ts';
import { asMarkNotificationsReadResult } from './answer.ts';
import { COMMAND_ID, INPUT } from './inputs.ts';

const MarkNotificationsReadInput = builder.inputType('MarkNotificationsReadInput', {
  description: 'Which notifications were read; one of the two at least.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    ids: t.idList({ description: 'These, at most 100; what is not there or not for the caller is passed over.' }),
    upTo: t.field({ type: 'DateTime', description: 'Everything that was made at this moment or before.' }),
  }),
});

builder.mutationField('markNotificationsRead', (t) =>
  t.field({
    type: MarkNotificationsReadResult,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description: 'Marks notifications as read by the caller; colleagues read for themselves.',
    args: { input: t.arg({ type: MarkNotificationsReadInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asMarkNotificationsReadResult(await command('markNotificationsRead', input, caller)),
  }),
);
