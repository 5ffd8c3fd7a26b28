import { expect, test } from 'vitest';
import { createBounds } from './bounds.ts';
import { createBreaker } from './breaker.ts';
import { createClockOffsets } from './clock-offsets.ts';
import { createRetryBudget } from './retry-budget.ts';

const settings = { inFlightPerEndpointMax: 2, inFlightMax: 3, queuePerEndpointMax: 1, queueMax: 2 };

test('F17: what is over its bound waits its turn, and what finds the queue full is refused at once', async () => {
  const bounds = createBounds(settings, Date.now);
  const deadline = Date.now() + 60_000;
  expect([bounds.enter('a', deadline), bounds.enter('a', deadline)]).toEqual(['IN', 'IN']);
  const waiting = bounds.enter('a', deadline);
  expect(bounds.enter('a', deadline)).toBe('TOO_MANY_IN_FLIGHT');
  expect(bounds.enter('b', deadline)).toBe('IN');
  const other = bounds.enter('b', deadline);
  expect(bounds.enter('c', deadline)).toBe('OVERLOADED');
  // One of b leaves: a is still full, so b goes before who came earlier.
  bounds.leave('b');
  expect(await other).toBe('IN');
  bounds.leave('a');
  expect(await waiting).toBe('IN');
  expect([bounds.inFlight('a'), bounds.inFlight('b')]).toEqual([2, 1]);
});

test('who waits past the deadline goes away, and leaves its place', async () => {
  const bounds = createBounds({ ...settings, inFlightMax: 1 }, Date.now);
  bounds.enter('a', Date.now());
  expect(await bounds.enter('a', Date.now())).toBe('DEADLINE_EXCEEDED');
  bounds.leave('a');
  expect(bounds.enter('a', Date.now())).toBe('IN');
});

test('F5: a breaker opens at half of twenty, tries three after a while, and closes with the first success', () => {
  let now = 0;
  const breaker = createBreaker(() => now);
  for (let index = 0; index < 10; index += 1) breaker.succeeded();
  for (let index = 0; index < 9; index += 1) breaker.failed();
  expect(breaker.state).toBe('CLOSED');
  breaker.failed();
  expect(breaker.state).toBe('OPEN');
  expect(breaker.mayPass()).toBe(false);
  now += 5_000;
  expect([1, 2, 3, 4].map(() => breaker.mayPass())).toEqual([true, true, true, false]);
  breaker.failed();
  expect(breaker.mayPass()).toBe(false);
  now += 5_000;
  expect(breaker.mayPass()).toBe(true);
  breaker.succeeded();
  expect(breaker.state).toBe('CLOSED');
});

test('failures of more than ten seconds ago do not open a breaker', () => {
  let now = 0;
  const breaker = createBreaker(() => now);
  for (let index = 0; index < 19; index += 1) breaker.failed();
  now += 11_000;
  breaker.failed();
  expect(breaker.state).toBe('CLOSED');
});

test('a budget lets one in ten be tried again', () => {
  const budget = createRetryBudget();
  while (budget.spend());
  for (let index = 0; index < 100; index += 1) budget.earn();
  let tries = 0;
  while (budget.spend()) tries += 1;
  expect([9, 10]).toContain(tries);
});

test('F15: an endpoint’s clock is as well known as the best answer tells, and a jump is seen', () => {
  const clocks = createClockOffsets();
  expect(clocks.offsetMs('a')).toBe(0);
  clocks.observe('a', 1_500, 0, 1_000);
  expect(clocks.offsetMs('a')).toBe(1_000);
  clocks.observe('a', 2_105, 1_100, 1_110);
  expect(clocks.offsetMs('a')).toBe(1_000);
  clocks.observe('a', 3_060, 2_000, 2_100);
  expect(clocks.offsetMs('a')).toBe(1_000);
  clocks.observe('a', 603_150, 3_000, 3_300);
  expect(clocks.offsetMs('a')).toBe(600_000);
});
