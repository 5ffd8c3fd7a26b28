import type { Calendar } from '../calendar.ts';
import { currentProposal, type Escalation } from './state.ts';
import { voteEnd, windowEnd } from './terms.ts';

/** When the silence of a party becomes a fact, by what it was asked. No entry says so: it follows from the clock. */
export function invitationEnd({ members, terms }: Escalation, party: string, calendar: Calendar): number | undefined {
  const member = members[party];
  if (!member || member.spokeAtMs !== undefined) return undefined;
  return windowEnd(member.invitedAtMs, terms.invitation, calendar);
}

export function consentEnd(escalation: Escalation, party: string, calendar: Calendar): number | undefined {
  const consent = currentProposal(escalation)?.consents[party];
  if (!consent || consent.state === 'AGREED' || consent.state === 'OBJECTED') return undefined;
  return voteEnd(consent.askedAtMs, escalation.terms, calendar);
}

/** From when on an impasse may be declared; undefined while nothing points to one. */
export function impasseFrom(escalation: Escalation, calendar: Calendar): number | undefined {
  const { involved, noSolution } = escalation;
  const objected = Object.entries(currentProposal(escalation)?.consents ?? {})
    .filter(([party, { state }]) => involved.includes(party) && state === 'OBJECTED')
    .map(([, { saidAtMs }]) => saidAtMs);
  const silent = involved.flatMap((party) => [
    invitationEnd(escalation, party, calendar),
    consentEnd(escalation, party, calendar),
  ]);
  const agreed = involved.every((party) => noSolution.includes(party)) ? [escalation.lastPlacedAtMs] : [];
  // A window lasts up to and including its end.
  const grounds = [...objected, ...silent.map((end) => end && end + 1), ...agreed].filter((atMs) => atMs !== undefined);
  return grounds.length > 0 ? Math.min(...grounds) : undefined;
}
