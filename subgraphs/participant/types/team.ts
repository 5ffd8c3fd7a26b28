import { builder } from '../builder.ts';
import type { Team as TeamRow } from '../generated/prisma/client.ts';
import { idOf, Node, nodeKeys } from './node.ts';

export const Team = builder.objectRef<TeamRow>('Team');
Team.implement({
  description: 'A team inside one participant.',
  interfaces: [Node],
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique at this participant.' }),
    line: t.exposeInt('line', { description: 'Its line: 1 takes calls, higher ones are specialists.' }),
    organisationLine: t.exposeString('organisationLine', {
      nullable: true,
      description: 'The part of the organisation it belongs to.',
    }),
  }),
});
builder.asEntity(Team, {
  key: nodeKeys,
  // A team is seen through an incident by everyone who reads that whole; by its id only inside its own participant.
  resolveReference: async (key, { read, endpoint }) =>
    read.caller.participant === endpoint ? read.team(idOf(key)) : null,
});

builder.queryField('teams', (t) =>
  t.field({
    type: [Team],
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description: "The caller's own participant's teams.",
    resolve: (_, __, { read, endpoint }) => (read.caller.participant === endpoint ? read.teams() : null),
  }),
);
