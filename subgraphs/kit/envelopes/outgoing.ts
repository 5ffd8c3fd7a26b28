/**
 * Writes envelopes in the transaction of the change that causes them: neither stands without the other. Delivering is
 * sender.ts; here nothing leaves the database.
 */
import { createEventId } from '../feed/event-id.ts';
import type { Queryable } from '../postgres/connect.ts';
import { signJws } from '../trust/jws.ts';
import type { SigningKey } from '../trust/keys.ts';
import { VOID } from './envelope.ts';
import { faultPoint } from './fault-point.ts';

export interface Message {
  readonly to: string;
  readonly subject: string;
  readonly type: string;
  /** Plain JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface OutgoingOptions {
  readonly name: string;
  /** Before the colon of the ids; the name itself, but for the registry, whose objects bear the foundation's. */
  readonly idPrefix?: string;
  readonly key: SigningKey;
  readonly now: () => number;
}

export interface Outgoing {
  /** After the commit, wake the sender. */
  send(client: Queryable, message: Message): Promise<{ readonly id: string; readonly n: number }>;
  /** Asks the receiver for VOIDED. The answer says what stood before, when there was nothing to withdraw. */
  withdraw(client: Queryable, id: string): Promise<Changed>;
  /** Makes it due now, whatever its back-off. Wake the sender for its recipient afterwards. */
  retry(client: Queryable, id: string): Promise<Changed>;
}

export type Changed =
  | { readonly kind: 'DONE'; readonly recipient: string }
  | { readonly kind: 'NOT_FOUND' }
  | { readonly kind: 'NOT_PENDING'; readonly state: string };

const NUMBER = {
  name: 'envelope-number',
  text: `INSERT INTO envelope_number (recipient, subject, last) VALUES ($1, $2, 1)
         ON CONFLICT (recipient, subject) DO UPDATE SET last = envelope_number.last + 1 RETURNING last`,
};
const INSERT = {
  name: 'envelope-send',
  text: `INSERT INTO envelope_out (id, recipient, subject, n, type, jws, state, created_at, attempts, next_attempt_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'PENDING_DELIVERY', $7, 0, $7)`,
};

export function createOutgoing({ name, idPrefix = name, key, now }: OutgoingOptions): Outgoing {
  const send: Outgoing['send'] = async (client, { to, subject, type, body }) => {
    const at = now();
    const id = `${idPrefix}:env_${createEventId(at)}`;
    const { rows } = await client.query({ ...NUMBER, values: [to, subject] });
    const n: number = rows[0].last;
    const claims = { id, from: name, to, subject, n, type, body, at: Math.floor(at / 1_000) };
    const jws = signJws('envelope+jwt', claims, key);
    await client.query({ ...INSERT, values: [id, to, subject, n, type, jws, new Date(at)] });
    faultPoint('cause:before-commit');
    return { id, n };
  };

  const withdraw: Outgoing['withdraw'] = async (client, id) => {
    const found = await lock(client, id);
    if (found.kind !== 'PENDING') return found;
    const { recipient, subject, n, type } = found.row;
    if (type === VOID) return { kind: 'NOT_PENDING', state: 'VOID' };
    const own = `${VOID}:${id}`;
    const asked = await client.query('SELECT FROM envelope_out WHERE recipient = $1 AND subject = $2', [
      recipient,
      own,
    ]);
    // With its place in the order: what follows it must not wait for it.
    if (!asked.rowCount)
      await send(client, { to: recipient, subject: own, type: VOID, body: { envelope: id, subject, n } });
    return { kind: 'DONE', recipient };
  };

  const retry: Outgoing['retry'] = async (client, id) => {
    const found = await lock(client, id);
    if (found.kind !== 'PENDING') return found;
    await client.query('UPDATE envelope_out SET next_attempt_at = least(next_attempt_at, $2) WHERE id = $1', [
      id,
      new Date(now()),
    ]);
    return { kind: 'DONE', recipient: found.row.recipient };
  };

  return { send, withdraw, retry };
}

async function lock(client: Queryable, id: string) {
  const { rows } = await client.query(
    'SELECT recipient, subject, n, type, state FROM envelope_out WHERE id = $1 FOR UPDATE',
    [id],
  );
  const row = rows[0];
  if (!row) return { kind: 'NOT_FOUND' } as const;
  if (row.state !== 'PENDING_DELIVERY') return { kind: 'NOT_PENDING', state: row.state as string } as const;
  return { kind: 'PENDING', row } as const;
}
