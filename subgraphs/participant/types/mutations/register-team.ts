/** Saying which teams there are, so that work can be assigned to them. */
import { builder } from '../../builder.ts';
import { RegisterTeamResult } from '../results.ts';
import { asRegisterTeamResult } from './answer.ts';
import { COMMAND_ID, INPUT } from './inputs.ts';

const RegisterTeamInput = builder.inputType('RegisterTeamInput', {
  description: 'A team of the own participant.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    name: t.string({
      required: true,
      description: 'Its name, unique at the participant: the same name changes the team.',
    }),
    line: t.int({
      required: true,
      description: 'Its line, from 1: the first takes calls, higher ones are specialists.',
    }),
    organisationLine: t.string({ description: 'The part of the organisation it belongs to.' }),
  }),
});

builder.mutationField('registerTeam', (t) =>
  t.field({
    type: RegisterTeamResult,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description: "Registers a team of the caller's own participant, or changes the one of that name.",
    args: { input: t.arg({ type: RegisterTeamInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asRegisterTeamResult(await command('registerTeam', input, caller)),
  }),
);
