/**
 * The roles in which people of this participant may act here, kept by their servicemanager. They narrow what a token
 * says and never widen it: taking a role away holds from the next request on, wherever the token came from.
 */
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import { subjectAtIssuer } from '@kortelijn/kit/trust/caller.ts';
import { newId } from '@kortelijn/schema/vocabulary/ids.ts';
import { actingRole } from '../domain/actor.ts';
import { refuseTexts, TEXTS } from '../domain/bounds.ts';
import { invalidInput, notAllowed } from '../domain/refusal.ts';
import type { Run } from './desk.ts';
import type { CommandInputs } from './inputs.ts';
import { onceInTransaction } from './once-in-transaction.ts';
import type { Result } from './results.ts';

export async function changePersonRolesCommand(run: Run, input: CommandInputs['changePersonRoles']): Promise<Result> {
  const { desk, act, caller } = run;
  const manages = caller.program === undefined && caller.roles.includes('SERVICEMANAGER');
  if (caller.participant !== desk.me || !manages) {
    return notAllowed('ROLE_DOES_NOT_ALLOW', "The participant's own servicemanager changes the roles of its people.");
  }
  if (subjectAtIssuer(caller) === input.subject) {
    return notAllowed('ROLE_DOES_NOT_ALLOW', 'Nobody changes his own roles: another servicemanager does.');
  }
  const refusal = refuseTexts([
    [input.subject, 'input.subject', TEXTS.title],
    [input.name, 'input.name', { ...TEXTS.title, optional: true }],
  ]);
  if (refusal) return refusal;
  const roles = [...new Set(input.roles)].sort();
  if (roles.includes('PROGRAM')) {
    return invalidInput('VALUE_OUT_OF_RANGE', 'input.roles', 'PROGRAM is no role of a person: leave it out.');
  }
  return onceInTransaction(run, async (client) => {
    const { rows: known } = await client.query<{ id: string; roles: string[] }>(
      'SELECT id, roles FROM person WHERE subject = $1 FOR UPDATE',
      [input.subject],
    );
    const name = input.name?.trim() ? input.name : null;
    if (!known[0] && name === null) {
      return invalidInput('TEXT_REQUIRED', 'input.name', `${input.subject} is not known here yet: give the name.`);
    }
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO person AS old (subject, id, name, roles, roles_changed_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (subject) DO UPDATE SET name = coalesce($6, old.name), roles = excluded.roles,
         roles_changed_at = CASE WHEN old.roles = excluded.roles THEN old.roles_changed_at ELSE excluded.roles_changed_at END
       RETURNING id`,
      [input.subject, newId(desk.me, 'prs', act.now.getTime()), name ?? '', roles, act.now, name],
    );
    const personId = rows[0]?.id ?? '';
    if (known[0] && isSame(known[0].roles, roles)) return { kind: 'PersonRolesChanged', personId };
    await appendEvent(client, {
      type: 'person.rolesChanged',
      subjectId: personId,
      actorRole: actingRole(act.actor),
      at: act.now,
      readersBefore: known[0] ? [desk.me] : [],
      readersAfter: [desk.me],
      keys: { subject: input.subject, roles },
    });
    return { kind: 'PersonRolesChanged', personId };
  });
}

const isSame = (before: readonly string[], after: readonly string[]) =>
  before.length === after.length && after.every((role) => before.includes(role));
