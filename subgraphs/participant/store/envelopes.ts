/** What this participant has sent and what became of it, for its own desk. */

import { type EnvelopeState, shownState } from '@kortelijn/kit/envelopes/envelope.ts';
import type { AvailableAction } from '@kortelijn/schema/interpret/lifecycle.ts';
import type { Standing } from '../domain/access.ts';
import type { EnvelopeOut } from '../generated/prisma/client.ts';

export type { EnvelopeState };

export interface EnvelopeRow {
  readonly id: string;
  readonly to: string;
  readonly type: string;
  readonly state: EnvelopeState;
  readonly code: string | null;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly lastError: string | null;
  readonly subjectId: string;
}

/** All but the message itself, which is nobody's to read. */
export type EnvelopeColumns = Omit<EnvelopeOut, 'jws' | 'result' | 'receipt'>;

export function envelopeRow(row: EnvelopeColumns, nowMs: number): EnvelopeRow {
  const open = row.state === 'PENDING_DELIVERY';
  return {
    id: row.id,
    to: row.recipient,
    type: row.type,
    state: shownState(row.state, row.createdAt, nowMs),
    code: row.code,
    createdAt: row.createdAt,
    closedAt: row.closedAt,
    attempts: row.attempts,
    nextAttemptAt: open ? row.nextAttemptAt : null,
    lastError: row.lastError,
    subjectId: row.subject,
  };
}

/** Only what is still on its way can be hurried or asked back. */
export function envelopeActions({ state }: EnvelopeRow, standing: Standing): readonly AvailableAction[] {
  const open = state === 'PENDING_DELIVERY' || state === 'STUCK';
  const reason = !standing.full ? 'ROLE_DOES_NOT_ALLOW' : open ? null : 'STATE_DOES_NOT_ALLOW';
  const about = { available: reason === null, reason, requires: [] } as const;
  return [
    { ...about, action: 'retryEnvelope', effects: ['it is tried at once'], awaits: ["the receiver's signed receipt"] },
    {
      ...about,
      action: 'withdrawEnvelope',
      effects: ['the receiver is asked never to take it in', 'what it closed is open again once it agrees'],
      awaits: ["the receiver's signed receipt"],
    },
  ];
}
