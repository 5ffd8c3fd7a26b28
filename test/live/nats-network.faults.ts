/** The whole network with its feeds through NATS: two gateways, two relays, and what may happen to them. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManagedProcess, type ManagedProcess } from '../network/managed-process.ts';
import { createNetwork, type Network } from '../network/network.ts';
import { report } from '../network/scenario.ts';
import {
  expectEqualToQuery,
  expectNothingLost,
  expectUnbroken,
  keepWorking,
  lasting,
  seed,
  settle,
  watch,
} from './boards.ts';
import { launchNats, type NatsServer, natsProgram } from './nats-server.ts';

const participants = ['linde', 'denkbeeld'];
const personas = participants.flatMap((id) => [`${id}/desk`, `${id}/manager`]);
const relayMain = fileURLToPath(new URL('../../gateway/relay.ts', import.meta.url));

describe.skipIf(natsProgram === undefined)(
  'a network with FEED=nats://… (needs NATS_SERVER, as .ci/run sets it)',
  () => {
    let nats: NatsServer;
    let network: Network;
    const relays: ManagedProcess[] = [];

    beforeAll(async () => {
      nats = await launchNats();
      const feed = { FEED: nats.url.href };
      network = await createNetwork({ participants, gateways: 2, seed, env: { gateway: feed, 'gateway-2': feed } });
      const { dataDir } = network;
      for (const name of ['relay', 'relay-2']) {
        const env = {
          ...feed,
          KEYS_FILE: join(dataDir, 'keys', 'hub.json'),
          PINS_FILE: join(dataDir, 'pins.json'),
          CURSOR_KEYS: join(dataDir, 'keys', 'cursors.json'),
          REGISTRY_URL: network.endpoint('registry'),
          DATA_DIR: join(dataDir, name),
        };
        relays.push(
          createManagedProcess({ name, main: relayMain, env, logFile: join(dataDir, 'logs', `${name}.log`) }),
        );
      }
      await Promise.all(relays.map((relay) => relay.start()));
      for (const id of participants) await report(network.as(`${id}/desk`), { affected: participants });
    });
    afterAll(async () => {
      await Promise.all(relays.map((relay) => relay.kill()));
      await network?.stop();
      await nats?.[Symbol.asyncDispose]();
    });

    it('F7: a relay and NATS itself are killed and come back, and every board ends as a query says', async () => {
      const hubs = network.gateways.map(({ url }) => url);
      await using watching = await watch(network, personas, { hubs });
      const { watchers } = watching;
      const work = keepWorking({ as: network.gateway(1).as, participants });
      await sleep(1_000);
      await relays[0]?.kill();
      await sleep(lasting('relay down', 30_000, 3_000));
      await nats.kill();
      await sleep(lasting('NATS down', 60_000, 6_000));
      await nats.start();
      await relays[0]?.start();
      await sleep(3_000);
      // The other one leaves as a restart makes it leave.
      await relays[1]?.stop();
      await sleep(1_000);
      await work.stop();
      const id = await report(network.as('linde/desk'), {
        title: `Last of all ${randomUUID()}`,
        affected: participants,
      });
      await settle(watchers);
      await expectEqualToQuery(network, watchers);
      expect(work.doneCount).toBeGreaterThan(20);
      for (const { board } of watchers) expect(board.state().map((row) => row.id)).toContain(id);
      const seenCount = await expectNothingLost(network, watching);
      expectUnbroken(watchers);
      console.log(JSON.stringify({ F7: 'relay and NATS killed', boards: watchers.length, seenCount }));
    }, 600_000);
  },
);
