import { builder } from '../builder.ts';
import type { Person as PersonRow } from '../generated/prisma/client.ts';
import { RoleEnum } from './enums.ts';
import { idOf, Node, nodeKeys } from './node.ts';

type Role = typeof RoleEnum.$inferType;

export const Person = builder.objectRef<PersonRow>('Person');
Person.implement({
  description: 'Somebody who works for one participant.',
  interfaces: [Node],
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true, description: 'The name, as colleagues know it.' }),
    roles: t.field({
      type: [RoleEnum],
      description: 'The roles in which this person may act.',
      resolve: ({ roles }) => roles as Role[],
    }),
  }),
});
builder.asEntity(Person, {
  key: nodeKeys,
  // Persons are for their own participant; towards others a participant speaks as a whole.
  resolveReference: async (key, { read, endpoint }) =>
    read.caller.participant === endpoint ? read.person(idOf(key)) : null,
});
