import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedEvent, FeedStep, Position } from '../feed-event.ts';
import type { Page } from './feed-source.ts';
import { createLogFeed, type LogFeed } from './standins/log-feed.ts';
import { noProgress, type Progress, takePage } from './take-page.ts';

const at = (seq: number, epoch = 'a'): Position => ({ epoch, seq });
const event = (seq: number, epoch = 'a'): FeedEvent => ({
  ...at(seq, epoch),
  id: `${epoch}${seq}`,
  feed: 'linde',
  at: '2026-03-02T09:00:00Z',
  type: 'incident.changed',
  subjectId: 'linde:inc_1',
  actorRole: null,
  readersBefore: [],
  readersAfter: [],
  keys: {},
});
const page = (head: Position, ...seqs: number[]): Page => ({ head, events: seqs.map((seq) => event(seq, head.epoch)) });
const stands = (seq: number, epoch = 'a', ...epochsLeft: string[]): Progress => ({
  position: at(seq, epoch),
  epochsLeft,
});

describe('takePage', () => {
  test.each<
    [string, Progress, Page, { seqs?: number[]; gap?: string; position: Position; missing?: true; behind?: true }]
  >([
    ['the first page says where the feed ends', noProgress, page(at(7)), { position: at(7) }],
    ['a first page with events is taken', noProgress, page(at(7), 6, 7), { seqs: [6, 7], position: at(7) }],
    ['the next numbers are taken', stands(5), page(at(7), 6, 7), { seqs: [6, 7], position: at(7) }],
    ['a known number is left out', stands(5), page(at(6), 4, 5, 6), { seqs: [6], position: at(6) }],
    ['a page that came before adds nothing', stands(5), page(at(3), 2, 3), { position: at(5) }],
    ['a hole is not stepped over', stands(5), page(at(8), 7, 8), { position: at(5), missing: true, behind: true }],
    [
      'what stands before a hole is taken',
      stands(5),
      page(at(8), 6, 8),
      { seqs: [6], position: at(6), missing: true, behind: true },
    ],
    ['a page with more to come', stands(5), page(at(99), 6), { seqs: [6], position: at(6), behind: true }],
    ['an empty page with a later head', stands(5), page(at(6)), { position: at(5), missing: true, behind: true }],
    ['an empty page of the same head', stands(5), page(at(5)), { position: at(5) }],
    ['an unknown epoch is asked about', stands(5), page(at(2, 'b'), 1, 2), { position: at(5), missing: true }],
    ['an empty page of an unknown epoch', stands(5), page(at(2, 'b')), { position: at(5), missing: true }],
    ['an epoch that is over is late', stands(5, 'b', 'a'), page(at(9), 8, 9), { position: at(5, 'b') }],
    [
      'a cut by retention',
      stands(5),
      { ...page(at(20)), gap: { reason: 'RETENTION', from: at(5), to: at(12) } },
      { gap: 'RETENTION', position: at(12), behind: true },
    ],
    [
      'a cut that was told before',
      stands(14),
      { ...page(at(20)), gap: { reason: 'RETENTION', from: at(5), to: at(12) } },
      { position: at(14), missing: true, behind: true },
    ],
    [
      'a restore of which it is unknown whether it is old or new is asked about',
      stands(9, 'c'),
      { ...page(at(3, 'b')), gap: { reason: 'RESTORED', from: at(5), to: at(3, 'b') } },
      { position: at(9, 'c'), missing: true },
    ],
    [
      'a restore leads to its epoch',
      stands(5),
      { ...page(at(3, 'b')), gap: { reason: 'RESTORED', from: at(5), to: at(3, 'b') } },
      { gap: 'RESTORED', position: at(3, 'b') },
    ],
    [
      'a restore that was told before',
      stands(9, 'c', 'a', 'b'),
      { ...page(at(3, 'b')), gap: { reason: 'RESTORED', from: at(5), to: at(3, 'b') } },
      { position: at(9, 'c') },
    ],
    [
      'a feed that fell back without a new epoch',
      stands(9),
      { ...page(at(3)), gap: { reason: 'FUTURE_CURSOR', from: at(9), to: at(3) } },
      { gap: 'FUTURE_CURSOR', position: at(3) },
    ],
    [
      'a fall that was told before',
      stands(4),
      { ...page(at(3)), gap: { reason: 'FUTURE_CURSOR', from: at(9), to: at(3) } },
      { position: at(4) },
    ],
    [
      'events after a gap in one page',
      stands(5),
      { ...page(at(3, 'b'), 3), gap: { reason: 'RESTORED', from: at(5), to: at(2, 'b') } },
      { gap: 'RESTORED', seqs: [3], position: at(3, 'b') },
    ],
  ])('%s', (_, progress, given, expected) => {
    const { steps, progress: next, isMissing, isBehind } = takePage('linde', progress, given);
    expect(steps.map(({ kind }) => kind)).toEqual([
      ...(expected.gap === undefined ? [] : ['gap']),
      ...(expected.seqs === undefined ? [] : ['events']),
    ]);
    for (const step of steps) {
      if (step.kind === 'gap') expect(step.reason).toBe(expected.gap);
      else expect(step.events.map(({ seq }) => seq)).toEqual(expected.seqs);
    }
    expect({ position: next.position, isMissing, isBehind }).toEqual({
      position: expected.position,
      isMissing: expected.missing ?? false,
      isBehind: expected.behind ?? false,
    });
  });
});

/** What may happen between an endpoint and the hub, in any order. */
const move = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('append' as const), count: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 8, arbitrary: fc.record({ what: fc.constant('send' as const), count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 8, arbitrary: fc.record({ what: fc.constant('arrive' as const), count: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('arriveAndStay' as const), count: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('vanish' as const), count: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('reconnect' as const), count: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('prune' as const), count: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('restore' as const), count: fc.nat(6) }) },
);

test('F26: whatever is told twice, late or never, the steps are the log itself or say what is missing (1,000 seeds)', () => {
  const seen = { doubles: 0, fills: 0, RETENTION: 0, RESTORED: 0, FUTURE_CURSOR: 0 };
  fc.assert(
    fc.property(fc.array(move, { minLength: 20, maxLength: 120 }), (moves) => {
      const log = createLogFeed('linde');
      log.append(3);
      const start = log.head;
      const steps: FeedStep[] = [];
      let progress = noProgress;
      let underWay: Page[] = [];
      let linePosition = log.head;

      const take = (given: Page) => {
        const taken = takePage('linde', progress, given);
        progress = taken.progress;
        steps.push(...taken.steps);
        if (taken.steps.length === 0 && given.events.length > 0) seen.doubles += 1;
        return taken;
      };
      const arrive = (given: Page): void => {
        if (!take(given).isMissing) return;
        seen.fills += 1;
        for (;;) {
          const { isMissing, isBehind } = take(log.page(progress.position, 4));
          if (!isMissing && !isBehind) return;
        }
      };
      arrive(log.page(undefined, 4));
      for (const { what, count } of moves) {
        if (what === 'append') log.append(count);
        else if (what === 'prune') log.prune(count);
        else if (what === 'restore') log.restore(count);
        else if (what === 'reconnect') linePosition = progress.position ?? linePosition;
        else if (what === 'send') {
          const sent = log.page(linePosition, count);
          linePosition = sent.gap?.to ?? sent.events.at(-1) ?? linePosition;
          underWay.push(sent);
        } else {
          const given = underWay[count % Math.max(1, underWay.length)];
          if (given !== undefined && what !== 'vanish') arrive(given);
          if (what !== 'arriveAndStay') underWay = underWay.filter((one) => one !== given);
        }
      }
      arrive({ head: log.head, events: [] });
      expect(progress.position).toEqual(log.head);
      for (const step of steps) if (step.kind === 'gap') seen[step.reason] += 1;
      checkAgainstLog(log, start, steps);
    }),
    { numRuns: 1_000 },
  );
  // A run in which nothing went wrong would prove nothing.
  expect(Math.min(seen.doubles, seen.fills, seen.RETENTION, seen.RESTORED)).toBeGreaterThan(10);
});

/** Each event once, in order, and those that were not told lie in exactly one gap. */
function checkAgainstLog(log: LogFeed, start: Position, steps: readonly FeedStep[]): void {
  const key = ({ epoch, seq }: Position) => `${epoch}:${seq}`;
  const written = new Map(log.written.map((one) => [key(one), one]));
  const order = new Map(log.written.map(({ id }, index) => [id, index]));
  let position = start;
  const told: string[] = [];
  const excused = new Set<string>();
  for (const step of steps) {
    if (step.kind === 'gap') {
      expect(step.from && key(step.from)).toBe(key(position));
      const from = step.from ?? position;
      for (const one of log.written) {
        const isAfter =
          one.epoch === from.epoch ? one.seq > from.seq : Number(one.epoch.slice(1)) > Number(from.epoch.slice(1));
        const isUpTo =
          one.epoch === step.to.epoch
            ? one.seq <= step.to.seq
            : Number(one.epoch.slice(1)) < Number(step.to.epoch.slice(1));
        if (isAfter && isUpTo) excused.add(one.id);
      }
      expect(step.reason === 'RESTORED').toBe(step.to.epoch !== from.epoch);
      position = step.to;
      continue;
    }
    for (const one of step.events) {
      expect(key(one)).toBe(key({ epoch: position.epoch, seq: position.seq + 1 }));
      expect(one).toBe(written.get(key(one)));
      told.push(one.id);
      position = one;
    }
  }
  const places = told.map((id) => order.get(id) ?? -1);
  expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
  const expected = log.written.slice(start.seq).filter(({ id }) => !excused.has(id));
  expect(told).toEqual(expected.map(({ id }) => id));
}
