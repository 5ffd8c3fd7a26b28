/**
 * What a decision reads and what it answers. A decision is pure: it is handed the records, the moment, the directory
 * and a source of ids, and says what the records become. Writing it down is commands/, one statement for all of it.
 */
import { incidentFeedType } from '@kortelijn/schema/lifecycles/incident-told.ts';
import type { Act, Change } from './act.ts';
import { actingRole, ownerOf } from './actor.ts';
import { earlierHolders } from './chain.ts';
import type { Clock } from './clocks.ts';
import type { Incident, Participation, TimelineEntry } from './incident.ts';
import { type Notice, noticesOf } from './notices.ts';
import { keysOf, readersOf } from './readers.ts';

export interface Situation {
  readonly incident: Incident;
  readonly clocks: readonly Clock[];
  readonly participations: readonly Participation[];
  /** When the newest entry of the timeline happened. */
  readonly lastAt: Date;
}

export interface Outgoing {
  /** The column of the incident that names this envelope, once it has an id. */
  readonly namedBy?: 'handoverEnvelopeId';
  readonly to: string;
  readonly subject: string;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** At the owner of the incident: that somebody wrote a note, and the hash of what. */
export interface NoteLink {
  readonly incidentId: string;
  readonly noteId: string;
  readonly author: string;
  readonly at: Date;
  readonly hash: string;
}

/** What an event does beyond moving the state; `settle` makes a whole decision of it. */
export interface Effect {
  readonly incident?: Partial<Incident>;
  /** Null where nothing belongs in the history: the record only learns something that happened elsewhere. */
  readonly entry?: { readonly text?: string | null; readonly by?: string } | null;
  readonly clocks?: readonly Clock[];
  readonly participations?: readonly Participation[];
  readonly envelopes?: readonly Outgoing[];
  readonly noteLink?: NoteLink;
  /** What was learnt from a later holder is not told on: that one tells everybody itself. */
  readonly quiet?: boolean;
}

export interface Decision {
  readonly incident: Incident;
  /** The version that the write must find; 0 where there was no incident yet. */
  readonly fromVersion: number;
  /** Title or description differ: they are long, and written only then. */
  readonly changesTexts: boolean;
  readonly entries: readonly TimelineEntry[];
  /** Clocks that are new or different. */
  readonly clocks: readonly Clock[];
  readonly participations: readonly Participation[];
  readonly envelopes: readonly Outgoing[];
  readonly noteLink?: NoteLink;
  /** Somebody joined a chain that was here before: the earlier records here learn of it in the same transaction. */
  readonly chainLearns: boolean;
  readonly change: Change;
  /** What people of ours are told. */
  readonly notices: readonly Notice[];
}

/** A change is later than the one before it, also within a millisecond and after a clock was set back. */
export function nextUpdatedAt(now: Date, previous: Date | undefined): Date {
  return previous === undefined || now > previous ? now : new Date(previous.getTime() + 1);
}

export function settle(event: string, before: Situation, act: Act, effect: Effect): Decision {
  const { incident } = before;
  const next: Incident = {
    ...incident,
    ...effect.incident,
    version: incident.version + 1,
    updatedAt: nextUpdatedAt(act.now, incident.updatedAt),
  };
  return {
    incident: next,
    fromVersion: incident.version,
    changesTexts: next.title !== incident.title || next.description !== incident.description,
    entries: effect.entry === null ? [] : [entryOf(event, next, act, act.at, effect.entry ?? {})],
    clocks: effect.clocks ?? [],
    participations: effect.participations ?? [],
    envelopes: [...(effect.envelopes ?? []), ...(effect.quiet ? [] : tellEarlierHolders(incident, next))],
    ...(effect.noteLink && { noteLink: effect.noteLink }),
    chainLearns: !effect.quiet && hasGrown(incident, next) && incident.holders.slice(0, -1).includes(ownerOf(next)),
    change: {
      type: incidentFeedType(event),
      subjectId: next.id,
      actorRole: actingRole(act.actor),
      at: next.updatedAt,
      readersBefore: readersOf(incident),
      readersAfter: readersOf(next),
      keys: keysOf(next),
    },
    notices: noticesOf(event, incident, next, act),
  };
}

export function entryOf(
  event: string,
  incident: Incident,
  act: Act,
  at: Date,
  { text = null, by = act.actor.participant }: { readonly text?: string | null; readonly by?: string },
): TimelineEntry {
  return {
    incidentId: incident.id,
    n: incident.version,
    event,
    state: incident.state,
    waitReason: incident.waitReason,
    teamId: incident.teamId,
    at,
    recordedAt: act.batch === null ? null : act.now,
    byParticipant: by,
    role: actingRole(act.actor),
    text,
  };
}

/** Earlier holders keep rows of the chain, and whoever joins it may read those too. */
function tellEarlierHolders(before: Incident, after: Incident): readonly Outgoing[] {
  if (!hasGrown(before, after)) return [];
  const me = ownerOf(after);
  return earlierHolders(before.holders, me)
    .filter((holder) => holder !== after.handedOverTo)
    .map((to) => ({
      to,
      subject: after.id,
      type: 'incident.involvedChanged',
      body: { incidentId: after.id, chainId: after.chainId, involved: after.involved },
    }));
}

function hasGrown(before: Incident, after: Incident): boolean {
  return after.involved.length > before.involved.length;
}
