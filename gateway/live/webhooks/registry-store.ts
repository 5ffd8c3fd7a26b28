/** Webhooks at the registry, asked under the hub's own name. What comes back holds secrets: none of it is ever told. */
import { createAskAsHub } from '../../transport/ask-as-hub.ts';
import type { Send } from '../../transport/transport.ts';
import type { Webhook, WebhookStore } from './webhook.ts';

const LEASE = `mutation ($holder: String!, $max: Int!) {
  leaseWebhooks(holder: $holder, max: $max) {
    leaseMs
    webhooks {
      id lease revision participant program scopes url secrets document documentId variables cursor failures reason
      replays { eventId cursor }
    }
  }
}`;
const REPORT = `mutation ($holder: String!, $progress: [WebhookProgressInput!]!) {
  reportWebhookProgress(holder: $holder, progress: $progress)
}`;
/** Well within a lease, so that one answer that is late does not cost it. */
const answerMs = 4_000;

export function createRegistryStore(send: Send, now: () => number): WebhookStore {
  const askAsHub = createAskAsHub(send, now);
  const ask = async (
    document: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const reply = await askAsHub('registry', { document, variables, kind: 'mutation', withinMs: answerMs });
    if (reply.kind === 'failed') throw new Error(`The registry does not answer: ${reply.failure}.`);
    if (reply.errors.length > 0 || !reply.data) {
      throw new Error(`The registry refuses to lease webhooks: ${reply.errors[0]?.code ?? 'no data'}.`);
    }
    return reply.data;
  };
  return {
    async lease(holder, max) {
      const { leaseWebhooks } = await ask(LEASE, { holder, max });
      const { leaseMs, webhooks } = leaseWebhooks as { leaseMs: number; webhooks: readonly Leased[] };
      return {
        leaseMs,
        webhooks: webhooks.map((webhook) => ({
          ...webhook,
          variables: JSON.parse(webhook.variables) as Webhook['variables'],
        })),
      };
    },
    async report(holder, progress) {
      const { reportWebhookProgress } = await ask(REPORT, { holder, progress });
      return new Set(reportWebhookProgress as string[]);
    },
  };
}

type Leased = Omit<Webhook, 'variables'> & { readonly variables: string };
