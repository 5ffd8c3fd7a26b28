/** A feed in memory that answers as an endpoint does, and what can happen to it: restores and retention. */
import type { FeedEvent, Position } from '../../feed-event.ts';
import type { Page } from '../feed-source.ts';

export interface LogFeed {
  readonly head: Position;
  /** Every event that ever was, of all epochs, in the order in which they were written. */
  readonly written: readonly FeedEvent[];
  append(count?: number): void;
  /** Goes back to an earlier state and begins an epoch. */
  restore(lost: number): void;
  /** Drops the oldest events. */
  prune(count: number): void;
  page(after: Position | undefined, first: number): Page;
  onAppend(listener: () => void): () => void;
}

export function createLogFeed(feed: string): LogFeed {
  const written: FeedEvent[] = [];
  const listeners = new Set<() => void>();
  let kept: FeedEvent[] = [];
  let epoch = 1;
  let seq = 0;

  const head = (): Position => ({ epoch: `e${epoch}`, seq });
  const ring = () => {
    for (const listener of listeners) listener();
  };
  return {
    get head() {
      return head();
    },
    written,
    append(count = 1) {
      for (let index = 0; index < count; index += 1) {
        seq += 1;
        const event: FeedEvent = {
          id: `${feed}-${written.length + 1}`,
          feed,
          ...head(),
          at: '2026-03-02T09:00:00Z',
          type: 'incident.changed',
          subjectId: `${feed}:inc_${written.length % 7}`,
          actorRole: 'SERVICEDESK',
          readersBefore: [feed],
          readersAfter: [feed, 'denkbeeld'],
          keys: { state: 'OPEN' },
        };
        written.push(event);
        kept.push(event);
      }
      ring();
    },
    restore(lost) {
      epoch += 1;
      seq = Math.max(0, seq - lost);
      kept = [];
      ring();
    },
    prune(count) {
      kept = kept.slice(count);
    },
    page(after, first) {
      const now = head();
      if (after === undefined) return { head: now, events: [] };
      const oldest = kept[0]?.seq ?? now.seq + 1;
      if (after.epoch !== now.epoch)
        return { head: now, events: [], gap: { reason: 'RESTORED', from: after, to: now } };
      if (after.seq > now.seq) return { head: now, events: [], gap: { reason: 'FUTURE_CURSOR', from: after, to: now } };
      if (after.seq + 1 < oldest) {
        const to = { epoch: now.epoch, seq: oldest - 1 };
        return { head: now, events: [], gap: { reason: 'RETENTION', from: after, to } };
      }
      return { head: now, events: kept.filter((event) => event.seq > after.seq).slice(0, first) };
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
