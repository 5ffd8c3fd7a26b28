/** The newest events of one feed, in memory: an unbroken run up to the position. Bounded by number and by size. */
import type { FeedEvent, Position } from '../feed-event.ts';

export interface Window {
  push(events: readonly FeedEvent[]): void;
  clear(): void;
  /** What comes after a position, at most so many; undefined when the window does not reach there. */
  after(position: Position, countMax: number): readonly FeedEvent[] | undefined;
  readonly count: number;
  readonly bytes: number;
}

export function createWindow({ countMax, bytesMax }: { countMax: number; bytesMax: number }): Window {
  let events: FeedEvent[] = [];
  let sizes: number[] = [];
  /** Events before this index are dropped; the arrays are cut when that is worth it. */
  let start = 0;
  let bytes = 0;

  const dropOldest = (): void => {
    bytes -= sizes[start] ?? 0;
    start += 1;
    if (start < 1_024 || start * 2 < events.length) return;
    events = events.slice(start);
    sizes = sizes.slice(start);
    start = 0;
  };

  return {
    push(added) {
      for (const event of added) {
        const size = sizeOf(event);
        events.push(event);
        sizes.push(size);
        bytes += size;
        while (events.length - start > countMax || (bytes > bytesMax && events.length > start)) dropOldest();
      }
    },
    clear() {
      events = [];
      sizes = [];
      start = 0;
      bytes = 0;
    },
    after({ epoch, seq }, max) {
      const oldest = events[start];
      if (oldest === undefined || oldest.epoch !== epoch || seq < oldest.seq - 1) return undefined;
      const from = start + (seq - oldest.seq + 1);
      if (from >= events.length) return undefined;
      return events.slice(from, from + max);
    },
    get count() {
      return events.length - start;
    },
    get bytes() {
      return bytes;
    },
  };
}

/** About what an event costs in memory. */
function sizeOf(event: FeedEvent): number {
  const { id, type, subjectId, readersBefore, readersAfter, keys } = event;
  let size = 400 + id.length + type.length + subjectId.length + JSON.stringify(keys).length;
  for (const reader of readersBefore) size += 24 + reader.length;
  for (const reader of readersAfter) size += 24 + reader.length;
  return size;
}
