/** A person has seen what waited for him. His own mark: it changes nothing for a colleague, and no feed tells of it. */
import { pageSizeMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { invalidInput, notAllowed } from '../domain/refusal.ts';
import { addresseeOf } from '../store/notifications.ts';
import type { Run } from './desk.ts';
import type { CommandInputs } from './inputs.ts';
import { onceInTransaction } from './once-in-transaction.ts';
import type { Result } from './results.ts';

export async function markReadCommand(run: Run, input: CommandInputs['markNotificationsRead']): Promise<Result> {
  const { desk, act, caller } = run;
  const addressee = addresseeOf(caller, desk.me);
  if (!addressee)
    return notAllowed('ROLE_DOES_NOT_ALLOW', 'Notifications are for the people of their own participant.');
  const ids = [...new Set(input.ids ?? [])];
  if (ids.length > pageSizeMax) {
    const message = `Expected at most ${pageSizeMax} ids, found ${ids.length}: name fewer, or use upTo.`;
    return invalidInput('VALUE_OUT_OF_RANGE', 'input.ids', message);
  }
  if (ids.length === 0 && input.upTo == null) {
    return invalidInput('NOTHING_TO_CHANGE', 'input', 'Name notifications in ids, or a moment in upTo.');
  }
  // What is gone or not for this person stays out, without a word: the two look the same.
  return onceInTransaction(run, async (client) => {
    await client.query(
      `INSERT INTO notification_read (notification_id, subject, read_at)
       SELECT id, $1, $2 FROM notification
       WHERE roles && $3::text[] AND (id = ANY($4::text[]) OR at <= $5) AND actor IS DISTINCT FROM $1
       ON CONFLICT (notification_id, subject) DO NOTHING`,
      [addressee.subject, act.now, addressee.roles, ids, input.upTo ?? null],
    );
    return { kind: 'NotificationsRead', ids };
  });
}
