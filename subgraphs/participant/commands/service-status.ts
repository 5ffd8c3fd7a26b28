/** How a service of this participant stands, said by itself: known to the whole network at once. */
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import { newId } from '@kortelijn/schema/vocabulary/ids.ts';
import { actingRole, isDesk } from '../domain/actor.ts';
import { refuseTexts, TEXTS } from '../domain/bounds.ts';
import { EVERY_PARTICIPANT } from '../domain/readers.ts';
import { notAllowed } from '../domain/refusal.ts';
import type { Run } from './desk.ts';
import type { CommandInputs } from './inputs.ts';
import { onceInTransaction } from './once-in-transaction.ts';
import type { Result } from './results.ts';

export async function serviceStatusCommand(run: Run, input: CommandInputs['reportServiceStatus']): Promise<Result> {
  const { desk, act, caller } = run;
  const monitor = caller.program === undefined && caller.roles.includes('MONITOR');
  if (caller.participant !== desk.me || !(isDesk(act.actor) || monitor)) {
    const code = caller.program === undefined ? 'ROLE_DOES_NOT_ALLOW' : 'SCOPE_MISSING';
    return notAllowed(
      code,
      "The participant's own desk, manager, monitor or program reports the state of its services.",
    );
  }
  const refusal = refuseTexts([
    [input.service, 'input.service', TEXTS.service],
    [input.note, 'input.note', TEXTS.statusNote],
  ]);
  if (refusal) return refusal;
  return onceInTransaction(run, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO service_status (service, id, level, as_of, note) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (service) DO UPDATE SET level = excluded.level, as_of = excluded.as_of, note = excluded.note
       RETURNING id`,
      [input.service, newId(desk.me, 'sst', act.now.getTime()), input.level, act.now, input.note ?? null],
    );
    await appendEvent(client, {
      type: 'serviceStatus.reported',
      subjectId: rows[0]?.id ?? '',
      actorRole: actingRole(act.actor),
      at: act.now,
      readersBefore: [EVERY_PARTICIPANT],
      readersAfter: [EVERY_PARTICIPANT],
      keys: { service: input.service, level: input.level },
    });
    return { kind: 'ServiceStatusReported', service: input.service };
  });
}
