/**
 * The one way in for commands: `command(name, input, caller)` checks what is the same for all of them (who may command
 * at all, the commandId, the import) and hands over to the doer of that name.
 */
import { requestHash } from '@kortelijn/kit/command-log/request-hash.ts';
import type { Caller } from '@kortelijn/kit/trust/caller.ts';
import { textLengthsMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { IMPORT_SCOPE } from '../domain/actor.ts';
import { refuseText, TEXTS } from '../domain/bounds.ts';
import { invalidInput, notAllowed, type Refusal } from '../domain/refusal.ts';
import { answerCommand, askCommand } from './assistance.ts';
import { changePersonRolesCommand } from './change-person-roles.ts';
import { actOf, type Desk, type Run } from './desk.ts';
import { retryCommand, withdrawCommand } from './envelope-commands.ts';
import {
  acknowledgeCommand,
  assignCommand,
  cancelCommand,
  changeCommand,
  confirmCommand,
  handOverCommand,
  rejectOwnershipCommand,
  reopenCommand,
  resolveCommand,
  resumeCommand,
  startCommand,
  waitCommand,
} from './incident-commands.ts';
import type { CommandInputs, CommandName } from './inputs.ts';
import { markReadCommand } from './mark-notifications-read.ts';
import { noteCommand, participationCommand } from './note-and-part.ts';
import { registerTeamCommand } from './register-team.ts';
import { reportCommand } from './report-incident.ts';
import type { Result } from './results.ts';
import { serviceStatusCommand } from './service-status.ts';

const doers: { readonly [Name in CommandName]: (run: Run, input: CommandInputs[Name]) => Promise<Result> } = {
  reportIncident: reportCommand,
  changeIncident: changeCommand,
  addNote: noteCommand,
  assignIncident: assignCommand,
  acknowledgeIncident: acknowledgeCommand,
  startIncident: startCommand,
  waitIncident: waitCommand,
  resumeIncident: resumeCommand,
  setParticipation: participationCommand,
  handOverIncident: handOverCommand,
  rejectIncidentOwnership: rejectOwnershipCommand,
  askAssistance: askCommand,
  answerAssistance: answerCommand,
  resolveIncident: resolveCommand,
  confirmIncident: confirmCommand,
  reopenIncident: reopenCommand,
  cancelIncident: cancelCommand,
  reportServiceStatus: serviceStatusCommand,
  registerTeam: registerTeamCommand,
  changePersonRoles: changePersonRolesCommand,
  markNotificationsRead: markReadCommand,
  retryEnvelope: retryCommand,
  withdrawEnvelope: withdrawCommand,
};

export type RunCommand = <Name extends CommandName>(
  name: Name,
  input: CommandInputs[Name],
  caller: Caller,
) => Promise<Result>;

export function createCommands(desk: Desk): RunCommand {
  return async (name, input, caller) => {
    // A class names nobody, and the hub is nobody's: what is done is done by somebody.
    if (caller.kind !== 'subject')
      return notAllowed('FORBIDDEN', 'A command needs a person or a program that gives it.');
    const refusal =
      refuseInactive(desk, caller.participant) ??
      refuseCommandId(input.commandId) ??
      refuseImport(input.import, caller.scopes);
    if (refusal) return refusal;
    const act = actOf(desk, caller, input.import ?? null);
    const { commandId, ...asked } = input;
    return doers[name](
      {
        desk,
        caller,
        act,
        command: {
          participant: caller.participant,
          commandId,
          actor: caller.subject ?? caller.program ?? caller.participant,
          operation: name,
          requestHash: requestHash(asked),
          at: act.now,
        },
      },
      input,
    );
  };
}

/** Whoever is suspended reads what is its own and changes nothing. While there is no directory yet, nobody is. */
function refuseInactive({ directory }: Desk, participant: string): Refusal | undefined {
  const state = directory.participant(participant)?.accessionState;
  if (state === undefined || state === 'ACTIVE') return undefined;
  const code = state === 'SUSPENDED' ? 'SUSPENDED' : 'NOT_ACTIVE';
  return notAllowed(
    code,
    `${participant} takes no part in the network now (${state}): it can read, and change nothing.`,
  );
}

const COMMAND_ID = /^[\x21-\x7e]+$/;

function refuseCommandId(commandId: string): Refusal | undefined {
  if (COMMAND_ID.test(commandId) && commandId.length <= textLengthsMax.commandId) return undefined;
  const message = `commandId is 1 to ${textLengthsMax.commandId} visible ASCII characters, such as a UUID.`;
  return invalidInput('COMMAND_ID_MALFORMED', 'input.commandId', message);
}

function refuseImport(imported: { readonly batch: string } | null | undefined, scopes: readonly string[]) {
  if (imported == null) return undefined;
  if (!scopes.includes(IMPORT_SCOPE)) {
    return notAllowed('SCOPE_MISSING', 'import is for programs with the scope import: leave it out.');
  }
  return refuseText(imported.batch, 'input.import.batch', TEXTS.batch);
}
