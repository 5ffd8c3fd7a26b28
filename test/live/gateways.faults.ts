/** F6, F13, F18: a gateway that stands still or goes, a reader that does not read, a participant that leaves and returns. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pssBytes } from '../bench/live-process.ts';
import { createNetwork, type Network } from '../network/network.ts';
import { report, until } from '../network/scenario.ts';
import {
  expectEqualToQuery,
  expectNothingLost,
  expectUnbroken,
  firstReport,
  isFull,
  keepWorking,
  lasting,
  readerOf,
  seed,
  settle,
  type Watcher,
  watch,
} from './boards.ts';
import { judgeBoard } from './judge-board.ts';
import { ownDesk } from './own-desk.ts';
import { headOf, readFeed } from './read-feed.ts';
import { openSlowReader } from './slow-reader.ts';

const participants = ['linde', 'denkbeeld', 'fictiviteit'];
const personas = participants.flatMap((id) => [`${id}/desk`, `${id}/manager`, `${id}/helpdesk`]);

describe('gateways', () => {
  let network: Network;
  beforeAll(async () => {
    // A reader is given less time than the half minute that is the default, so that a short run sees the end of it.
    const env = { gateway: { LIMIT_UNREAD_MS: '5000' } };
    network = await createNetwork({ participants, gateways: 2, env, seed });
    for (const id of participants) await firstReport(network.as(`${id}/desk`), participants);
  });
  afterAll(() => network?.stop());
  const tooSlowCount = async () => {
    const metrics = await (await fetch(`${network.hubUrl}/metrics`)).text();
    const line = metrics.split('\n').find((one) => /^kortelijn_connections_ended_total.*CONSUMER_TOO_SLOW/.test(one));
    return Number(line?.split(' ').at(-1) ?? 0);
  };
  const all = async (watchers: readonly Watcher[], isSo: (one: Watcher) => boolean, what: string) =>
    until(
      async () => watchers.filter((one) => !isSo(one)).length,
      (count) => count === 0,
      what,
      60_000,
    );

  it('F6: boards of a gateway that stands still show that they are stale, and miss nothing once it goes on', async () => {
    await using watching = await watch(network, personas);
    const { watchers } = watching;
    const work = keepWorking({ as: network.gateway(1).as, participants });
    const standsMs = lasting('F6', 30_000, 12_000);
    const frozenAt = performance.now();
    network.gateway(0).process.freeze();
    await sleep(standsMs);
    await all(watchers, ({ board }) => board.isStale, 'every board to show that it is stale');
    const staleAfterMs = watchers.map(({ board }) => Math.round((board.staleAt.at(-1) ?? 0) - frozenAt));
    network.gateway(0).process.thaw();
    await all(watchers, ({ board }) => !board.isStale, 'every board to be live again');
    await work.stop();
    await settle(watchers);
    await expectEqualToQuery(network, watchers);
    const seenCount = await expectNothingLost(network, watching);
    expectUnbroken(watchers);
    console.log(
      JSON.stringify({
        F6: 'stale after ms',
        first: Math.min(...staleAfterMs),
        last: Math.max(...staleAfterMs),
        seenCount,
      }),
    );
  });

  it('boards of a gateway that is killed go on at another one with their cursors', async () => {
    await using watching = await watch(network, personas, { hubs: network.gateways.map(({ url }) => url) });
    const { watchers } = watching;
    const work = keepWorking({ as: network.gateway(1).as, participants });
    await sleep(1_000);
    await network.gateway(0).process.kill();
    await sleep(lasting('gateway down', 30_000, 4_000));
    await settle(watchers);
    await network.gateway(0).process.start();
    await network.gateway(1).process.stop(); // Rolling on: now those who moved move back.
    await sleep(1_000);
    await settle(watchers);
    await network.gateway(1).process.start();
    await work.stop();
    await expectEqualToQuery(network, watchers);
    const seenCount = await expectNothingLost(network, watching);
    expectUnbroken(watchers);
    console.log(JSON.stringify({ resumed: watchers.map(({ board }) => board.openedAt.length), seenCount }));
  });

  it('F13: a reader that does not read costs bounded memory, is closed with a code, and gets the rest by its cursor', async () => {
    const pid = network.gateway(0).process.pid ?? 0;
    const before = pssBytes(pid);
    const head = await headOf(network, 'linde');
    const reader = await openSlowReader({
      url: network.hubUrl,
      token: await network.as('linde/desk').token(),
      copies: 40,
    });
    reader.pause();
    const work = keepWorking({ as: network.as, participants: ['linde'], everyMs: 5 });
    const lastsMs = lasting('F13', 600_000, 20_000);
    let most = before;
    let closedCount = 0;
    for (const end = Date.now() + lastsMs; Date.now() < end && (isFull || closedCount === 0); ) {
      await sleep(500);
      most = Math.max(most, pssBytes(pid));
      closedCount = await tooSlowCount();
    }
    await work.stop();
    reader.resume();
    const ended = await reader.ended(10_000);
    const rest = await openSlowReader({
      url: network.hubUrl,
      token: await network.as('linde/desk').token(),
      copies: 1,
      after: reader.cursor(),
    });
    const feed = await readFeed(network, 'linde');
    const seen = await until(
      async () => [...reader.events(), ...rest.events()],
      (events) => events.includes(feed.findLast(({ type }) => type.startsWith('incident.'))?.id ?? ''),
      'the reader to reach the end of the feed',
    );
    rest.close();
    const verdict = judgeBoard(
      feed,
      [...new Set(seen)].map((event) => ({ event })),
      readerOf(network, 'linde/desk'),
      { before: head, after: head },
    );
    expect(verdict.lost).toEqual([]);
    expect(verdict.misplaced).toEqual([]);
    // Closed for that reason and no other. Whoever does not even read the reason in time finds the line broken.
    expect(closedCount).toBe(1);
    expect(ended).toMatch(/^(4490 CONSUMER_TOO_SLOW|1006)/);
    const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
    console.log(JSON.stringify({ F13: ended, work: work.doneCount, pssMb: [before, most].map(megabytes) }));
    expect(most - before).toBeLessThan(100 * 2 ** 20);
  });

  it('F18: a participant leaves and returns while boards run: no stream of others ends, and every board follows', async () => {
    const others = personas.filter((persona) => !persona.startsWith('linde/'));
    await using watching = await watch(network, others);
    const { watchers } = watching;
    const work = keepWorking({ as: network.as, participants: ['denkbeeld', 'fictiviteit'], everyMs: 100 });
    const change = async (mutation: string) => {
      const { data } = await network
        .as('voorbeeld/foundation')
        .ask(
          `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) { result: ${mutation}(input: $input) { __typename } }`,
          { input: { commandId: randomUUID(), participantId: 'linde', reason: 'Contactgegevens niet bevestigd' } },
        );
      expect(data?.result.__typename).toBe('ParticipantChanged');
    };
    const desk = await ownDesk(network, 'linde');
    for (let round = 0; round < 2; round += 1) {
      await change('suspendParticipant');
      await all(watchers, ({ board }) => !board.rows.feeds.has('linde'), 'linde to be followed no longer');
      expect(watchers.flatMap(({ board }) => board.state().filter(({ id }) => id.startsWith('linde:')))).toEqual([]);
      // Its own house works on; nobody else is to know, until it is back.
      for (let count = 0; count < 5; count += 1)
        await desk.report({ title: `Buiten het net ${count}`, affected: participants });
      await change('reinstateParticipant');
      await all(watchers, ({ board }) => board.rows.feeds.get('linde') === 'LIVE', 'linde to be followed again');
      await report(network.as('linde/desk'), { affected: participants });
    }
    await work.stop();
    await settle(watchers);
    await expectEqualToQuery(network, watchers);
    console.log(JSON.stringify({ F18: await expectNothingLost(network, watching) }));
    for (const { board } of watchers) {
      expect({ ends: board.ends, loadCount: board.loadCount, doubles: board.rows.doubleCount }).toEqual({
        ends: [],
        loadCount: 1,
        doubles: 0,
      });
    }
  });
});
