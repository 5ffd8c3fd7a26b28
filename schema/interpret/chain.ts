import type { ParticipantId } from '../vocabulary/ids.ts';

/** What the holders of a chain of handovers say, in the order in which they held it. */
type Party = ParticipantId | string;

/** At least two returns to an earlier holder: the ball goes to and fro. */
export function isPingPong(holders: readonly Party[]): boolean {
  return holders.filter((holder, index) => holders.indexOf(holder) < index).length >= 2;
}

export type ReturnTarget =
  | { readonly ok: true; readonly to: Party }
  | { readonly ok: false; readonly code: 'NOT_ANOTHER_PARTY' | 'NO_ONE_TO_RETURN_TO' };

/** Where a rejected ownership goes: to the suggested owner, else the previous holder, else the reporter. */
export function returnTarget(chain: {
  readonly owner: Party;
  /** Earlier holders in order, the owner last. */
  readonly holders: readonly Party[];
  readonly reporter: Party;
  readonly suggestedOwner?: Party | null | undefined;
}): ReturnTarget {
  const { owner, holders, reporter, suggestedOwner } = chain;
  if (suggestedOwner) {
    return suggestedOwner === owner ? { ok: false, code: 'NOT_ANOTHER_PARTY' } : { ok: true, to: suggestedOwner };
  }
  const before = holders.at(-1) === owner ? holders.slice(0, -1) : holders;
  const to = before.at(-1) ?? reporter;
  return to === owner ? { ok: false, code: 'NO_ONE_TO_RETURN_TO' } : { ok: true, to };
}
