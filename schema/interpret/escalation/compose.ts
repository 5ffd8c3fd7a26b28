import type { Act } from './act.ts';
import type { Escalation } from './state.ts';

/** What a person decides of an act; the rest follows from what his party holds. */
export type Draft = Omit<Act, 'previousAct' | 'seen' | 'escalation'>;

/**
 * Makes the act that may be decided on and signed. `lastOwnAct` is the hash of the party's newest act, also one that is
 * under way still and has no place: acts of one party follow each other. Without it the newest placed one is named.
 */
export function composeAct(escalation: Escalation, draft: Draft, lastOwnAct?: string): Act {
  return {
    ...draft,
    escalation: escalation.id,
    previousAct: lastOwnAct ?? escalation.lastActs[draft.party] ?? null,
    seen: escalation.places.at(-1) ?? null,
  };
}
