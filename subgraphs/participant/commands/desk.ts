/** What carrying out a command needs of its process, and one command on its way through it. */

import type { Command } from '@kortelijn/kit/command-log/once.ts';
import type { Outgoing } from '@kortelijn/kit/envelopes/outgoing.ts';
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { PartyCaller } from '@kortelijn/kit/trust/caller.ts';
import { newId, type ParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import type { Act } from '../domain/act.ts';
import type { Actor } from '../domain/actor.ts';

export interface Desk {
  /** The participant whose endpoint this is. */
  readonly me: ParticipantId;
  readonly pool: Pool;
  readonly outgoing: Outgoing;
  /** Who takes part; the fetched directory. */
  readonly directory: { participant(id: string): { readonly accessionState: string } | undefined };
  now(): number;
  /** After a commit: let the feed be stamped and, where some were written, envelopes be sent; soon, without waiting. */
  committed(wrote: { readonly envelopes: boolean }): void;
  /** Tries this receiver now, whatever it answered before. */
  sendNow(recipient: string): void;
}

/** One command: who asks, when it happened, and its line in the command log. */
export interface Run {
  readonly desk: Desk;
  readonly caller: PartyCaller;
  readonly act: Act;
  readonly command: Command;
}

export function actOf(
  desk: Desk,
  actor: Actor,
  imported?: { readonly occurredAt: Date; readonly batch: string } | null,
): Act {
  const now = new Date(desk.now());
  return {
    actor,
    now,
    at: imported?.occurredAt ?? now,
    batch: imported?.batch ?? null,
    party: (id) => desk.directory.participant(id)?.accessionState,
    newId: (participant, tag) => newId(participant as ParticipantId, tag, now.getTime()),
  };
}
