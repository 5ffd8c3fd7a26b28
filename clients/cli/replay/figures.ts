/** The figures of a set of courses. Pure; the same function serves the log and what the hub answers. */
import type { Course } from './course.ts';

export interface Figures {
  readonly incidents: number;
  readonly touching: readonly number[];
  readonly handovers: number;
  readonly pingPong: number;
  readonly highestLine: readonly number[];
  readonly goingUp: number;
  readonly stepsUp: number;
  readonly stepsDown: number;
  readonly firstToThird: number;
  readonly reopened: number;
  readonly pickUpCount: number;
  readonly pickUpHours: readonly number[];
  readonly durationHours: readonly number[];
  /** Percentage of the elapsed time per label. */
  readonly shares: Readonly<Record<string, number>>;
  readonly last: Readonly<Record<'Closed' | 'In Call' | 'Resolved' | 'other', number>>;
}

const hour = 3_600_000;

export function figures(courses: readonly Course[]): Figures {
  const holders = courses.map((course) => runs(course.map(({ holder }) => holder)));
  const lines = courses.map((course) => runs(course.flatMap(({ line }) => (line === null ? [] : [line]))));
  const steps = lines.flatMap((sequence) => pairs(sequence));
  const pickUps = courses.flatMap(pickUpsOf);
  const durations = courses.map((course) => (at(course, course.length - 1) - at(course, 0)) / hour);
  return {
    incidents: courses.length,
    touching: [1, 2, 3, 4, 5].map((count) => holders.filter((one) => new Set(one).size === count).length),
    handovers: sum(holders.map((one) => one.length - 1)),
    pingPong: holders.filter((one) => new Set(one).size < one.length).length,
    highestLine: [1, 2, 3].map((line) => lines.filter((one) => Math.max(...one) === line).length),
    goingUp: lines.filter((one) => pairs(one).some(([from, to]) => to > from)).length,
    stepsUp: steps.filter(([from, to]) => to > from).length,
    stepsDown: steps.filter(([from, to]) => to < from).length,
    firstToThird: steps.filter(([from, to]) => from === 1 && to === 3).length,
    reopened: courses.filter(isReopened).length,
    pickUpCount: pickUps.length,
    pickUpHours: [0.5, 0.8, 0.9].map((share) => percentile(pickUps, share)),
    durationHours: [0.5, 0.9].map((share) => percentile(durations, share)),
    shares: sharesOf(courses),
    last: lastOf(courses),
  };
}

/** The element at floor(share × n) of the sorted values: always a value that occurred. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? Number.NaN;
}

/** From the moment another organisation line gets it until somebody there takes it up. */
function pickUpsOf(course: Course): number[] {
  const found: number[] = [];
  let before: string | null = null;
  for (const [index, moment] of course.entries()) {
    const here = moment.organisationLine;
    if (here === null) continue;
    if (before !== null && here !== before) {
      const taken = course.slice(index).find(({ queued }) => !queued);
      if (taken !== undefined) found.push((taken.atMs - moment.atMs) / hour);
    }
    before = here;
  }
  return found;
}

/** First calls do not count: they were settled, never put down as resolved. */
const isReopened = (course: Course): boolean =>
  pairs(course).some(
    ([before, after]) =>
      (before.completion === 'NORMAL' || before.completion === 'CLOSED') && after.completion === null,
  );

function sharesOf(courses: readonly Course[]): Record<string, number> {
  const spent: Record<string, number> = {};
  for (const course of courses) {
    for (const [before, after] of pairs(course))
      spent[before.label] = (spent[before.label] ?? 0) + after.atMs - before.atMs;
  }
  const all = sum(Object.values(spent));
  return Object.fromEntries(Object.entries(spent).map(([label, ms]) => [label, (100 * ms) / all]));
}

function lastOf(courses: readonly Course[]) {
  const last = { Closed: 0, 'In Call': 0, Resolved: 0, other: 0 };
  const word = { CLOSED: 'Closed', FIRST_CALL: 'In Call', NORMAL: 'Resolved', CANCELLED: 'other' } as const;
  for (const course of courses) {
    const completion = course.at(-1)?.completion;
    last[completion ? word[completion] : 'other'] += 1;
  }
  return last;
}

const at = (course: Course, index: number): number => course[index]?.atMs ?? 0;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const runs = <Value>(values: readonly Value[]): Value[] => values.filter((value, index) => value !== values[index - 1]);
const pairs = <Value>(values: readonly Value[]): [Value, Value][] =>
  values.slice(1).map((value, index) => [values[index] as Value, value]);
