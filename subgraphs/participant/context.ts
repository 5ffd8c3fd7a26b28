/** What a resolver is given: who calls, the time, and the services of this endpoint. */
import type { Inbox } from '@kortelijn/kit/envelopes/inbox.ts';
import type { Stamper } from '@kortelijn/kit/feed/stamper.ts';
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { EndpointContext } from '@kortelijn/kit/server/endpoint-context.ts';
import type { RunCommand } from './commands/command.ts';
import type { Reader } from './store/reader.ts';

/** Lives as long as the process. */
export interface Services {
  readonly pool: Pool;
  readonly stamper: Pick<Stamper, 'settle' | 'onHead'>;
  /** The one way to change something. */
  readonly command: RunCommand;
  /** Where envelopes of other parties are taken in. */
  readonly inbox: Inbox;
}

/** Made anew for each request, so that nothing is shared between callers. */
export interface Context extends EndpointContext, Services {
  /** Reads with the caller's authority and never beyond it. */
  readonly read: Reader;
}
