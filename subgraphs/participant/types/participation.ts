import { builder } from '../builder.ts';
import { ParticipationPartEnum, ParticipationStateEnum } from './enums.ts';
import { ParticipantRef } from './references.ts';

/** Parts and states as the database and a command's answer hold them: as text. */
export interface ParticipationShape {
  readonly participant: string;
  readonly part: string;
  readonly state: string;
  readonly since: Date;
}

export const Participation = builder.objectRef<ParticipationShape>('Participation');
Participation.implement({
  description: 'What a participant has to do with an incident and what it does about it.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    participant: t.field({
      type: ParticipantRef,
      description: 'Who.',
      resolve: ({ participant }) => ({ id: participant }),
    }),
    part: t.field({
      type: ParticipationPartEnum,
      description: 'What it has to do with it.',
      resolve: ({ part }) => part as typeof ParticipationPartEnum.$inferType,
    }),
    state: t.field({
      type: ParticipationStateEnum,
      description: 'What it does.',
      resolve: ({ state }) => state as typeof ParticipationStateEnum.$inferType,
    }),
    since: t.expose('since', { type: 'DateTime', description: 'Since when.' }),
  }),
});
