/**
 * How feeds lie in JetStream: one stream for each, a message for an event, its id the event's. Beside it, not kept, a
 * beat a second: that the relay hears this feed, and up to where it has put it into the stream.
 */
import { JetStreamApiError, StorageType } from '@nats-io/jetstream';
import type { FeedEvent, Position } from '../../feed-event.ts';
import { positionOf, positionText, readEvent } from '../read-page.ts';
import type { Nats } from './nats-connection.ts';

export const streamOf = (feed: string): string => `kortelijn-feed-${feed}`;
export const subjectOf = (feed: string): string => `kortelijn.feed.${feed}`;
export const beatOf = (feed: string): string => `kortelijn.beat.${feed}`;

export interface StreamBounds {
  /** As long as endpoints keep their events. Default 7 days. */
  readonly ageMs?: number;
  /** JetStream sets this aside for each feed. Default 64 MB: about 100,000 events. */
  readonly bytes?: number;
}

const day = 86_400_000;
/** Within this time an event that is put in a second time is left out by JetStream itself. */
const duplicateMs = 600_000;
const nanoseconds = 1_000_000;
const streamNotFound = 10_059;

/** Makes the stream of a feed where there is none; one that is there stays as its operator made it. */
export async function ensureStream({ manager }: Nats, feed: string, bounds: StreamBounds = {}): Promise<void> {
  const { ageMs = 7 * day, bytes = 64_000_000 } = bounds;
  try {
    await manager.streams.info(streamOf(feed));
  } catch (error) {
    if (!isMissing(error)) throw error;
    await manager.streams.add({
      name: streamOf(feed),
      subjects: [subjectOf(feed)],
      storage: StorageType.File,
      max_age: ageMs * nanoseconds,
      max_bytes: bytes,
      duplicate_window: Math.min(duplicateMs, ageMs) * nanoseconds,
    });
  }
}

/** The last event of a stream and where it lies; undefined when there is none. */
export async function lastOf(
  { manager }: Nats,
  feed: string,
): Promise<{ event: FeedEvent; place: number } | undefined> {
  try {
    const message = await manager.streams.getMessage(streamOf(feed), { last_by_subj: subjectOf(feed) });
    return message === null ? undefined : { event: readMessage(feed, message.data), place: message.seq };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): boolean => error instanceof JetStreamApiError && error.code === streamNotFound;

/** As on the wire of an endpoint, with its epoch. */
export function writeMessage({ feed: _feed, seq, keys, ...event }: FeedEvent): string {
  return JSON.stringify({ ...event, seq: String(seq), keys: JSON.stringify(keys) });
}

const decoder = new TextDecoder();

export function readMessage(feed: string, data: Uint8Array): FeedEvent {
  const given: unknown = JSON.parse(decoder.decode(data));
  const epoch = typeof given === 'object' && given !== null && 'epoch' in given ? given.epoch : undefined;
  return readEvent(feed, positionOf(`${epoch}:0`, 'epoch').epoch, given);
}

export const writeBeat = (published: Position): string => positionText(published);
export const readBeat = (data: Uint8Array): Position => positionOf(decoder.decode(data), 'a beat');
