/** What a caller is to a participant of the network, for its lifecycle. */
import { isFoundation, isManager, type Viewer } from './viewer.ts';

export function relationsOf(participant: string, viewer: Viewer): readonly string[] {
  const own = viewer.participant === participant;
  return [
    ...(own ? ['ownParty'] : []),
    ...(own && isManager(viewer) ? ['party'] : []),
    ...(isFoundation(viewer) ? ['foundation'] : []),
  ];
}
