/** F7, F8: the line between the hub and a participant stands still, in one direction or both, at any moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createNetwork, type Network } from '../network/network.ts';
import { until } from '../network/scenario.ts';
import { createRandom } from '../network/seeds/random.ts';
import {
  expectEqualToQuery,
  expectNothingLost,
  expectUnbroken,
  firstReport,
  keepWorking,
  lasting,
  seed,
  settle,
  type Watcher,
  watch,
} from './boards.ts';
import { ownDesk } from './own-desk.ts';
import { headOf } from './read-feed.ts';

const personas = ['linde/desk', 'linde/manager', 'denkbeeld/desk', 'denkbeeld/manager', 'fictiviteit/desk'];
const stateOfLinde = ({ board }: Watcher) => board.rows.feeds.get('linde');

describe('a line that stands still', () => {
  let network: Network;
  beforeAll(async () => {
    network = await createNetwork({ participants: ['linde', 'denkbeeld', 'fictiviteit'], proxied: ['linde'], seed });
    for (const persona of ['linde/desk', 'denkbeeld/desk']) {
      await firstReport(network.as(persona), ['fictiviteit']);
    }
  });
  afterAll(() => network?.stop());

  it.each([
    ['in both directions', []],
    ['towards the participant', ['up']],
    ['towards the hub', ['down']],
  ] as const)(
    'F7: cut %s, the participant works on, is shown as silent when it is, and what it did arrives complete and in order',
    async (name, directions) => {
      await using watching = await watch(network, personas);
      const { watchers } = watching;
      const line = network.line('linde');
      const cutMs = lasting(`F7 ${name}`, 60_000, 6_000);
      const work = keepWorking({ as: network.as, participants: ['denkbeeld', 'fictiviteit'], everyMs: 100 });
      const desk = await ownDesk(network, 'linde');
      const before = await headOf(network, 'linde');

      onTestFinished(() => line.heal());
      line.cut(...directions);
      const end = Date.now() + cutMs;
      let doneCount = 0;
      while (Date.now() < end) {
        await desk.report({ title: `Intussen ${doneCount}`, affected: ['denkbeeld'] });
        doneCount += 1;
        await sleep(50);
      }
      // What goes towards the participant only asks for more: of a stream that is open nothing is missing.
      const isHeard = name === 'towards the participant';
      await until(
        async () => watchers.filter((one) => stateOfLinde(one) !== (isHeard ? 'LIVE' : 'SILENT')).length,
        (count) => count === 0,
        `every board to show linde as ${isHeard ? 'live' : 'silent'}`,
      );
      expect(watchers.every(({ board }) => board.rows.feeds.get('denkbeeld') === 'LIVE')).toBe(true);
      expect(await headOf(network, 'linde')).toBeGreaterThanOrEqual(before + doneCount);
      // After a minute lines are broken rather than late; after a blink what was on its way arrives.
      line.heal({ reset: cutMs > 10_000 });
      await until(
        async () => watchers.filter((one) => stateOfLinde(one) !== 'LIVE').length,
        (count) => count === 0,
        'every board to show linde as live again',
      );
      await work.stop();
      await expectEqualToQuery(network, watchers);
      const seenCount = await expectNothingLost(network, watching);
      expectUnbroken(watchers);
      console.log(JSON.stringify({ F7: name, doneMeanwhile: doneCount, seenCount }));
    },
  );

  it('F8: with the line cut and healed while boards begin, each gets every event after its answer and none of before', async () => {
    const roundCount = lasting('F8', 60_000, 12_000) / 3_000;
    const random = createRandom(seed);
    const line = network.line('linde');
    onTestFinished(() => line.heal());
    let gapCount = 0;
    let seenCount = 0;
    for (let round = 0; round < roundCount; round += 1) {
      const work = keepWorking({
        as: network.as,
        participants: ['linde', 'denkbeeld', 'fictiviteit'],
        random,
        everyMs: 20,
      });
      const flapping = new AbortController();
      const flap = (async () => {
        while (!flapping.signal.aborted) {
          await sleep(random.below(300));
          line.cut(...random.pick([[], ['up'], ['down']] as const));
          await sleep(random.below(700));
          line.heal({ reset: random.next() < 0.5 });
        }
      })();
      const opening = watch(network, personas);
      await sleep(1_500);
      flapping.abort();
      await flap;
      await using watching = await opening;
      await sleep(500);
      await settle(watching.watchers);
      // Only while linde was silent at the first question is its part asked for by itself, and that is said.
      for (const { board } of watching.watchers) {
        gapCount += board.rows.counts.Gap;
        expect(board.rows.doubleCount).toBe(0);
        expect(board.failure).toBeUndefined();
      }
      await work.stop();
      await expectEqualToQuery(network, watching.watchers);
      seenCount += await expectNothingLost(network, watching);
    }
    console.log(JSON.stringify({ F8: 'begun', boards: roundCount * personas.length, gapCount, seenCount }));
  });
});
