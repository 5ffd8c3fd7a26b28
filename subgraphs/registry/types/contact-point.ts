import { builder, described } from '../builder.ts';
import type { ContactShape } from '../store/reader.ts';

export const ContactRoleEnum = described('ContactRole', 'Which role of a participant is reached.', {
  SERVICEMANAGER: 'Finally responsible for the service.',
  SERVICEDESK: 'The daily point of contact for other participants.',
  HELPDESK: 'The daily point of contact for users.',
});
export const ContactReadersEnum = described('ContactReaders', 'Who reads a published contact.', {
  NETWORK: 'Active participants and the foundation.',
  USERS: 'Everyone, users included.',
  FOUNDATION: 'The foundation, and the servicemanager whose contact it is.',
});
export const ChannelKindEnum = described('ChannelKind', 'By what means somebody is reached.', {
  PHONE: 'By telephone.',
  EMAIL: 'By e-mail.',
  PORTAL: 'On a web page.',
  CHAT: 'By chat.',
  POST: 'By letter.',
});

export const ContactPerson = builder.objectRef<{ name: string; deputy: boolean }>('ContactPerson');
ContactPerson.implement({
  description: 'Somebody who fills a role.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As others should address this person.' }),
    deputy: t.exposeBoolean('deputy', { description: 'Acts for the one who is finally responsible.' }),
  }),
});

export const Channel = builder.objectRef<ContactShape['channels'][number]>('Channel');
Channel.implement({
  description: 'A way to reach a role.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    kind: t.field({
      type: ChannelKindEnum,
      description: 'By what means.',
      resolve: ({ kind }) => kind as typeof ChannelKindEnum.$inferType,
    }),
    value: t.exposeString('value', { description: 'The number, address or URL.' }),
    hours: t.exposeString('hours', { nullable: true, description: 'When somebody is there, in words.' }),
  }),
});

export const ContactPoint = builder.objectRef<ContactShape>('ContactPoint');
ContactPoint.implement({
  description: 'How one role of a participant can be reached, as that participant published it.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    role: t.field({ type: ContactRoleEnum, description: 'The role.', resolve: ({ role }) => role }),
    version: t.exposeInt('version', { description: 'Rises with every publication of this role.' }),
    persons: t.field({
      type: [ContactPerson],
      nullable: true,
      description: 'Who fills the role; null when the names are not for this caller.',
      resolve: ({ persons }) => persons,
    }),
    channels: t.field({ type: [Channel], description: 'The ways to reach it.', resolve: ({ channels }) => channels }),
    readers: t.field({ type: ContactReadersEnum, description: 'Who reads it.', resolve: ({ readers }) => readers }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime', description: 'When this version was published.' }),
    confirmedAt: t.expose('confirmedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its participant last said that it is still right.',
    }),
    stale: t.exposeBoolean('stale', { description: 'Not confirmed for 365 days.' }),
  }),
});
