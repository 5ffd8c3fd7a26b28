/**
 * The last frames of a group, read by all its subscribers at their own pace. Bounded: whoever falls further behind
 * than this is too slow, and comes back with his cursor.
 */
import type { ExecutionResult } from 'graphql';
import type { FeedEvent, Position } from '../feed-event.ts';

export type Frame =
  /** The same for everybody of the group. */
  | {
      readonly kind: 'shared';
      readonly result: ExecutionResult;
      /** The same without its cursor, for whom the group's cursor would not fit. */
      readonly unplaced: ExecutionResult;
      /** What it was resolved from; undefined for what the hub says by itself. */
      readonly event: FeedEvent | undefined;
      /** When it was resolved, by a clock that nobody sets: rights may have ended since. */
      readonly resolvedAtMs: number;
      readonly feed: string;
      readonly position: Position;
    }
  /** Each subscriber is judged, and resolves it, as himself. */
  | { readonly kind: 'personal'; readonly event: FeedEvent; readonly feed: string; readonly position: Position }
  /** What this hub noticed by itself; it moves no feed. */
  | { readonly kind: 'told'; readonly result: ExecutionResult; readonly unplaced: ExecutionResult }
  /** That the stream is alive; only the newest says anything. */
  | { readonly kind: 'heartbeat'; readonly result: ExecutionResult; readonly unplaced: ExecutionResult }
  /** From here on there are changes of a feed that was not reached before. */
  | { readonly kind: 'reached'; readonly feed: string; readonly position: Position };

export interface FrameLog {
  /** Names this log in cursors. */
  readonly id: string;
  /** The index of the oldest frame that is kept. */
  readonly start: number;
  /** The index that the next frame gets. */
  readonly end: number;
  push(frame: Frame): void;
  at(index: number): Frame | undefined;
}

export const framesMax = 1_024;

export function createFrameLog(id: string): FrameLog {
  const frames = new Array<Frame | undefined>(framesMax);
  let end = 0;
  return {
    id,
    get start() {
      return Math.max(0, end - framesMax);
    },
    get end() {
      return end;
    },
    push(frame) {
      frames[end % framesMax] = frame;
      end += 1;
    },
    at: (index) => (index < end && index >= end - framesMax ? frames[index % framesMax] : undefined),
  };
}
