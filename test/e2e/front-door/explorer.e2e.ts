/** The explorer's ready queries on a real network: each one works for whoever opens it first. */
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type Network } from '../../network/network.ts';

describe('the explorer', () => {
  let network: Network;
  let queries: readonly { readonly name: string; readonly title: string; readonly query: string }[];

  beforeAll(async () => {
    network = await createNetwork({ participants: ['fictiviteit', 'linde'] });
    queries = (await (await fetch(`${network.hubUrl}/explorer/queries.json`)).json()) as typeof queries;
  });
  afterAll(() => network?.stop());

  it('offers six queries that are answered without an error, twice, and a stream', async () => {
    expect(queries).toHaveLength(7);
    for (const persona of ['linde/desk', 'fictiviteit/manager', 'linde/desk']) {
      for (const { title, query } of queries) {
        if (query.includes('\nsubscription')) continue;
        const { status, data, errors } = await network.as(persona).ask(query);
        expect([status, errors], `${persona}: ${title}`).toEqual([200, []]);
        expect(Object.values(data ?? {}), `${persona}: ${title}`).not.toContain(null);
      }
    }
  });

  it('answers the whole schema to its documentation pane', async () => {
    const { status, errors, data } = await network.as('linde/desk').ask(getIntrospectionQuery());
    expect([status, errors]).toEqual([200, []]);
    expect(data.__schema.types.length).toBeGreaterThan(50);
  });

  it('shows every persona of the demo, from the identity provider', async () => {
    const page = await (await fetch(`${network.hubUrl}/explorer`)).text();
    expect(page).toContain(`data-demo-identities="${network.identityUrl}"`);
    const origin = network.hubUrl;
    const listing = await fetch(`${network.identityUrl}/demo/personas`, { headers: { origin } });
    expect(listing.headers.get('access-control-allow-origin')).toBe(origin);
    const { participants } = (await listing.json()) as { participants: { id: string; personas: unknown[] }[] };
    expect(participants.map(({ id }) => id)).toEqual(['voorbeeld', 'fictiviteit', 'linde']);
  });
});
