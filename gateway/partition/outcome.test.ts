/** What becomes which, whole: a failure or a code that is not in this table has no outcome. */
import { expect, test } from 'vitest';
import { type Failure, failed } from '../transport/reply.ts';
import { codeOf, isMissing, outcomes, saidByError, saidByFailure } from './outcome.ts';

test.each<[Failure, string, string]>([
  ['UNREACHABLE', 'UNREACHABLE', 'UNREACHABLE'],
  ['LOST', 'UNREACHABLE', 'UNREACHABLE'],
  ['UNAVAILABLE', 'UNREACHABLE', 'STORE_UNAVAILABLE'],
  ['TIMED_OUT', 'TIMED_OUT', 'TIMED_OUT'],
  ['REFUSED', 'REFUSED', 'REFUSED'],
  ['NOT_TRUSTED', 'REFUSED', 'NOT_TRUSTED'],
  ['CLOCK_SKEW', 'CONTRACT_BREACH', 'CLOCK_SKEW'],
  ['BREACH', 'CONTRACT_BREACH', 'CONTRACT_BREACH'],
  ['TOO_LARGE', 'CONTRACT_BREACH', 'ANSWER_TOO_LARGE'],
  ['BREAKER_OPEN', 'SKIPPED', 'BREAKER_OPEN'],
  ['TOO_MANY_IN_FLIGHT', 'SKIPPED', 'TOO_MANY_IN_FLIGHT'],
  ['OVERLOADED', 'SKIPPED', 'OVERLOADED'],
  ['DEADLINE_EXCEEDED', 'SKIPPED', 'DEADLINE_EXCEEDED'],
])('the failure %s is the outcome %s with code %s', (failure, outcome, code) => {
  const said = saidByFailure(failed(failure, 'because'));
  expect(said).toMatchObject({ outcome, reason: 'because' });
  expect(codeOf(said)).toBe(code);
});

test.each([
  ['FORBIDDEN', 'REFUSED', 'FORBIDDEN'],
  ['SCOPE_MISSING', 'REFUSED', 'SCOPE_MISSING'],
  ['BAD_USER_INPUT', 'REFUSED', 'BAD_USER_INPUT'],
  ['CURSOR_MALFORMED', 'REFUSED', 'CURSOR_MALFORMED'],
  ['STORE_UNAVAILABLE', 'UNREACHABLE', 'STORE_UNAVAILABLE'],
  ['READ_ONLY', 'UNREACHABLE', 'READ_ONLY'],
  ['INTERNAL_SERVER_ERROR', 'CONTRACT_BREACH', 'CONTRACT_BREACH'],
  [undefined, 'CONTRACT_BREACH', 'CONTRACT_BREACH'],
])('a root field that came back as the error %s is %s with code %s', (code, outcome, told) => {
  const other = { message: 'x', path: ['b'], code: 'FORBIDDEN' };
  const errors = [other, { message: 'x', path: ['a'], code }];
  const said = saidByError({ kind: 'answered', data: null, errors, receivedAtMs: 0, skewMs: 0 }, 'a');
  expect(said.outcome).toBe(outcome);
  expect(codeOf(said)).toBe(told);
});

test('an answer lacks what a silent or broken participant has; a refusal and a suspension are answers', () => {
  expect(outcomes.filter(isMissing)).toEqual(['STALE', 'TIMED_OUT', 'UNREACHABLE', 'CONTRACT_BREACH', 'SKIPPED']);
});
