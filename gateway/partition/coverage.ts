/** Who was asked and what each said, as the contract's `Coverage`. Pure. */
import { isMissing, type Said } from './outcome.ts';

export interface PartyCoverage extends Said {
  readonly participant: string;
  /** An ACTIVE endpoint that this answer should hold; one that is suspended or not yet active is only named. */
  readonly isAsked: boolean;
  readonly asOfMs?: number | undefined;
  readonly skewMs?: number | undefined;
  readonly resumedFrom?: string | undefined;
}

const skewShownFromMs = 2_000;

export function isComplete(parties: readonly PartyCoverage[]): boolean {
  return !parties.some(({ isAsked, outcome }) => isAsked && isMissing(outcome));
}

export function coverage(parties: readonly PartyCoverage[], nowMs: number, liveCursor?: () => string | null) {
  const asked = parties.filter(({ isAsked }) => isAsked);
  return {
    complete: isComplete(parties),
    asked: asked.length,
    answered: asked.filter(({ outcome }) => outcome === 'FRESH').length,
    liveCursor: liveCursor ?? null,
    parties: parties.map(({ participant, outcome, asOfMs, code, reason, skewMs, resumedFrom }) => ({
      participant: { id: participant },
      outcome,
      asOf: asOfMs === undefined ? null : new Date(asOfMs).toISOString(),
      ageSeconds: asOfMs === undefined ? null : Math.max(0, Math.round((nowMs - asOfMs) / 1_000)),
      code: code ?? null,
      reason: reason ?? null,
      skewMs: skewMs !== undefined && Math.abs(skewMs) > skewShownFromMs ? skewMs : null,
      resumedFrom: resumedFrom ?? null,
    })),
  };
}
