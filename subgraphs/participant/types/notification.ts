import { builder } from '../builder.ts';
import type { NotificationPage, NotificationView } from '../store/notifications.ts';
import { NotificationKindEnum, PriorityEnum } from './enums.ts';
import { Envelope } from './envelope.ts';
import { idOf, Node, nodeKeys } from './node.ts';
import { type Edge, PageInfo, pageSize } from './page.ts';
import { AssistanceRequestLink, IncidentLink, ParticipantRef, referenceTo } from './references.ts';

const perSubject = { audience: { per: 'SUBJECT' } } as const;

export const Notification = builder.objectRef<NotificationView>('Notification');
Notification.implement({
  description: 'Something waits for the caller, or happened to what is his: what it is, and about which object.',
  interfaces: [Node],
  directives: perSubject,
  fields: (t) => ({
    kind: t.field({ type: NotificationKindEnum, description: 'What it tells.', resolve: ({ kind }) => kind }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was made.' }),
    readAt: t.expose('readAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the caller read it; who brought it about himself has read it from the start.',
    }),
    from: t.field({
      type: ParticipantRef,
      nullable: true,
      description: 'The participant that brought it about; null for what a clock does.',
      resolve: ({ fromParticipant }) => referenceTo(fromParticipant),
    }),
    incident: t.field({
      type: IncidentLink,
      nullable: true,
      description: 'The incident it is about.',
      resolve: ({ incidentId }) => referenceTo(incidentId),
    }),
    request: t.field({
      type: AssistanceRequestLink,
      nullable: true,
      description: 'The request for assistance it is about.',
      resolve: ({ requestId }) => referenceTo(requestId),
    }),
    envelope: t.field({
      type: Envelope,
      nullable: true,
      directives: { local: {} },
      description: 'The message of the own participant that it is about.',
      resolve: ({ envelopeId }, _, { read }) => (envelopeId === null ? null : read.envelope(envelopeId)),
    }),
    priority: t.field({
      type: PriorityEnum,
      nullable: true,
      description: 'The priority of the incident when this was made.',
      resolve: ({ priority }) => priority as typeof PriorityEnum.$inferType | null,
    }),
  }),
});
builder.asEntity(Notification, {
  key: nodeKeys,
  resolveReference: async (key, { read }) => read.notification(idOf(key)),
});

const NotificationEdge = builder.objectRef<Edge<NotificationView>>('NotificationEdge');
NotificationEdge.implement({
  description: 'A notification and its place in the list.',
  directives: perSubject,
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its place in the list.' }),
    node: t.expose('node', { type: Notification, directives: { local: {} }, description: 'The notification.' }),
  }),
});

const NotificationConnection = builder.objectRef<NotificationPage>('NotificationConnection');
NotificationConnection.implement({
  description: 'A page of notifications, newest first.',
  directives: perSubject,
  fields: (t) => ({
    edges: t.field({
      type: [NotificationEdge],
      description: 'The rows with their places.',
      resolve: ({ edges }) => edges,
    }),
    nodes: t.field({
      type: [Notification],
      directives: { local: {} },
      description: 'The rows alone.',
      resolve: ({ edges }) => edges.map(({ node }) => node),
    }),
    pageInfo: t.expose('pageInfo', { type: PageInfo, description: 'Where the page lies.' }),
    unreadCount: t.int({
      description: 'How many the caller has not read, on all pages together.',
      resolve: (_, __, { read }) => read.unreadCount(),
    }),
  }),
});

builder.queryField('notifications', (t) =>
  t.field({
    type: NotificationConnection,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description:
      "What the caller's own participant tells him, newest first, for 90 days; null for whom names no person of it.",
    args: {
      unreadOnly: t.arg.boolean({ required: true, defaultValue: false, description: 'Only what he has not read.' }),
      first: t.arg.int({ required: true, defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: 'The cursor after which the page begins.' }),
    },
    resolve: (_, { unreadOnly, first, after }, { read }) =>
      read.notifications({ unreadOnly, first: pageSize(first), after }),
  }),
);
