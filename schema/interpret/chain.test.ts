import { expect, test } from 'vitest';
import { isPingPong, returnTarget } from './chain.ts';

test.each([
  [['a'], false],
  [['a', 'b', 'c'], false],
  [['a', 'b', 'a'], false],
  [['a', 'b', 'a', 'b'], true],
  [['a', 'b', 'a', 'c', 'a'], true],
  [['a', 'b', 'c', 'b', 'c'], true],
])('holders %j: ping-pong %s', (holders, expected) => {
  expect(isPingPong(holders)).toBe(expected);
});

test.each([
  [
    'to the suggested owner',
    { owner: 'b', holders: ['a', 'b'], reporter: 'r', suggestedOwner: 'c' },
    { ok: true, to: 'c' },
  ],
  ['to the previous holder', { owner: 'b', holders: ['a', 'b'], reporter: 'r' }, { ok: true, to: 'a' }],
  ['to the reporter when nobody held it before', { owner: 'b', holders: ['b'], reporter: 'r' }, { ok: true, to: 'r' }],
  [
    'nowhere when the owner reported it itself',
    { owner: 'b', holders: ['b'], reporter: 'b' },
    { ok: false, code: 'NO_ONE_TO_RETURN_TO' },
  ],
  [
    'nowhere when the owner names itself',
    { owner: 'b', holders: ['a', 'b'], reporter: 'r', suggestedOwner: 'b' },
    { ok: false, code: 'NOT_ANOTHER_PARTY' },
  ],
])('a rejected ownership goes %s', (_, chain, expected) => {
  expect(returnTarget(chain)).toEqual(expected);
});
