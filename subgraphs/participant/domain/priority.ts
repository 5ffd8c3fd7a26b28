/** What comes first: from how many are touched and how long it can wait, unless a desk says otherwise. */
import type { Impact, Priority, Urgency } from './incident.ts';

const TABLE: Readonly<Record<Impact, Readonly<Record<Urgency, Priority>>>> = {
  MAJOR: { HIGH: 'P1', MEDIUM: 'P1', LOW: 'P2' },
  HIGH: { HIGH: 'P1', MEDIUM: 'P2', LOW: 'P3' },
  MEDIUM: { HIGH: 'P2', MEDIUM: 'P3', LOW: 'P4' },
  LOW: { HIGH: 'P3', MEDIUM: 'P4', LOW: 'P5' },
};

export function priorityOf(impact: Impact, urgency: Urgency): Priority {
  return TABLE[impact][urgency];
}

/** Lists sort by this number: 1 comes first. */
export function priorityRank(priority: Priority): number {
  return Number(priority.slice(1));
}
