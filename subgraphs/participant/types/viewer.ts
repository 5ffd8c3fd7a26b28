import { builder } from '../builder.ts';
import { RoleEnum } from './enums.ts';
import { ParticipantRef } from './references.ts';
import { Team } from './team.ts';

interface ViewerShape {
  readonly subject: string;
  readonly name: string | null;
  readonly participant: string;
  readonly roles: readonly (typeof RoleEnum.$inferType)[];
  readonly program: string | null;
}

const Viewer = builder.objectRef<ViewerShape>('Viewer');
Viewer.implement({
  description: 'Who the caller is to its own participant.',
  directives: { audience: { per: 'SUBJECT' } },
  fields: (t) => ({
    subject: t.exposeID('subject', { description: 'The person or program, as participant and subject at its issuer.' }),
    name: t.exposeString('name', { nullable: true, description: 'The name, as the participant knows it.' }),
    participant: t.field({
      type: ParticipantRef,
      description: 'The participant.',
      resolve: ({ participant }) => ({ id: participant }),
    }),
    roles: t.field({ type: [RoleEnum], description: 'The roles in which it acts.', resolve: ({ roles }) => roles }),
    program: t.exposeString('program', { nullable: true, description: 'The program that calls, where one does.' }),
    teams: t.field({
      type: [Team],
      directives: { local: {} },
      description: 'The teams of its participant.',
      resolve: (_, __, { read }) => read.teams(),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description: 'Who the caller is to its own participant; null for whom names no person or program.',
    resolve: async (_, __, { read, endpoint }) => {
      const { kind, participant, subject, name, roles, program } = read.caller;
      if (kind !== 'subject' || subject === undefined || participant !== endpoint) return null;
      return {
        subject,
        name: name ?? (await read.nameOf()),
        participant,
        roles,
        program: program ?? null,
      };
    },
  }),
);
