/** What others add to an incident: their part in it, that they wrote something, who else must know, a network incident. */

import type { Act } from '../act.ts';
import { ownerOf } from '../actor.ts';
import { withInvolved } from '../chain.ts';
import type { Effect, Situation } from '../decision.ts';
import type { NetworkIncidentState, Participation, ParticipationPart, ParticipationState } from '../incident.ts';
import { notAllowed, type Refusal } from '../refusal.ts';

export interface ParticipationInput {
  readonly participant: string;
  readonly part?: ParticipationPart | null | undefined;
  readonly state: ParticipationState;
}

/** Being owner or reporter is a fact of the incident; every other part a participant may choose for itself. */
export function setParticipation(
  { incident, participations }: Situation,
  act: Act,
  { participant, part, state }: ParticipationInput,
): Effect | Refusal {
  const chosen = part ?? partOf(participant, { incident, participations });
  if (chosen === 'OWNER' && participant !== ownerOf(incident)) {
    return notAllowed('ONLY_OWNER', `${participant} does not own this incident: choose another part.`);
  }
  if (chosen === 'REPORTER' && participant !== incident.reporter) {
    return notAllowed('ONLY_REPORTER', `${participant} did not report this incident: choose another part.`);
  }
  return {
    incident: { involved: withInvolved(incident.involved, participant) },
    participations: [participationOf(incident.id, participant, chosen, state, act.at)],
  };
}

export function participationOf(
  incidentId: string,
  participant: string,
  part: ParticipationPart,
  state: ParticipationState,
  since: Date,
): Participation {
  return { incidentId, participant, part, state, since };
}

/** Where it says nothing: the part it has. Somebody who is involved without one contributes. */
function partOf(
  participant: string,
  { incident, participations }: Pick<Situation, 'incident' | 'participations'>,
): ParticipationPart {
  if (participant === ownerOf(incident)) return 'OWNER';
  const own = participations.filter((one) => one.participant === participant);
  return own.find(({ part }) => part !== 'REPORTER')?.part ?? own[0]?.part ?? 'CONTRIBUTOR';
}

export interface NoteFacts {
  readonly noteId: string;
  readonly author: string;
  readonly at: Date;
  readonly hash: string;
}

/** The text stays with its author; here stands that he wrote, when, and the hash of what. */
export function addNote({ incident }: Situation, _act: Act, { noteId, author, at, hash }: NoteFacts): Effect {
  return { entry: { by: author }, noteLink: { incidentId: incident.id, noteId, author, at, hash } };
}

/** A later holder tells who joined the chain. Nothing happened here, so the history says nothing. */
export function mergeInvolved(
  { incident }: Situation,
  _act: Act,
  { involved }: { readonly involved: readonly string[] },
): Effect {
  return { incident: { involved: withInvolved(incident.involved, ...involved) }, entry: null, quiet: true };
}

export function recordNetworkIncident(
  _situation: Situation,
  _act: Act,
  input: { readonly networkIncidentId: string; readonly state: NetworkIncidentState },
): Effect {
  return {
    incident: { networkIncidentId: input.networkIncidentId, networkIncidentState: input.state },
    entry: { by: 'registry' },
  };
}
