import { describe, expect, it } from 'vitest';
import { createBoardRows, type Item } from './board-rows.ts';
import { clean, type FeedRow, judgeBoard } from './judge-board.ts';

const linde = { id: 'linde' };
const row = (name: string, version: number, participant = 'linde') => ({ id: `${participant}:inc_${name}`, version });
const change = (event: string, incident: ReturnType<typeof row>): Item => ({
  __typename: 'IncidentChange',
  cursor: event,
  id: event,
  participant: linde,
  incident,
});
const gone = (event: string, subjectId: string): Item => ({
  __typename: 'Gone',
  cursor: event,
  id: event,
  participant: linde,
  subjectId,
});
const answer = (rows: readonly ReturnType<typeof row>[], missing: readonly string[] = []) => ({
  rows,
  missing: new Set(missing),
  asked: new Set(['linde', 'denkbeeld']),
  liveCursor: 'c',
});

describe('the rows of a board', () => {
  it('keep the newest version, drop what is gone, and take it back when it returns', () => {
    const board = createBoardRows();
    board.replace(answer([row('1', 3), row('2', 1)]), board.mark(), undefined);
    board.apply(change('e1', row('1', 2)));
    board.apply(change('e2', row('2', 2)));
    board.apply(gone('e3', 'linde:inc_1'));
    expect(board.rows()).toEqual([row('2', 2)]);
    board.apply(change('e4', row('1', 4)));
    expect(board.rows()).toEqual([row('1', 4), row('2', 2)]);
  });

  it('count what comes twice, and change nothing by it', () => {
    const board = createBoardRows();
    for (let time = 0; time < 2; time += 1) board.apply(change('e1', row('1', 1)));
    expect(board.doubleCount).toBe(1);
    expect(board.rows()).toEqual([row('1', 1)]);
  });

  it('are replaced by a late answer only where nothing came since it was asked for', () => {
    const board = createBoardRows();
    board.replace(answer([row('old', 1), row('1', 1), row('left', 1)]), board.mark(), undefined);
    const mark = board.mark();
    board.apply(change('e1', row('new', 1)));
    board.apply(change('e2', row('1', 2)));
    board.apply(gone('e3', 'linde:inc_left'));
    board.replace(answer([row('1', 1), row('left', 1)]), mark, ['linde']);
    expect(board.rows()).toEqual([row('1', 2), row('new', 1)]);
  });

  it('keep the part of whoever did not answer, and lose the part of whoever is followed no longer', () => {
    const board = createBoardRows();
    board.replace(answer([row('1', 1), row('1', 1, 'denkbeeld')]), board.mark(), undefined);
    board.replace(answer([], ['linde']), board.mark(), ['linde']);
    expect(board.rows()).toHaveLength(2);
    board.apply({
      __typename: 'Heartbeat',
      cursor: 'h',
      feeds: [{ participant: linde, registry: false, state: 'LIVE' }],
    });
    expect(board.rows()).toEqual([row('1', 1)]);
    const feeds = ['linde', 'denkbeeld'].map((id) => ({ participant: { id }, registry: false, state: 'LIVE' }));
    expect(board.apply({ __typename: 'Heartbeat', cursor: 'h', feeds })).toEqual(['denkbeeld']);
    expect(board.apply({ __typename: 'Heartbeat', cursor: 'h', feeds })).toEqual([]);
  });

  it('say whose part must be asked for anew', () => {
    const board = createBoardRows();
    expect(
      board.apply({ __typename: 'Gap', cursor: 'g', participant: linde, registry: false, reason: 'RESTORED' }),
    ).toEqual(['linde']);
    expect(
      board.apply({ __typename: 'Gap', cursor: 'g', participant: linde, registry: true, reason: 'RESTORED' }),
    ).toBe('ALL');
  });
});

describe('the judge of a board', () => {
  const caller = { participant: 'linde', roles: ['SERVICEDESK'], scopes: [], subject: 'linde-desk' };
  const event = (seq: number, subjectId = 's', after = ['linde']): FeedRow => ({
    seq,
    id: `e${seq}`,
    type: 'incident.changed',
    subjectId,
    readersBefore: ['linde'],
    readersAfter: after,
  });
  const feed = [1, 2, 3, 4, 5].map((seq) => event(seq));
  const saw = (...ids: number[]) => ids.map((id) => ({ event: `e${id}` }));
  const began = { before: 1, after: 2 };

  it('finds nothing wrong with every event after the answer, wherever in between it was given', () => {
    expect(judgeBoard(feed, saw(3, 4, 5), caller, began)).toEqual(clean);
    expect(judgeBoard(feed, saw(2, 3, 4, 5), caller, began)).toEqual(clean);
    expect(judgeBoard(feed.slice(0, 2), [], caller, began)).toEqual(clean);
  });

  it('finds what is lost, double, misplaced, early and foreign', () => {
    expect(judgeBoard(feed, saw(3, 5), caller, began).lost).toEqual(['e4']);
    expect(judgeBoard(feed, saw(4, 5), caller, began).lost).toEqual(['e3']);
    expect(judgeBoard(feed, [], caller, began).lost).toEqual(['e3', 'e4', 'e5']);
    expect(judgeBoard(feed, saw(3, 4, 4, 5), caller, began).double).toEqual(['e4']);
    expect(judgeBoard(feed, saw(3, 5, 4), caller, began).misplaced).toEqual(['e4']);
    expect(judgeBoard(feed, saw(1, 2, 3, 4, 5), caller, began).early).toEqual(['e1']);
    expect(judgeBoard(feed, saw(3, 4, 5, 9), caller, began).foreign).toEqual(['e9']);
    const elsewhere = [...feed, event(6, 's', ['denkbeeld'])].map((one) => ({ ...one, readersBefore: ['denkbeeld'] }));
    expect(judgeBoard(elsewhere, saw(6), caller, began).foreign).toEqual(['e6']);
  });

  it('does not ask for a change whose object was taken back before it could be sent', () => {
    const taken = [event(1), event(2, 't'), event(3, 't', ['denkbeeld'])];
    expect(judgeBoard(taken, saw(3), caller, { before: 1, after: 1 })).toEqual(clean);
    expect(judgeBoard(taken, saw(2), caller, { before: 1, after: 1 }).lost).toEqual(['e3']);
  });
});
