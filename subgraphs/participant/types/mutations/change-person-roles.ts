/** Saying in which roles somebody of one's own may act. */
import { builder } from '../../builder.ts';
import { RoleEnum } from '../enums.ts';
import { ChangePersonRolesResult } from '../results.ts';
import { asChangePersonRolesResult } from './answer.ts';
import { COMMAND_ID, INPUT } from './inputs.ts';

const ChangePersonRolesInput = builder.inputType('ChangePersonRolesInput', {
  description: 'Who, and in which roles he may act from now on.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    subject: t.id({ required: true, description: "The person, as the participant's own issuer calls him." }),
    name: t.string({ description: 'The name; needed for whom the participant does not know yet.' }),
    roles: t.field({
      type: [RoleEnum],
      required: true,
      description:
        'All that are left; none takes every right away. A role that the issuer does not give stays without effect.',
    }),
  }),
});

builder.mutationField('changePersonRoles', (t) =>
  t.field({
    type: ChangePersonRolesResult,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description:
      "Changes the roles in which somebody of the caller's own participant may act; what is taken away opens nothing any more.",
    args: { input: t.arg({ type: ChangePersonRolesInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asChangePersonRolesResult(await command('changePersonRoles', input, caller)),
  }),
);
