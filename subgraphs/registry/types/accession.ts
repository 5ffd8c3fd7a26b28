/** How a party joins, as its own people and the foundation follow it, and why one is suspended. */
import { builder, described } from '../builder.ts';
import type { AccessionShape, DraftShape } from '../store/accession-reader.ts';
import type { SuspensionShape } from '../store/reader.ts';
import { Channel, ChannelKindEnum, ContactPerson, ContactReadersEnum, ContactRoleEnum } from './contact-point.ts';

export const PublicityEnum = described('Publicity', 'Who learns why a participant is suspended.', {
  FOUNDATION: 'The foundation and the participant itself.',
  PARTICIPANTS: 'Every participant.',
  PUBLIC: 'Everyone.',
});

export const Suspension = builder.objectRef<SuspensionShape>('Suspension');
Suspension.implement({
  description: 'That a participant is suspended, as far as this caller may know more than that.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    since: t.expose('since', { type: 'DateTime', description: 'Since when.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why, in the words of the foundation.' }),
    publicity: t.field({ type: PublicityEnum, description: 'Who learns it.', resolve: ({ publicity }) => publicity }),
  }),
});

const RegisteredContact = builder.objectRef<DraftShape>('RegisteredContact');
RegisteredContact.implement({
  description: 'A role and the ways to reach it, registered and not published yet.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    role: t.field({ type: ContactRoleEnum, description: 'The role.', resolve: ({ role }) => role }),
    persons: t.field({
      type: [ContactPerson],
      description: 'Who fills the role.',
      resolve: ({ persons }) => [...persons],
    }),
    channels: t.field({
      type: [Channel],
      description: 'The ways to reach it.',
      resolve: ({ channels }) => [...channels],
    }),
    readers: t.field({
      type: ContactReadersEnum,
      description: 'Who will read it.',
      resolve: ({ readers }) => readers,
    }),
    registeredAt: t.expose('registeredAt', { type: 'DateTime', description: 'When it was registered.' }),
    codeSentTo: t.exposeString('codeAddress', { description: 'The channel to which the code is addressed.' }),
    codeSentBy: t.field({
      type: ChannelKindEnum,
      description:
        'By what means. The registry writes the message; what is not e-mail somebody of the foundation carries there.',
      resolve: ({ codeKind }) => codeKind as typeof ChannelKindEnum.$inferType,
    }),
    codeExpiresAt: t.expose('codeExpiresAt', { type: 'DateTime', description: 'Until when the code is good.' }),
  }),
});

export const Accession = builder.objectRef<AccessionShape>('Accession');
Accession.implement({
  description: 'How a party joins the network: what it applied with, and how far it is.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    tradeRegister: t.exposeString('tradeRegister', { description: 'Its entry in the trade register.' }),
    appliedAt: t.expose('appliedAt', { type: 'DateTime', description: 'When it applied.' }),
    agreementReference: t.exposeString('agreementReference', {
      nullable: true,
      description: 'By which the foundation finds the signed agreement.',
    }),
    agreementSignedOn: t.expose('agreementSignedOn', {
      type: 'Date',
      nullable: true,
      description: 'When the agreement was signed.',
    }),
    endpointProvenAt: t.expose('endpointProvenAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its endpoint last showed address, keys and schema.',
    }),
    registeredContacts: t.field({
      type: [RegisteredContact],
      description: 'Contacts that are registered and await their codes.',
      resolve: ({ contacts }) => [...contacts],
    }),
  }),
});
