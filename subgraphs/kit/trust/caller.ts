/** Who calls, as the hub vouches for it and nothing more: what he may do is decided where the data is. */
import { isParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import type { Claims } from './jws.ts';

export const ROLES = [
  'SERVICEMANAGER',
  'SERVICEDESK',
  'HELPDESK',
  'FOUNDATION',
  'MEDIATOR',
  'MONITOR',
  'PROGRAM',
] as const;
export type Role = (typeof ROLES)[number];

export const isRole = (text: unknown): text is Role => ROLES.includes(text as Role);

export type Caller = PartyCaller | HubCaller;

/** The hub itself, for the root fields that are closed to everyone else. */
export interface HubCaller {
  readonly kind: 'hub';
}

export interface PartyCaller {
  /** `class` names no person: fields that differ per subject are refused to it. */
  readonly kind: 'subject' | 'class';
  readonly participant: string;
  readonly roles: readonly Role[];
  /** `<participant>:<subject at its issuer>`; only with kind `subject`. */
  readonly subject?: string;
  readonly name?: string;
  /** Client id of a partner program, when one calls. */
  readonly program?: string;
  readonly scopes: readonly string[];
  readonly azp?: string;
  readonly purpose?: string;
}

/** The subject as its own issuer knows it: `linde:linde-desk` is `linde-desk` at linde. */
export function subjectAtIssuer(caller: PartyCaller): string | undefined {
  return caller.subject?.slice(caller.participant.length + 1);
}

const TEXT_CHARACTERS_MAX = 300;

/** `undefined` when the claims are not whole or contradict each other: half an identity is none. */
export function callerOf(claims: Claims): Caller | undefined {
  if (claims.kind === 'hub') {
    const named = ['sub', 'participant', 'roles', 'program', 'name'].some((claim) => claims[claim] !== undefined);
    return named ? undefined : { kind: 'hub' };
  }
  if (claims.kind !== 'subject' && claims.kind !== 'class') return undefined;
  const { participant, roles } = claims;
  if (typeof participant !== 'string' || !isParticipantId(participant)) return undefined;
  if (!Array.isArray(roles) || !roles.every(isRole)) return undefined;

  const subject = optionalText(claims.sub);
  const name = optionalText(claims.name);
  const program = optionalText(claims.program);
  const scope = optionalText(claims.scope, 2_000);
  const azp = optionalText(claims.azp);
  const purpose = optionalText(claims.purpose);
  if ([subject, name, program, scope, azp, purpose].includes(null)) return undefined;
  if (claims.kind === 'class' && (subject || name)) return undefined;
  // A subject of one participant that acts for another is the confusion this claim exists to prevent.
  if (claims.kind === 'subject' && !(subject?.startsWith(`${participant}:`) && subject.length > participant.length + 1))
    return undefined;

  return {
    kind: claims.kind,
    participant,
    roles,
    scopes: scope ? scope.split(' ').filter(Boolean) : [],
    ...(subject && { subject }),
    ...(name && { name }),
    ...(program && { program }),
    ...(azp && { azp }),
    ...(purpose && { purpose }),
  };
}

/** `null` for what stands there and is no text. */
function optionalText(value: unknown, charactersMax = TEXT_CHARACTERS_MAX): string | undefined | null {
  if (value === undefined) return undefined;
  return typeof value === 'string' && value.length > 0 && value.length <= charactersMax ? value : null;
}
