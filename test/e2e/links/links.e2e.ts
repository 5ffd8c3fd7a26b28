/** Fields that cross to another participant: read at their owner, never guessed by the one in between. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type Network } from '../../network/network.ts';
import { command, inProgress, settled, until } from '../../network/scenario.ts';

describe('a chain over four participants', () => {
  let network: Network;
  const chain: string[] = [];
  const holders = ['fictiviteit', 'linde', 'niemandsland', 'denkbeeld'];

  beforeAll(async () => {
    network = await createNetwork({ participants: holders });
    chain.push(await inProgress(network.as('fictiviteit/desk'), { title: 'Ketenmelding' }));
    for (const [index, to] of holders.slice(1).entries()) {
      const from = network.as(`${holders[index]}/desk`);
      const sent = await command(from, 'handOverIncident', { incidentId: chain[index], to, reason: 'Ligt bij jullie' });
      const incidentId = sent.link.id;
      chain.push(incidentId);
      await until(
        () => command(network.as(`${to}/desk`), 'acknowledgeIncident', { incidentId }),
        ({ __typename }) => __typename === 'IncidentChanged',
        `the handover at ${to}`,
      );
      await command(network.as(`${to}/desk`), 'startIncident', { incidentId });
    }
  });
  afterAll(() => network?.stop());

  const depth3 = `query ($id: ID!) { incident(id: $id) { id title
    next { id participant { name } incident { id title state
      next { id incident { ...segment
        next { id participant { id name } incident { id title state owner { id name } } } } } } } } }
    fragment segment on Incident { id title state previous { incident { title owner { name } } } }`;

  it('is read at depth 3 at each owner, in queries, lists and fragments', async () => {
    const { data, errors } = await network.as('fictiviteit/desk').ask(depth3, { id: chain[0] });
    expect(errors).toEqual([]);
    const third = data.incident.next.incident.next.incident;
    expect(third).toMatchObject({ id: chain[2], title: 'Ketenmelding', state: 'HANDED_OVER' });
    expect(third.previous.incident.owner.name).toBe('Dorpszorg De Verzonnen Linde');
    expect(third.next.incident).toMatchObject({ id: chain[3], state: 'IN_PROGRESS', owner: { id: 'denkbeeld' } });
    const list = await network
      .as('fictiviteit/desk')
      .ask(
        '{ incidents(first: 50) { nodes { id next { incident { id next { incident { id } } } } } coverage { complete } } }',
      );
    const first = list.data.incidents.nodes.find(({ id }: { id: string }) => id === chain[0]);
    expect(first.next.incident.next.incident.id).toBe(chain[2]);
  });

  it('names the outcome of an owner that is silent, keeps the link, and answers the rest', async () => {
    await network.process('niemandsland').kill();
    const { data, errors } = await network.as('fictiviteit/desk').ask(depth3, { id: chain[0] });
    const link = data.incident.next.incident.next;
    expect(link.id).toBe(chain[2]);
    expect(link.incident).toBeNull();
    expect(data.incident.next.incident.title).toBe('Ketenmelding');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      path: ['incident', 'next', 'incident', 'next', 'incident'],
      extensions: { participant: 'niemandsland' },
    });
    expect(['UNREACHABLE', 'SKIPPED', 'PARTICIPANT_UNREACHABLE', 'PARTICIPANT_SKIPPED']).toContain(
      errors[0]?.extensions?.code,
    );
    await network.process('niemandsland').start();
    await settled(network);
  });

  it('A9: answers NOT_FOUND alike for what is not there and for what the owner refuses', async () => {
    const stranger = network.as('voorbeeld/desk');
    const ask = '{ refused: node(id: "REFUSED") { id } absent: node(id: "ABSENT") { id } }'
      .replace('REFUSED', chain[1] ?? '')
      .replace('ABSENT', (chain[1] ?? '').replace(/.{12}$/, '000000000000'));
    const { data, errors } = await stranger.ask(ask);
    expect(data).toEqual({ refused: null, absent: null });
    const said = errors.map(({ message, extensions }) => ({ message, code: extensions?.code }));
    expect(said[0]?.code).toBe('NOT_FOUND');
    expect(said[0]?.message.replace(/\S*:\S*/g, '…')).toBe(said[1]?.message.replace(/\S*:\S*/g, '…'));
    expect(said[1]?.code).toBe('NOT_FOUND');
  });

  it('lists every holder of the chain from wherever it is asked', async () => {
    const own = await network
      .as('denkbeeld/desk')
      .ask('query ($id: ID!) { incident(id: $id) { chainId } }', { id: chain[3] });
    const { data } = await network
      .as('linde/manager')
      .ask('query ($chainId: ID!) { incidentChain(chainId: $chainId) { nodes { id state } coverage { complete } } }', {
        chainId: own.data.incident.chainId,
      });
    expect(data.incidentChain.coverage.complete).toBe(true);
    expect(new Set(data.incidentChain.nodes.map(({ id }: { id: string }) => id))).toEqual(new Set(chain));
  });

  it('shows a note at its author, with the hash that the owner of the incident was told', async () => {
    const added = await command(network.as('fictiviteit/desk'), 'addNote', {
      incidentId: chain[3],
      text: 'Bij ons weer te zien sinds 9 uur',
    });
    expect(added.__typename).toBe('NoteAdded');
    const notes = await until(
      () =>
        network
          .as('denkbeeld/desk')
          .ask(
            'query ($id: ID!) { incident(id: $id) { notes { id hash participant { id } note { text author { id } } } } }',
            { id: chain[3] },
          ),
      ({ data }) => (data?.incident.notes.length ?? 0) > 0,
      'the note link at denkbeeld',
    );
    expect(notes.data.incident.notes[0]).toMatchObject({
      participant: { id: 'fictiviteit' },
      note: { text: 'Bij ons weer te zien sinds 9 uur', author: { id: 'fictiviteit' } },
    });
  });
});
