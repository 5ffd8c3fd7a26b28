import { builder } from '../builder.ts';
import type { HandoverView } from '../store/handovers.ts';
import { EnvelopeStateEnum } from './enums.ts';
import { ParticipantRef } from './references.ts';

export const Handover = builder.objectRef<HandoverView>('Handover');
Handover.implement({
  description: 'The chain went from one participant to another.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    from: t.field({ type: ParticipantRef, description: 'Who held it before.', resolve: ({ from }) => ({ id: from }) }),
    to: t.field({ type: ParticipantRef, description: 'Who holds it after.', resolve: ({ to }) => ({ id: to }) }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was handed over.' }),
    deliveredAt: t.expose('deliveredAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the receiver took it in.',
    }),
    pickedUpAt: t.expose('pickedUpAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its desk acknowledged it.',
    }),
    reason: t.string({
      nullable: true,
      description: 'Why, in the words of who handed it over.',
      resolve: async ({ reason, openedId }, _, { read }) => {
        if (openedId === null) return reason;
        const { entries } = await read.of.timeline({ incidentId: openedId, first: 1, after: 0 });
        return entries[0]?.text ?? null;
      },
    }),
    envelopeId: t.exposeID('envelopeId', {
      nullable: true,
      description: 'The message that carries it, at the sender alone.',
    }),
    state: t.field({
      type: EnvelopeStateEnum,
      nullable: true,
      description: 'Where that message stands.',
      resolve: async ({ state, envelopeId }, _, { read }) =>
        state ?? (envelopeId === null ? null : read.envelopeState(envelopeId)),
    }),
  }),
});
