/**
 * A handover while sender, receiver or hub is killed with SIGKILL before and after each commit and each send:
 * one incident at the receiver, never none, never two. The points are listed by the endpoint kit itself.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAULT_POINTS, type FaultPoint } from '@kortelijn/kit/envelopes/fault-point.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type Network } from '../network/network.ts';
import { commandDocument, inProgress, settled, until } from '../network/scenario.ts';
import { createRandom } from '../network/seeds/random.ts';

const seed = Number(process.env.SEED ?? 41);
const sender = 'linde';
const receiver = 'denkbeeld';

describe('a handover under crashes', () => {
  let network: Network;
  const desk = () => network.as(`${sender}/desk`);

  beforeAll(async () => {
    console.info(`seed ${seed}`);
    network = await createNetwork({ participants: [sender, receiver] });
  });
  afterAll(() => network?.stop());

  const handOver = async (incidentId: string, commandId: string) => {
    const input = { commandId, incidentId, to: receiver, reason: 'Ligt bij jullie' };
    return desk().ask(commandDocument('handOverIncident'), { input }, { 'kortelijn-deadline-ms': '5000' });
  };

  /** What must hold when everything is up again, whatever was killed when. */
  const expectExactlyOne = async (incidentId: string, commandId: string) => {
    const answer = await until(
      () => handOver(incidentId, commandId),
      ({ data }) => data?.result?.__typename === 'IncidentSent',
      'the repeated command to be answered',
    );
    const { link, envelope } = answer.data.result;
    const chain = await until(
      () =>
        desk().ask(
          `query ($id: ID!) { incident(id: $id) { state chainId next { id incident { id state owner { id } } } handovers { state } } }`,
          { id: incidentId },
        ),
      ({ data }) => data?.incident?.next?.incident != null,
      'the incident at the receiver',
      60_000,
    );
    expect(chain.data.incident.state).toBe('HANDED_OVER');
    expect(chain.data.incident.next).toMatchObject({
      id: link.id,
      incident: { state: 'REPORTED', owner: { id: receiver } },
    });
    const all = await network
      .as(`${receiver}/desk`)
      .ask(
        'query ($chainId: ID) { incidents(filter: { chainId: $chainId }, participants: ["denkbeeld"], first: 10) { nodes { id } } }',
        {
          chainId: chain.data.incident.chainId,
        },
      );
    expect(all.data.incidents.nodes).toEqual([{ id: link.id }]);
    await until(
      () => desk().ask('{ envelopes(first: 100) { nodes { id state } } }'),
      ({ data }) => data?.envelopes.nodes.find(({ id }: { id: string }) => id === envelope.id)?.state === 'TAKEN',
      'the receipt at the sender',
      60_000,
    );
  };

  const whoDies = (point: FaultPoint) => (point.startsWith('take-in') ? receiver : sender);

  for (const point of FAULT_POINTS) {
    it(`F4: leaves exactly one incident when the ${whoDies(point) === sender ? 'sender' : 'receiver'} dies at ${point}`, async () => {
      const victim = network.process(whoDies(point));
      await victim.stop();
      await victim.start({ KORTELIJN_FAULT: point });
      await settled(network, `${sender}/desk`);
      const incidentId = await inProgress(desk());
      const commandId = randomUUID();
      await handOver(incidentId, commandId);
      expect(await victim.gone(), 'the armed process must have died there').toBe('SIGKILL');
      await victim.start();
      await expectExactlyOne(incidentId, commandId);
    });
  }

  it('F1: leaves exactly one incident when the hub dies at any moment of a handover', async () => {
    const random = createRandom(seed);
    const hub = network.process('gateway');
    for (let round = 0; round < 4; round++) {
      const incidentId = await inProgress(desk());
      const commandId = randomUUID();
      const asked = handOver(incidentId, commandId).catch(() => undefined);
      await sleep(random.below(60));
      await hub.kill();
      await asked;
      await hub.start();
      await expectExactlyOne(incidentId, commandId);
    }
  });

  it('waits for a receiver that is down, shows it on its way, and delivers once it is back', async () => {
    await network.process(receiver).kill();
    const incidentId = await inProgress(desk());
    const commandId = randomUUID();
    const { data } = await handOver(incidentId, commandId);
    expect(data.result.envelope.state).toBe('PENDING_DELIVERY');
    await network.process(receiver).start();
    await expectExactlyOne(incidentId, commandId);
  });
});
