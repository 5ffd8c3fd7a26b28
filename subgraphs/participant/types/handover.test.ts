import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { expect, test } from 'vitest';
import { createNetwork, type Party } from '../commands/desks.fixture.ts';
import { done, run, started } from '../commands/said.fixture.ts';
import { askParty, person } from '../store/endpoint.fixture.ts';

test('a handover has its reason at both ends, and a record in between that of its coming and of its going', async () => {
  const server = await launchScratch();
  const net = createNetwork(server);
  const [linde, denkbeeld] = [await net.add('linde'), await net.add('denkbeeld')];
  const give = async (from: Party, incidentId: string, to: Party, reason: string) =>
    done('IncidentSent', await run(from, 'handOverIncident', { incidentId, to: to.me, reason })).linkId;
  const seen = async (party: Party, id: string) => {
    const query = 'query ($id: ID!) { incident(id: $id) { handovers { from { id } to { id } reason } } }';
    const { data, codes } = await askParty(party, person(party.me, 'SERVICEDESK'), query, { id });
    expect(codes).toEqual([]);
    return data.incident.handovers;
  };

  const first = await started(linde);
  const second = await give(linde, first, denkbeeld, 'Hoort daar');
  await net.settled();
  done('IncidentChanged', await run(denkbeeld, 'acknowledgeIncident', { incidentId: second }));
  done('IncidentChanged', await run(denkbeeld, 'startIncident', { incidentId: second }));
  const third = await give(denkbeeld, second, linde, 'Toch hier');
  await net.settled();

  const there = { from: { id: 'linde' }, to: { id: 'denkbeeld' }, reason: 'Hoort daar' };
  const back = { from: { id: 'denkbeeld' }, to: { id: 'linde' }, reason: 'Toch hier' };
  expect(await seen(linde, first)).toEqual([there]);
  expect(await seen(denkbeeld, second)).toEqual([there, back]);
  expect(await seen(linde, third)).toEqual([back]);

  await net[Symbol.asyncDispose]();
  await server.stop();
});
