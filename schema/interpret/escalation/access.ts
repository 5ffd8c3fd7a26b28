import { CHANNEL } from './act.ts';
import { oversightRuns } from './facts.ts';
import type { Actor } from './relations.ts';
import type { Escalation } from './state.ts';

/**
 * What a caller may read of an escalation. STATE is level and state only: the desk that raised it sees where it is and
 * not what is said. COUNT stands in the counts of its initiator and shows nothing of itself.
 */
export type Access = 'FULL' | 'STATE' | 'COUNT' | 'NONE';

export interface Reader extends Actor {
  /** The person who raised it. */
  readonly isRaiser: boolean;
  /** The person whom the acceptance names; the lease proves it at the source. */
  readonly isMediator: boolean;
}

export function accessTo(escalation: Escalation, reader: Reader, nowMs: number): Access {
  const { party, role, isRaiser, isMediator } = reader;
  const { level, initiator, involved } = escalation;
  if (party === CHANNEL) {
    if (isMediator && level === 3 && oversightRuns(escalation, nowMs)) return 'FULL';
    return role === 'FOUNDATION' ? 'COUNT' : 'NONE';
  }
  if (!involved.includes(party)) return 'NONE';
  // At L1 the other parties are named and know nothing of it.
  if (level === 1 && party !== initiator) return 'NONE';
  if (role === 'SERVICEMANAGER') return 'FULL';
  if (!isRaiser || party !== initiator) return 'NONE';
  return level === 1 ? 'FULL' : 'STATE';
}

/** Who is sent each entry: at L1 nobody, from L2 on every involved party, and the registry from the impasse on. */
export function holdersOf({ level, initiator, involved, state, left }: Escalation): string[] {
  if (level === 1) return [initiator];
  const channel = level === 3 || state === 'EXTERNAL' ? [CHANNEL] : [];
  return [...new Set([...involved, ...channel])].filter((party) => left[party] === undefined);
}
