/** An envelope as trust.md writes it, read from the claims of its JWS. */
import { isParticipantId, REGISTRY } from '@kortelijn/schema/vocabulary/ids.ts';
import type { Claims } from '../trust/jws.ts';

export interface Envelope {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** What it is about: order is kept per subject, and only there. */
  readonly subject: string;
  /** From 1, per (from, to, subject), without a hole. */
  readonly n: number;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** Asks for VOIDED of the envelope named in its body. */
export const VOID = 'void';

/** How a pending envelope is shown from this age on. Nothing else changes: it is still tried. */
export const STUCK_MS = 30 * 24 * 3_600_000;

export type EnvelopeState = 'PENDING_DELIVERY' | 'STUCK' | 'TAKEN' | 'REFUSED' | 'VOIDED';

/** The state to show: silence never closes an envelope, it only makes it conspicuous. */
export function shownState(stored: string, createdAt: Date, nowMs: number): EnvelopeState {
  if (stored === 'PENDING_DELIVERY' && nowMs - createdAt.getTime() >= STUCK_MS) return 'STUCK';
  return stored as EnvelopeState;
}

export function envelopeOf(claims: Claims): Envelope | undefined {
  const { id, from, to, subject, n, type, body, at } = claims;
  if (!isText(id, 100) || !isText(subject, 200) || !isText(type, 100)) return undefined;
  if (!isEndpoint(from) || !isEndpoint(to)) return undefined;
  if (!Number.isInteger(n) || (n as number) < 1 || (n as number) > 2_147_483_647) return undefined;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  if (typeof at !== 'number' || !Number.isFinite(at) || Math.abs(at) > 8.64e12) return undefined;
  return {
    id,
    from,
    to,
    subject,
    n: n as number,
    type,
    body: body as Record<string, unknown>,
    at: new Date(at * 1_000),
  };
}

const isEndpoint = (value: unknown): value is string =>
  typeof value === 'string' && (value === REGISTRY || isParticipantId(value));

const isText = (value: unknown, charactersMax: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= charactersMax && !value.includes('\0');
