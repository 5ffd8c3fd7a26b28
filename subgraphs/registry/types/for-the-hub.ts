/** Fields that are open to the hub alone: the signed directory, and the way in for envelopes. The feed: changes.ts. */
import { NotTrusted } from '@kortelijn/kit/envelopes/inbox.ts';
import { builder } from '../builder.ts';
import { codedError } from '../errors.ts';

builder.queryFields((t) => ({
  directory: t.string({
    inaccessible: true,
    description: 'The directory signed by the registry (compact JWS); for the hub only.',
    resolve: (_root, _args, { directory }) => directory.jws(),
  }),
}));

builder.mutationField('registryDeliver', (t) =>
  t.string({
    inaccessible: true,
    description: 'Takes in an envelope for the registry and answers with its signed receipt; for the hub only.',
    args: { envelope: t.arg.string({ required: true, description: 'The envelope, compact JWS.' }) },
    resolve: async (_root, { envelope }, { inbox }) => {
      try {
        return await inbox.takeIn(envelope);
      } catch (error) {
        if (error instanceof NotTrusted) throw codedError('NOT_TRUSTED', error.message);
        throw error;
      }
    },
  }),
);
