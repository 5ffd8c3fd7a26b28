import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { hubError } from '../errors.ts';
import { attacks } from './attacks.ts';
import {
  type DoorClient,
  desk,
  type FakeStream,
  type Follow,
  openDoors,
  type Result,
  sse,
  subscription,
  websocket,
} from './door-fixture.ts';
import { documentHash } from './trusted-documents.ts';

const doors: readonly DoorClient[] = [websocket, sse];
const query = '{ participants { id } }';
const command = 'mutation { retryEnvelope(input: {commandId: "1", envelopeId: "e"}) { __typename } }';
const canary = 'bsn-999999990-canary@linde.example';
const item = (id: unknown) => ({ data: { incidentChanged: { id } } });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await pause(10);
};

async function codeOverHttp(url: string, { token = 'Bearer good', ...asked }: Follow): Promise<string | undefined> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: token },
    body: JSON.stringify(asked),
  });
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
  return errors?.[0]?.extensions.code;
}

describe.each(doors)('the live door over $name', (door) => {
  it('streams what the engine gives, in order, and completes', async () => {
    await using hub = await openDoors();
    const followed = door.follow(hub.url, { query: subscription });
    const stream = await hub.stream(0);
    for (let index = 0; index < 5; index += 1) stream.push(item(index));
    expect(await followed.has(5)).toEqual([0, 1, 2, 3, 4].map(item));
    stream.end();
    expect(await followed.ended).toBeUndefined();
    await until(() => hub.count() === 0);
  });

  it('hands the engine what was admitted, for whom, and where it stands in a trace', async () => {
    await using hub = await openDoors();
    const document = `subscription Board($participants: [ID!]) {
      incidentChanged(participants: $participants) { __typename }
    }`;
    const followed = door.follow(hub.url, { query: document, variables: { participants: ['linde'] } });
    const { request } = await hub.stream(0);
    expect(request.admitted.variables).toEqual({ participants: ['linde'] });
    expect(request.admitted.operation.name?.value).toBe('Board');
    expect(request.authority).toEqual({ ...desk, subject: 'Bearer good' });
    expect(request.traceId).toMatch(/^[\da-f]{32}$/);
    followed.leave();
  });

  it('answers queries and commands by the executor of HTTP, with the trace and what it cost', async () => {
    await using hub = await openDoors();
    const kinds: string[] = [];
    hub.execute = async ({ admitted, context }) => {
      kinds.push(`${admitted.operation.operation} for ${context.authority.participant}`);
      return {
        data: { participants: null },
        errors: [new GraphQLError(canary), hubError('UNREACHABLE', 'Linde does not answer.', { participant: 'linde' })],
      };
    };
    for (const document of [query, command]) {
      const followed = door.follow(hub.url, { query: document });
      expect(await followed.ended).toBeUndefined();
      const [result] = followed.results;
      expect(result).toMatchObject({
        data: { participants: null },
        errors: [
          { extensions: { code: 'INTERNAL' } },
          { message: 'Linde does not answer.', extensions: { code: 'UNREACHABLE', participant: 'linde' } },
        ],
        extensions: { traceId: expect.stringMatching(/^[\da-f]{32}$/), cost: { requested: expect.any(Number) } },
      });
      expect(JSON.stringify(result)).not.toContain('canary');
    }
    expect(kinds).toEqual(['query for linde', 'mutation for linde']);
    expect(hub.logLines.join()).not.toContain('canary');
  });

  it('stops a query whose caller has gone, and carries a command to its end', async () => {
    await using hub = await openDoors();
    for (const [document, isStopped] of [
      [query, true],
      [command, false],
    ] as const) {
      let end = (_wasStopped: boolean): void => {};
      const ended = new Promise<boolean>((resolve) => {
        end = resolve;
      });
      let followed: { leave(): void } | undefined;
      hub.execute = async ({ signal }) => {
        followed?.leave();
        await pause(100);
        end(signal.aborted);
        return { data: {} };
      };
      followed = door.follow(hub.url, { query: document });
      expect(await ended, document).toBe(isStopped);
    }
  });

  it('tells why the engine refuses a subscription', async () => {
    await using hub = await openDoors();
    hub.refuseStream = () => hubError('CURSOR_MALFORMED');
    expect(await door.follow(hub.url, { query: subscription }).ended).toBe('CURSOR_MALFORMED');
  });

  it('ends a stream whose engine breaks with a code, and keeps the words to the log', async () => {
    await using hub = await openDoors();
    const followed = door.follow(hub.url, { query: subscription });
    const stream = await hub.stream(0);
    stream.push(item(1));
    await followed.has(1);
    stream.fail(new Error(`broke on ${canary}`));
    if (door.name === 'SSE') expect(await followed.ended).toBe('INTERNAL');
    else {
      expect((await followed.has(2))[1]).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
      expect(await followed.ended).toBeUndefined();
    }
    expect(JSON.stringify(followed.results)).not.toContain('canary');
    expect(stream.request.signal.aborted).toBe(true);
  });

  it('lets go of a stream when its reader goes', async () => {
    await using hub = await openDoors();
    const followed = door.follow(hub.url, { query: subscription });
    const { request } = await hub.stream(0);
    followed.leave();
    await until(() => request.signal.aborted && hub.count() === 0);
  });

  it('makes the text of a result once for all who get it', async () => {
    await using hub = await openDoors();
    const followed = [0, 1, 2].map(() => door.follow(hub.url, { query: subscription }));
    const streams = await Promise.all([0, 1, 2].map((index) => hub.stream(index)));
    let textCount = 0;
    const result = item({
      toJSON() {
        textCount += 1;
        return 'shared';
      },
    });
    for (const stream of streams) stream.push(result);
    for (const one of followed) expect(await one.has(1)).toEqual([item('shared')]);
    expect(textCount).toBe(1);
    for (const one of followed) one.leave();
  });

  it('A7: lets nobody in without a good token', async () => {
    await using hub = await openDoors();
    for (const token of ['', 'Bearer bad', 'good', 'Basic Z29vZA==']) {
      expect(await door.follow(hub.url, { query: subscription, token }).ended, token).toBe('UNAUTHENTICATED');
    }
    expect(await door.follow(hub.url, { query: subscription, token: 'Bearer expired' }).ended).toBe('TOKEN_EXPIRED');
    expect(hub.streams).toHaveLength(0);
    await until(() => hub.count() === 0);
  });

  it('A7: opens to pages of the hub and of registered origins, and to no other', async () => {
    await using hub = await openDoors();
    for (const origin of [
      'https://attacker.example',
      'null',
      'http://127.0.0.1',
      'https://partner.example.attacker.example',
    ]) {
      expect(await door.follow(hub.url, { query: subscription, origin }).ended, origin).toBe('FORBIDDEN');
    }
    expect(hub.streams).toHaveLength(0);
    for (const [index, origin] of ['https://partner.example', hub.url].entries()) {
      const followed = door.follow(hub.url, { query: subscription, origin });
      (await hub.stream(index)).end();
      expect(await followed.ended, origin).toBeUndefined();
    }
  });

  it('A7: closes with TOKEN_EXPIRED within 5 s of the end of the token', async () => {
    const expiresAtMs = Date.now() + 3_600_000;
    let nowMs = expiresAtMs - 60_000;
    await using hub = await openDoors({ now: () => nowMs });
    hub.verify = async () => ({ ok: true, authority: { ...desk, expiresAtMs } });
    const followed = door.follow(hub.url, { query: subscription });
    const stream = await hub.stream(0);
    stream.push(item(1));
    await followed.has(1);
    nowMs = expiresAtMs - 1;
    await pause(1_500);
    expect(hub.count()).toBe(1);
    nowMs = expiresAtMs;
    const expiredAt = performance.now();
    expect(await followed.ended).toBe('TOKEN_EXPIRED');
    console.info(`${door.name}: closed ${Math.round(performance.now() - expiredAt)} ms after the end of the token`);
    expect(stream.request.signal.aborted).toBe(true);
    expect(await door.follow(hub.url, { query: subscription }).ended).toBe('TOKEN_EXPIRED');
  });

  it('A7: closes when a participant is suspended or a key withdrawn, at the next look at the token', async () => {
    await using hub = await openDoors({ limits: { verifyEveryMs: 200 } });
    const table = {
      'no good any more': async () => ({ ok: false, code: 'UNAUTHENTICATED' }) as const,
      suspended: async () => ({ ok: true, authority: { ...desk, standing: 'OWN_READ' } }) as const,
    };
    for (const [index, [what, verify]] of Object.entries(table).entries()) {
      hub.verify = async () => ({ ok: true, authority: desk });
      const followed = door.follow(hub.url, { query: subscription });
      const { request } = await hub.stream(index);
      hub.verify = verify;
      expect(await followed.ended, what).toBe('ACCESS_REVOKED');
      expect(request.signal.aborted).toBe(true);
    }
  });

  it.each(['ACCESS_REVOKED', 'CONSUMER_TOO_SLOW', 'STOPPING'] as const)(
    'closes with %s when the engine ends a stream so',
    async (end) => {
      await using hub = await openDoors();
      const followed = door.follow(hub.url, { query: subscription });
      const stream = await hub.stream(0);
      stream.push(item(1));
      await followed.has(1);
      stream.end(end);
      expect(await followed.ended).toBe(end);
      expect(await followed.has(1)).toEqual([item(1)]);
      await until(() => hub.count() === 0);
    },
  );

  it('ends its streams when the hub stops, and answers first what was asked', async () => {
    await using hub = await openDoors();
    const streaming = door.follow(hub.url, { query: subscription });
    const stream = await hub.stream(0);
    let began = (): void => {};
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    hub.execute = async () => {
      began();
      await pause(300);
      return { data: { participants: [] } };
    };
    const asking = door.follow(hub.url, { query });
    await begun;
    const closed = hub.close(5_000);
    expect(await streaming.ended).toBe('STOPPING');
    expect(stream.request.signal.aborted).toBe(true);
    await asking.ended;
    expect(asking.results).toMatchObject([{ data: { participants: [] } }]);
    await closed;
  });

  it('A5: holds a budget for subscribing, for a subscription is paid in advance', async () => {
    await using hub = await openDoors({ limits: { budget: 1_000, budgetPerSecond: 1, streamEventCountPaid: 100 } });
    const followed = [door.follow(hub.url, { query: subscription }), door.follow(hub.url, { query: subscription })];
    await hub.stream(1);
    expect(await door.follow(hub.url, { query: subscription }).ended).toBe('RATE_LIMITED');
    // It is held per caller, and a query costs what it asks once.
    expect(await door.follow(hub.url, { query }).ended).toBeUndefined();
    const other = door.follow(hub.url, { query: subscription, token: 'Bearer good other' });
    await hub.stream(2);
    for (const one of [...followed, other]) one.leave();
  });

  it('A5: admits no subscription whose every event is expensive', async () => {
    await using hub = await openDoors();
    const document = `subscription { incidentChanged { ... on IncidentChange { incident {
      ${Array.from({ length: 4 }, (_, index) => `t${index}: timeline(first: 100) { nodes { event at by { id name } } }`).join(' ')}
    } } } }`;
    expect(await door.follow(hub.url, { query: document }).ended).toBe('TOO_COSTLY');
    expect(hub.streams).toHaveLength(0);
  });

  it('A5: gives one caller no more connections than its share, over all doors together', async () => {
    await using hub = await openDoors({ limits: { connectionCountMaxPerCaller: 2 } });
    const first = websocket.follow(hub.url, { query: subscription });
    const second = sse.follow(hub.url, { query: subscription });
    await hub.stream(1);
    expect(await door.follow(hub.url, { query: subscription }).ended).toBe('TOO_MANY_STREAMS');
    const other = door.follow(hub.url, { query: subscription, token: 'Bearer good other' });
    await hub.stream(2);
    first.leave();
    await until(() => hub.count() === 2);
    const again = door.follow(hub.url, { query: subscription });
    await hub.stream(3);
    for (const one of [second, other, again]) one.leave();
    await until(() => hub.count() === 0);
  });

  it('A4: takes one root field in a subscription, and no operation beside it', async () => {
    await using hub = await openDoors();
    const table: Record<string, string> = {
      'subscription { incidentChanged { __typename } networkStatusChanged { __typename } }': 'TOO_MANY_ROOT_FIELDS',
      'subscription { a: incidentChanged { __typename } b: incidentChanged { __typename } }': 'TOO_MANY_ROOT_FIELDS',
      'subscription { ...S } fragment S on Subscription { incidentChanged { __typename } networkStatusChanged { __typename } }':
        'TOO_MANY_ROOT_FIELDS',
      'subscription { __typename }': 'GRAPHQL_VALIDATION_FAILED',
      'subscription A { incidentChanged { __typename } } query B { participants { id } }':
        'OPERATION_RESOLUTION_FAILURE',
    };
    for (const [document, code] of Object.entries(table)) {
      expect(await door.follow(hub.url, { query: document }).ended, document).toBe(code);
    }
    expect(hub.streams).toHaveLength(0);
  });
});

describe.each(doors)('F13: a slow reader over $name', (door) => {
  const filler = 'x'.repeat(100_000);
  const count = 400;
  const pushAll = (stream: FakeStream): void => {
    for (let index = 0; index < count; index += 1) stream.push(item({ index, filler }));
  };
  const indexes = (results: readonly Result[]): readonly number[] =>
    results.map(({ data }) => (data as { incidentChanged: { id: { index: number } } }).incidentChanged.id.index);
  /** Waits until nothing more is pulled from the engine; buffers of the machine's own have filled up then. */
  const settled = async (stream: FakeStream): Promise<number> => {
    for (let before = -1; ; before = stream.pulledCount) {
      if (before === stream.pulledCount) return before;
      await pause(300);
    }
  };

  it('stops the pulling, loses nothing and catches up when it reads again', async () => {
    await using hub = await openDoors({ limits: { unreadBytesMax: 64 * 1_024 } });
    const followed = door.follow(hub.url, { query: subscription });
    const stream = await hub.stream(0);
    followed.pause();
    pushAll(stream);
    const pulledCount = await settled(stream);
    console.info(`${door.name}: ${pulledCount} of ${count} results of 100 kB were pulled for who reads nothing`);
    expect(pulledCount).toBeLessThan(count / 2);
    followed.resume();
    expect(indexes(await followed.has(count))).toEqual(Array.from({ length: count }, (_, index) => index));
    followed.leave();
  });

  it('is told CONSUMER_TOO_SLOW once it has been behind too long, after what it can still read', async () => {
    await using hub = await openDoors({ limits: { unreadBytesMax: 64 * 1_024, unreadTimeoutMs: 500 } });
    const followed = door.follow(hub.url, { query: subscription });
    const stream = await hub.stream(0);
    followed.pause();
    pushAll(stream);
    await until(() => stream.request.signal.aborted);
    followed.resume();
    expect(await followed.ended).toBe('CONSUMER_TOO_SLOW');
    const seen = indexes(followed.results);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => index));
  });

  it('is cut off when it does not even read why', async () => {
    await using hub = await openDoors({ limits: { unreadBytesMax: 64 * 1_024, unreadTimeoutMs: 500 } });
    const followed = door.follow(hub.url, { query: subscription });
    const stream = await hub.stream(0);
    followed.pause();
    pushAll(stream);
    await until(() => stream.request.signal.aborted);
    await until(() => hub.count() === 0);
    followed.leave();
  });

  it('holds up nobody else', async () => {
    await using hub = await openDoors({ limits: { unreadBytesMax: 64 * 1_024 } });
    const slow = door.follow(hub.url, { query: subscription });
    const slowStream = await hub.stream(0);
    slow.pause();
    pushAll(slowStream);
    await settled(slowStream);
    const quick = door.follow(hub.url, { query: subscription });
    pushAll(await hub.stream(1));
    expect(indexes(await quick.has(count))).toHaveLength(count);
    for (const one of [slow, quick]) one.leave();
  });
});

describe('A4: what asks too much is refused with one code', () => {
  const tooLong = new Set(['a document of 1 MB', '10^5 variables']);
  it.each(Object.entries(attacks))('over HTTP, WebSocket and event streams: %s', async (what, [document, , more]) => {
    await using hub = await openDoors();
    hub.execute = async () => {
      throw new Error('Nothing here may be executed.');
    };
    const asked = { query: document, ...more };
    const found = [
      await codeOverHttp(hub.url, asked),
      await websocket.follow(hub.url, asked).ended,
      await sse.follow(hub.url, asked).ended,
    ];
    expect(found[0]).toEqual(expect.any(String));
    if (tooLong.has(what)) expect(found[0]).toBe('BODY_TOO_LARGE');
    expect(new Set(found), found.join()).toHaveProperty('size', 1);
    expect(hub.logLines.join()).not.toContain('request.broke');
  });

  it('as a registered document, by its id', async () => {
    const documents = Object.entries(attacks).filter(([, [document, , more]]) => document !== '' && more === undefined);
    const registered = new Map(documents.map(([, [document]]) => [documentHash(document), document]));
    await using hub = await openDoors({
      trustedDocuments: new Map([['bord-bouwer', registered]]),
      limits: { budget: 1e9, messageBurst: 1e6 },
    });
    hub.verify = async () => ({
      ok: true,
      authority: { ...desk, subject: 'bord-bouwer', program: 'bord-bouwer', roles: ['PROGRAM'] },
    });
    hub.execute = async () => {
      throw new Error('Nothing here may be executed.');
    };
    for (const [what, [document, code]] of documents) {
      const asked = { documentId: documentHash(document) };
      const found = [
        await codeOverHttp(hub.url, asked),
        await websocket.follow(hub.url, asked).ended,
        await sse.follow(hub.url, asked).ended,
      ];
      expect(found[0], what).toMatch(code);
      expect(new Set(found), `${what}: ${found.join()}`).toHaveProperty('size', 1);
    }
    for (const door of doors) {
      const unknown = { documentId: documentHash('unknown') };
      expect(await door.follow(hub.url, unknown).ended).toBe('DOCUMENT_NOT_TRUSTED');
      expect(await door.follow(hub.url, { query }).ended).toBe('DOCUMENT_NOT_TRUSTED');
    }
    expect(hub.logLines.join()).not.toContain('request.broke');
  });
});
