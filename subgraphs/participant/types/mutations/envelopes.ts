/** What can be done about a message that is not delivered yet. */
import { builder } from '../../builder.ts';
import { EnvelopeResult } from '../results.ts';
import { asEnvelopeResult } from './answer.ts';
import { COMMAND_ID, INPUT } from './inputs.ts';

const EnvelopeInput = builder.inputType('EnvelopeInput', {
  description: 'Which envelope.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    envelopeId: t.id({ required: true, description: 'The envelope.' }),
  }),
});

builder.mutationField('retryEnvelope', (t) =>
  t.field({
    type: EnvelopeResult,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description: 'Tries to deliver a message now, whatever its turn.',
    args: { input: t.arg({ type: EnvelopeInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asEnvelopeResult(await command('retryEnvelope', input, caller)),
  }),
);

builder.mutationField('withdrawEnvelope', (t) =>
  t.field({
    type: EnvelopeResult,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description: 'Asks the receiver of a message never to take it in. Only its receipt says whether that was in time.',
    args: { input: t.arg({ type: EnvelopeInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asEnvelopeResult(await command('withdrawEnvelope', input, caller)),
  }),
);
