/** The ordinary way to carry out a command: one transaction, entered in the command log, undone whole when refused. */

import { once } from '@kortelijn/kit/command-log/once.ts';
import { faultPoint } from '@kortelijn/kit/envelopes/fault-point.ts';
import { inTransaction, type PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { commandIdReused, isRefusal, type Refusal } from '../domain/refusal.ts';
import type { Run } from './desk.ts';
import type { Done, Result } from './results.ts';

export async function onceInTransaction(
  { desk, command }: Run,
  work: (client: PoolClient) => Promise<Done | Refusal>,
): Promise<Result> {
  try {
    const result = await inTransaction(desk.pool, (client) =>
      once<Done>(client, command, async () => {
        const done = await work(client);
        if (isRefusal(done)) throw new Refused(done);
        return done;
      }),
    );
    if (result.kind === 'COMMAND_ID_REUSED') return commandIdReused(command.commandId);
    faultPoint('cause:after-commit');
    desk.committed({ envelopes: true });
    return result.answer;
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

/** A refusal leaves no trace, so that the same command may be tried again when what it met has changed. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}
