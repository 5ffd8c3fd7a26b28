/** The fields that are open to the hub alone: the signed directory, the feed, and the way in for envelopes. */
import { NotTrusted } from '@kortelijn/kit/envelopes/inbox.ts';
import type { FeedPosition } from '@kortelijn/kit/feed/event.ts';
import { readChanges } from '@kortelijn/kit/feed/read.ts';
import { builder } from '../builder.ts';
import { codedError } from '../errors.ts';
import { pageSize } from './page.ts';

const CHANGES_MAX = 1_000;

builder.queryFields((t) => ({
  directory: t.string({
    inaccessible: true,
    description: 'The directory signed by the registry (compact JWS); for the hub only.',
    resolve: (_root, _args, { directory }) => directory.jws(),
  }),
  registryChanges: t.string({
    inaccessible: true,
    description: 'Stamped changes of the registry as JSON { epoch, head, changes, gap }; for the hub only.',
    args: {
      after: t.arg.string({ description: 'Epoch, colon, number; from the oldest that is kept when left out.' }),
      first: t.arg.int({ required: true, defaultValue: 500, description: 'How many, 1 to 1000.' }),
    },
    resolve: async (_root, { after, first }, { pool, stamper }) => {
      const limit = pageSize(first, CHANGES_MAX);
      const position = after == null ? null : positionOf(after);
      await stamper.settle();
      const { epoch, head, changes, gap } = await readChanges(pool, { after: position, limit });
      return JSON.stringify({
        epoch,
        head: textOf({ epoch, seq: head }),
        changes: changes.map(({ eventId, seq, epoch: _epoch, ...change }) => ({
          id: eventId,
          seq: String(seq),
          ...change,
        })),
        gap: gap ? { reason: gap.reason, from: textOf(gap.from), to: textOf(gap.to) } : null,
      });
    },
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

const textOf = ({ epoch, seq }: FeedPosition) => `${epoch}:${seq}`;

function positionOf(text: string): FeedPosition {
  const [, epoch, seq] = /^([A-Za-z0-9-]{1,64}):([0-9]{1,15})$/.exec(text) ?? [];
  if (epoch === undefined || seq === undefined) {
    throw codedError('CURSOR_MALFORMED', 'Expected epoch, colon, number, as `head` of an earlier page gives it.');
  }
  return { epoch, seq: Number(seq) };
}
