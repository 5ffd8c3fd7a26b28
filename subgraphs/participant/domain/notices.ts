/**
 * Which event tells whom that something waits for him. Pure. A notice is for people of this participant by their roles,
 * names what it is about and repeats nobody's words; who brought it about himself is not told. Records of an import
 * tell nobody: what they are about is over.
 */
import { holdersOf } from '@kortelijn/schema/vocabulary/readers.ts';
import type { Act, Change } from './act.ts';
import { isDesk, ownerOf } from './actor.ts';
import type { Incident, Priority } from './incident.ts';

const DESK = ['SERVICEDESK'] as const;
const REPORTERS = ['SERVICEDESK', 'HELPDESK', 'MONITOR'] as const;
const HELPDESK = ['HELPDESK'] as const;
const MANAGER = ['SERVICEDESK', 'SERVICEMANAGER'] as const;

/** For whom each kind is. What outranks everything else goes to the manager too. */
const roles = {
  INCIDENT_REPORTED: DESK,
  INCIDENT_HANDED_OVER: DESK,
  INCIDENT_ASSIGNED: DESK,
  INCIDENT_REOPENED: DESK,
  INCIDENT_CANCELLED: DESK,
  INCIDENT_RESOLVED: REPORTERS,
  WAITING_ENDED: DESK,
  NOTE_ADDED: DESK,
  HANDOVER_UNDONE: MANAGER,
  NETWORK_INCIDENT_PROMOTED: MANAGER,
  ASSISTANCE_ASKED: DESK,
  ASSISTANCE_ANSWERED: DESK,
  ENVELOPE_REFUSED: DESK,
  ENVELOPE_VOIDED: DESK,
  ENVELOPE_STUCK: MANAGER,
} as const satisfies Record<string, readonly string[]>;

export type NoticeKind = keyof typeof roles;
export const noticeKinds = Object.keys(roles) as readonly NoticeKind[];

export interface Notice {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly roles: readonly string[];
  /** The participant that caused it; null for a clock. */
  readonly fromParticipant: string | null;
  /** The person of ours who caused it. */
  readonly actor: string | null;
  readonly incidentId: string | null;
  readonly requestId: string | null;
  readonly envelopeId: string | null;
  readonly priority: Priority | null;
  readonly at: Date;
}

export interface About {
  readonly from?: string | null;
  readonly incidentId?: string | null;
  readonly requestId?: string | null;
  readonly envelopeId?: string | null;
  readonly priority?: Priority;
  readonly roles?: readonly string[];
}

/** `me` is whose people are told. */
export function noticeOf(kind: NoticeKind, me: string, act: Act, about: About): Notice {
  const { actor } = act;
  return {
    id: act.newId(me, 'ntf'),
    kind,
    roles: about.roles ?? roles[kind],
    fromParticipant: about.from ?? null,
    actor: actor.kind === 'subject' && actor.participant === me ? (actor.subject ?? null) : null,
    incidentId: about.incidentId ?? null,
    requestId: about.requestId ?? null,
    envelopeId: about.envelopeId ?? null,
    priority: about.priority ?? null,
    at: act.now,
  };
}

/** What an event of an incident of ours tells our people; `before` is undefined where the record begins. */
export function noticesOf(event: string, before: Incident | undefined, after: Incident, act: Act): readonly Notice[] {
  if (act.batch !== null) return [];
  const kind = kindOf(event, before, after, act);
  if (kind === undefined) return [];
  const me = ownerOf(after);
  const usual: readonly string[] = event === 'resolve' ? HELPDESK : roles[kind];
  const urgent = after.priority === 'P1' && !usual.includes('SERVICEMANAGER');
  return [
    noticeOf(kind, me, act, {
      from: causeOf(event, before, after, act),
      incidentId: after.id,
      envelopeId: event === 'undoHandover' ? (before?.handoverEnvelopeId ?? null) : null,
      priority: after.priority,
      roles: urgent ? [...usual, 'SERVICEMANAGER'] : usual,
    }),
  ];
}

function kindOf(event: string, before: Incident | undefined, after: Incident, { actor }: Act): NoticeKind | undefined {
  const byAnother = actor.kind !== 'system' && actor.participant !== ownerOf(after);
  switch (event) {
    // What the desk reports itself, it knows.
    case 'report':
      return isDesk(actor) ? undefined : 'INCIDENT_REPORTED';
    case 'takeIn':
      return after.previousId === null ? 'INCIDENT_REPORTED' : 'INCIDENT_HANDED_OVER';
    case 'assign':
      return 'INCIDENT_ASSIGNED';
    // Another participant that reported it is told by envelope.
    case 'resolve':
      return after.reporter === ownerOf(after) ? 'INCIDENT_RESOLVED' : undefined;
    case 'reopen':
      return byAnother ? 'INCIDENT_REOPENED' : undefined;
    case 'cancel':
      return byAnother ? 'INCIDENT_CANCELLED' : undefined;
    case 'addNote':
      return byAnother ? 'NOTE_ADDED' : undefined;
    case 'resume':
      return actor.kind === 'system' ? 'WAITING_ENDED' : undefined;
    case 'undoHandover':
      return 'HANDOVER_UNDONE';
    case 'recordNetworkIncident':
      return after.networkIncidentState === 'PROMOTED' && before?.networkIncidentState !== 'PROMOTED'
        ? 'NETWORK_INCIDENT_PROMOTED'
        : undefined;
    default:
      return undefined;
  }
}

function causeOf(event: string, before: Incident | undefined, after: Incident, { actor }: Act): string | null {
  if (event === 'takeIn') return after.receivedFrom;
  if (event === 'undoHandover') return before?.handedOverTo ?? null;
  return actor.kind === 'system' ? null : actor.participant;
}

/** That it was made, for the feed: it names the kind, never whom or what it is about. */
export function noticeChange({ id, kind, roles, at }: Notice): Change {
  return {
    type: 'notification.created',
    subjectId: id,
    actorRole: null,
    at,
    readersBefore: [],
    readersAfter: [holdersOf(ownerOf({ id }), roles)],
    keys: { kind },
  };
}
