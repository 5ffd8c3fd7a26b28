/**
 * F9: two hundred boards on one gateway, each losing its line about five times a minute. In the middle one participant is
 * killed and one stands still; sight of incidents is given and taken all the time. In the end each board tells the truth.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNetwork, type Network } from '../network/network.ts';
import { settled } from '../network/scenario.ts';
import {
  expectEqualToQuery,
  expectNothingLost,
  expectUnbroken,
  keepWorking,
  lasting,
  seed,
  settle,
  type Watcher,
  watch,
} from './boards.ts';

const boardCount = Number(process.env.BOARDS ?? 200);
const dropsPerMinute = 5;

let network: Network;
beforeAll(async () => {
  network = await createNetwork({ proxied: ['gateway'], seed });
});
afterAll(() => network?.stop());

it(`F9: ${boardCount} boards whose lines drop, with one participant killed and one frozen in the middle, all end equal to a query`, async () => {
  const participants = network.participants.map(({ id }) => id);
  const people = network.participants.flatMap(({ id, personas }) => personas.map(({ key }) => `${id}/${key}`));
  const personas = Array.from({ length: boardCount }, (_, index) => people[index % people.length] ?? '');
  const work = keepWorking({ as: network.as, participants, everyMs: 150, withRights: true });
  await sleep(2_000);
  await using watching = await watch(network, personas, { hubs: [network.gateway(0).lineUrl] });
  const { watchers } = watching;
  const lastsMs = lasting(`F9 with ${boardCount} boards`, 600_000, 24_000);
  const line = network.line('gateway');

  const startedAt = performance.now();
  line.dropPerMinute(dropsPerMinute);
  await sleep(lastsMs / 3);
  network.process('denkbeeld').freeze();
  await network.process('linde').kill();
  await sleep(lastsMs / 3);
  await network.process('linde').start();
  network.process('denkbeeld').thaw();
  await sleep(lastsMs / 3);
  line.dropPerMinute(0);
  const endedAt = performance.now();

  await settled(network);
  await work.stop();
  await settle(watchers);
  await expectEqualToQuery(network, watchers);
  const seenCount = await expectNothingLost(network, watching);
  expectUnbroken(watchers);
  const sum = (count: (one: Watcher) => number) => watchers.reduce((total, one) => total + count(one), 0);
  const goneCount = sum(({ board }) => board.rows.counts.Gone);
  expect(goneCount).toBeGreaterThan(0);

  const reconnects = watchers
    .flatMap(({ board }) => board.openedAt.slice(1))
    .filter((at) => at >= startedAt && at <= endedAt);
  const buckets = Array.from({ length: Math.ceil((endedAt - startedAt) / 1_000) }, () => 0);
  for (const at of reconnects)
    buckets[Math.floor((at - startedAt) / 1_000)] = (buckets[Math.floor((at - startedAt) / 1_000)] ?? 0) + 1;
  const mean = reconnects.length / buckets.length;
  const most = Math.max(...buckets);
  console.log(JSON.stringify({ F9: work.doneCount, seenCount, goneCount, reconnects: reconnects.length, mean, most }));
  expect(reconnects.length).toBeGreaterThan(0);
  // Twice the mean; for small numbers, what chance alone makes of them.
  expect(most).toBeLessThanOrEqual(Math.max(2 * mean, mean + 5 * Math.sqrt(mean)));
}, 1_200_000);
