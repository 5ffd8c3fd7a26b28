import { expect, test } from 'vitest';
import type { Result } from './ask.ts';
import { createClient } from './client.ts';
import type { Opening } from './door.ts';
import { failureOf, failureOfCode, KortelijnError, lineBroken } from './errors.ts';
import type { StreamState } from './stream.ts';

/** The wire, in the hands of the test: each opening waits here for what it is told. */
function createWire() {
  const openings: (Opening & { readonly closed: () => string | undefined })[] = [];
  const waiting: (() => void)[] = [];
  const hub = createClient({
    url: 'http://localhost:1/graphql',
    token: async () => 'token',
    heartbeatMs: 60,
    random: () => 0,
    door: () => (opening) => {
      let closed: string | undefined;
      openings.push({ ...opening, closed: () => closed });
      for (const wake of waiting.splice(0)) wake();
      return {
        close: () => {
          closed ??= 'closed';
        },
        drop: () => {
          closed = 'dropped';
        },
      };
    },
  });
  return {
    hub,
    openings,
    async opened(count: number) {
      while (openings.length < count) await new Promise<void>((wake) => waiting.push(wake));
      return openings[count - 1] as (typeof openings)[number];
    },
  };
}

const item = (fields: Record<string, unknown>): Result => ({
  data: { incidentChanged: { __typename: 'IncidentChange', ...fields } },
  failures: [],
  traceId: undefined,
});
const heartbeat = (cursor: string) => item({ __typename: 'Heartbeat', cursor });
const document = 'subscription Changes($after: String) { … }';
const ends = (code: string) => {
  const failure = failureOfCode(code);
  if (failure === undefined) throw new Error(`Expected a code of the hub, got ${code}`);
  return new KortelijnError(failure);
};
const idOf = (value: unknown) => (value as { id?: string } | undefined)?.id;

test.each([
  ['a broken line', lineBroken('The line broke: 1006')],
  ['TOKEN_EXPIRED', ends('TOKEN_EXPIRED')],
  ['CONSUMER_TOO_SLOW', ends('CONSUMER_TOO_SLOW')],
  ['STOPPING', ends('STOPPING')],
  ['an end without a word', undefined],
])('after %s the stream goes on behind its last item, and what comes again is left out', async (_name, why) => {
  const { hub, opened, openings } = createWire();
  const asked: (string | undefined)[] = [];
  await using stream = hub.subscribe(document, {
    after: 'c0',
    variables: (after) => {
      asked.push(after);
      return { after, participants: ['linde'] };
    },
  });
  const first = stream.next();
  (await opened(1)).onResult(item({ id: 'e1', cursor: 'c1' }));
  expect(idOf((await first).value)).toBe('e1');
  openings[0]?.onResult(item({ id: 'e2', cursor: 'c2' }));
  openings[0]?.onEnd(why);
  expect(stream.cursor).toBe('c1');
  expect(idOf((await stream.next()).value)).toBe('e2');

  const again = await opened(2);
  expect(again.variables).toEqual({ after: 'c2', participants: ['linde'] });
  expect(asked).toEqual(['c0', 'c2']);
  again.onResult(item({ id: 'e2', cursor: 'c2' }));
  again.onResult(item({ id: 'e3', cursor: 'c3' }));
  expect(idOf((await stream.next()).value)).toBe('e3');
  expect(stream.cursor).toBe('c3');
});

test.each(['ACCESS_REVOKED', 'CURSOR_MALFORMED', 'CURSOR_OF_ANOTHER_QUERY', 'UNAUTHENTICATED', 'FORBIDDEN'])(
  '%s ends the stream with its error, once',
  async (code) => {
    const { hub, opened, openings } = createWire();
    const states: StreamState[] = [];
    const stream = hub.subscribe(document, { onState: (state) => states.push(state) });
    const first = stream.next();
    (await opened(1)).onEnd(ends(code));
    await expect(first).rejects.toMatchObject({ code, retryable: false });
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect(states.at(-1)).toMatchObject({ line: 'ENDED', why: { code } });
    expect(openings).toHaveLength(1);
  },
);

test('ACCESS_REVOKED takes back what has come and was not read yet', async () => {
  const { hub, opened } = createWire();
  const stream = hub.subscribe(document);
  const first = stream.next();
  const line = await opened(1);
  line.onResult(item({ id: 'e1', cursor: 'c1' }));
  await first;
  line.onResult(item({ id: 'e2', cursor: 'c2' }));
  line.onEnd(ends('ACCESS_REVOKED'));
  await expect(stream.next()).rejects.toMatchObject({ code: 'ACCESS_REVOKED' });
});

test('an error of the hub in place of an item ends the line, and the stream when trying again is of no use', async () => {
  const { hub, opened } = createWire();
  const stream = hub.subscribe(document);
  const first = stream.next();
  const written = (code: string, retryable: boolean) => ({
    data: null,
    failures: [failureOf({ message: 'So.', extensions: { code, retryable, traceId: 'a'.repeat(32) } })],
    traceId: undefined,
  });
  (await opened(1)).onResult(written('OVERLOADED', true));
  (await opened(2)).onResult(written('SOMETHING_NEWER', false));
  await expect(first).rejects.toMatchObject({ code: 'UNKNOWN_CODE', said: 'SOMETHING_NEWER' });
});

test('what does not say where it stands is refused with what to do', async () => {
  const { hub, opened } = createWire();
  const first = hub.subscribe(document).next();
  (await opened(1)).onResult(item({ id: 'e1' }));
  await expect(first).rejects.toMatchObject({
    code: 'CURSOR_NOT_SELECTED',
    message: expect.stringContaining('cursor in IncidentChange'),
  });
});

test('after three missed heartbeats the stream is stale and its line is given up; heard again, it is live', async () => {
  const { hub, opened } = createWire();
  const states: StreamState[] = [];
  await using stream = hub.subscribe(document, { onState: (state) => states.push(state) });
  const first = stream.next();
  const line = await opened(1);
  line.onResult(heartbeat('c1'));
  await first;
  expect(stream.state).toMatchObject({ line: 'OPEN', isStale: false });
  const second = await opened(2);
  expect(line.closed()).toBe('dropped');
  expect(stream.state).toMatchObject({ line: 'OPENING', isStale: true, why: { code: 'LINE_BROKEN' } });
  second.onResult(heartbeat('c2'));
  expect(stream.state).toMatchObject({ line: 'OPEN', isStale: false, why: undefined });
  expect(states.map(({ isStale }) => isStale)).toContain(true);
});

test('whoever reads slowly holds a bounded number, and gets all of it', async () => {
  const { hub, opened, openings } = createWire();
  await using stream = hub.subscribe(document);
  const first = stream.next();
  const line = await opened(1);
  let sent = 0;
  for (; line.closed() === undefined; sent += 1) line.onResult(item({ id: `e${sent}`, cursor: `c${sent}` }));
  expect(sent).toBeLessThanOrEqual(1_001);
  await first;
  for (let read = 1; read < sent; read += 1) expect(idOf((await stream.next()).value)).toBe(`e${read}`);
  expect(openings.length).toBeLessThanOrEqual(2);
  const again = await opened(2);
  expect(again.variables).toEqual({ after: `c${sent - 1}` });
});

test('a heartbeat that nobody read gives way to the next', async () => {
  const { hub, opened } = createWire();
  await using stream = hub.subscribe(document);
  const first = stream.next();
  const line = await opened(1);
  line.onResult(item({ id: 'e1', cursor: 'c1' }));
  for (let beat = 0; beat < 5_000; beat += 1) line.onResult(heartbeat(`h${beat}`));
  await first;
  expect((await stream.next()).value).toMatchObject({ __typename: 'Heartbeat', cursor: 'h4999' });
});

test('a short cursor goes behind that of the last heartbeat; unknown to the hub, the heartbeat alone will do', async () => {
  const { hub, opened } = createWire();
  await using stream = hub.subscribe(document);
  const first = stream.next();
  const line = await opened(1);
  line.onResult(heartbeat('long'));
  line.onResult(item({ id: 'e1', cursor: '.short' }));
  await first;
  await stream.next();
  expect(stream.cursor).toBe('long.short');
  line.onEnd(lineBroken('1006'));
  const second = await opened(2);
  expect(second.variables).toEqual({ after: 'long.short' });
  second.onEnd(ends('CURSOR_MALFORMED'));
  const third = await opened(3);
  expect(third.variables).toEqual({ after: 'long' });
  third.onResult(item({ id: 'e1', cursor: '.short' }));
  third.onResult(item({ id: 'e2', cursor: '.shorter' }));
  expect(idOf((await stream.next()).value)).toBe('e2');
});

test('leaving the loop, the signal and an error of the caller all close the line', async () => {
  const left = createWire();
  const inLoop = (async () => {
    for await (const _item of left.hub.subscribe(document)) break;
  })();
  (await left.opened(1)).onResult(heartbeat('c1'));
  await inLoop;
  expect(left.openings[0]?.closed()).toBe('closed');

  const signalled = createWire();
  const stopping = new AbortController();
  const next = signalled.hub.subscribe(document, { signal: stopping.signal }).next();
  await signalled.opened(1);
  stopping.abort();
  expect(await next).toEqual({ value: undefined, done: true });
  expect(signalled.openings[0]?.closed()).toBe('closed');

  const failing = createWire();
  const error = new Error('The caller stumbled.');
  const failed = failing.hub.subscribe(document, {
    variables: () => {
      throw error;
    },
  });
  await expect(failed.next()).rejects.toBe(error);
});
