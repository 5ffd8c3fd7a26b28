/**
 * The table of a replay: expected, found, difference. A difference is explained only when the figure, computed anew
 * on the log without what the hub refused, gives what was found.
 */
import type { Figures } from './figures.ts';

export interface Row {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly difference: string;
  readonly recomputed: string;
  readonly verdict: 'equal' | 'explained' | 'NOT EXPLAINED';
}

/** What is known of the log (BPI Challenge 2013, incidents), measured on the file. */
export const expectedFigures = {
  incidents: 7554,
  touching: [5520, 1802, 225, 6, 1],
  handovers: 4323,
  pingPong: 890,
  highestLine: [4546, 2464, 544],
  goingUp: 2299,
  stepsUp: 3245,
  stepsDown: 1755,
  firstToThird: 206,
  reopened: 390,
  pickUpCount: 4350,
  pickUpHours: [0.67, 15.7, 46.9],
  durationHours: [181.2, 541.4],
  last: { Closed: 5573, 'In Call': 1882, Resolved: 90, other: 9 },
} as const;

/** The log's own labels; the lifecycle has one RESOLVED and one WAITING USER for two labels of the log each. */
export const expectedShares: Readonly<Record<string, { readonly log: string; readonly percentage: number }>> = {
  RESOLVED: { log: 'Resolved 31.4 and In Call 0.5', percentage: 31.9 },
  'WAITING USER': { log: 'Wait - User 21.2 and Wait - Customer 0.5', percentage: 21.7 },
  IN_PROGRESS: { log: 'In Progress', percentage: 14.7 },
  REPORTED: { log: 'Awaiting Assignment', percentage: 13.8 },
  'WAITING OTHER': { log: 'Wait', percentage: 6.9 },
  ACKNOWLEDGED: { log: 'Assigned', percentage: 5.3 },
  'WAITING IMPLEMENTATION': { log: 'Wait - Implementation', percentage: 2.9 },
  'WAITING VENDOR': { log: 'Wait - Vendor', percentage: 1.9 },
};

export function table(found: Figures, recomputed: Figures, complete: boolean): readonly Row[] {
  const expected = expectedFigures;
  const list = (values: readonly number[], digits = 0) => values.map((value) => value.toFixed(digits)).join(' / ');
  const hours = ([median, ...rest]: readonly number[], digits: readonly number[]) =>
    [median, ...rest].map((value, index) => (value ?? Number.NaN).toFixed(digits[index] ?? 1)).join(' / ');
  const row = (what: string, wanted: string, got: string, anew: string, difference?: string): Row => ({
    what,
    expected: wanted,
    found: got,
    difference: wanted === got ? '–' : (difference ?? `${wanted} → ${got}`),
    recomputed: anew,
    verdict: wanted === got ? 'equal' : anew === got ? 'explained' : 'NOT EXPLAINED',
  });
  const count = (what: string, pick: (from: Pick<Figures, NumberKey>) => number) =>
    row(
      what,
      String(pick(expected)),
      String(pick(found)),
      String(pick(recomputed)),
      signed(pick(found) - pick(expected)),
    );
  const rows = [
    count('incidents', (from) => from.incidents),
    row(
      'touching 1 / 2 / 3 / 4 / 5 participants',
      list(expected.touching),
      list(found.touching),
      list(recomputed.touching),
    ),
    count('handovers between participants', (from) => from.handovers),
    count('incidents with ping-pong', (from) => from.pingPong),
    row('highest line 1 / 2 / 3', list(expected.highestLine), list(found.highestLine), list(recomputed.highestLine)),
    count('incidents that go up a line', (from) => from.goingUp),
    count('steps up', (from) => from.stepsUp),
    count('steps down', (from) => from.stepsDown),
    count('steps from the first to the third line', (from) => from.firstToThird),
    count('incidents reopened after resolved or closed', (from) => from.reopened),
    count('pick-ups by another organisation line', (from) => from.pickUpCount),
    row(
      'pick-up hours: median / p80 / p90',
      hours(expected.pickUpHours, [2, 1, 1]),
      hours(found.pickUpHours, [2, 1, 1]),
      hours(recomputed.pickUpHours, [2, 1, 1]),
    ),
    row(
      'duration hours: median / p90',
      list(expected.durationHours, 1),
      list(found.durationHours, 1),
      list(recomputed.durationHours, 1),
    ),
    ...Object.entries(expectedShares).map(([label, { log, percentage }]) =>
      row(
        `share of time, % ${label} (${log})`,
        percentage.toFixed(1),
        (found.shares[label] ?? 0).toFixed(1),
        (recomputed.shares[label] ?? 0).toFixed(1),
        signed(Number(((found.shares[label] ?? 0) - percentage).toFixed(1))),
      ),
    ),
    row(
      'last state Closed / In Call / Resolved / other',
      list(Object.values(expected.last)),
      list(Object.values(found.last)),
      list(Object.values(recomputed.last)),
    ),
  ];
  // A part of the log has no known figures: there only the log itself can be compared with.
  return complete
    ? rows
    : rows.map((one) => ({
        ...one,
        expected: one.recomputed,
        difference: one.found === one.recomputed ? '–' : `${one.recomputed} → ${one.found}`,
        verdict: one.found === one.recomputed ? 'equal' : 'NOT EXPLAINED',
      }));
}

type NumberKey = { [Key in keyof Figures]: Figures[Key] extends number ? Key : never }[keyof Figures];

const signed = (difference: number): string => (difference > 0 ? `+${difference}` : String(difference));

export function markdown(rows: readonly Row[]): string {
  const cells = (row: Row) =>
    `| ${row.what} | ${row.expected} | ${row.found} | ${row.difference} | ${row.recomputed} | ${row.verdict} |`;
  return [
    '| figure | expected | found | difference | on the log without what was refused | |',
    '|---|---|---|---|---|---|',
    ...rows.map(cells),
  ].join('\n');
}
