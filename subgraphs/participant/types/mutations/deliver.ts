/** The door for envelopes of other parties, opened by the hub alone; what is in them the inbox proves by itself. */
import { NotTrusted } from '@kortelijn/kit/envelopes/inbox.ts';
import { builder } from '../../builder.ts';
import { codedError } from '../../errors.ts';

builder.mutationField('deliver', (t) =>
  t.string({
    inaccessible: true,
    directives: { route: { by: 'PARTICIPANT' } },
    description:
      "Takes in an envelope of another party and answers with the receiver's signed receipt; for the hub only.",
    args: { envelope: t.arg.string({ required: true, description: 'The envelope, as compact JWS.' }) },
    resolve: async (_, { envelope }, { caller, inbox }) => {
      if (caller.kind !== 'hub') throw codedError('FORBIDDEN', 'Only the hub delivers envelopes.');
      try {
        return await inbox.takeIn(envelope);
      } catch (error) {
        // Nobody proved to have sent it: there is nobody to give a receipt to.
        if (error instanceof NotTrusted) throw codedError(error.code, error.message);
        throw error;
      }
    },
  }),
);
