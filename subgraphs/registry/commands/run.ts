/** What a command works with and what it answers, for all of them alike. */
import type { Outgoing } from '@kortelijn/kit/envelopes/outgoing.ts';
import type { Pool, PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import type { PartyCaller } from '@kortelijn/kit/trust/caller.ts';
import type { ParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { Egress } from '../store/egress.ts';
import type { Probe, Probed } from '../store/probe.ts';
import type { SignedDirectory } from '../store/signed-directory.ts';

/** What commands work with, as long as the process lives. */
export interface Office {
  readonly pool: Pool;
  readonly foundation: ParticipantId;
  readonly directory: SignedDirectory;
  readonly outgoing: Outgoing;
  /** Where webhooks may lead. */
  readonly egress: Egress;
  /** Asks a party's endpoint through the hub whether it is there and what its schema is. */
  readonly probe: Probe;
  now(): number;
  /** After a commit: stamp the feed, send what was written. */
  committed(): void;
}

export interface Run {
  readonly office: Office;
  readonly client: PoolClient;
  readonly viewer: Viewer;
  readonly caller: PartyCaller;
  readonly at: Date;
  /** What the endpoint of the party said that is to be activated, just before. */
  readonly probed?: Probed | undefined;
}

/** Plain JSON, because the command log keeps it; `kind` is the name of the GraphQL type. */
export type Done =
  | { readonly kind: 'CandidateInvited'; readonly invitationId: string }
  | { readonly kind: 'ParticipantChanged'; readonly participantId: string }
  | { readonly kind: 'NetworkIncidentChanged'; readonly networkIncidentId: string }
  /** The secret itself is in no log: it is read from its own row. */
  | { readonly kind: 'WebhookSecretShown'; readonly webhookId: string }
  | { readonly kind: 'WebhookChanged'; readonly webhookId: string }
  | { readonly kind: 'WebhookRemoved'; readonly webhookId: string };
export type Result = Done | Refusal;
