/** Writing about an incident, one's own or another participant's. */
import { builder } from '../../builder.ts';
import { AddNoteResult } from '../results.ts';
import { asAddNoteResult } from './answer.ts';
import { COMMAND_ID, IMPORT, ImportInput, INCIDENT_ID, INPUT } from './inputs.ts';

const AddNoteInput = builder.inputType('AddNoteInput', {
  description: 'What to write, about which incident.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    incidentId: t.id({ required: true, description: INCIDENT_ID }),
    text: t.string({ required: true, description: 'The text. No data of clients.' }),
    import: t.field({ type: ImportInput, description: IMPORT }),
  }),
});

builder.mutationField('addNote', (t) =>
  t.field({
    type: AddNoteResult,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description:
      "Writes a note. It stays at the caller's participant; the owner of the incident is told that it is there, and its hash.",
    args: { input: t.arg({ type: AddNoteInput, required: true, description: INPUT }) },
    resolve: async (_, { input }, { command, caller }) => asAddNoteResult(await command('addNote', input, caller)),
  }),
);
