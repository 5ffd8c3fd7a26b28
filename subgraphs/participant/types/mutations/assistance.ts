/** One servicedesk calls on another. */
import { builder } from '../../builder.ts';
import { AnswerAssistanceResult, AskAssistanceResult } from '../results.ts';
import { asAnswerAssistanceResult, asAskAssistanceResult } from './answer.ts';
import { COMMAND_ID, EXPECTED_VERSION, INPUT } from './inputs.ts';

const AskAssistanceInput = builder.inputType('AskAssistanceInput', {
  description: 'Whom to ask, and what.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    of: t.id({ required: true, description: 'The participant whose servicedesk is asked.' }),
    incidentId: t.id({ description: 'The incident it is about, when there is one.' }),
    question: t.string({ required: true, description: 'The question. No data of clients.' }),
  }),
});

builder.mutationField('askAssistance', (t) =>
  t.field({
    type: AskAssistanceResult,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description: 'Asks another servicedesk for assistance; no manager approves.',
    args: { input: t.arg({ type: AskAssistanceInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asAskAssistanceResult(await command('askAssistance', input, caller)),
  }),
);

const AnswerAssistanceInput = builder.inputType('AnswerAssistanceInput', {
  description: 'The answer to a request.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    requestId: t.id({ required: true, description: 'The request.' }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    answer: t.string({ required: true, description: 'The answer. No data of clients.' }),
  }),
});

builder.mutationField('answerAssistance', (t) =>
  t.field({
    type: AnswerAssistanceResult,
    nullable: true,
    directives: { route: { by: 'ID', path: 'input.requestId' } },
    description: "Answers another servicedesk's request for assistance.",
    args: { input: t.arg({ type: AnswerAssistanceInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asAnswerAssistanceResult(await command('answerAssistance', input, caller)),
  }),
);
