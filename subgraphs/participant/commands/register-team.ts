/** The teams of a participant: kept by its manager, or by a program that brings work from elsewhere. */
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import { newId } from '@kortelijn/schema/vocabulary/ids.ts';
import { actingRole, isDesk } from '../domain/actor.ts';
import { refuseTexts, TEXTS } from '../domain/bounds.ts';
import { invalidInput, notAllowed } from '../domain/refusal.ts';
import type { Run } from './desk.ts';
import type { CommandInputs } from './inputs.ts';
import { onceInTransaction } from './once-in-transaction.ts';
import type { Result } from './results.ts';

const LINES_MAX = 9;

export async function registerTeamCommand(run: Run, input: CommandInputs['registerTeam']): Promise<Result> {
  const { desk, act, caller } = run;
  const manages = caller.program === undefined ? caller.roles.includes('SERVICEMANAGER') : isDesk(act.actor);
  if (caller.participant !== desk.me || !manages) {
    const code = caller.program === undefined ? 'ROLE_DOES_NOT_ALLOW' : 'SCOPE_MISSING';
    return notAllowed(code, "The participant's own servicemanager or program registers its teams.");
  }
  const refusal = refuseTexts([
    [input.name, 'input.name', { ...TEXTS.teamName, optional: false }],
    [input.organisationLine, 'input.organisationLine', TEXTS.teamName],
  ]);
  if (refusal) return refusal;
  if (input.line < 1 || input.line > LINES_MAX) {
    return invalidInput(
      'VALUE_OUT_OF_RANGE',
      'input.line',
      `Expected a line from 1 to ${LINES_MAX}, found ${input.line}.`,
    );
  }
  return onceInTransaction(run, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO team (id, name, line, organisation_line) VALUES ($1, $2, $3, $4)
       ON CONFLICT (name) DO UPDATE SET line = excluded.line, organisation_line = excluded.organisation_line
       RETURNING id`,
      [newId(desk.me, 'tm', act.now.getTime()), input.name, input.line, input.organisationLine ?? null],
    );
    const teamId = rows[0]?.id ?? '';
    await appendEvent(client, {
      type: 'team.registered',
      subjectId: teamId,
      actorRole: actingRole(act.actor),
      at: act.now,
      readersBefore: [desk.me],
      readersAfter: [desk.me],
      keys: {},
    });
    return { kind: 'TeamRegistered', teamId };
  });
}
