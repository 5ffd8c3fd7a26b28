/**
 * The one way in for commands: what is the same for all of them is checked here, then the command of that name runs in
 * one transaction with its entry in the command log. A refusal undoes everything, the entry too.
 */
import { once } from '@kortelijn/kit/command-log/once.ts';
import { requestHash } from '@kortelijn/kit/command-log/request-hash.ts';
import { faultPoint } from '@kortelijn/kit/envelopes/fault-point.ts';
import { inTransaction } from '@kortelijn/kit/postgres/connect.ts';
import type { Caller, PartyCaller } from '@kortelijn/kit/trust/caller.ts';
import { refuseCommandId } from '../domain/bounds.ts';
import { commandIdReused, notAllowed, type Refusal } from '../domain/refusal.ts';
import type { Viewer } from '../domain/viewer.ts';
import { activate, probeFor } from './activate.ts';
import { apply } from './apply.ts';
import { demote, promote } from './change-network-incident.ts';
import { confirm, publish, register as registerContacts } from './contacts.ts';
import type { ActivateParticipant, CommandInputs, CommandName } from './inputs.ts';
import { invite } from './invite.ts';
import { reinstate, suspend } from './membership.ts';
import { propose } from './propose-network-incident.ts';
import type { Done, Office, Result, Run } from './run.ts';
import { change, register, remove, replay, rotate } from './webhooks.ts';
import { withdraw } from './withdraw.ts';

const doers: { readonly [Name in CommandName]: (run: Run, input: CommandInputs[Name]) => Promise<Result> } = {
  inviteCandidate: invite,
  applyForAccession: apply,
  registerContacts,
  publishContacts: publish,
  confirmContacts: confirm,
  activateParticipant: activate,
  withdrawParticipant: withdraw,
  suspendParticipant: suspend,
  reinstateParticipant: reinstate,
  proposeNetworkIncident: propose,
  promoteNetworkIncident: promote,
  demoteNetworkIncident: demote,
  registerWebhook: register,
  changeWebhook: change,
  rotateWebhookSecret: rotate,
  removeWebhook: remove,
  replayWebhook: replay,
};

/** A party that is not active acts in nothing but its own joining and leaving; the lifecycle says in which of these. */
const OF_ACCESSION: ReadonlySet<CommandName> = new Set([
  'applyForAccession',
  'registerContacts',
  'publishContacts',
  'activateParticipant',
  'withdrawParticipant',
]);

export type RunCommand = <Name extends CommandName>(
  name: Name,
  input: CommandInputs[Name],
  caller: Caller,
) => Promise<Result>;

export function createCommands(office: Office): RunCommand {
  return async (name, input, caller) => {
    if (caller.kind === 'hub') return notAllowed('FORBIDDEN', 'The hub itself changes nothing: a party commands.');
    const malformed = refuseCommandId(input.commandId);
    if (malformed) return malformed;
    const viewer = viewerOf(caller, office.foundation);
    if (!OF_ACCESSION.has(name) && !(await office.directory.mayAct(caller.participant))) {
      return notAllowed('NOT_ACTIVE', `${caller.participant} is not active in the network, so it does not act in it.`);
    }
    const probed =
      name === 'activateParticipant' ? await probeFor(office, viewer, input as ActivateParticipant) : undefined;
    const at = new Date(office.now());
    const { commandId, ...asked } = input;
    const command = {
      participant: caller.participant,
      commandId,
      actor: caller.subject ?? caller.program ?? caller.participant,
      operation: name,
      requestHash: requestHash(asked),
      at,
    };
    try {
      const answer = await inTransaction(office.pool, (client) =>
        once<Done>(client, command, async () => {
          const result = await doers[name]({ office, client, viewer, caller, at, probed }, input);
          if (isDone(result)) return result;
          throw new Refused(result);
        }),
      );
      if (answer.kind === 'COMMAND_ID_REUSED') return commandIdReused(commandId);
      faultPoint('cause:after-commit');
      office.committed();
      return answer.answer;
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
  };
}

export function viewerOf(caller: PartyCaller, foundation: string): Viewer {
  const { participant, roles, scopes, program } = caller;
  return { participant, roles, scopes, foundation, ...(program && { program }) };
}

const DONE: ReadonlySet<string> = new Set<Done['kind']>([
  'CandidateInvited',
  'ParticipantChanged',
  'NetworkIncidentChanged',
  'WebhookSecretShown',
  'WebhookChanged',
  'WebhookRemoved',
]);
const isDone = (result: Result): result is Done => DONE.has(result.kind);

/** A refusal leaves no trace, so that the same command may be tried again when what it met has changed. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}
