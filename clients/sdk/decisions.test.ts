import { errorCodes } from '@kortelijn/schema/errors/codes.ts';
import { describe, expect, test } from 'vitest';
import type { Result } from './ask.ts';
import { createAuth } from './auth.ts';
import { newCommandId, withCommandIds } from './command-ids.ts';
import { coverageIn } from './coverage.ts';
import { finalCodes, retryableCodes } from './error-codes.ts';
import { type Failure, failureOf, KortelijnError } from './errors.ts';
import { nextStep, type Tried } from './next-step.ts';
import { createPlace } from './place.ts';
import { readEvents } from './read-events.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';

const failure = (code: string, path?: readonly (string | number)[]): Failure =>
  failureOf({ message: code, extensions: { code }, ...(path && { path }) });
const result = (data: Result['data'], ...failures: Failure[]): Result => ({ data, failures, traceId: undefined });
const broken: Failure = { code: 'LINE_BROKEN', message: 'So.', retryable: true };

describe('what follows from a try', () => {
  const cases: readonly (readonly [string, Partial<Tried> & Pick<Tried, 'of' | 'outcome'>, string])[] = [
    ['a query with data', { of: 'query', outcome: result({ a: 1 }) }, 'answer'],
    [
      'a query of which a part is missing',
      { of: 'query', outcome: result({ a: null }, failure('TIMED_OUT', ['a'])) },
      'answer',
    ],
    ['a query without data that may come', { of: 'query', outcome: result(null, failure('OVERLOADED')) }, 'again'],
    [
      'the same at the last try',
      { of: 'query', outcome: result(null, failure('OVERLOADED')), triesLeft: 0 },
      'refused',
    ],
    ['a query that is wrong', { of: 'query', outcome: result(null, failure('TOO_COSTLY')) }, 'refused'],
    ['a broken line', { of: 'query', outcome: broken }, 'again'],
    ['a broken line at the last try', { of: 'query', outcome: broken, triesLeft: 0 }, 'refused'],
    ['neither data nor errors', { of: 'query', outcome: result(null) }, 'refused'],
    ['an expired token', { of: 'query', outcome: result(null, failure('TOKEN_EXPIRED')), triesLeft: 0 }, 'renew'],
    [
      'an expired token once more',
      { of: 'query', outcome: result(null, failure('TOKEN_EXPIRED')), isRenewed: true },
      'refused',
    ],
    ['a command that is done', { of: 'mutation', outcome: result({ a: {} }) }, 'answer'],
    [
      'a command whose answer was lost',
      { of: 'mutation', outcome: result({ a: null }, failure('OUTCOME_UNKNOWN', ['a'])) },
      'again',
    ],
    ['a broken line under a command', { of: 'mutation', outcome: broken }, 'again'],
    [
      'the same at the last try',
      { of: 'mutation', outcome: result({ a: null }, failure('OUTCOME_UNKNOWN', ['a'])), triesLeft: 0 },
      'refused',
    ],
    [
      'a command that was refused',
      { of: 'mutation', outcome: result({ a: null }, failure('NOT_FOUND', ['a'])) },
      'refused',
    ],
    [
      'one of two commands lost',
      { of: 'mutation', outcome: result({ a: {}, b: null }, failure('OUTCOME_UNKNOWN', ['b'])) },
      'again',
    ],
    [
      'one of two commands lost for good',
      { of: 'mutation', outcome: result({ a: {}, b: null }, failure('OUTCOME_UNKNOWN', ['b'])), triesLeft: 0 },
      'answer',
    ],
    [
      'a command of which something deeper is missing',
      { of: 'mutation', outcome: result({ a: { b: null } }, failure('TIMED_OUT', ['a', 'b'])) },
      'answer',
    ],
  ];
  test.each(cases)('%s', (_, tried, expected) => {
    expect(nextStep({ triesLeft: 2, isRenewed: false, ...tried }).kind).toBe(expected);
  });
});

test('the codes are those of the contract, each told apart by whether trying again helps', () => {
  const met = Object.entries(errorCodes).filter(([, { place }]) => place === 'request' || place === 'party');
  expect([...retryableCodes, ...finalCodes].sort()).toEqual(met.map(([code]) => code).sort());
  for (const code of retryableCodes) expect(errorCodes[code].retryable, code).toBe(true);
  for (const code of finalCodes) expect(errorCodes[code].retryable, code).toBe(false);
});

test('an error keeps what the hub says of it, and a code of a newer hub is one code here', () => {
  const extensions = { code: 'TIMED_OUT', retryable: true, participant: 'linde', traceId: 'a1', retryAfterSeconds: 2 };
  expect(failureOf({ message: 'Late.', path: ['incidents'], extensions })).toEqual({
    code: 'TIMED_OUT',
    message: 'Late.',
    retryable: true,
    said: 'TIMED_OUT',
    path: ['incidents'],
    participant: 'linde',
    traceId: 'a1',
    retryAfterMs: 2_000,
  });
  expect(failureOf({ message: 'New.', extensions: { code: 'BRAND_NEW', retryable: true } })).toMatchObject({
    code: 'UNKNOWN_CODE',
    said: 'BRAND_NEW',
    retryable: true,
  });
  expect(failureOf({})).toMatchObject({ code: 'UNKNOWN_CODE', retryable: false });
});

describe('command ids', () => {
  const ids = () => {
    let count = 0;
    return () => {
      count += 1;
      return `id-${count}`;
    };
  };

  test('one is made where the input has none, and a given one is kept', () => {
    const text = 'mutation ($a: A!, $b: B!) { x(input: $a) { ok } y(input:$b) { ok } }';
    const given = { a: { title: 'T' }, b: { commandId: 'mine' } };
    expect(withCommandIds(text, given, ids())).toEqual({
      variables: { a: { title: 'T', commandId: 'id-1' }, b: { commandId: 'mine' } },
      commandIds: ['id-1', 'mine'],
    });
    expect(given).toEqual({ a: { title: 'T' }, b: { commandId: 'mine' } });
  });

  test('a variable of its own is filled too, and other variables are left alone', () => {
    const text =
      'mutation ($commandId: ID!, $filter: F) { x(input: { commandId: $commandId, filter: $filter }) { ok } }';
    expect(withCommandIds(text, { filter: { a: 1 } }, ids()).variables).toEqual({
      commandId: 'id-1',
      filter: { a: 1 },
    });
  });

  test('a new one is a UUID and another each time', () => {
    const made = Array.from({ length: 100 }, newCommandId);
    expect(new Set(made).size).toBe(100);
    for (const id of made) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

describe('a token', () => {
  test('is asked for once, kept until it has expired, and asked for anew then', async () => {
    const asked: (string | undefined)[] = [];
    const auth = createAuth(async ({ expired }) => {
      asked.push(expired);
      return `t${asked.length}`;
    });
    expect(await Promise.all([auth.token(), auth.token()])).toEqual(['t1', 't1']);
    auth.expire('an older one');
    expect(await auth.token()).toBe('t1');
    auth.expire('t1');
    expect(await auth.token()).toBe('t2');
    expect(asked).toEqual([undefined, 't1']);
  });

  test('that cannot be fetched may be tried again; the expired one once more may not', async () => {
    let token: string | undefined;
    const auth = createAuth(async () => token ?? Promise.reject(new Error('The provider is away.')));
    await expect(auth.token()).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE', retryable: true });
    token = 'old';
    expect(await auth.token()).toBe('old');
    auth.expire('old');
    await expect(auth.token()).rejects.toMatchObject({ code: 'TOKEN_EXPIRED', retryable: false });
  });

  test('refused for good by the caller ends it', async () => {
    const error = new KortelijnError({ code: 'FORBIDDEN', message: 'No such persona.', retryable: false });
    await expect(createAuth(() => Promise.reject(error)).token()).rejects.toBe(error);
  });
});

test('coverage is found at any depth, with the path of what it speaks of', () => {
  const data = {
    incidents: { nodes: [{ id: 'x' }], coverage: { complete: false } },
    a: { b: { coverage: { asked: 7 } } },
  };
  expect(coverageIn(data)).toEqual([
    { path: 'incidents', coverage: { complete: false } },
    { path: 'a.b', coverage: { asked: 7 } },
  ]);
});

describe('a place', () => {
  test('remembers a bounded number of what it has seen, the newest', () => {
    const place = createPlace(undefined);
    for (let n = 0; n < 10_000; n += 1) place.take({ __typename: 'X', id: `e${n}`, cursor: `c${n}` });
    expect(place.cursor).toBe('c9999');
    for (let n = 8_000; n < 10_000; n += 1)
      expect(place.take({ __typename: 'X', id: `e${n}`, cursor: 'c' })).toBe(false);
    expect(place.take({ __typename: 'X', id: 'e0', cursor: 'c' })).toBe(true);
  });

  test('a whole cursor in between does not stand in for the heartbeat', () => {
    const place = createPlace(undefined);
    place.take({ __typename: 'Heartbeat', cursor: 'beat' });
    place.take({ __typename: 'X', id: '1', cursor: 'own' });
    expect(place.cursor).toBe('own');
    expect(place.fallBack()).toBe(false);
    place.take({ __typename: 'X', id: '2', cursor: '.short' });
    expect(place.cursor).toBe('beat.short');
    expect(place.fallBack()).toBe(true);
    expect(place.cursor).toBe('beat');
  });
});

test('waits lie between 0.3 s and a bound that doubles up to 8 s', () => {
  for (const [tries, most] of [
    [0, 1_200],
    [1, 2_400],
    [2, 4_800],
    [3, 8_000],
    [30, 8_000],
  ] as const) {
    expect(reconnectDelayMs(tries, () => 0)).toBe(300);
    expect(reconnectDelayMs(tries, () => 1)).toBe(most);
  }
});

describe('server-sent events', () => {
  async function read(text: string, size: number) {
    const bytes = new TextEncoder().encode(text);
    const found: unknown[] = [];
    async function* chunks() {
      for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
    }
    for await (const event of readEvents(chunks())) found.push(event);
    return found;
  }

  test('are the same however the bytes were cut', async () => {
    const text =
      ':\n\nevent: next\ndata: {"é":1}\n\nevent: next\r\ndata: a\r\ndata:b\r\n\r\ndata: c\r\revent: complete\ndata: \n\n';
    const whole = await read(text, 1_000);
    expect(whole).toEqual([
      { event: 'next', data: '{"é":1}' },
      { event: 'next', data: 'a\nb' },
      { event: 'message', data: 'c' },
      { event: 'complete', data: '' },
    ]);
    for (let size = 1; size < 9; size += 1) expect(await read(text, size), `${size} bytes at once`).toEqual(whole);
  });
});
