/** F19: cursors that are too old, of the future, of another filter, of another person, of another database, or no cursor. */

import { join } from 'node:path';
import { readCursorKeys } from '@kortelijn/gateway/cursor-keys.ts';
import { sealPlace } from '@kortelijn/gateway/partition/live-cursor.ts';
import { createPool } from '@kortelijn/kit/postgres/connect.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type Network } from '../network/network.ts';
import { command, report, until } from '../network/scenario.ts';
import type { Item } from './board-rows.ts';
import { expectEqualToQuery, firstReport, readerOf, seed, settle, watch } from './boards.ts';
import { judgeBoard } from './judge-board.ts';
import { type Door, openStream, type StreamEnd } from './open-stream.ts';
import { readFeed } from './read-feed.ts';

const participants = ['linde', 'denkbeeld'];

describe.each(['WEBSOCKET', 'SSE'] as const)('F19: a cursor, over %s', (door: Door) => {
  let network: Network;
  beforeAll(async () => {
    network = await createNetwork({ participants, seed });
    for (const id of participants) await firstReport(network.as(`${id}/desk`), participants);
  });
  afterAll(() => network?.stop());

  /** Follows until what is wanted came, or the hub says no. */
  async function follow(
    persona: string,
    variables: Record<string, unknown>,
    wanted: (items: readonly Item[]) => boolean,
  ) {
    const items: Item[] = [];
    let ended: StreamEnd | undefined;
    const stream = openStream(door, {
      hub: network.hubUrl,
      token: await network.as(persona).token(),
      document: `subscription ($after: String, $participants: [ID!]) { item: incidentChanged(after: $after, participants: $participants) { __typename
        ... on IncidentChange { id cursor participant { id } incident { id version title } } ... on Gone { id cursor participant { id } subjectId }
        ... on Gap { cursor participant { id } registry reason from to } ... on Heartbeat { cursor feeds { participant { id } registry state } } } }`,
      variables,
      onResult: ({ data }) => {
        if (data?.item) items.push(data.item as Item);
      },
      onEnd: (end) => {
        ended ??= end;
      },
    });
    await until(
      async () => ({ ended, items }),
      (now) => now.ended !== undefined || wanted(now.items),
      'the stream to say it',
    );
    const end = ended;
    stream.close();
    return { items, end };
  }
  const beats = (items: readonly Item[]) => items.some(({ __typename }) => __typename === 'Heartbeat');
  const gaps = (items: readonly Item[]) => items.filter(({ __typename }) => __typename === 'Gap');
  const liveCursor = async (persona: string) => {
    const { data } = await network.as(persona).ask('{ incidents(first: 1) { coverage { liveCursor } } }');
    return data.incidents.coverage.liveCursor as string;
  };
  const database = async (participant: string, sql: string) => {
    const pool = createPool(network.databaseUrl(participant), { connectionsMax: 1 });
    try {
      return (await pool.query(sql)).rows;
    } finally {
      await pool.end();
    }
  };

  it('that is corrupted in any place is refused', async () => {
    const cursor = await liveCursor('linde/desk');
    for (const at of [0, Math.floor(cursor.length / 2), cursor.length - 2]) {
      const flipped = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
      const { items, end } = await follow('linde/desk', { after: flipped }, beats);
      expect({ items, code: end?.code }).toEqual({ items: [], code: 'CURSOR_MALFORMED' });
    }
    for (const after of ['', 'x', `${cursor}.${cursor}`]) {
      expect((await follow('linde/desk', { after }, beats)).end?.code, after).toBe('CURSOR_MALFORMED');
    }
  });

  it('of another filter is refused, and the cursor of an answer is good for any', async () => {
    const answered = await liveCursor('linde/desk');
    const { items } = await follow('linde/desk', { after: answered, participants: ['linde'] }, beats);
    const after = items.at(-1)?.cursor;
    expect((await follow('linde/desk', { after }, beats)).end?.code).toBe('CURSOR_OF_ANOTHER_QUERY');
    expect((await follow('linde/desk', { after, participants: ['linde'] }, beats)).end).toBeUndefined();
  });

  it('of another person gives what that person may see, and nothing more', async () => {
    const { items: before } = await follow('linde/desk', {}, beats);
    const after = before.at(-1)?.cursor;
    const own = await report(network.as('linde/desk'), { title: 'Alleen van Linde' });
    const common = await report(network.as('linde/desk'), { title: 'Van beide', affected: ['denkbeeld'] });
    const idsOf = (items: readonly Item[]) => new Set(items.flatMap(({ incident }) => (incident ? [incident.id] : [])));
    const { items: theirs } = await follow(
      'denkbeeld/desk',
      { after },
      (items) => idsOf(items).has(common) && beats(items),
    );
    expect(idsOf(theirs).has(own)).toBe(false);
    expect(JSON.stringify(theirs)).not.toContain(own);
    const { items: ours } = await follow('linde/desk', { after }, (items) => idsOf(items).has(common) && beats(items));
    expect(idsOf(ours).has(own)).toBe(true);
  });

  it('of the future is told as a gap, and the stream is whole after it', async () => {
    const keys = readCursorKeys(join(network.dataDir, 'keys', 'cursors.json'));
    const [head] = await database('linde', 'SELECT epoch, seq::int FROM feed_head');
    const feeds = new Map([['linde', { epoch: head.epoch as string, seq: (head.seq as number) + 1_000 }]]);
    const after = sealPlace(keys, { binding: undefined, feeds, atMs: Date.now() });
    const { items, end } = await follow('linde/desk', { after }, (found) => gaps(found).length >= 2 && beats(found));
    expect(end).toBeUndefined();
    expect(Object.fromEntries(gaps(items).map(({ participant, reason }) => [participant?.id, reason]))).toMatchObject({
      linde: 'FUTURE_CURSOR',
      denkbeeld: 'NOT_IN_SNAPSHOT',
    });
  });

  it('older than what is kept is told as a gap with when, and a board asks that part anew', async () => {
    await using watching = await watch(network, ['linde/desk', 'denkbeeld/desk'], { door });
    const { watchers } = watching;
    // The gateway is gone so long that what it kept in memory and what linde kept are both cleared away.
    await network.process('gateway').kill();
    const direct = await database('linde', 'SELECT max(seq)::int AS seq FROM outbox');
    await database(
      'linde',
      `INSERT INTO outbox (event_id, at, type, subject_id, readers_before, readers_after, keys)
       SELECT 'linde:evt_old' || n, now(), 'incident.changed', 'linde:inc_none', '[]', '[]', '{}' FROM generate_series(1, 20) n`,
    );
    await until(
      () => database('linde', 'SELECT count(*)::int AS waiting FROM outbox WHERE seq IS NULL'),
      ([row]) => row.waiting === 0,
      'the feed to be numbered',
    );
    await database('linde', `DELETE FROM outbox WHERE seq <= ${Number(direct[0].seq) + 10}`);
    await network.process('gateway').start();
    await settle(watchers);
    await expectEqualToQuery(network, watchers);
    for (const { board } of watchers) {
      expect(board.rows.seen('linde').filter((one) => 'gap' in one)).toEqual([{ gap: 'RETENTION' }]);
      expect(board.rows.seen('denkbeeld').filter((one) => 'gap' in one)).toEqual([]);
      expect(board.loadCount).toBe(1);
    }
  });

  it('of a database that was restored is told as a gap, and a board asks that part anew', async () => {
    await using watching = await watch(network, ['linde/desk', 'denkbeeld/desk'], { door });
    const { watchers } = watching;
    const incidentId = await report(network.as('linde/desk'), { affected: ['denkbeeld'] });
    await network.process('linde').stop();
    await database('linde', 'UPDATE feed_head SET epoch = gen_random_uuid()::text');
    await network.process('linde').start();
    await until(
      async () => watchers.map(({ board }) => board.rows.seen('linde').some((one) => 'gap' in one)),
      (told) => told.every(Boolean),
      'every board to be told of the gap',
    );
    await command(network.as('linde/desk'), 'changeIncident', { incidentId, title: 'Na de terugzetting' });
    await expectEqualToQuery(network, watchers);
    const feed = await readFeed(network, 'linde');
    for (const { persona, board } of watchers) {
      const seen = board.rows.seen('linde');
      const gap = seen.findIndex((one) => 'gap' in one);
      expect(seen[gap]).toEqual({ gap: 'RESTORED' });
      const last = feed.at(-1)?.seq ?? 0;
      const after = judgeBoard(feed, seen.slice(gap), readerOf(network, persona), { before: 0, after: last - 1 });
      expect(after).toMatchObject({ lost: [], double: [], misplaced: [], foreign: [] });
    }
  });
});
