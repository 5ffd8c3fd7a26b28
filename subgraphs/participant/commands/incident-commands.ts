/** The commands on one incident of this participant: each names its event and hands over what the event must know. */
import { parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import { accessTo, standingOf } from '../domain/access.ts';
import { decide, type IncidentEvent, type InputOf } from '../domain/decide.ts';
import type { Incident } from '../domain/incident.ts';
import { isRefusal, notFound, type Refusal, versionConflict } from '../domain/refusal.ts';
import { changeIncident, type Plan } from './change-incident.ts';
import type { Run } from './desk.ts';
import type { CommandInputs, CommandName } from './inputs.ts';
import type { Looked } from './read-situation.ts';
import type { Done, Result } from './results.ts';
import type { Note } from './write-decision.ts';

interface Told<E extends IncidentEvent> {
  readonly input: InputOf<E>;
  readonly note?: Note;
  readonly answer: Plan['answer'];
}

interface OnIncident {
  readonly incidentId: string;
  readonly expectedVersion?: number | null | undefined;
}

/** `tell` makes the event's input from what was found; the rest is the same for every event. */
export async function onIncident<E extends IncidentEvent>(
  run: Run,
  { incidentId, expectedVersion }: OnIncident,
  event: E,
  tell: (looked: Looked) => Told<E>,
  teamId?: string,
): Promise<Result> {
  if (parseId(incidentId)?.tag !== 'inc') return notFound(incidentId);
  return changeIncident(run, { incidentId, teamId }, (looked): Plan | Refusal => {
    const { situation } = looked;
    if (!situation || !isVisible(run, situation.incident)) return notFound(incidentId);
    const { input, ...plan } = tell(looked);
    const decision = decide(event, situation, run.act, input);
    // Who may not act at all is told that first; everybody else hears that he looked at an older version.
    if (isRefusal(decision) && decision.kind === 'NotAllowed') return decision;
    const { version } = situation.incident;
    if (expectedVersion != null && expectedVersion !== version) return versionConflict(expectedVersion, version);
    if (!isRefusal(decision)) return { ...plan, decision };
    return decision;
  });
}

/** Who may read nothing of it is not told that it is there. */
function isVisible({ caller, desk }: Run, incident: Incident): boolean {
  return accessTo(standingOf(caller, desk.me), incident) !== undefined;
}

const changed = (incidentId: string) => ({ answer: (): Done => ({ kind: 'IncidentChanged', incidentId }) });
type Doer<Name extends CommandName> = (run: Run, input: CommandInputs[Name]) => Promise<Result>;

export const changeCommand: Doer<'changeIncident'> = (run, input) =>
  onIncident(run, input, 'change', () => ({ input, ...changed(input.incidentId) }));

export const assignCommand: Doer<'assignIncident'> = (run, input) =>
  onIncident(
    run,
    input,
    'assign',
    ({ team }) => ({ input: { teamId: input.teamId, team }, ...changed(input.incidentId) }),
    input.teamId,
  );

export const acknowledgeCommand: Doer<'acknowledgeIncident'> = (run, input) =>
  onIncident(run, input, 'acknowledge', () => ({ input: undefined, ...changed(input.incidentId) }));

export const startCommand: Doer<'startIncident'> = (run, input) =>
  onIncident(run, input, 'start', () => ({ input: undefined, ...changed(input.incidentId) }));

export const waitCommand: Doer<'waitIncident'> = (run, input) =>
  onIncident(run, input, 'wait', () => ({ input, ...changed(input.incidentId) }));

export const resumeCommand: Doer<'resumeIncident'> = (run, input) =>
  onIncident(run, input, 'resume', () => ({ input: undefined, ...changed(input.incidentId) }));

export const resolveCommand: Doer<'resolveIncident'> = (run, input) =>
  onIncident(run, input, 'resolve', () => ({ input, ...changed(input.incidentId) }));

export const confirmCommand: Doer<'confirmIncident'> = (run, input) =>
  onIncident(run, input, 'confirm', () => ({ input: undefined, ...changed(input.incidentId) }));

export const reopenCommand: Doer<'reopenIncident'> = (run, input) =>
  onIncident(run, input, 'reopen', () => ({ input, ...changed(input.incidentId) }));

export const cancelCommand: Doer<'cancelIncident'> = (run, input) =>
  onIncident(run, input, 'cancel', () => ({ input, ...changed(input.incidentId) }));

/** The link is an id under the receiver's prefix, made here: it can be shown before the receiver knows of it. */
const sent = (incidentId: string): Pick<Plan, 'answer'> => ({
  answer: ({ incident }, envelopeId) => ({
    kind: 'IncidentSent',
    incidentId,
    envelopeId,
    linkId: incident.nextId ?? incidentId,
  }),
});

export const handOverCommand: Doer<'handOverIncident'> = (run, input) =>
  onIncident(run, input, 'handOver', () => ({ input, ...sent(input.incidentId) }));

export const rejectOwnershipCommand: Doer<'rejectIncidentOwnership'> = (run, input) =>
  onIncident(run, input, 'rejectOwnership', () => ({ input, ...sent(input.incidentId) }));
