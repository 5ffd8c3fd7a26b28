/** The owner's own part follows the incident, so that others see in one list who is doing what. */
import { ownerOf } from './actor.ts';
import type { Incident, Participation, ParticipationState } from './incident.ts';

export function ownPart(
  incident: Incident,
  participations: readonly Participation[],
  state: ParticipationState,
  at: Date,
): readonly Participation[] {
  const participant = ownerOf(incident);
  const now = participations.find((one) => one.participant === participant && one.part === 'OWNER');
  if (now?.state === state) return [];
  return [{ incidentId: incident.id, participant, part: 'OWNER', state, since: at }];
}
