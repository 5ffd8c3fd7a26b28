/** The SDL of one endpoint, asked for under the hub's own name and handed on unread. */
import { randomUUID } from 'node:crypto';
import { failureCodes } from './forward-envelope.ts';
import type { Send } from './transport.ts';

const document = '{ _service { sdl } }';
const deadlineMs = 5_000;

export function createReadContract(send: Send, now: () => number) {
  return async (participant: string): Promise<{ readonly sdl: string } | { readonly code: string }> => {
    const reply = await send(
      participant,
      { document, body: JSON.stringify({ query: document }), kind: 'query', isPersonal: false, isRepeatable: false },
      { caller: { kind: 'hub' }, deadlineMs: now() + deadlineMs, requestId: randomUUID() },
    );
    if (reply.kind === 'failed') return { code: failureCodes[reply.failure] };
    const { sdl } = (reply.data?._service ?? {}) as { sdl?: unknown };
    return typeof sdl === 'string' ? { sdl } : { code: reply.errors[0]?.code ?? 'CONTRACT_BREACH' };
  };
}
