/**
 * Drives what outgoing.ts wrote until a signed receipt closes it. Per (receiver, subject) only the first open envelope
 * is under way; a receiver that does not answer is asked by a few at a time while the others go on. The database holds
 * everything that must survive; memory only what saves useless attempts.
 */
import type { Pool, PoolClient } from 'pg';
import type { Directory } from '../directory/directory.ts';
import { inTransaction } from '../postgres/connect.ts';
import type { HubDoor } from '../trust/hub-door.ts';
import { readUnverified, verifyJws } from '../trust/jws.ts';
import { BACK_OFF_MS_MAX, backOffMs } from './back-off.ts';
import { type Envelope, envelopeOf, VOID } from './envelope.ts';
import { faultPoint } from './fault-point.ts';
import { type Receipt, receiptOf } from './receipt.ts';

/** What became of an envelope, for good. */
export interface Delivery {
  readonly envelope: Envelope;
  readonly outcome: 'TAKEN' | 'REFUSED' | 'VOIDED';
  readonly code?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  /** By the receiver's clock. */
  readonly at: Date;
}

export interface SenderOptions {
  readonly pool: Pool;
  readonly name: string;
  readonly door: HubDoor;
  readonly directory: Directory;
  readonly now: () => number;
  /** In the transaction that closes the envelope. A throw leaves it open; the receiver then answers ALREADY. */
  readonly onReceipt: (client: PoolClient, delivery: Delivery) => Promise<void>;
  /** After that transaction was committed: wake the stamper. */
  readonly afterCommit?: () => void;
  readonly onError?: (error: Error) => void;
  readonly random?: () => number;
  readonly everyMs?: number;
}

export interface Sender extends AsyncDisposable {
  /** After a commit that wrote an envelope. With a receiver: try that one now, whatever it answered before. */
  wake(recipient?: string): void;
  close(): Promise<void>;
}

const EVERY_MS = 1_000;
const IN_FLIGHT_MAX = 16;
const PER_RECIPIENT_MAX = 4;
/** One message to the hub costs it little, and everything waits for it. */
const HUB_BACK_OFF_MS_MAX = 15_000;
const CLOSE_MS_MAX = 2_000;
/** After a crash others may try what was under way; longer than one attempt may take. */
const LEASE_MS = 10_000;

/** Codes that say more of the receiver, or of the way to it, than of this one envelope: it is left alone for a while. */
const OF_THE_RECEIVER: readonly string[] = [
  'UNREACHABLE',
  'TIMED_OUT',
  'NO_RECEIPT',
  'DEADLINE_EXCEEDED',
  'BREAKER_OPEN',
  'TOO_MANY_IN_FLIGHT',
  'OVERLOADED',
  'SKIPPED',
  'SUSPENDED',
  'NOT_ACTIVE',
  'UNKNOWN_PARTICIPANT',
  'NOT_TRUSTED',
  'CLOCK_SKEW',
  'STORE_UNAVAILABLE',
  'READ_ONLY',
  'CONTRACT_BREACH',
  'CONTRACT_TOO_OLD',
  'RECEIPT_NOT_VALID',
];
/** Unless the hub names the receiver in such an answer, it speaks of itself. */
const OF_THE_HUB: readonly string[] = ['OVERLOADED', 'DEADLINE_EXCEEDED', 'INTERNAL'];

interface Row {
  readonly id: string;
  readonly recipient: string;
  readonly jws: string;
  readonly attempts: number;
}

type Attempt =
  | { readonly kind: 'RECEIPT'; readonly receipt: Receipt; readonly jws: string }
  | {
      readonly kind: 'FAILED';
      readonly of: 'HUB' | 'RECEIVER' | 'ENVELOPE';
      readonly code: string;
      readonly error: string;
    };

export function createSender(options: SenderOptions): Sender {
  const { pool, name, door, directory, now, onReceipt, afterCommit, random } = options;
  const onError = options.onError ?? (() => {});
  const stopping = new AbortController();
  const inFlight = new Map<string, { recipient: string; done: Promise<void> }>();
  /** By receiver, and under '' for the hub. */
  const silent = new Map<string, { failures: number; retryAt: number }>();
  let round: Promise<void> | undefined;
  let again = false;
  let closing = false;

  const blocked = () => {
    const perRecipient = new Map<string, number>();
    for (const { recipient } of inFlight.values()) perRecipient.set(recipient, (perRecipient.get(recipient) ?? 0) + 1);
    const busy = [...perRecipient].filter(
      ([recipient, count]) => count >= (silent.has(recipient) ? 1 : PER_RECIPIENT_MAX),
    );
    const waiting = [...silent].filter(([, { retryAt }]) => retryAt > now());
    return [...busy, ...waiting].map(([recipient]) => recipient);
  };

  const fill = async () => {
    while (!closing) {
      const free = Math.min(IN_FLIGHT_MAX - inFlight.size, PER_RECIPIENT_MAX);
      const hub = silent.get('');
      if (free <= 0 || (hub && (hub.retryAt > now() || inFlight.size > 0))) return;
      const limit = hub ? 1 : free;
      const rows = await claim(pool, new Date(now()), blocked(), limit);
      for (const row of rows) {
        const done = deliver(row)
          .catch(onError)
          .finally(() => {
            inFlight.delete(row.id);
            wake();
          });
        inFlight.set(row.id, { recipient: row.recipient, done });
      }
      if (rows.length < limit || hub) return;
    }
  };

  const wake = (recipient?: string) => {
    if (closing) return;
    const left = recipient === undefined ? undefined : silent.get(recipient);
    // Kept as silent: its first answer is what makes everything else due that waits for it.
    if (recipient !== undefined && left) silent.set(recipient, { ...left, retryAt: 0 });
    again = true;
    round ??= (async () => {
      while (again && !closing) {
        again = false;
        await fill().catch(onError);
      }
    })().finally(() => {
      round = undefined;
      if (again) wake();
    });
  };

  const deliver = async (row: Row) => {
    const attempt = await attemptOnce(row);
    if (stopping.signal.aborted && attempt.kind === 'FAILED') return;
    if (attempt.kind === 'FAILED') return failed(row, attempt);
    await heard(row.recipient);
    if (attempt.receipt.outcome === 'LATER') {
      return failed(row, { kind: 'FAILED', of: 'ENVELOPE', code: attempt.receipt.code ?? 'LATER', error: 'LATER' });
    }
    try {
      await close(row, attempt.receipt, attempt.jws);
    } catch (error) {
      onError(error as Error);
      await failed(row, { kind: 'FAILED', of: 'ENVELOPE', code: 'INTERNAL', error: (error as Error).message });
    }
  };

  const attemptOnce = async (row: Row): Promise<Attempt> => {
    faultPoint('send:before');
    const answer = await door
      .send('POST', '/envelopes', { body: JSON.stringify({ envelope: row.jws }), signal: stopping.signal })
      .catch((error: Error) => error);
    faultPoint('send:after');
    if (answer instanceof Error) return { kind: 'FAILED', of: 'HUB', code: 'NO_RECEIPT', error: describe(answer) };
    const said = readAnswer(answer.body);
    if (said.receipt === undefined) {
      return {
        kind: 'FAILED',
        of: blamed(said, answer.status),
        code: said.code ?? 'NO_RECEIPT',
        error: said.message ?? `HTTP ${answer.status} without a receipt`,
      };
    }
    const { receipt } = said;
    const proven = await provenReceipt(row, receipt);
    if (proven) return { kind: 'RECEIPT', receipt: proven, jws: receipt };
    return {
      kind: 'FAILED',
      of: 'RECEIVER',
      code: 'RECEIPT_NOT_VALID',
      error: 'the receipt is not a valid one of the receiver',
    };
  };

  const provenReceipt = async ({ id, jws, recipient }: Row, receipt: string): Promise<Receipt | undefined> => {
    const kid = readUnverified(receipt)?.kid;
    const keys = kid === undefined ? undefined : await directory.signingKeys(recipient, kid);
    const claims = keys && (await verifyJws(receipt, 'receipt+jwt', keys));
    return claims && receiptOf(claims, { envelope: id, jws, from: recipient, to: name });
  };

  const failed = async (row: Row, { of, code, error }: Extract<Attempt, { kind: 'FAILED' }>) => {
    const key = of === 'HUB' ? '' : row.recipient;
    const failures = of === 'ENVELOPE' ? row.attempts : (silent.get(key)?.failures ?? 0) + 1;
    const waitMs = backOffMs(failures, of === 'HUB' ? HUB_BACK_OFF_MS_MAX : BACK_OFF_MS_MAX, random);
    const retryAt = now() + waitMs;
    if (of !== 'ENVELOPE') silent.set(key, { failures, retryAt });
    await pool.query({
      name: 'envelope-failed',
      text: `UPDATE envelope_out SET sending_since = NULL, next_attempt_at = $2, code = $3, last_error = $4
             WHERE id = $1 AND state = 'PENDING_DELIVERY'`,
      values: [row.id, new Date(retryAt), code, error.slice(0, 500)],
    });
  };

  /** Whoever answers is there: what waited only because it was silent is due at once. */
  const heard = async (recipient: string) => {
    const [hub, receiver] = [silent.delete(''), silent.delete(recipient)];
    if (!hub && !receiver) return;
    await pool.query(
      `UPDATE envelope_out SET next_attempt_at = $1
       WHERE state = 'PENDING_DELIVERY' AND sending_since IS NULL AND next_attempt_at > $1 AND code = ANY($2)
         AND (recipient = $3 OR $4 AND recipient <> ALL($5))`,
      [new Date(now()), OF_THE_RECEIVER, recipient, hub, [...silent.keys()]],
    );
  };

  const close = async (row: Row, receipt: Receipt, receiptJws: string) => {
    const outcome = receipt.outcome === 'ALREADY' ? 'TAKEN' : (receipt.outcome as Delivery['outcome']);
    await inTransaction(pool, async (client) => {
      await closeOne(client, row.id, { ...receipt, outcome }, receiptJws);
      faultPoint('receipt:before-commit');
    });
    faultPoint('receipt:after-commit');
    afterCommit?.();
  };

  const closeOne = async (client: PoolClient, id: string, delivery: Omit<Delivery, 'envelope'>, receiptJws: string) => {
    const { outcome, code, result } = delivery;
    const { rows } = await client.query({
      name: 'envelope-close',
      text: `UPDATE envelope_out SET state = $2, code = $3, result = $4, receipt = $5, closed_at = $6,
                    sending_since = NULL, last_error = NULL
             WHERE id = $1 AND state = 'PENDING_DELIVERY' RETURNING jws`,
      values: [id, outcome, code ?? null, result ? JSON.stringify(result) : null, receiptJws, new Date(now())],
    });
    // Another process was first: it ran the effect of this receipt as well.
    if (!rows[0]) return;
    const envelope = envelopeOf(readUnverified(rows[0].jws)?.claims ?? {});
    if (!envelope) throw new Error(`Envelope ${id} in our own table cannot be read.`);
    const withdrawn = envelope.type === VOID && outcome === 'VOIDED' ? envelope.body.envelope : undefined;
    if (typeof withdrawn === 'string') await closeOne(client, withdrawn, { outcome, at: delivery.at }, receiptJws);
    if (envelope.type !== VOID) await onReceipt(client, { ...delivery, envelope });
  };

  const started = pool
    .query(
      `UPDATE envelope_out SET sending_since = NULL, next_attempt_at = $1
       WHERE sending_since IS NOT NULL AND state = 'PENDING_DELIVERY'`,
      [new Date(now())],
    )
    .catch(onError)
    .then(() => wake());
  const timer = setInterval(() => wake(), options.everyMs ?? EVERY_MS);
  timer.unref();

  const closeSender = async () => {
    closing = true;
    clearInterval(timer);
    const idle = () => Promise.allSettled([started, round, ...[...inFlight.values()].map(({ done }) => done)]);
    // What is under way gets a moment to be answered; nothing new begins.
    const late = setTimeout(() => stopping.abort(), CLOSE_MS_MAX);
    await idle();
    clearTimeout(late);
    await idle();
  };

  return { wake, close: closeSender, [Symbol.asyncDispose]: closeSender };
}

/**
 * The first open envelope of each (receiver, subject), oldest need first, marked as under way. Two processes never
 * claim the same one; after a crash the lease runs out.
 */
async function claim(pool: Pool, at: Date, blocked: readonly string[], limit: number): Promise<readonly Row[]> {
  const { rows } = await pool.query({
    name: 'envelope-claim',
    text: `UPDATE envelope_out SET attempts = attempts + 1, sending_since = $1, next_attempt_at = $4
           WHERE id IN (
             SELECT due.id FROM envelope_out AS due
             WHERE due.state = 'PENDING_DELIVERY' AND due.next_attempt_at <= $1 AND due.recipient <> ALL($2)
               AND NOT EXISTS (
                 SELECT FROM envelope_out AS earlier
                 WHERE earlier.recipient = due.recipient AND earlier.subject = due.subject AND earlier.n < due.n
                   AND earlier.state = 'PENDING_DELIVERY')
             ORDER BY due.next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED)
           RETURNING id, recipient, jws, attempts`,
    values: [at, blocked, limit, new Date(at.getTime() + LEASE_MS)],
  });
  return rows;
}

interface Said {
  readonly receipt?: string;
  readonly code?: string;
  readonly message?: string;
  /** The hub names whom its error is about. */
  readonly participant?: string;
}

function readAnswer(body: string): Said {
  try {
    const { receipt, errors } = JSON.parse(body);
    if (typeof receipt === 'string') return { receipt };
    const { message, extensions } = errors?.[0] ?? {};
    const { code, participant } = extensions ?? {};
    return {
      ...(typeof code === 'string' && { code }),
      ...(typeof message === 'string' && { message }),
      ...(typeof participant === 'string' && { participant }),
    };
  } catch {
    return {};
  }
}

/**
 * Whose fault it was decides who is left alone for a while: blaming the hub for one receiver would hold everyone up.
 * At 401 the hub refuses our seal; without a code it was no answer of a hub at all.
 */
function blamed({ code, participant }: Said, status: number): 'HUB' | 'RECEIVER' | 'ENVELOPE' {
  if (status === 401 || code === undefined) return 'HUB';
  if (participant === undefined && OF_THE_HUB.includes(code)) return 'HUB';
  return OF_THE_RECEIVER.includes(code) ? 'RECEIVER' : 'ENVELOPE';
}

const describe = (error: Error) => `the hub: ${(error as NodeJS.ErrnoException).code ?? error.name} ${error.message}`;
