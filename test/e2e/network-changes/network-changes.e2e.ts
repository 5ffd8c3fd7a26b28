/** Participants leave, return and move while the hub runs: the supergraph stays as it is. */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type Network } from '../../network/network.ts';
import { report, until } from '../../network/scenario.ts';

const coverage =
  '{ incidents(first: 20) { nodes { id } coverage { complete asked answered parties { participant { id } outcome } } } }';

describe('a network that changes while it runs', () => {
  let network: Network;
  const board = () => network.as('fictiviteit/desk').ask(coverage);
  const outcomeOf = (answer: Awaited<ReturnType<typeof board>>, id: string) =>
    answer.data?.incidents.coverage.parties.find(
      ({ participant }: { participant: { id: string } }) => participant.id === id,
    )?.outcome;
  const change = (mutation: string, caller = 'voorbeeld/foundation') =>
    network
      .as(caller)
      .ask(
        `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) { result: ${mutation}(input: $input) { __typename ... on ParticipantChanged { participant { id accessionState } } ... on NotAllowed { code message } } }`,
        {
          input: {
            commandId: randomUUID(),
            participantId: 'linde',
            reason: 'Contactgegevens al een jaar niet bevestigd',
          },
        },
      );

  beforeAll(async () => {
    network = await createNetwork({ participants: ['fictiviteit', 'linde', 'denkbeeld'] });
    await report(network.as('linde/desk'));
    await until(board, (answer) => outcomeOf(answer, 'linde') === 'FRESH', 'linde to be there');
  });
  afterAll(() => network?.stop());

  it('only the foundation suspends', async () => {
    const { data } = await change('suspendParticipant', 'fictiviteit/manager');
    expect(data.result.__typename).toBe('NotAllowed');
  });

  it('a suspended participant is named SUSPENDED to others, and is asked again once it is reinstated', async () => {
    const suspended = await change('suspendParticipant');
    expect(suspended.data.result.__typename).toBe('ParticipantChanged');
    await until(board, (answer) => outcomeOf(answer, 'linde') === 'SUSPENDED', 'linde to be shown as suspended');
    await change('reinstateParticipant');
    await until(board, (answer) => outcomeOf(answer, 'linde') === 'FRESH', 'linde to be asked again');
  });

  it('a participant that moves to another address is found there without a restart of the hub', async () => {
    const hub = network.process('gateway').pid;
    const moved = Number(new URL(network.endpoint('linde')).port) + 9;
    await network.process('linde').stop();
    await network.process('linde').start({ PORT: String(moved) });
    const file = join(network.dataDir, 'seed', 'registry.json');
    const seed = JSON.parse(readFileSync(file, 'utf8')) as { id: string; endpoint: string }[];
    const endpoint = `http://localhost:${moved}/graphql`;
    writeFileSync(file, JSON.stringify(seed.map((one) => (one.id === 'linde' ? { ...one, endpoint } : one))));
    await network.process('registry').stop();
    await network.process('registry').start();
    await until(board, (answer) => outcomeOf(answer, 'linde') === 'FRESH', 'linde at its new address');
    expect(network.process('gateway').pid).toBe(hub);
  });
});
