/** What a desk can do about a message that is not delivered yet: try it now, or ask for it back. */

import type { Changed } from '@kortelijn/kit/envelopes/outgoing.ts';
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { envelope as lifecycle } from '@kortelijn/schema/lifecycles/envelope.ts';
import { actingRole, isDesk } from '../domain/actor.ts';
import { wholeReaders } from '../domain/readers.ts';
import { notAllowed, notFound, stateDoesNotAllow } from '../domain/refusal.ts';
import type { Run } from './desk.ts';
import type { CommandInputs } from './inputs.ts';
import { onceInTransaction } from './once-in-transaction.ts';
import type { Result } from './results.ts';

export function retryCommand(run: Run, input: CommandInputs['retryEnvelope']): Promise<Result> {
  return onEnvelope(run, input.envelopeId, 'retry', (client) => run.desk.outgoing.retry(client, input.envelopeId));
}

/** Only the receiver's receipt says whether it was in time: VOIDED, or TAKEN. */
export function withdrawCommand(run: Run, input: CommandInputs['withdrawEnvelope']): Promise<Result> {
  return onEnvelope(run, input.envelopeId, 'withdraw', (client) =>
    run.desk.outgoing.withdraw(client, input.envelopeId),
  );
}

async function onEnvelope(
  run: Run,
  id: string,
  event: 'retry' | 'withdraw',
  work: (client: PoolClient) => Promise<Changed>,
): Promise<Result> {
  const { desk, act, caller } = run;
  if (caller.participant !== desk.me) return notFound(id);
  if (!isDesk(act.actor)) {
    const code = caller.program === undefined ? 'ROLE_DOES_NOT_ALLOW' : 'SCOPE_MISSING';
    return notAllowed(code, `${event} is for ${lifecycle.relations.senderDesk.meaning}.`);
  }
  let recipient: string | undefined;
  const result = await onceInTransaction(run, async (client) => {
    const changed = await work(client);
    if (changed.kind === 'NOT_FOUND') return notFound(id);
    if (changed.kind === 'NOT_PENDING') return stateDoesNotAllow(event, changed.state, lifecycle.events[event].from);
    recipient = changed.recipient;
    await appendEvent(client, {
      type: `envelope.${event}`,
      subjectId: id,
      actorRole: actingRole(act.actor),
      at: act.now,
      readersBefore: [wholeReaders(desk.me)],
      readersAfter: [wholeReaders(desk.me)],
      keys: { to: changed.recipient },
    });
    return { kind: 'EnvelopeChanged', envelopeId: id };
  });
  if (recipient !== undefined) desk.sendNow(recipient);
  return result;
}
