/** What a resolver is given: who calls, the time, and the services of the registry. Made anew for each request. */

import type { Inbox } from '@kortelijn/kit/envelopes/inbox.ts';
import type { Stamper } from '@kortelijn/kit/feed/stamper.ts';
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { EndpointContext } from '@kortelijn/kit/server/endpoint-context.ts';
import type { RunCommand } from './commands/command.ts';
import type { Invitations } from './store/invitations.ts';
import type { Reader } from './store/reader.ts';
import type { SignedDirectory } from './store/signed-directory.ts';
import type { Deliveries } from './store/webhook-deliveries.ts';
import type { WebhookReader } from './store/webhook-reader.ts';

export interface Services {
  readonly pool: Pool;
  readonly stamper: Stamper;
  readonly inbox: Inbox;
  readonly directory: SignedDirectory;
  readonly command: RunCommand;
  /** Which gateway delivers which webhook, and how far it is. */
  readonly deliveries: Deliveries;
  /** By the one who made an invitation, to be shown. */
  readonly invitations: Invitations;
}

export interface Context extends EndpointContext, Services {
  /** Reads with the caller's authority and never beyond it. */
  readonly read: Reader;
  readonly readWebhooks: WebhookReader;
}
