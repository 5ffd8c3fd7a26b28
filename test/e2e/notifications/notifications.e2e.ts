/** What waits for people, as they meet it at the hub: at their own participant, about objects that live anywhere. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type Network } from '../../network/network.ts';
import { command, inProgress, until } from '../../network/scenario.ts';

describe('a participant tells its people', () => {
  let network: Network;
  let handedOver: string;
  const waiting = `{ notifications(unreadOnly: true) { unreadCount nodes { id kind readAt from { name }
    incident { id incident { title owner { id } } } request { request { question } } } } }`;

  beforeAll(async () => {
    network = await createNetwork({ participants: ['fictiviteit', 'linde'] });
    const incidentId = await inProgress(network.as('fictiviteit/desk'), { title: 'Ketenmelding' });
    const sent = await command(network.as('fictiviteit/desk'), 'handOverIncident', {
      incidentId,
      to: 'linde',
      reason: 'Ligt bij jullie',
    });
    handedOver = sent.link.id;
  });
  afterAll(() => network?.stop());

  const told = (key: string) =>
    until(
      () => network.as(key).ask(waiting),
      ({ data }) => data?.notifications.nodes.length > 0,
      `a notification for ${key}`,
    );

  it('that an incident was handed over to it, which they read through its link', async () => {
    const { data, errors } = await told('linde/desk');
    expect(errors).toEqual([]);
    expect(data.notifications).toMatchObject({
      unreadCount: 1,
      nodes: [
        {
          kind: 'INCIDENT_HANDED_OVER',
          readAt: null,
          from: { name: 'PGO-huis Fictiviteit' },
          incident: { id: handedOver, incident: { title: 'Ketenmelding', owner: { id: 'linde' } } },
          request: null,
        },
      ],
    });
    const [{ id }] = data.notifications.nodes;
    const byId = 'query ($id: ID!) { node(id: $id) { id ... on Notification { kind } } }';
    expect((await network.as('linde/desk').ask(byId, { id })).data.node).toEqual({ id, kind: 'INCIDENT_HANDED_OVER' });
    for (const stranger of ['linde/manager', 'fictiviteit/desk']) {
      expect((await network.as(stranger).ask(byId, { id })).data.node).toBeNull();
    }
  });

  it('of a question that stands here and an answer that stands elsewhere', async () => {
    const asked = await network.as('linde/desk').ask(
      `mutation ($incidentId: ID!) { askAssistance(input: { commandId: "ask", of: "fictiviteit",
         incidentId: $incidentId, question: "Waar begon het?" }) { ... on AssistanceAsked { link { id } } } }`,
      { incidentId: handedOver },
    );
    const requestId = asked.data.askAssistance.link.id;
    const here = await told('fictiviteit/desk');
    expect(here.data.notifications.nodes[0]).toMatchObject({
      kind: 'ASSISTANCE_ASKED',
      request: { request: { question: 'Waar begon het?' } },
    });
    await network.as('fictiviteit/desk').ask(
      `mutation ($requestId: ID!) { answerAssistance(input: { commandId: "answer", requestId: $requestId,
         answer: "Om negen uur" }) { __typename } }`,
      { requestId },
    );
    const there = await until(
      () => network.as('linde/desk').ask(waiting),
      ({ data }) => data?.notifications.unreadCount === 2,
      'the answer at linde',
    );
    expect(there.data.notifications.nodes[0]).toMatchObject({
      kind: 'ASSISTANCE_ANSWERED',
      from: { name: 'PGO-huis Fictiviteit' },
      request: { request: { question: 'Waar begon het?' } },
    });
  });

  it('once: what was read is not waiting any more', async () => {
    const { data } = await network.as('linde/desk').ask(waiting);
    const ids = data.notifications.nodes.map(({ id }: { id: string }) => id);
    const marked = await network.as('linde/desk').ask(
      `mutation ($ids: [ID!]!) { markNotificationsRead(input: { commandId: "read-them", ids: $ids }) {
           ... on NotificationsRead { unreadCount notifications { id readAt } } } }`,
      { ids },
    );
    expect(marked.errors).toEqual([]);
    expect(marked.data.markNotificationsRead).toEqual({
      unreadCount: 0,
      notifications: ids.map((id: string) => ({ id, readAt: expect.any(String) })),
    });
    expect((await network.as('linde/desk').ask(waiting)).data.notifications).toEqual({ unreadCount: 0, nodes: [] });
  });

  it('and a service of another is an object with an id, which everybody reads', async () => {
    const { data } = await network
      .as('fictiviteit/helpdesk')
      .ask('{ networkStatus { nodes { id service participant { id } } } }');
    const [status] = data.networkStatus.nodes.filter(({ id }: { id: string }) => id.startsWith('linde:sst_'));
    const byId = 'query ($id: ID!) { node(id: $id) { id ... on ServiceStatus { service participant { id } } } }';
    expect((await network.as('fictiviteit/helpdesk').ask(byId, { id: status.id })).data.node).toEqual(status);
  });

  it('nothing more when a role is taken away, from the next request on, though the token still says it', async () => {
    const asked = () =>
      network.as('linde/desk').ask('{ viewer { roles } teams { name } notifications { unreadCount } }');
    expect((await asked()).data.viewer).toEqual({ roles: ['SERVICEDESK'] });
    const changed = await network.as('linde/manager').ask(
      `mutation { changePersonRoles(input: { commandId: "take", subject: "linde-desk", roles: [] }) {
         ... on PersonRolesChanged { person { id roles } } } }`,
    );
    expect(changed.data.changePersonRoles.person.roles).toEqual([]);
    expect((await asked()).data.viewer).toEqual({ roles: [] });
  });
});
