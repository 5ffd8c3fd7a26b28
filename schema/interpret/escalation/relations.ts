import { type Act, CHANNEL } from './act.ts';
import type { Escalation } from './state.ts';

export interface Actor {
  readonly party: string;
  readonly role: Act['role'];
}

/** What a caller is to an escalation; the lifecycle says what each may. */
export function relationsOf(escalation: Escalation | undefined, { party, role }: Actor): string[] {
  const desk = role === 'SERVICEDESK' && party !== CHANNEL ? ['desk'] : [];
  if (!escalation) return desk;
  return [
    ...desk,
    ...(party === CHANNEL ? channelRelations(escalation, role) : partyRelations(escalation, party, role)),
  ];
}

function partyRelations(escalation: Escalation, party: string, role: Act['role']): string[] {
  const { initiator, involved, level, home, decision } = escalation;
  const isMember = involved.includes(party);
  // At L1 only the initiator knows of it; the others are named, and are no members yet.
  if (!isMember || (level === 1 && party !== initiator)) return [];
  const owns = decision?.actions.some((action) => action.owner === party && action.state === 'OPEN');
  const held = ['involvedParty', ...(party === initiator ? ['initiatorParty'] : []), ...(owns ? ['ownerParty'] : [])];
  if (role !== 'SERVICEMANAGER') return held;
  return [
    ...held,
    'manager',
    ...(party === initiator ? ['ownManager'] : []),
    ...(party === home ? [] : ['otherManager']),
    ...(owns ? ['actionOwner'] : []),
  ];
}

function channelRelations({ foundation, involved, mediation }: Escalation, role: Act['role']): string[] {
  if (role === 'REGISTRY') return ['registry'];
  if (role === 'MEDIATOR') return mediation ? ['mediator', 'channel'] : [];
  if (role !== 'FOUNDATION') return [];
  return involved.includes(foundation) ? ['foundation'] : ['foundation', 'channel'];
}
