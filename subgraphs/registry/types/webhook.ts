import { builder, described } from '../builder.ts';
import type { DeadLetterShape, WebhookShape } from '../store/webhook-reader.ts';
import { pageSize } from './page.ts';

const WebhookStateEnum = described('WebhookState', 'How delivering goes.', {
  ACTIVE: 'What happens is posted.',
  FAILING: 'The last attempt failed; it is tried again, and everything after it waits its turn.',
  DISABLED: 'Nothing is posted: its receiver answered 410, or it was switched off.',
});

const WebhookDeadLetter = builder.objectRef<DeadLetterShape>('WebhookDeadLetter');
WebhookDeadLetter.implement({
  description:
    'An item that was given up on: it was tried until 24 hours after its own time. What it says is not kept.',
  fields: (t) => ({
    eventId: t.exposeID('eventId', { description: 'The `webhook-id` that it was sent under.' }),
    type: t.exposeString('type', { description: 'What happened, as the post says it.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    lastStatus: t.exposeInt('lastStatus', {
      nullable: true,
      description: 'The HTTP status of the last attempt; null when there was no answer.',
    }),
    lastReason: t.exposeString('lastReason', {
      description: 'Why the last attempt failed, as a code of the contract.',
    }),
    deadAt: t.expose('deadAt', { type: 'DateTime', description: 'When it was given up.' }),
    replayRequestedAt: t.expose('replayRequestedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it waits to be sent again; null when nobody asked.',
    }),
  }),
});

export const Webhook = builder.objectRef<WebhookShape>('Webhook');
Webhook.implement({
  description:
    'A stream that is posted to a program, item by item and in order, signed as the Standard Webhooks specification says.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id: participant, colon, `whk`, underscore, UUIDv7.' }),
    program: t.exposeString('program', {
      description: 'The client id of the program under whose rights each item is read.',
    }),
    scopes: t.exposeStringList('scopes', { description: 'The scopes it reads with.' }),
    url: t.exposeString('url', { description: 'Where it is posted to.' }),
    document: t.exposeString('document', {
      nullable: true,
      description: 'The subscription; null when a trusted document is named.',
    }),
    documentId: t.exposeString('documentId', {
      nullable: true,
      description: 'The SHA-256 of the trusted document; null when the document itself is given.',
    }),
    variables: t.string({
      description: 'The variables of the subscription, as JSON.',
      resolve: ({ variables }) => JSON.stringify(variables),
    }),
    state: t.field({ type: WebhookStateEnum, description: 'How delivering goes.', resolve: ({ state }) => state }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'From when on everything is posted; null until the hub has begun, which takes seconds.',
    }),
    lastDeliveredAt: t.expose('lastDeliveredAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the receiver last took an item.',
    }),
    failures: t.exposeInt('failures', { description: 'How many attempts in a row failed.' }),
    failingSince: t.expose('failingSince', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when none succeeded; null when the last one did.',
    }),
    lastStatus: t.exposeInt('lastStatus', {
      nullable: true,
      description: 'The HTTP status of the last attempt; null when there was no answer, or no attempt yet.',
    }),
    lastReason: t.exposeString('lastReason', {
      nullable: true,
      description: 'Why the last attempt failed, as a code of the contract; null when it succeeded.',
    }),
    nextAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried again; null while nothing fails.',
      resolve: ({ state, nextAttemptAt }) => (state === 'FAILING' ? nextAttemptAt : null),
    }),
    previousSecretUntil: t.expose('previousUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when the secret of before the last rotation signs as well.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
    deadLetterCount: t.exposeInt('deadLetterCount', {
      description: 'How many items were given up on; kept for 30 days.',
    }),
    deadLetters: t.field({
      type: [WebhookDeadLetter],
      description: 'Items that were given up on, the newest first.',
      args: { first: t.arg.int({ required: true, defaultValue: 50, description: 'How many, 1 to 100.' }) },
      resolve: async ({ id }, { first }, { readWebhooks }) => [
        ...(await readWebhooks.deadLetters(id, pageSize(first))),
      ],
    }),
  }),
});

builder.queryFields((t) => ({
  webhooks: t.field({
    type: [Webhook],
    nullable: true,
    description:
      "The webhooks that this caller manages: a servicemanager those of its participant's programs, a program its own.",
    resolve: async (_root, _args, { readWebhooks }) => [...(await readWebhooks.all())],
  }),
  webhook: t.field({
    type: Webhook,
    nullable: true,
    description: 'One webhook; null when it is not there or not for this caller.',
    args: { id: t.arg.id({ required: true, description: 'Which.' }) },
    resolve: (_root, { id }, { readWebhooks }) => readWebhooks.one(id),
  }),
}));
