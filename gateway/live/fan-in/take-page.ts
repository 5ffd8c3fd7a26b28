/**
 * Decides what a page adds to what is known of a feed. Pure: asking again for what is missing is follow-feed.ts.
 *
 * Pages may come twice, late or never. An event is taken when its number is the next one; a lower number is known
 * already, and a higher one shows that something is missing. An epoch is only left by a gap.
 */
import type { FeedEvent, FeedStep, Position } from '../feed-event.ts';
import type { Page, PageGap } from './feed-source.ts';

export interface Progress {
  /** After the last event that was taken; undefined before the first page. */
  readonly position: Position | undefined;
  /** Epochs that are over, newest last: what still arrives of them is late. */
  readonly epochsLeft: readonly string[];
}

export interface Taken {
  readonly progress: Progress;
  readonly steps: readonly FeedStep[];
  /** Something between the position and this page was not told: ask for what comes after the position. */
  readonly isMissing: boolean;
  /** The feed goes on beyond the position. */
  readonly isBehind: boolean;
}

export const noProgress: Progress = { position: undefined, epochsLeft: [] };

const epochsLeftMax = 8;

export function takePage(feed: string, progress: Progress, page: Page): Taken {
  const steps: FeedStep[] = [];
  let { position, epochsLeft } = progress;
  const { gap, events, head } = page;

  const isCut = gap !== undefined && isNew(gap, position, epochsLeft);
  if (isCut) {
    if (position !== undefined) {
      steps.push({ kind: 'gap', feed, reason: gap.reason, from: position, to: gap.to });
      if (position.epoch !== gap.to.epoch) epochsLeft = leave(epochsLeft, position.epoch, gap.to.epoch);
    }
    position = gap.to;
  }
  const [first] = events;
  if (first === undefined && position === undefined) position = head;
  if (first !== undefined && position === undefined) position = { epoch: first.epoch, seq: first.seq - 1 };

  const taken: FeedEvent[] = [];
  let isMissing = false;
  for (const event of events) {
    if (position === undefined || epochsLeft.includes(event.epoch)) continue;
    if (event.epoch === position.epoch && event.seq <= position.seq) continue;
    if (event.epoch !== position.epoch || event.seq !== position.seq + 1) {
      isMissing = true;
      break;
    }
    taken.push(event);
    position = { epoch: event.epoch, seq: event.seq };
  }
  if (taken.length > 0) steps.push({ kind: 'events', feed, events: taken });

  const isOfNow = position !== undefined && head.epoch === position.epoch;
  const isBehind = isOfNow && position !== undefined && head.seq > position.seq;
  const isStrange = !isOfNow && !epochsLeft.includes(head.epoch);
  // A page that holds nothing leaves nothing to come: what lies before its head should have been told.
  const isShort = isBehind && events.length === 0 && !isCut;
  return { progress: { position, epochsLeft }, steps, isMissing: isMissing || isStrange || isShort, isBehind };
}

/** Whether a gap tells something; one that arrives a second time does not. */
function isNew(gap: PageGap, position: Position | undefined, epochsLeft: readonly string[]): boolean {
  if (position === undefined) return true;
  // The answer to the very question, wherever it leads: even back, after a restore that began no epoch.
  if (gap.from !== undefined && isSame(gap.from, position)) return !isSame(gap.to, position);
  // An answer to who stood in this epoch leads on from it; of any other it is unknown whether it is old or new.
  if (gap.to.epoch !== position.epoch) return gap.from?.epoch === position.epoch && !epochsLeft.includes(gap.to.epoch);
  // Of a restore that is behind us this is another asker's answer; what is kept is the same for all.
  return gap.reason === 'RETENTION' && gap.to.seq > position.seq;
}

const isSame = (one: Position, other: Position): boolean => one.epoch === other.epoch && one.seq === other.seq;

const leave = (left: readonly string[], old: string, entered: string): readonly string[] =>
  [...left.filter((epoch) => epoch !== old && epoch !== entered), old].slice(-epochsLeftMax);
