/** The mutations on webhooks, their inputs and what they answer. */
import { builder } from '../builder.ts';
import type { Done, Result } from '../commands/run.ts';
import type { Context } from '../context.ts';
import { codedError } from '../errors.ts';
import { CommandIdReused, InvalidInput, NotAllowed, NotFound, StateDoesNotAllow } from './refusals.ts';
import { Webhook } from './webhook.ts';

type DoneOf<Kind extends Done['kind']> = Extract<Done, { kind: Kind }>;

const webhookOf = async (id: string, { readWebhooks }: Context) => {
  const found = await readWebhooks.one(id);
  if (found === null) throw codedError('NOT_FOUND', `${id} was changed, and it is not there for this caller any more.`);
  return found;
};

const WebhookSecretShown = builder.objectRef<DoneOf<'WebhookSecretShown'>>('WebhookSecretShown');
WebhookSecretShown.implement({
  description: 'The webhook is there, with a secret that is shown in this answer and never again.',
  fields: (t) => ({
    webhook: t.field({
      type: Webhook,
      description: 'The webhook.',
      resolve: ({ webhookId }, _args, context) => webhookOf(webhookId, context),
    }),
    secret: t.string({
      nullable: true,
      description:
        'The secret that signs, `whsec_` and base64: keep it. Null when the command is repeated after ten minutes; then rotate.',
      resolve: ({ webhookId }, _args, { readWebhooks }) => readWebhooks.secret(webhookId),
    }),
  }),
});

const WebhookChanged = builder.objectRef<DoneOf<'WebhookChanged'>>('WebhookChanged');
WebhookChanged.implement({
  description: 'The webhook was changed, or what was asked again is on its way.',
  fields: (t) => ({
    webhook: t.field({
      type: Webhook,
      description: 'The webhook as it is now.',
      resolve: ({ webhookId }, _args, context) => webhookOf(webhookId, context),
    }),
  }),
});

const WebhookRemoved = builder.objectRef<DoneOf<'WebhookRemoved'>>('WebhookRemoved');
WebhookRemoved.implement({
  description: 'The webhook is gone, with its secret and its dead letters.',
  fields: (t) => ({ webhookId: t.exposeID('webhookId', { description: 'Which.' }) }),
});

const WebhookResult = builder.unionType('WebhookResult', {
  description: 'What became of a command on a webhook.',
  types: [
    WebhookSecretShown,
    WebhookChanged,
    WebhookRemoved,
    StateDoesNotAllow,
    NotAllowed,
    InvalidInput,
    NotFound,
    CommandIdReused,
  ],
  resolveType: ({ kind }) => kind,
});

const COMMAND_ID = 'The same id has the same effect and the same answer, however often it is sent.';
const SCOPES = 'The scopes to read with, such as `incidents:read`; of those that the program itself has.';
const URL = 'Where to post to: `https:`, port 443, a host on the public internet.';

const RegisterWebhookInput = builder.inputType('RegisterWebhookInput', {
  description: 'Has a stream posted to a program.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    program: t.string({
      description: 'The client id of the program; a program that registers for itself leaves it out.',
    }),
    scopes: t.stringList({ required: true, description: SCOPES }),
    url: t.string({ required: true, description: URL }),
    document: t.string({ description: 'The subscription to post; its `after` is filled in by the hub.' }),
    documentId: t.string({ description: 'Instead of `document`: the SHA-256 of a trusted document of the program.' }),
    variables: t.string({ description: 'The variables of the subscription, as a JSON object.' }),
  }),
});
const ChangeWebhookInput = builder.inputType('ChangeWebhookInput', {
  description: 'Changes a webhook; what is left out stays as it is. It goes on where it was.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    webhookId: t.id({ required: true, description: 'Which.' }),
    url: t.string({ description: URL }),
    scopes: t.stringList({ description: SCOPES }),
    enabled: t.boolean({ description: 'False stops posting; true begins again, where it stopped.' }),
  }),
});
const WebhookCommandInput = builder.inputType('WebhookCommandInput', {
  description: 'Names a webhook.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    webhookId: t.id({ required: true, description: 'Which.' }),
  }),
});
const ReplayWebhookInput = builder.inputType('ReplayWebhookInput', {
  description: 'Asks for items that were given up on to be sent again, under the rights of that moment.',
  fields: (t) => ({
    commandId: t.id({ required: true, description: COMMAND_ID }),
    webhookId: t.id({ required: true, description: 'Which.' }),
    deadLetter: t.id({ description: 'One of them, by its `eventId`.' }),
    since: t.field({ type: 'DateTime', description: 'Instead of `deadLetter`: all that happened from then on.' }),
  }),
});

/** Every command may answer with any member of the union; the doers see to that. */
const answer = (result: Promise<Result>) => result as Promise<never>;

builder.mutationFields((t) => {
  const input = { required: true, description: 'The command.' } as const;
  return {
    registerWebhook: t.field({
      type: WebhookResult,
      nullable: true,
      description: "Has a stream posted to a program. For its participant's servicemanager and for the program itself.",
      args: { input: t.arg({ type: RegisterWebhookInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) => answer(command('registerWebhook', args.input, caller)),
    }),
    changeWebhook: t.field({
      type: WebhookResult,
      nullable: true,
      description: 'Changes where or with which scopes, or stops and starts.',
      args: { input: t.arg({ type: ChangeWebhookInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) => answer(command('changeWebhook', args.input, caller)),
    }),
    rotateWebhookSecret: t.field({
      type: WebhookResult,
      nullable: true,
      description: 'Makes a new secret; for 24 hours the old one signs as well.',
      args: { input: t.arg({ type: WebhookCommandInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) =>
        answer(command('rotateWebhookSecret', args.input, caller)),
    }),
    removeWebhook: t.field({
      type: WebhookResult,
      nullable: true,
      description: 'Removes a webhook; within seconds nothing more is posted.',
      args: { input: t.arg({ type: WebhookCommandInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) => answer(command('removeWebhook', args.input, caller)),
    }),
    replayWebhook: t.field({
      type: WebhookResult,
      nullable: true,
      description:
        'Sends again what was given up on, before what comes next; an attempt that is put off comes at once.',
      args: { input: t.arg({ type: ReplayWebhookInput, ...input }) },
      resolve: (_root, args, { command, caller }: Context) => answer(command('replayWebhook', args.input, caller)),
    }),
  };
});
