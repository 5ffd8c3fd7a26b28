/** Whose roles were changed, for the hub alone: it must not go by a token that says more. */
import { builder } from '../builder.ts';
import { type RoleChange as ChangeRow, roleChanges } from '../store/person-roles.ts';
import { RoleEnum } from './enums.ts';

const RoleChange = builder.objectRef<ChangeRow>('RoleChange');
RoleChange.implement({
  description: 'The roles in which a person may act since a change.',
  inaccessible: true,
  fields: (t) => ({
    subject: t.exposeID('subject', { description: "The person, as the participant's own issuer calls him." }),
    roles: t.field({
      type: [RoleEnum],
      description: 'The roles that are left or were given; a token that says more is not believed.',
      resolve: ({ roles }) => roles as (typeof RoleEnum.$inferType)[],
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When they were changed.' }),
  }),
});

builder.queryField('roleChanges', (t) =>
  t.field({
    type: [RoleChange],
    inaccessible: true,
    directives: { route: { by: 'PARTICIPANT' } },
    description: 'The last change of each person whose roles were changed lately, newest first; for the hub only.',
    args: { since: t.arg({ type: 'DateTime', required: true, description: 'From this moment on.' }) },
    resolve: (_, { since }, { pool }) => roleChanges(pool, since),
  }),
);
