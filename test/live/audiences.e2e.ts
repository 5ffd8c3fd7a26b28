/** Who gets what of one stream: people of one class and of others, asking the same, side by side, at a running network. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type Network } from '../network/network.ts';
import { command, report, until } from '../network/scenario.ts';
import { type OpenStream, openStream, type StreamEnd } from './open-stream.ts';

const document = `subscription {
  item: incidentChanged {
    __typename
    ... on IncidentChange { id incident { id unreadNotifications availableActions { action available } } }
    ... on Heartbeat { feeds { state } }
  }
}`;
const own = 'query ($id: ID!) { incident(id: $id) { id unreadNotifications availableActions { action available } } }';

interface Listener extends OpenStream {
  readonly persona: string;
  /** The last that was told of each incident. */
  readonly last: Map<string, { readonly unreadNotifications: number | null }>;
  readonly items: { readonly __typename: string; readonly feeds?: readonly { state: string }[] }[];
  ended: StreamEnd | undefined;
}

describe('audiences', () => {
  let network: Network;
  beforeAll(async () => {
    const second = { key: 'second', subject: 'linde-second', name: 'Pim Dubbel', roles: ['SERVICEDESK'] };
    network = await createNetwork({ participants: ['linde', 'denkbeeld'], people: { linde: [second] } });
  });
  afterAll(() => network?.stop());

  const listen = async (persona: string, index: number, text = document): Promise<Listener> => {
    const listener: Omit<Listener, keyof OpenStream> = { persona, last: new Map(), items: [], ended: undefined };
    const opened = openStream(index % 2 === 0 ? 'WEBSOCKET' : 'SSE', {
      hub: network.hubUrl,
      token: await network.as(persona).token(),
      document: text,
      variables: {},
      onResult({ data, errors }) {
        expect(errors).toBeUndefined();
        // biome-ignore lint/suspicious/noExplicitAny: an item of the document above.
        const item = data?.item as any;
        listener.items.push(item);
        if (item.incident) listener.last.set(item.incident.id, item.incident);
      },
      onEnd: (end) => {
        listener.ended = end;
      },
    });
    const found = Object.assign(listener, opened);
    await until(
      async () => found.items.at(-1)?.feeds?.every(({ state }) => state === 'LIVE') ?? false,
      (isLive) => isLive,
      `${persona} to hear every feed`,
    );
    return found;
  };

  it('A10: each gets what a query at that moment gives him, his own figures too, and nobody a value of another', async () => {
    const personas = [
      'linde/desk',
      'linde/second',
      'linde/manager',
      'denkbeeld/desk',
      'linde/desk',
      'denkbeeld/manager',
    ];
    const listeners = await Promise.all(personas.map((persona, index) => listen(persona, index)));
    const incidents: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      const about = index % 2 === 0 ? 'linde' : 'denkbeeld';
      incidents.push(await report(network.as(about === 'linde' ? 'denkbeeld/desk' : 'linde/desk'), { about }));
    }
    const waiting = async (persona: string) =>
      (await network.as(persona).ask('{ notifications(first: 50, unreadOnly: true) { nodes { id } } }')).data
        ?.notifications.nodes as { id: string }[];
    await until(
      () => waiting('linde/desk'),
      (nodes) => nodes.length >= 6,
      'the notifications of what was reported to linde',
    );
    // One of the two desks reads, the other does not; then everything changes once more.
    const ids = (await waiting('linde/desk')).map(({ id }) => id);
    await network
      .as('linde/desk')
      .ask('mutation ($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) { __typename } }', {
        input: { commandId: randomUUID(), ids },
      });
    for (const incidentId of incidents) {
      const desk = network.as(`${incidentId.slice(0, incidentId.indexOf(':'))}/desk`);
      await command(desk, 'acknowledgeIncident', { incidentId });
    }
    for (const listener of listeners) {
      for (const id of incidents) {
        const asked = async () => (await network.as(listener.persona).ask(own, { id })).data?.incident;
        const expected = await until(
          asked,
          (incident) => JSON.stringify(listener.last.get(id)) === JSON.stringify(incident),
          `${listener.persona} to hold what a query gives of ${id}`,
        );
        expect(listener.last.get(id)).toEqual(expected);
      }
    }
    const figures = (persona: string) =>
      incidents
        .filter((id) => id.startsWith('linde:'))
        .map((id) => listeners.find((one) => one.persona === persona)?.last.get(id)?.unreadNotifications);
    expect(figures('linde/desk')).toEqual([0, 0, 0, 0, 0, 0]);
    expect(figures('linde/second')).toEqual([1, 1, 1, 1, 1, 1]);
    expect(figures('denkbeeld/desk')).toEqual([null, null, null, null, null, null]);
    for (const listener of listeners) listener.close();
  });

  it('a notification reaches the people it is for, each of them, and nobody else', async () => {
    const text = `subscription { item: notificationReceived {
      __typename
      ... on NotificationReceived { id notification { id kind readAt } }
      ... on Heartbeat { feeds { state } }
    } }`;
    const personas = ['linde/desk', 'linde/second', 'linde/manager', 'denkbeeld/desk'];
    const listeners = await Promise.all(personas.map((persona, index) => listen(persona, index, text)));
    const received = ({ items }: Listener) => items.filter(({ __typename }) => __typename === 'NotificationReceived');
    await report(network.as('denkbeeld/desk'), { about: 'linde' });
    for (const listener of listeners.slice(0, 2)) {
      await until(
        async () => received(listener).length,
        (count) => count === 1,
        `${listener.persona} to be told`,
      );
      expect(received(listener)).toMatchObject([{ notification: { kind: 'INCIDENT_REPORTED', readAt: null } }]);
    }
    expect(listeners.slice(2).map((listener) => received(listener).length)).toEqual([0, 0]);
    for (const listener of listeners) listener.close();
  });

  it('A7: a role that is taken away ends the streams of that person at once, over both doors, and of nobody else', async () => {
    const [first, second, other] = await Promise.all([
      listen('linde/second', 0),
      listen('linde/second', 1),
      listen('linde/desk', 0),
    ]);
    const { data } = await network
      .as('linde/manager')
      .ask('mutation ($input: ChangePersonRolesInput!) { changePersonRoles(input: $input) { __typename } }', {
        input: { commandId: randomUUID(), subject: 'linde-second', roles: ['HELPDESK'] },
      });
    expect(data?.changePersonRoles.__typename).toBe('PersonRolesChanged');
    for (const listener of [first, second]) {
      await until(
        async () => listener.ended?.code,
        (code) => code !== undefined,
        'the stream to end',
      );
      expect(listener.ended?.code).toBe('ACCESS_REVOKED');
    }
    expect(other.ended).toBeUndefined();
    // The token still says that he is of the desk; it opens nothing any more, here and elsewhere.
    const { data: seen } = await network
      .as('linde/second')
      .ask('{ incidents(first: 5) { nodes { id state solution } } }');
    expect(seen?.incidents.nodes.every(({ solution }: { solution: unknown }) => solution === null)).toBe(true);
    other.close();
  });
});
