/** Saying what one's own participant does about an incident. */
import { builder } from '../../builder.ts';
import { ParticipationPartEnum, ParticipationStateEnum } from '../enums.ts';
import { SetParticipationResult } from '../results.ts';
import { asSetParticipationResult } from './answer.ts';
import { COMMAND_ID, IMPORT, ImportInput, INCIDENT_ID, INPUT } from './inputs.ts';

const SetParticipationInput = builder.inputType('SetParticipationInput', {
  description: 'What the participant has to do with the incident, and does about it.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    part: t.field({ type: ParticipationPartEnum, description: 'What it has to do with it; as before when left out.' }),
    state: t.field({ type: ParticipationStateEnum, required: true, description: 'What it does.' }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('setParticipation', (t) =>
  t.field({
    type: SetParticipationResult,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description: "Says what the caller's participant does about an incident in which it is involved.",
    args: { input: t.arg({ type: SetParticipationInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) =>
      asSetParticipationResult(await command('setParticipation', input, caller)),
  }),
);
