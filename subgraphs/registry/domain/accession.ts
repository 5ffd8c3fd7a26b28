/** How a party joins: who may do what, what is known for the rules, who is told, and who reads how far it is. */
import { type AvailableAction, availableActions, type Facts } from '@kortelijn/schema/interpret/lifecycle.ts';
import { participant as lifecycle } from '@kortelijn/schema/lifecycles/participant.ts';
import { EVERYBODY, holdersOf } from '@kortelijn/schema/vocabulary/readers.ts';
import { relationsOf } from './membership.ts';
import type { Publicity } from './participant.ts';
import { isFoundation, PERSON_ROLES, type Viewer } from './viewer.ts';

const DAY_MS = 24 * 3_600_000;
export const INVITATION_MS = 14 * DAY_MS;
export const CODE_MS = 7 * DAY_MS;
/** Enough to mend a few addresses; a mailbox that belongs to nobody here is not flooded. */
export const CODES_A_DAY_MAX = 30;

/** The caller's subject, as the hub names whoever comes with an invitation instead of a login. */
export const invitedSubject = (participant: string, invitation: string): string =>
  `${participant}:invitation/${invitation}`;

/** Until the contacts are published, how far a party is concerns the party and the foundation. */
export const joiningReaders = (participant: string, foundation: string): readonly string[] => [
  holdersOf(foundation, ['FOUNDATION']),
  participant,
];
export const everybody: readonly string[] = [EVERYBODY];

export const mayReadAccession = (participant: string, viewer: Viewer): boolean =>
  isFoundation(viewer) || (viewer.participant === participant && viewer.program === undefined);

/** Why a party is suspended is told as far as the suspension says; that it is suspended everybody meets. */
export function mayReadSuspension(
  participant: string,
  publicity: Publicity,
  { viewer, viewerIsActive }: { readonly viewer: Viewer; readonly viewerIsActive: boolean },
): boolean {
  if (publicity === 'PUBLIC' || mayReadAccession(participant, viewer)) return true;
  if (publicity === 'FOUNDATION' || viewer.program !== undefined || !viewerIsActive) return false;
  return viewer.roles.some((role) => PERSON_ROLES.includes(role));
}

/** What the commands themselves bring along is taken to be good here; `requires` of each action names it. */
export function actionsOf(
  participant: { readonly id: string; readonly state: string; readonly contactsAreComplete: boolean },
  viewer: Viewer,
  nowMs: number,
): readonly AvailableAction[] {
  const facts: Facts = {
    nowMs,
    rolesReachedAtMs: nowMs,
    agreementSignedAtMs: nowMs,
    endpointProvenAtMs: nowMs,
    contractFitsAtMs: nowMs,
    contactsCompleteAtMs: participant.contactsAreComplete ? nowMs : undefined,
  };
  const all = availableActions(lifecycle, {
    state: participant.state,
    relations: relationsOf(participant.id, viewer),
    facts,
  });
  // Two events have one mutation: registering contacts is another thing before a party is active than after.
  const last = new Map<string, AvailableAction>();
  for (const action of all) if (!last.get(action.action)?.available) last.set(action.action, action);
  return [...last.values()];
}
