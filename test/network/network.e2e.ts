/** What the constellation offers to tests of faults: several gateways, lines that fail, tokens that end soon. */
import { expect, it } from 'vitest';
import { createNetwork } from './network.ts';
import { report, until } from './scenario.ts';

const coverage =
  '{ incidents(first: 1) { pageInfo { endCursor } coverage { parties { participant { id } outcome } } } }';

it('several gateways serve one network, and a cursor of one is good at the other', async () => {
  await using network = await createNetwork({
    participants: ['linde', 'denkbeeld'],
    gateways: 2,
    proxied: ['linde', 'linde→hub', 'gateway-2'],
    env: { identity: { TOKEN_SECONDS: '20' } },
    people: { linde: [{ key: 'desk-2', subject: 'linde-desk-2', name: 'Pim Dubbel', roles: ['SERVICEDESK'] }] },
  });
  expect(network.gateways.map(({ name }) => name)).toEqual(['gateway', 'gateway-2']);
  expect(network.process('gateway-2').pid).not.toBe(network.process('gateway').pid);
  const caller = network.as('linde/desk-2');
  await report(caller);
  await report(caller);
  const at = async (url: string, query: string) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await caller.token()}` },
      body: JSON.stringify({ query }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the answer is what the hub says.
    return (await response.json()) as any;
  };
  const first = await at(network.gateway(0).url, coverage);
  const cursor = first.data.incidents.pageInfo.endCursor;
  const second = await at(
    network.gateway(1).lineUrl,
    `{ incidents(first: 1, after: ${JSON.stringify(cursor)}) { nodes { id } } }`,
  );
  expect(second.data.incidents.nodes).toHaveLength(1);
  expect(network.line('gateway-2').openedCount).toBeGreaterThan(0);

  // The line to the endpoint and the line from it are two.
  expect(network.line('linde').openedCount).toBeGreaterThan(0);
  await report(caller, { about: 'denkbeeld' });
  await until(
    async () => network.line('linde→hub').openedCount,
    (count) => count > 0,
    'an envelope of linde on its line',
  );

  network.line('linde').cut();
  const cut = await at(network.gateway(1).url, coverage);
  const outcomes = Object.fromEntries(
    cut.data.incidents.coverage.parties.map((party: { participant: { id: string }; outcome: string }) => [
      party.participant.id,
      party.outcome,
    ]),
  );
  expect(outcomes).toMatchObject({ linde: 'TIMED_OUT', denkbeeld: 'FRESH' });
  network.line('linde').heal({ reset: true });

  const claims = JSON.parse(Buffer.from((await caller.freshToken()).split('.')[1] ?? '', 'base64url').toString());
  expect(claims.exp - claims.iat).toBe(20);
});
