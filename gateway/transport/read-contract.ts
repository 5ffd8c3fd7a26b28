/** The SDL of one endpoint, asked for under the hub's own name and handed on unread. */
import { createAskAsHub } from './ask-as-hub.ts';
import { failureCodes } from './forward-envelope.ts';
import type { Send } from './transport.ts';

const document = '{ _service { sdl } }';

export function createReadContract(send: Send, now: () => number) {
  const ask = createAskAsHub(send, now);
  return async (participant: string): Promise<{ readonly sdl: string } | { readonly code: string }> => {
    const reply = await ask(participant, { document });
    if (reply.kind === 'failed') return { code: failureCodes[reply.failure] };
    const { sdl } = (reply.data?._service ?? {}) as { sdl?: unknown };
    return typeof sdl === 'string' ? { sdl } : { code: reply.errors[0]?.code ?? 'CONTRACT_BREACH' };
  };
}
