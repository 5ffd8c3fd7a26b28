/** What a caller may know of an error of the database: whether to come again, and whether his command may stand. */
import { CommitOutcomeUnknown } from '../postgres/connect.ts';

export type StoreCode = 'STORE_UNAVAILABLE' | 'OUTCOME_UNKNOWN';

/** SQLSTATE classes: connection lost, out of resources, shut down by an operator; of class 40 what a repetition mends. */
const SQLSTATES = /^(08...|53...|57P0[1-5]|57014|55P03|40001|40P01)$/;
const SOCKET = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH'];
/** Prisma's own: no server, timed out, connection closed, no connection free. */
const PRISMA = ['P1001', 'P1002', 'P1008', 'P1017', 'P2024'];
/** What pg says without any code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** `undefined` for everything that is our own mistake. */
export function storeCodeOf(error: unknown): StoreCode | undefined {
  if (error instanceof CommitOutcomeUnknown) return 'OUTCOME_UNKNOWN';
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return MESSAGES.test(error.message) ? 'STORE_UNAVAILABLE' : undefined;
  // A missing file has ENOENT too; only a failing connection names a system call of a socket.
  if (code === 'ENOENT' && (error as { syscall?: unknown }).syscall !== 'connect') return undefined;
  const isStore = SQLSTATES.test(code) || SOCKET.includes(code) || PRISMA.includes(code);
  return isStore ? 'STORE_UNAVAILABLE' : undefined;
}
