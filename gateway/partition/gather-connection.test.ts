/** Paging over participants that come and go, held against the promises of a list. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareCursors } from './compare-cursors.ts';
import { gatherConnection, pageFinding } from './gather-connection.ts';
import type { ListPosition } from './page-cursor.ts';

const cursorOf = (key: number, id: string) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(key);
  return Buffer.concat([bytes, Buffer.from(id)]).toString('base64url');
};

/** A cursor's bytes as a text that compares as they do. */
const cursorBytes = (cursor: string) => Buffer.from(cursor, 'base64url').toString('latin1');

interface Row {
  readonly cursor: string;
  readonly label: string;
}
type World = Map<string, Row[]>;

const byCursor = (a: Row, b: Row) => (cursorBytes(a.cursor) < cursorBytes(b.cursor) ? -1 : 1);

/** A participant as the contract wants it: its rows after a cursor, in order. */
function answerOf(rows: readonly Row[], after: string | undefined, first: number) {
  const sorted = [...rows].sort(byCursor);
  const from = after === undefined ? undefined : cursorBytes(after);
  const rest = from === undefined ? sorted : sorted.filter(({ cursor }) => cursorBytes(cursor) > from);
  return { rows: rest.slice(0, first), hasNextPage: rest.length > first };
}

/** One page, asked on as often as the merge wants more. */
function page(world: World, silent: ReadonlySet<string>, position: ListPosition | undefined, first: number) {
  const heard = [...world.keys()].filter((name) => !silent.has(name));
  const answers = heard.map((participant) => {
    const after = position?.parties.get(participant)?.after;
    return { participant, after, ...answerOf(world.get(participant) ?? [], after, first) };
  });
  for (let round = 0; ; round += 1) {
    const outcome = gatherConnection({
      pages: answers.map(({ participant, rows, hasNextPage }) => ({
        participant,
        hasNextPage,
        cursors: rows.map(({ cursor }) => cursor),
      })),
      silent: [...silent],
      position,
      first,
      nowMs: 1_000,
    });
    if (outcome.wanting.length === 0) {
      return {
        outcome,
        shown: outcome.rows.map(({ page: at, row }) => ({
          participant: answers[at]?.participant ?? '',
          ...(answers[at]?.rows[row] as Row),
        })),
      };
    }
    expect(round).toBeLessThan(500);
    for (const index of outcome.wanting) {
      const answer = answers[index];
      if (answer === undefined) continue;
      const more = answerOf(world.get(answer.participant) ?? [], answer.rows.at(-1)?.cursor, first);
      answers[index] = { ...answer, rows: [...answer.rows, ...more.rows], hasNextPage: more.hasNextPage };
    }
  }
}

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const worldOf = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom(...names)), { maxLength: 120 })
  .map((entries): World => {
    const world: World = new Map(names.map((name) => [name, []]));
    for (const [index, [key, name]] of entries.entries()) {
      const label = `${name}${index}`;
      world.get(name)?.push({ cursor: cursorOf(key, label), label });
    }
    return world;
  });
const allRows = (world: World) => [...world.values()].flat().sort(byCursor);

describe('a connection over participants', () => {
  test('the merge is the sort of the union', () => {
    fc.assert(
      fc.property(worldOf, fc.integer({ min: 1, max: 150 }), (world, first) => {
        const { shown, outcome } = page(world, new Set(), undefined, first);
        const all = allRows(world);
        expect(shown.map(({ label }) => label)).toEqual(all.slice(0, first).map(({ label }) => label));
        expect(outcome.hasNextPage).toBe(all.length > first);
      }),
    );
  });

  test('M-01: paging by 7 with parties that fall silent and come back shows every row exactly once', () => {
    const silences = fc.array(fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(worldOf, silences, (world, silent) => {
        const shown: string[] = [];
        const lastOf = new Map<string, string>();
        let furthest = '';
        let position: ListPosition | undefined;
        for (let at = 0, more = true; more && at < 400; at += 1) {
          const absent = new Set(silent[at] ?? []);
          const { outcome, shown: rows } = page(world, absent, position, 7);
          for (const { participant, cursor, label } of rows) {
            shown.push(label);
            // Each participant's own rows stay in order, whatever it missed.
            expect(cursorBytes(cursor) > (lastOf.get(participant) ?? '')).toBe(true);
            lastOf.set(participant, cursorBytes(cursor));
            // Only one that was away gives rows from before the furthest, and then it is announced.
            if (cursorBytes(cursor) < furthest) expect(outcome.resumed.has(participant)).toBe(true);
            if (cursorBytes(cursor) > furthest) furthest = cursorBytes(cursor);
          }
          position = outcome.next;
          more = outcome.hasNextPage || silent[at] !== undefined;
        }
        expect([...shown].sort()).toEqual(
          allRows(world)
            .map(({ label }) => label)
            .sort(),
        );
      }),
    );
  });

  test('rows that come while one pages break neither order nor number, and none is shown twice', () => {
    const arrivals = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom(...names)), { maxLength: 40 });
    fc.assert(
      fc.property(worldOf, arrivals, (world, arriving) => {
        const before = allRows(world).map(({ label }) => label);
        const shown: Row[] = [];
        let position: ListPosition | undefined;
        for (let at = 0, more = true; more; at += 1) {
          const { outcome, shown: rows } = page(world, new Set(), position, 7);
          shown.push(...rows);
          position = outcome.next;
          more = outcome.hasNextPage;
          const [key, name] = arriving[at] ?? [];
          if (key !== undefined && name !== undefined)
            world.get(name)?.push({ cursor: cursorOf(key, `new${at}`), label: `new${at}` });
        }
        const labels = shown.map(({ label }) => label);
        expect(new Set(labels).size).toBe(labels.length);
        expect(labels.filter((label) => !label.startsWith('new'))).toEqual(before);
        expect(shown.map(({ cursor }) => cursorBytes(cursor))).toEqual(
          shown.map(({ cursor }) => cursorBytes(cursor)).sort((a, b) => (a < b ? -1 : 1)),
        );
      }),
    );
  });

  test('every row’s own position goes on right behind it', () => {
    fc.assert(
      fc.property(worldOf, (world) => {
        const all = allRows(world).map(({ label }) => label);
        const { outcome } = page(world, new Set(), undefined, 7);
        for (let index = 0; index < outcome.rows.length; index += 1) {
          const { shown } = page(world, new Set(), outcome.positionAfter(index), 7);
          expect(shown.map(({ label }) => label)).toEqual(all.slice(index + 1, index + 8));
        }
      }),
    );
  });

  test('a party that joins while one pages is announced like one that was away', () => {
    const world: World = new Map([
      ['a', [1, 2, 3, 4].map((key) => ({ cursor: cursorOf(key, `a${key}`), label: `a${key}` }))],
    ]);
    const first = page(world, new Set(), undefined, 3);
    world.set('b', [{ cursor: cursorOf(0, 'b0'), label: 'b0' }]);
    const second = page(world, new Set(), first.outcome.next, 3);
    expect(second.shown.map(({ label }) => label)).toEqual(['b0', 'a4']);
    expect([...second.outcome.resumed.keys()]).toEqual(['b']);
  });

  test('a party whose first rows are all passed over is asked on before a later row of another is shown', () => {
    const rowsAt = (name: string, keys: readonly number[]) =>
      keys.map((key) => ({ cursor: cursorOf(key, `${name}${key}`), label: `${name}${key}` }));
    const world: World = new Map([
      ['a', rowsAt('a', [10, 20, 30, 40])],
      ['b', rowsAt('b', [35])],
    ]);
    const first = page(world, new Set(), undefined, 3);
    world.get('b')?.push(...rowsAt('b', [1, 2, 3, 4, 5]));
    const second = page(world, new Set(), first.outcome.next, 3);
    expect(second.shown.map(({ label }) => label)).toEqual(['b35', 'a40']);
    // Where asking on has to end, the page is short: what b has next may come before what a has.
    const cut = gatherConnection({
      pages: [
        { participant: 'a', hasNextPage: false, cursors: [cursorOf(40, 'a40')] },
        { participant: 'b', hasNextPage: true, cursors: [1, 2, 3].map((key) => cursorOf(key, `b${key}`)) },
      ],
      silent: [],
      position: first.outcome.next,
      first: 3,
      nowMs: 0,
    });
    expect(cut).toMatchObject({ rows: [], wanting: [1], hasNextPage: true });
  });

  test('a silent party leaves a next page until an empty one, so that nobody turns in circles', () => {
    const world: World = new Map([
      ['a', [{ cursor: cursorOf(1, 'a1'), label: 'a1' }]],
      ['b', [{ cursor: cursorOf(2, 'b2'), label: 'b2' }]],
    ]);
    const first = page(world, new Set(['b']), undefined, 7);
    expect(first.outcome.hasNextPage).toBe(true);
    const second = page(world, new Set(['b']), first.outcome.next, 7);
    expect(second.shown).toEqual([]);
    expect(second.outcome.hasNextPage).toBe(false);
    expect(page(world, new Set(), second.outcome.next, 7).shown.map(({ label }) => label)).toEqual(['b2']);
  });
});

test.each([
  ['strictly sorted rows', [cursorOf(1, 'a'), cursorOf(2, 'a')], undefined, true],
  ['no rows', [], cursorOf(9, 'a'), true],
  ['rows after the cursor', [cursorOf(2, 'a')], cursorOf(1, 'z'), true],
  ['the row of the cursor itself', [cursorOf(1, 'z')], cursorOf(1, 'z'), false],
  ['a row before the cursor', [cursorOf(0, 'z')], cursorOf(1, 'z'), false],
  ['two equal rows', [cursorOf(1, 'a'), cursorOf(1, 'a')], undefined, false],
  ['rows the other way round', [cursorOf(2, 'a'), cursorOf(1, 'a')], undefined, false],
  ['more rows than asked', [cursorOf(1, 'a'), cursorOf(2, 'a'), cursorOf(3, 'a')], undefined, false],
  ['a cursor that is no text', [7], undefined, false],
  ['a cursor that is not base64url', ['a+/='], undefined, false],
])('%s: may be merged is %s', (_name, cursors, after, isFine) => {
  expect(pageFinding(cursors, after, 2) === undefined).toBe(isFine);
});

test('cursors compare as their bytes do', () => {
  const bytes = fc.uint8Array({ maxLength: 12 });
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const found = compareCursors(Buffer.from(a).toString('base64url'), Buffer.from(b).toString('base64url'));
      expect(Math.sign(found)).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
