/** The feed of this participant, for the hub alone. */

import type { FeedChange as ChangeRow } from '@kortelijn/kit/feed/event.ts';
import { followFeed } from '@kortelijn/kit/feed/follow.ts';
import { feedPosition, parseFeedPosition } from '@kortelijn/kit/feed/position.ts';
import type { FeedPage, FeedGap as GapRow } from '@kortelijn/kit/feed/read.ts';
import { readChanges } from '@kortelijn/kit/feed/read.ts';
import { isRole } from '@kortelijn/kit/trust/caller.ts';
import { builder } from '../builder.ts';
import { RoleEnum } from './enums.ts';
import { pageSize } from './page.ts';

const CHANGES_MAX = 1_000;

const FeedChange = builder.objectRef<ChangeRow>('FeedChange');
FeedChange.implement({
  description: 'That an object changed, and who could see it before and after. No content.',
  inaccessible: true,
  shareable: true,
  fields: (t) => ({
    id: t.exposeID('eventId', { description: 'The same at every reading: consumers know a repeated one by it.' }),
    seq: t.string({ description: 'Its number in the epoch, without a hole.', resolve: ({ seq }) => String(seq) }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    type: t.exposeString('type', { description: 'What happened.' }),
    subjectId: t.exposeID('subjectId', { description: 'To which object.' }),
    actorRole: t.field({
      type: RoleEnum,
      nullable: true,
      description: 'In what role it was done.',
      // What another party called its role is no reason to give no page.
      resolve: ({ actorRole }) => (isRole(actorRole) ? actorRole : null),
    }),
    readersBefore: t.stringList({
      description: 'Who could see it before, as schema/vocabulary/readers.ts says it.',
      resolve: ({ readersBefore }) => readersBefore as string[],
    }),
    readersAfter: t.stringList({
      description: 'Who can see it now, in the same form.',
      resolve: ({ readersAfter }) => readersAfter as string[],
    }),
    keys: t.string({
      nullable: true,
      description: 'What a filter may look at, as JSON.',
      resolve: ({ keys }) => JSON.stringify(keys),
    }),
  }),
});

const FeedGap = builder.objectRef<GapRow>('FeedGap');
FeedGap.implement({
  description: 'Why reading cannot go on from where it was; it can go on after `to`.',
  inaccessible: true,
  shareable: true,
  fields: (t) => ({
    reason: t.exposeString('reason', { description: 'RESTORED, RETENTION or FUTURE_CURSOR.' }),
    from: t.string({
      nullable: true,
      description: 'From where it was asked.',
      resolve: ({ from }) => feedPosition(from),
    }),
    to: t.string({
      nullable: true,
      description: 'Up to here a snapshot is needed.',
      resolve: ({ to }) => feedPosition(to),
    }),
  }),
});

const ChangePage = builder.objectRef<FeedPage>('ChangePage');
ChangePage.implement({
  description: 'A page of the feed.',
  inaccessible: true,
  shareable: true,
  fields: (t) => ({
    epoch: t.exposeString('epoch', { description: 'Lasts until the database is restored from a backup.' }),
    head: t.string({
      description: 'Where the feed ends now: epoch, colon, number.',
      resolve: ({ epoch, head }) => feedPosition({ epoch, seq: head }),
    }),
    changes: t.field({ type: [FeedChange], description: 'The changes, in order.', resolve: ({ changes }) => changes }),
    gap: t.field({
      type: FeedGap,
      nullable: true,
      description: 'Set when reading cannot go on from where it was asked.',
      resolve: ({ gap }) => gap ?? null,
    }),
  }),
});

builder.queryField('changes', (t) =>
  t.field({
    type: ChangePage,
    inaccessible: true,
    directives: { route: { by: 'PARTICIPANT' } },
    description: 'Stamped changes of this participant, for the hub only.',
    args: {
      after: t.arg.string({ description: 'Epoch, colon, number; from the oldest that is kept when left out.' }),
      first: t.arg.int({ required: true, defaultValue: 500, description: 'How many, 1 to 1000.' }),
    },
    resolve: async (_, { after, first }, { pool, stamper }) => {
      const limit = pageSize(first, CHANGES_MAX);
      const position = after == null ? null : parseFeedPosition(after);
      await stamper.settle();
      return readChanges(pool, { after: position, limit });
    },
  }),
);

builder.subscriptionField('changes', (t) =>
  t.field({
    type: ChangePage,
    inaccessible: true,
    description:
      'Stamped changes of this participant as they come, for the hub only. The first page comes at once, and a page without changes at least every second.',
    args: {
      after: t.arg.string({ description: 'Epoch, colon, number; from now on when left out.' }),
      first: t.arg.int({ required: true, defaultValue: 200, description: 'How many in one page, 1 to 1000.' }),
    },
    subscribe: (_, { after, first }, { pool, stamper, signal }) => {
      const limit = pageSize(first, CHANGES_MAX);
      return followFeed({ pool, stamper, after: after == null ? null : parseFeedPosition(after), limit, signal });
    },
    resolve: (page) => page,
  }),
);
