/**
 * Carries a command out once, however often it is sent: same id, same effect, same answer. The entry is written in the
 * transaction of the effect, so neither exists without the other. A duplicate that comes meanwhile waits at the
 * primary key for the first one's end: after its commit it gets the answer, after its rollback it is the first itself.
 */
import type { Queryable } from '../postgres/connect.ts';

export interface Command {
  /** The participant of the actor: one party's ids never meet another's. */
  readonly participant: string;
  readonly commandId: string;
  readonly actor: string;
  readonly operation: string;
  /** Of what was asked: see `requestHash`. */
  readonly requestHash: string;
  readonly at: Date;
}

export type Once<Answer> =
  | { readonly kind: 'DONE'; readonly answer: Answer; readonly repeated: boolean }
  /** This id was used for something else, or by somebody else: nothing was done. */
  | { readonly kind: 'COMMAND_ID_REUSED' };

const CLAIM = {
  name: 'command-claim',
  text: `INSERT INTO command_log (participant, command_id, actor, operation, request_hash, at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (participant, command_id) DO NOTHING`,
};
const FIND = {
  name: 'command-find',
  text: 'SELECT actor, operation, request_hash, answer FROM command_log WHERE participant = $1 AND command_id = $2',
};
const ANSWER = {
  name: 'command-answer',
  text: 'UPDATE command_log SET answer = $3 WHERE participant = $1 AND command_id = $2',
};

/**
 * Within a READ COMMITTED transaction of the caller. The answer must be plain JSON; a repeated command gets it as JSON
 * gives it back. When `run` throws, the caller's rollback takes the entry away too, so the id can be used again.
 */
export async function once<Answer>(
  client: Queryable,
  command: Command,
  run: () => Promise<Answer>,
): Promise<Once<Answer>> {
  const key = [command.participant, command.commandId];
  const claimed = await client.query({
    ...CLAIM,
    values: [...key, command.actor, command.operation, command.requestHash, command.at],
  });
  if (claimed.rowCount === 1) {
    const answer = await run();
    await client.query({ ...ANSWER, values: [...key, JSON.stringify(answer)] });
    return { kind: 'DONE', answer, repeated: false };
  }
  const { rows } = await client.query({ ...FIND, values: key });
  const first = rows[0];
  if (!first) throw new Error(`Command ${command.commandId} was cleared away while it was repeated. Send it again.`);
  const same =
    first.actor === command.actor &&
    first.operation === command.operation &&
    first.request_hash === command.requestHash;
  return same ? { kind: 'DONE', answer: first.answer as Answer, repeated: true } : { kind: 'COMMAND_ID_REUSED' };
}
