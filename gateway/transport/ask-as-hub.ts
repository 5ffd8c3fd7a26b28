/** What the hub asks of one endpoint for itself, under its own name; a person's questions never come this way. */
import { randomUUID } from 'node:crypto';
import type { Reply } from './reply.ts';
import type { Send } from './transport.ts';

export interface HubQuestion {
  readonly document: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** What the hub commands has one effect, however often it arrives. Default `query`. */
  readonly kind?: 'query' | 'mutation';
  /** Default 5,000. */
  readonly withinMs?: number;
}

export type AskAsHub = (endpoint: string, question: HubQuestion) => Promise<Reply>;

export function createAskAsHub(send: Send, now: () => number): AskAsHub {
  return (endpoint, { document, variables, kind = 'query', withinMs = 5_000 }) =>
    send(
      endpoint,
      {
        document,
        body: JSON.stringify({ query: document, variables }),
        kind,
        isPersonal: false,
        isRepeatable: kind === 'mutation',
      },
      { caller: { kind: 'hub' }, deadlineMs: now() + withinMs, requestId: randomUUID() },
    );
}
