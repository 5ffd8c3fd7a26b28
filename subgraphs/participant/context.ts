/** What a resolver is given: who calls, the time, and the services of this endpoint. Made anew for each request. */
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { Stamper } from '@kortelijn/kit/feed/stamper.ts';
import type { Caller } from '@kortelijn/kit/trust/caller.ts';
import type { ParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import type { PrismaClient } from './generated/prisma/client.ts';
import type { Reader } from './store/reader.ts';

/** Lives as long as the process. */
export interface Services {
  /** The participant whose endpoint this is. */
  readonly endpoint: ParticipantId;
  readonly pool: Pool;
  readonly prisma: PrismaClient;
  readonly stamper: Stamper;
  now(): number;
}

export interface Context extends Services {
  readonly caller: Caller;
  /** Reads with the caller's authority and never beyond it. */
  readonly read: Reader;
}
