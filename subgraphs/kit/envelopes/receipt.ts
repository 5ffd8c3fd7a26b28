/** The receiver's signed answer: the only thing that closes an envelope. */
import { type Claims, signJws } from '../trust/jws.ts';
import type { SigningKey } from '../trust/keys.ts';
import { sha256 } from '../trust/seal.ts';

export type Outcome =
  /** Its effect stands, in the same transaction as the entry that says so. */
  | 'TAKEN'
  /** It was taken before; the result is the one of then. */
  | 'ALREADY'
  /** Not now: an earlier one of the subject has not come, or the receiver is not ready. Closes nothing. */
  | 'LATER'
  /** Never, by the rule in `code`. */
  | 'REFUSED'
  /** The sender asked for it back, and it had not been taken and never will be. */
  | 'VOIDED';

export interface Receipt {
  readonly outcome: Outcome;
  readonly code?: string;
  /** What the effect made, e.g. the reference of an incident. */
  readonly result?: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

export interface ReceiptFor {
  /** Id of the envelope, and its JWS as it was sent. */
  readonly envelope: string;
  readonly jws: string;
  readonly from: string;
  readonly to: string;
}

export function signReceipt({ envelope, jws, from, to }: ReceiptFor, receipt: Receipt, key: SigningKey): string {
  const { outcome, code, result, at } = receipt;
  return signJws(
    'receipt+jwt',
    {
      envelope,
      hash: sha256(jws),
      from,
      to,
      outcome,
      ...(code && { code }),
      ...(result && { result }),
      at: Math.floor(at.getTime() / 1_000),
    },
    key,
  );
}

const OUTCOMES: readonly string[] = ['TAKEN', 'ALREADY', 'LATER', 'REFUSED', 'VOIDED'] satisfies Outcome[];

/** Whether these claims, whose signature is proven, answer this very envelope. */
export function receiptOf(claims: Claims, expected: ReceiptFor): Receipt | undefined {
  const { envelope, hash, from, to, outcome, code, result, at } = claims;
  if (envelope !== expected.envelope || hash !== sha256(expected.jws)) return undefined;
  if (from !== expected.from || to !== expected.to) return undefined;
  if (typeof outcome !== 'string' || !OUTCOMES.includes(outcome)) return undefined;
  if (typeof at !== 'number' || !Number.isFinite(at)) return undefined;
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result);
  return {
    outcome: outcome as Outcome,
    ...(typeof code === 'string' && { code }),
    ...(isObject && { result: result as Record<string, unknown> }),
    at: new Date(at * 1_000),
  };
}
