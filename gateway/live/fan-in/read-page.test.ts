import { expect, test } from 'vitest';
import { positionText, readPage } from './read-page.ts';

const change = {
  id: '0198-1',
  seq: '7',
  at: '2026-03-02T09:00:00.000Z',
  type: 'incident.changed',
  subjectId: 'linde:inc_1',
  actorRole: null,
  readersBefore: [],
  readersAfter: ['linde', 'linde#SERVICEDESK|incidents:read'],
  keys: '{"state":"OPEN"}',
};
const page = { epoch: 'a-1', head: 'a-1:7', changes: [change], gap: null };

test('a page is read as the stage carries it', () => {
  expect(readPage('linde', page, undefined)).toEqual({
    head: { epoch: 'a-1', seq: 7 },
    events: [{ ...change, feed: 'linde', epoch: 'a-1', seq: 7, keys: { state: 'OPEN' } }],
  });
  const gap = { reason: 'RESTORED', from: null, to: 'a-1:7' };
  expect(readPage('linde', { ...page, changes: [], gap }, { epoch: 'b', seq: 3 }).gap).toEqual({
    reason: 'RESTORED',
    from: { epoch: 'b', seq: 3 },
    to: { epoch: 'a-1', seq: 7 },
  });
  expect(positionText({ epoch: 'a-1', seq: 7 })).toBe('a-1:7');
});

test.each<[string, unknown]>([
  ['no page', null],
  ['a head of another epoch', { ...page, head: 'b:7' }],
  ['a head that is none', { ...page, head: '7' }],
  ['too many changes', { ...page, changes: Array(1_001).fill(change) }],
  ['a number that is none', { ...page, changes: [{ ...change, seq: '-1' }] }],
  ['a number that is no text', { ...page, changes: [{ ...change, seq: 7 }] }],
  ['no id', { ...page, changes: [{ ...change, id: '' }] }],
  ['an endless subject', { ...page, changes: [{ ...change, subjectId: 'x'.repeat(201) }] }],
  ['no instant', { ...page, changes: [{ ...change, at: 'soon' }] }],
  ['readers that are no texts', { ...page, changes: [{ ...change, readersAfter: [1] }] }],
  ['keys that are no JSON', { ...page, changes: [{ ...change, keys: '{' }] }],
  ['keys that are a list', { ...page, changes: [{ ...change, keys: '[]' }] }],
  ['an unknown reason', { ...page, gap: { reason: 'TIRED', from: null, to: 'a-1:7' } }],
])('F11: %s is refused whole', (_, given) => {
  expect(() => readPage('linde', given, undefined)).toThrow(/^The feed breaks the contract: expected .*, found .*\.$/);
});
