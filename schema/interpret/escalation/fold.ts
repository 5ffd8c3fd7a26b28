import type { Calendar } from '../calendar.ts';
import type { Entry } from './act.ts';
import { type Chain, readChain } from './chain.ts';
import type { FoldContext } from './fold-entry.ts';
import { type EscalationView, viewAt } from './view.ts';

export interface FoldInput extends FoldContext {
  readonly nowMs: number;
  readonly calendar: Calendar;
}

/** All that a party knows of an escalation from the entries it holds, in whatever order they came. */
export function foldEscalation(
  held: readonly Entry[],
  escalationId: string,
  input: FoldInput,
): Chain & { readonly view: EscalationView | undefined } {
  const chain = readChain(held, escalationId, input);
  const view = chain.escalation && viewAt(chain.escalation, input.nowMs, input.calendar);
  return { ...chain, view };
}
