/**
 * Takes envelopes in: the effect, the entry that it was made and its number in the order are one transaction, so a
 * delivery that is repeated, reordered or cut off has its effect once. What cannot be proven to come from its sender
 * gets no receipt; everything else gets a signed one.
 */
import type { Pool, PoolClient } from 'pg';
import type { Directory } from '../directory/directory.ts';
import { inTransaction } from '../postgres/connect.ts';
import { JWS_CHARACTERS_MAX, readUnverified, verifyJws } from '../trust/jws.ts';
import type { SigningKey } from '../trust/keys.ts';
import { sha256 } from '../trust/seal.ts';
import { type Envelope, envelopeOf, VOID } from './envelope.ts';
import { faultPoint } from './fault-point.ts';
import { type Outcome, signReceipt } from './receipt.ts';

export type Effect =
  | { readonly kind: 'TAKEN'; readonly result?: Readonly<Record<string, unknown>> }
  /** By a rule, for good; what the handler wrote is undone. The code is one of the contract's. */
  | { readonly kind: 'REFUSED'; readonly code: string }
  /** Not yet; what the handler wrote is undone, and the sender comes again. */
  | { readonly kind: 'LATER'; readonly code?: string };

/** Makes the effect on the connection of its transaction. A throw undoes everything and leaves the envelope open. */
export type Handler = (client: PoolClient, envelope: Envelope) => Promise<Effect>;

export interface InboxOptions {
  readonly pool: Pool;
  readonly name: string;
  readonly key: SigningKey;
  readonly directory: Directory;
  /** By type. A type that is missing is refused with ENVELOPE_UNKNOWN_TYPE. */
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly now: () => number;
  /** After an effect was committed: wake stamper and sender. */
  readonly afterCommit?: () => void;
}

export interface Inbox {
  /** Answers the receipt. Throws NotTrusted for what is not provably an envelope of its sender to us. */
  takeIn(jws: string): Promise<string>;
}

export class NotTrusted extends Error {
  override readonly name = 'NotTrusted';
  readonly code = 'NOT_TRUSTED';
}

interface Answer {
  readonly outcome: Outcome;
  readonly code?: string;
  readonly result?: Readonly<Record<string, unknown>>;
}

export function createInbox(options: InboxOptions): Inbox {
  const { pool, name, key, directory, handlers, now, afterCommit } = options;

  const takeIn = async (jws: string) => {
    const envelope = await provenEnvelope(jws, name, directory);
    const answer = await answerTo(envelope, sha256(jws));
    const parties = { envelope: envelope.id, jws, from: name, to: envelope.from };
    return signReceipt(parties, { ...answer, at: new Date(now()) }, key);
  };

  const answerTo = async (envelope: Envelope, hash: string): Promise<Answer> => {
    // A party that is not active acts in nothing; its envelopes keep until it is, and close with its keys.
    if (!(await directory.mayAct(envelope.from))) return { outcome: 'LATER', code: 'NOT_ACTIVE' };
    try {
      const answer = await inTransaction(pool, async (client) => {
        const found = await settle(client, envelope, hash);
        faultPoint('take-in:before-commit');
        return found;
      });
      faultPoint('take-in:after-commit');
      if (answer.outcome !== 'ALREADY' && answer.outcome !== 'LATER') afterCommit?.();
      return answer;
    } catch (error) {
      if (error instanceof Undo) return error.answer;
      throw error;
    }
  };

  const settle = async (client: PoolClient, envelope: Envelope, hash: string): Promise<Answer> => {
    await lockSubject(client, envelope.from, envelope.subject);
    const known = await findEntry(client, envelope.from, envelope.id);
    if (known) return repeated(known, hash);
    const place = await placeOf(client, envelope);
    if (place === 'EARLY') return { outcome: 'LATER', code: 'PREVIOUS_NOT_TAKEN' };
    // A sender that was restored from a backup counts again from where it was.
    if (place === 'OCCUPIED') return { outcome: 'REFUSED', code: 'ENVELOPE_NUMBER_REUSED' };

    const answer = envelope.type === VOID ? await settleVoid(client, envelope) : await handle(client, envelope);
    await writeEntry(client, { ...envelope, hash, ...answer, takenAt: new Date(now()) });
    return answer;
  };

  const handle = async (client: PoolClient, envelope: Envelope): Promise<Answer> => {
    const handler = Object.hasOwn(handlers, envelope.type) ? handlers[envelope.type] : undefined;
    if (!handler) return { outcome: 'REFUSED', code: 'ENVELOPE_UNKNOWN_TYPE' };
    await client.query('SAVEPOINT effect');
    const effect = await handler(client, envelope);
    if (effect.kind === 'LATER') throw new Undo({ outcome: 'LATER', ...(effect.code && { code: effect.code }) });
    if (effect.kind === 'REFUSED') {
      await client.query('ROLLBACK TO SAVEPOINT effect');
      return { outcome: 'REFUSED', code: effect.code };
    }
    return { outcome: 'TAKEN', ...(effect.result && { result: effect.result }) };
  };

  const settleVoid = async (client: PoolClient, { from, body }: Envelope): Promise<Answer> => {
    const { envelope: id, subject, n } = body;
    if (typeof id !== 'string' || typeof subject !== 'string' || !Number.isInteger(n) || subject.startsWith(`${VOID}:`))
      return { outcome: 'REFUSED', code: 'ENVELOPE_MALFORMED' };
    const target = { from, id, subject, n: n as number };
    await lockSubject(client, from, subject);
    const known = await findEntry(client, from, id);
    if (known)
      return known.outcome === 'VOIDED' ? { outcome: 'VOIDED' } : { outcome: 'REFUSED', code: 'ENVELOPE_SETTLED' };
    if ((await placeOf(client, target)) === 'OCCUPIED') return { outcome: 'REFUSED', code: 'ENVELOPE_NUMBER_REUSED' };
    await writeEntry(client, { ...target, type: 'withdrawn', hash: null, outcome: 'VOIDED', takenAt: new Date(now()) });
    return { outcome: 'VOIDED' };
  };

  return { takeIn };
}

/** Ends the transaction with its effects undone, and still with an answer. */
class Undo extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super('undone');
    this.answer = answer;
  }
}

async function provenEnvelope(jws: string, name: string, directory: Directory): Promise<Envelope> {
  const said = jws.length <= JWS_CHARACTERS_MAX ? readUnverified(jws) : undefined;
  const from = said?.claims.from;
  if (!said || typeof from !== 'string') throw new NotTrusted('Expected an envelope as compact JWS, found none.');
  const keys = await directory.signingKeys(from, said.kid);
  const claims = keys && (await verifyJws(jws, 'envelope+jwt', keys));
  const envelope = claims && envelopeOf(claims);
  if (!envelope) throw new NotTrusted(`Expected an envelope signed by a registered key of ${from.slice(0, 40)}.`);
  if (envelope.to !== name) throw new NotTrusted(`Expected an envelope to ${name}, found one to ${envelope.to}.`);
  return envelope;
}

/** Deliveries of one subject wait for each other, also in two processes; other subjects do not. */
const lockSubject = (client: PoolClient, from: string, subject: string) =>
  client.query({
    name: 'envelope-lock',
    text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
    values: [`envelope ${from} ${subject}`],
  });

interface Entry {
  readonly hash: string | null;
  readonly outcome: Outcome;
  readonly code: string | null;
  readonly result: Record<string, unknown> | null;
}

async function findEntry(client: PoolClient, from: string, id: string): Promise<Entry | undefined> {
  const { rows } = await client.query({
    name: 'envelope-find',
    text: 'SELECT hash, outcome, code, result FROM envelope_in WHERE sender = $1 AND id = $2',
    values: [from, id],
  });
  return rows[0];
}

function repeated({ hash, outcome, code, result }: Entry, hashNow: string): Answer {
  // Two texts under one id: the first one counts, and the second is told so.
  if (hash !== null && hash !== hashNow) return { outcome: 'REFUSED', code: 'ID_TAKEN' };
  return { outcome: outcome === 'TAKEN' ? 'ALREADY' : outcome, ...(code && { code }), ...(result && { result }) };
}

/** Every number before it must be settled; counting them sees a hole that a withdrawal further on would hide. */
async function placeOf(
  client: PoolClient,
  { from, subject, n }: Pick<Envelope, 'from' | 'subject' | 'n'>,
): Promise<'NEXT' | 'EARLY' | 'OCCUPIED'> {
  const { rows } = await client.query({
    name: 'envelope-place',
    text: `SELECT count(*) FILTER (WHERE n < $3) AS before, bool_or(n = $3) AS occupied
           FROM envelope_in WHERE sender = $1 AND subject = $2 AND n <= $3`,
    values: [from, subject, n],
  });
  if (rows[0].occupied) return 'OCCUPIED';
  return Number(rows[0].before) === n - 1 ? 'NEXT' : 'EARLY';
}

interface NewEntry extends Answer, Pick<Envelope, 'from' | 'id' | 'subject' | 'n' | 'type'> {
  readonly hash: string | null;
  readonly takenAt: Date;
}

const writeEntry = (client: PoolClient, entry: NewEntry) =>
  client.query({
    name: 'envelope-enter',
    text: `INSERT INTO envelope_in (sender, id, subject, n, type, hash, outcome, code, result, taken_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      entry.from,
      entry.id,
      entry.subject,
      entry.n,
      entry.type,
      entry.hash,
      entry.outcome,
      entry.code ?? null,
      entry.result ? JSON.stringify(entry.result) : null,
      entry.takenAt,
    ],
  });
