/**
 * Decides what an event makes of an incident. First whether the actor may, in this state, by the contract's lifecycle;
 * then what the event itself asks and does (events/); then all of it as one decision. Pure.
 */
import { clockEffects, type EventOf, decide as mayHappen } from '@kortelijn/schema/interpret/lifecycle.ts';
import { incident as lifecycle } from '@kortelijn/schema/lifecycles/incident.ts';
import type { Act } from './act.ts';
import { ownerOf } from './actor.ts';
import { moveClocks } from './clocks.ts';
import { type Decision, type Effect, type Situation, settle } from './decision.ts';
import { cancel, close, reopen, resolve } from './events/finish.ts';
import { handOver, recordDelivery, recordPickUp, rejectOwnership, undoHandover } from './events/hand-over.ts';
import { open } from './events/open.ts';
import { addNote, recordNetworkIncident, setParticipation } from './events/take-part.ts';
import { acknowledge, assign, change, resume, start, wait } from './events/work.ts';
import type { Incident } from './incident.ts';
import { invalidInput, isRefusal, notAllowed, type Refusal, stateDoesNotAllow } from './refusal.ts';
import { factsOf, relationsOf } from './relations.ts';
import type { Transfer } from './transfer.ts';

/** What each event does beyond moving the state, and by its parameter what it must be told. */
const effects = {
  change,
  assign,
  acknowledge,
  start,
  wait,
  resume,
  resolve,
  confirm: close,
  closeAfterSilence: close,
  reopen,
  cancel,
  handOver,
  rejectOwnership,
  undoHandover,
  recordDelivery,
  recordPickUp,
  addNote,
  setParticipation,
  recordNetworkIncident,
} as const satisfies Partial<Record<EventOf<typeof lifecycle>, (...args: never[]) => Effect | Refusal>>;

export type IncidentEvent = keyof typeof effects;
export type InputOf<E extends IncidentEvent> =
  Parameters<(typeof effects)[E]> extends [unknown, unknown, infer Input] ? Input : undefined;

export interface Circumstances {
  /** When the silence after a resolution becomes consent; only the timer knows it. */
  readonly silenceEndsAt?: Date;
}

export function decide<E extends IncidentEvent>(
  event: E,
  situation: Situation,
  act: Act,
  input: InputOf<E>,
  circumstances: Circumstances = {},
): Decision | Refusal {
  const { incident } = situation;
  const late = refuseTimes(act, situation.lastAt);
  if (late) return late;
  // What happens now cannot stand before what already happened, also when this clock was set back.
  const inOrder = act.at >= situation.lastAt ? act : { ...act, at: situation.lastAt };
  const verdict = mayHappen(lifecycle, event, {
    state: incident.state,
    relations: relationsOf(act.actor, incident),
    facts: factsOf(incident, inOrder.at.getTime(), circumstances.silenceEndsAt?.getTime()),
  });
  if (!verdict.ok) {
    if (verdict.code === 'STATE_DOES_NOT_ALLOW') return stateDoesNotAllow(event, incident.state, verdict.allowedFrom);
    return notAllowed(verdict.code, verdict.message);
  }
  // The parameter of each effect is its own: the key that chose the effect chose the input's type too.
  const effectOf = effects[event] as (situation: Situation, act: Act, input: InputOf<E>) => Effect | Refusal;
  const effect = effectOf(situation, inOrder, input);
  if (isRefusal(effect)) return effect;
  const moved = { ...effect.incident, state: verdict.to };
  const clocks = moveClocks(situation.clocks, clockEffects(verdict.clocks, moved.waitReason ?? null), {
    incidentId: incident.id,
    owner: ownerOf(incident),
    waitingFor: moved.waitingFor ?? null,
    at: inOrder.at,
    reason: moved.waitReason ?? null,
  });
  return settle(event, situation, inOrder, { ...effect, incident: moved, clocks });
}

/** How a record comes to be: reported here by a person, or taken in from another participant. */
export function decideOpening(
  event: 'report' | 'takeIn',
  me: string,
  act: Act,
  transfer: Transfer,
  teamId: string | null,
): Decision | Refusal {
  const late = refuseTimes(act, undefined);
  if (late) return late;
  const verdict = mayHappen(lifecycle, event, {
    state: undefined,
    relations: relationsOf(act.actor),
    facts: factsOf(undefined, act.at.getTime()),
  });
  if (!verdict.ok) return notAllowed(verdict.code, verdict.message);
  return open(event, me, act, transfer, teamId, (incident: Incident) =>
    moveClocks([], verdict.clocks, {
      incidentId: incident.id,
      owner: me,
      waitingFor: null,
      at: act.at,
      reason: null,
    }),
  );
}

/** An import tells its own time: never the future, and never before what its record already holds. */
export function refuseTimes(act: Act, lastAt: Date | undefined): Refusal | undefined {
  if (act.batch === null) return undefined;
  const path = 'input.import.occurredAt';
  if (act.at > act.now) {
    return invalidInput('TIME_IN_FUTURE', path, `${act.at.toISOString()} lies ahead: it cannot have happened.`);
  }
  if (lastAt && act.at < lastAt) {
    const message = `${act.at.toISOString()} lies before the last event of this record, ${lastAt.toISOString()}.`;
    return invalidInput('TIME_BEFORE_LAST_EVENT', path, message);
  }
  return undefined;
}
