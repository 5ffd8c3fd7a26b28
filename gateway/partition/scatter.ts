/**
 * Asks participants, all at once, and has one reply of each: nothing here waits for one before it asks another.
 * Equal queries under way for the same caller are one.
 */

import { callerKey } from '../transport/caller.ts';
import type { Reply } from '../transport/reply.ts';
import type { Outgoing, Send } from '../transport/transport.ts';
import type { FetchContext } from './fetch.ts';

export type Ask = (participant: string, outgoing: Outgoing, context: FetchContext) => Promise<Reply>;

export function createAsk(send: Send): Ask {
  const underWay = new Map<string, Promise<Reply>>();
  const callerKeys = new WeakMap<object, string>();
  return (participant, outgoing, context) => {
    const { authority, deadlineMs, requestId, traceparent } = context;
    const sent = () => send(participant, outgoing, { caller: authority, deadlineMs, requestId, traceparent });
    // A read of personal data is logged at its source with the request that made it: each is sent.
    if (outgoing.kind === 'mutation' || outgoing.isPersonal) return sent();
    let caller = callerKeys.get(authority);
    if (caller === undefined) {
      caller = callerKey(authority);
      callerKeys.set(authority, caller);
    }
    // Requests with other deadlines would give up on each other's behalf: they share within one second.
    const identity = `${participant} ${Math.floor(deadlineMs / 1_000)} ${caller} ${outgoing.body}`;
    let reply = underWay.get(identity);
    if (reply === undefined) {
      reply = sent().finally(() => underWay.delete(identity));
      underWay.set(identity, reply);
    }
    return reply;
  };
}
