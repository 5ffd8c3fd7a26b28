/** How gateways share the work of delivering; open to the hub alone, for it hands out secrets. */
import { builder } from '../builder.ts';
import { codedError } from '../errors.ts';
import { LEASE_MS, type LeasedWebhook as Leased } from '../store/webhook-deliveries.ts';

const LEASES_MAX = 1_000;

const WebhookReplay = builder.objectRef<Leased['replays'][number]>('WebhookReplay');
WebhookReplay.implement({
  description: 'A dead letter that is to be sent again.',
  inaccessible: true,
  fields: (t) => ({
    eventId: t.exposeID('eventId', { description: 'Which item.' }),
    cursor: t.exposeString('cursor', { description: 'The place just before it.' }),
  }),
});

const LeasedWebhook = builder.objectRef<Leased>('LeasedWebhook');
LeasedWebhook.implement({
  description: 'What a gateway needs to deliver one webhook.',
  inaccessible: true,
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Which.' }),
    lease: t.exposeInt('lease', { description: 'The number of the lease; it comes back with every report.' }),
    revision: t.exposeInt('revision', { description: 'Rises when the webhook is changed.' }),
    participant: t.exposeString('participant', { description: "The program's participant." }),
    program: t.exposeString('program', { description: 'The client id.' }),
    scopes: t.exposeStringList('scopes', { description: 'Its scopes.' }),
    url: t.exposeString('url', { description: 'Where to post to.' }),
    secrets: t.exposeStringList('secrets', { description: 'Each of them signs.' }),
    document: t.exposeString('document', { nullable: true, description: 'The subscription.' }),
    documentId: t.exposeString('documentId', { nullable: true, description: 'Or the hash of a trusted one.' }),
    variables: t.string({ description: 'As JSON.', resolve: ({ variables }) => JSON.stringify(variables) }),
    cursor: t.exposeString('cursor', { nullable: true, description: 'After which item; null when it has not begun.' }),
    failures: t.exposeInt('failures', { description: 'How many attempts in a row failed.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why the last one did.' }),
    replays: t.field({
      type: [WebhookReplay],
      description: 'What is to be sent again first.',
      resolve: ({ replays }) => [...replays],
    }),
  }),
});

const WebhookLeases = builder.objectRef<{ readonly webhooks: readonly Leased[] }>('WebhookLeases');
WebhookLeases.implement({
  description: 'What one gateway delivers now.',
  inaccessible: true,
  fields: (t) => ({
    leaseMs: t.int({ description: 'How long the leases are good for, from the asking on.', resolve: () => LEASE_MS }),
    webhooks: t.field({ type: [LeasedWebhook], description: 'All of them.', resolve: ({ webhooks }) => [...webhooks] }),
  }),
});

const DeadLetterInput = builder.inputType('WebhookDeadLetterInput', {
  description: 'An item that is given up.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: 'Which.' }),
    cursor: t.string({ required: true, description: 'The place just before it.' }),
    type: t.string({ required: true, description: 'What happened.' }),
    at: t.field({ type: 'DateTime', required: true, description: 'When.' }),
    status: t.int({ description: 'The HTTP status of the last attempt.' }),
    reason: t.string({ required: true, description: 'Why it failed.' }),
  }),
});
const FailedReplayInput = builder.inputType('WebhookFailedReplayInput', {
  description: 'An item that was sent again and failed again.',
  fields: (t) => ({
    eventId: t.id({ required: true, description: 'Which.' }),
    status: t.int({ description: 'The HTTP status.' }),
    reason: t.string({ required: true, description: 'Why it failed.' }),
  }),
});
const ProgressInput = builder.inputType('WebhookProgressInput', {
  description: 'How far one webhook came since the last report.',
  fields: (t) => ({
    webhookId: t.id({ required: true, description: 'Which.' }),
    lease: t.int({ required: true, description: 'The number of the lease under which it was delivered.' }),
    revision: t.int({ required: true, description: 'As it was delivered.' }),
    cursor: t.string({ description: 'After which item it goes on.' }),
    hasDelivered: t.boolean({ required: true, description: 'Whether the receiver took an item.' }),
    failures: t.int({ description: 'How many attempts in a row failed; as it was when left out.' }),
    status: t.int({ description: 'The HTTP status of the last attempt.' }),
    reason: t.string({ description: 'Why the last attempt failed.' }),
    retryAfterMs: t.int({ description: 'When the next attempt is due.' }),
    isDisabled: t.boolean({ required: true, description: 'Whether the receiver wants nothing more.' }),
    isReleased: t.boolean({ required: true, description: 'Whether the gateway does not go on with it.' }),
    deadLetters: t.field({ type: [DeadLetterInput], required: true, description: 'What was given up.' }),
    replayed: t.idList({ required: true, description: 'What was sent again and taken.' }),
    failedReplays: t.field({ type: [FailedReplayInput], required: true, description: 'What was not.' }),
  }),
});

const HOLDER = 'The gateway, by a name that it makes at its start.';

function checkedHolder(holder: string): string {
  if (/^[\w-]{1,64}$/.test(holder)) return holder;
  throw codedError('BAD_USER_INPUT', 'Expected a holder of 1 to 64 letters, digits, "-" and "_".');
}

builder.mutationFields((t) => ({
  leaseWebhooks: t.field({
    type: WebhookLeases,
    inaccessible: true,
    description: 'Renews what a gateway delivers and adds what is due; for the hub only.',
    args: {
      holder: t.arg.string({ required: true, description: HOLDER }),
      max: t.arg.int({ required: true, description: 'How many in all; 0 renews only.' }),
    },
    resolve: async (_root, { holder, max }, { deliveries }) => ({
      webhooks: await deliveries.lease(checkedHolder(holder), Math.min(Math.max(0, max), LEASES_MAX)),
    }),
  }),
  reportWebhookProgress: t.idList({
    inaccessible: true,
    description: 'Writes how far webhooks came; answers for which of them the lease was still that of the gateway.',
    args: {
      holder: t.arg.string({ required: true, description: HOLDER }),
      progress: t.arg({ type: [ProgressInput], required: true, description: 'One of each webhook.' }),
    },
    resolve: async (_root, { holder, progress }, { deliveries }) => [
      ...(await deliveries.report(checkedHolder(holder), progress)),
    ],
  }),
}));
