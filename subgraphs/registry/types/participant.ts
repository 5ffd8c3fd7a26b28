import { builder } from '../builder.ts';
import type { ParticipantShape } from '../store/reader.ts';
import { Accession, Suspension } from './accession.ts';
import { AvailableAction } from './available-action.ts';
import { ContactPoint } from './contact-point.ts';

export const Participant = builder.objectRef<ParticipantShape>('Participant');
Participant.implement({
  description:
    'A party of the network, as the registry knows it; name, kind and state stand in the directory of the hub.',
  directives: { audience: { per: 'NETWORK' } },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id, which is the prefix of all ids of this party.' }),
    legalName: t.exposeString('legalName', { nullable: true, description: 'The name in the trade register.' }),
    cooperationModel: t.exposeInt('cooperationModel', {
      nullable: true,
      description: 'In which of the three forms its care providers work together.',
    }),
    calendarId: t.exposeString('calendarId', { nullable: true, description: 'The calendar its terms are counted by.' }),
    joinedAt: t.expose('joinedAt', { type: 'DateTime', nullable: true, description: 'When it first became active.' }),
    suspendedAt: t.expose('suspendedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is suspended; null when it is not.',
    }),
    withdrawnAt: t.expose('withdrawnAt', { type: 'DateTime', nullable: true, description: 'When it left.' }),
    contacts: t.field({
      type: [ContactPoint],
      nullable: true,
      directives: { audience: { per: 'CLASS' } },
      description: 'Published contact points that this caller may read, also while their participant is down.',
      resolve: ({ contacts }) => contacts,
    }),
    suspension: t.field({
      type: Suspension,
      nullable: true,
      directives: { audience: { per: 'CLASS' } },
      description: 'Why it is suspended; null when it is not, or when why is not for this caller.',
      resolve: ({ suspension }) => suspension,
    }),
    accession: t.field({
      type: Accession,
      nullable: true,
      directives: { audience: { per: 'CLASS' } },
      description:
        'How it is joining; for its own people and the foundation, null for others and for founding members.',
      resolve: ({ id }, _args, { read }) => read.accession(id),
    }),
    availableActions: t.field({
      type: [AvailableAction],
      nullable: true,
      directives: { audience: { per: 'CLASS' } },
      description: 'What this caller may do with its membership now, and why not otherwise.',
      resolve: ({ actions }) => [...actions],
    }),
    issuer: t.exposeString('issuer', { nullable: true, description: 'Where its people log in (OpenID issuer).' }),
  }),
});
builder.asEntity(Participant, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: async ({ id }, { read }) => read.participant(id),
});
