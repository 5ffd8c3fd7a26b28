/** What a desk does to its own incident while it is open: who works on it, on what, and what it waits for. */

import type { Act } from '../act.ts';
import { ownerOf } from '../actor.ts';
import { refuseTexts, TEXTS } from '../bounds.ts';
import { withInvolved } from '../chain.ts';
import type { Effect, Situation } from '../decision.ts';
import type { Impact, Incident, Priority, Urgency, WaitReason } from '../incident.ts';
import { ownPart } from '../participations.ts';
import { anotherParty } from '../parties.ts';
import { priorityOf, priorityRank } from '../priority.ts';
import { invalidInput, type Refusal } from '../refusal.ts';

export interface ChangeInput {
  readonly title?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly impact?: Impact | null | undefined;
  readonly urgency?: Urgency | null | undefined;
  readonly priority?: Priority | null | undefined;
}

/** A description may be emptied with null; of the others null says nothing. */
export function change({ incident }: Situation, _act: Act, input: ChangeInput): Effect | Refusal {
  const refusal =
    refuseTexts([[input.description, 'input.description', TEXTS.description]]) ??
    (input.title == null ? undefined : refuseTexts([[input.title, 'input.title', TEXTS.title]]));
  if (refusal) return refusal;
  const impact = input.impact ?? incident.impact;
  const urgency = input.urgency ?? incident.urgency;
  const weighed = impact !== incident.impact || urgency !== incident.urgency;
  const priority = input.priority ?? (weighed ? priorityOf(impact, urgency) : incident.priority);
  const next = {
    title: input.title ?? incident.title,
    description: input.description === undefined ? incident.description : input.description,
    impact,
    urgency,
    priority,
    priorityRank: priorityRank(priority),
  } satisfies Partial<Incident>;
  const changed = (Object.keys(next) as (keyof typeof next)[]).filter((field) => next[field] !== incident[field]);
  if (changed.length === 0) {
    return invalidInput(
      'NOTHING_TO_CHANGE',
      'input',
      'Nothing in the input differs from what stands: name what to change.',
    );
  }
  return { incident: next, entry: { text: changed.filter((field) => field !== 'priorityRank').join(', ') } };
}

/** Whether the team is one of this participant's is known to the store: `team` is what it found. */
export function assign(
  _situation: Situation,
  _act: Act,
  { teamId, team }: { readonly teamId: string; readonly team: { readonly name: string } | undefined },
): Effect | Refusal {
  if (!team) return invalidInput('UNKNOWN_TEAM', 'input.teamId', `${teamId} is no team of this participant.`);
  return { incident: { teamId } };
}

export function acknowledge({ incident, participations }: Situation, act: Act): Effect {
  const previousHolder = incident.previousId === null ? null : ownerOf({ id: incident.previousId });
  return {
    incident: { acknowledgedAt: act.at },
    participations: ownPart(incident, participations, 'ACKNOWLEDGED', act.at),
    envelopes:
      previousHolder === null
        ? []
        : [
            {
              to: previousHolder,
              subject: incident.id,
              type: 'incident.pickedUp',
              body: { incidentId: incident.previousId, by: incident.id, at: act.at.toISOString() },
            },
          ],
  };
}

export function start({ incident, participations }: Situation, act: Act): Effect {
  return { participations: ownPart(incident, participations, 'WORKING', act.at) };
}

export interface WaitInput {
  readonly reason: WaitReason;
  readonly waitingFor?: string | null | undefined;
  readonly until?: Date | null | undefined;
}

export function wait({ incident, participations }: Situation, act: Act, input: WaitInput): Effect | Refusal {
  const { reason, waitingFor = null, until = null } = input;
  if (until !== null && until <= act.at) {
    return invalidInput('TIME_IN_PAST', 'input.until', `until is ${until.toISOString()}, which has passed.`);
  }
  const next = { waitReason: reason, waitUntil: until, waitingFor };
  if (reason !== 'OTHER_PARTY') {
    if (waitingFor !== null) {
      const message = `waitingFor names a participant, and that goes with the reason OTHER_PARTY; found ${reason}.`;
      return invalidInput('WAITING_FOR_NOT_ALLOWED', 'input.waitingFor', message);
    }
    return { incident: next };
  }
  if (waitingFor === null) {
    return invalidInput('WAITING_FOR_REQUIRED', 'input.waitingFor', 'Name the participant that is waited for.');
  }
  const refusal = anotherParty(waitingFor, ownerOf(incident), act, 'input.waitingFor');
  if (refusal) return refusal;
  const known = participations.some(({ participant }) => participant === waitingFor);
  return {
    incident: { ...next, involved: withInvolved(incident.involved, waitingFor) },
    participations: known
      ? []
      : [
          {
            incidentId: incident.id,
            participant: waitingFor,
            part: 'CONTRIBUTOR',
            state: 'NOTIFIED',
            since: act.at,
          },
        ],
  };
}

export function resume(): Effect {
  return { incident: { waitReason: null, waitUntil: null, waitingFor: null } };
}
