/**
 * Hands an envelope to its receiver under the hub's own name and brings back the receipt. Nothing is kept and nothing
 * is read: who signed what is between sender and receiver. An envelope has one effect however often it arrives.
 */
import { createAskAsHub } from './ask-as-hub.ts';
import type { Failure } from './reply.ts';
import type { Send } from './transport.ts';

export type ForwardEnvelope = (
  receiver: string,
  envelope: string,
) => Promise<{ readonly receipt: string } | { readonly code: string }>;

const deliver = 'mutation ($envelope: String!) { deliver(envelope: $envelope) }';
const registryDeliver = 'mutation ($envelope: String!) { registryDeliver(envelope: $envelope) }';

export function createForwardEnvelope(send: Send, now: () => number): ForwardEnvelope {
  const ask = createAskAsHub(send, now);
  return async (receiver, envelope) => {
    const isRegistry = receiver === 'registry';
    const document = isRegistry ? registryDeliver : deliver;
    const reply = await ask(receiver, { document, variables: { envelope }, kind: 'mutation' });
    if (reply.kind === 'failed') return { code: failureCodes[reply.failure] };
    const receipt = reply.data?.[isRegistry ? 'registryDeliver' : 'deliver'];
    if (typeof receipt === 'string') return { receipt };
    return { code: reply.errors[0]?.code ?? 'NO_RECEIPT' };
  };
}

/** A failure as whoever stands at a door of endpoints is told it. */
export const failureCodes: Readonly<Record<Failure, string>> = {
  UNREACHABLE: 'UNREACHABLE',
  LOST: 'NO_RECEIPT',
  TIMED_OUT: 'NO_RECEIPT',
  REFUSED: 'REFUSED',
  NOT_TRUSTED: 'NOT_TRUSTED',
  CLOCK_SKEW: 'CLOCK_SKEW',
  UNAVAILABLE: 'STORE_UNAVAILABLE',
  BREACH: 'CONTRACT_BREACH',
  TOO_LARGE: 'CONTRACT_BREACH',
  BREAKER_OPEN: 'BREAKER_OPEN',
  TOO_MANY_IN_FLIGHT: 'TOO_MANY_IN_FLIGHT',
  OVERLOADED: 'OVERLOADED',
  DEADLINE_EXCEEDED: 'DEADLINE_EXCEEDED',
};
