/** The items of a stream as the hub says them, before anything is read elsewhere. Pure. */

import { idTags, isParticipantId, parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import type { ExecutionResult } from 'graphql';
import { writeKey } from '../../partition/json.ts';
import type { FeedEvent } from '../feed-event.ts';
import { registryFeed, type StreamDeclaration } from '../stream.ts';

/** A participant stands by its id, an object that lives elsewhere by `{ id }`. */
type ItemValue =
  | string
  | number
  | boolean
  | null
  | { readonly id: string }
  | readonly Readonly<Record<string, ItemValue>>[];

export interface StreamItem {
  readonly type: string;
  readonly fields: Readonly<Record<string, ItemValue>>;
}

/** One subscription, ready to make its items; by whoever answers for the hub. */
export interface CompiledStream {
  readonly field: string;
  /** The arguments of the field. */
  readonly given: Readonly<Record<string, unknown>>;
  item(item: StreamItem): { readonly data: Record<string, unknown> };
}

/** Stands where the cursor will, which is only known when an item is sent. */
export const cursorMark = '\u0000cursor';

export function changeItem(declaration: StreamDeclaration, event: FeedEvent): StreamItem {
  const { id, at, type, actorRole, subjectId } = event;
  const tag = parseId(subjectId)?.tag;
  const subjectType = tag && idTags[tag].type;
  const objects = [...declaration.objects].map(
    ([field, objectType]) => [field, objectType === subjectType ? { id: subjectId } : null] as const,
  );
  const fields = { id, cursor: cursorMark, type, at, actorRole, participant: participantOf(event) };
  return { type: declaration.change, fields: { ...fields, ...Object.fromEntries(objects) } };
}

export function goneItem({ id, at, subjectId, feed }: FeedEvent): StreamItem {
  const participant = parseId(subjectId)?.participant ?? feed;
  return { type: 'Gone', fields: { id, cursor: cursorMark, at, participant, subjectId } };
}

export interface Missing {
  readonly feed: string;
  readonly reason: string;
  readonly fromMs: number | undefined;
  readonly toMs: number;
}

export function gapItem({ feed, reason, fromMs, toMs }: Missing): StreamItem {
  return {
    type: 'Gap',
    fields: {
      cursor: cursorMark,
      participant: feed,
      registry: feed === registryFeed,
      reason,
      from: fromMs === undefined ? null : new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    },
  };
}

export interface FeedCondition {
  readonly feed: string;
  readonly state: string;
  readonly lagMs: number | undefined;
}

export function heartbeatItem(atMs: number, feeds: readonly FeedCondition[]): StreamItem {
  return {
    type: 'Heartbeat',
    fields: {
      cursor: cursorMark,
      at: new Date(atMs).toISOString(),
      feeds: feeds.map(({ feed, state, lagMs }) => ({
        participant: feed,
        registry: feed === registryFeed,
        state,
        lagMs: lagMs === undefined ? null : Math.round(lagMs),
      })),
    },
  };
}

/** The registry speaks of others: of a participant by its name, of an object by its id. */
function participantOf({ feed, subjectId }: FeedEvent): string {
  if (feed !== registryFeed) return feed;
  return isParticipantId(subjectId) ? subjectId : (parseId(subjectId)?.participant ?? feed);
}

/** The item as it is sent: with a cursor where its mark stood. What was resolved for many is not changed. */
export function withCursor(result: ExecutionResult, cursor: () => string): ExecutionResult {
  const data: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(result.data ?? {})) {
    const own = { ...(item as Record<string, unknown> | null) };
    for (const [field, value] of Object.entries(own)) if (value === cursorMark) own[field] = cursor();
    writeKey(data, key, item === null ? null : own);
  }
  return { ...result, data: result.data ? data : null };
}
