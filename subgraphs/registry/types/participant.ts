import { builder } from '../builder.ts';
import type { ParticipantShape } from '../store/reader.ts';
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
    issuer: t.exposeString('issuer', { nullable: true, description: 'Where its people log in (OpenID issuer).' }),
  }),
});
builder.asEntity(Participant, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: async ({ id }, { read }) => read.participant(id),
});
