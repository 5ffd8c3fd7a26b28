import type { ErrorCode } from '../../errors/codes.ts';
import type { SignedAct } from './act.ts';
import type { RuleContext } from './context.ts';
import { decideAct, sawThisChain } from './decide.ts';
import { placingTermMs } from './fold-entry.ts';
import type { Escalation } from './state.ts';

export interface HeldAct extends SignedAct {
  /** When this party got it, or signed it itself. */
  readonly heldSinceMs: number;
}

/** From L2 on every party holds every act beside every entry, so each sees what the home does not place. */
export type Placing =
  | { readonly state: 'PLACED'; readonly index: number }
  | { readonly state: 'UNDER_WAY' }
  | { readonly state: 'WAITING_AT_HOME'; readonly sinceMs: number }
  /** The rules say no by now; the home answers its author so. */
  | { readonly state: 'REFUSED'; readonly code: ErrorCode }
  /** Its author has seen an entry that this party was not given. */
  | { readonly state: 'AHEAD'; readonly index: number }
  /** Its author was shown another entry at this place: the home tells two histories. */
  | { readonly state: 'OTHER_HISTORY'; readonly index: number };

export function placingOf(escalation: Escalation, held: HeldAct, context: RuleContext): Placing {
  const { act, hash, heldSinceMs } = held;
  const placed = escalation.acts[act.id];
  if (placed?.hash === hash) return { state: 'PLACED', index: placed.index };
  if (act.seen && !sawThisChain(escalation, act)) {
    const { index } = act.seen;
    return { state: index >= escalation.places.length ? 'AHEAD' : 'OTHER_HISTORY', index };
  }
  const decision = decideAct(escalation, held, context);
  // An act after one that waits waits with it. Movers' words are gathered by the next home, not by the silent one.
  if (act.type === 'moveHome') return { state: 'UNDER_WAY' };
  if (!decision.ok && decision.code !== 'ACT_OUT_OF_ORDER') return { state: 'REFUSED', code: decision.code };
  return context.nowMs - heldSinceMs < placingTermMs
    ? { state: 'UNDER_WAY' }
    : { state: 'WAITING_AT_HOME', sinceMs: heldSinceMs };
}

/** Since when the home has been silent, from the acts this party holds. */
export function homeSilentSince(
  escalation: Escalation,
  held: readonly HeldAct[],
  context: RuleContext,
): number | undefined {
  const since = held.flatMap((act) => {
    const placing = placingOf(escalation, act, context);
    return placing.state === 'WAITING_AT_HOME' ? [placing.sinceMs] : [];
  });
  return since.length > 0 ? Math.min(...since) : undefined;
}
