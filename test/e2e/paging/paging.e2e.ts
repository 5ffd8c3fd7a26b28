/** What a list over all participants promises while rows arrive and a participant goes down and comes back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type Network } from '../../network/network.ts';
import { command, report, settled } from '../../network/scenario.ts';
import { createRandom } from '../../network/seeds/random.ts';

const pageOf = `query Page($order: IncidentOrder!, $after: String, $filter: IncidentFilter, $onMissing: OnMissing! = PROCEED) {
  incidents(first: 7, orderBy: $order, after: $after, filter: $filter, onMissing: $onMissing) {
    nodes { id reference createdAt updatedAt }
    pageInfo { hasNextPage endCursor }
    coverage { complete parties { participant { id } outcome resumedFrom } } } }`;

interface Row {
  id: string;
  reference: string;
  createdAt: string;
  updatedAt: string;
}
interface Page {
  nodes: Row[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  coverage: {
    complete: boolean;
    parties: { participant: { id: string }; outcome: string; resumedFrom: string | null }[];
  };
}

const seed = 20260522;
const rowCount = 1_000;
const service = 'Verzamelen';

describe('paging by 7 over 1,000 incidents', () => {
  let network: Network;
  const reporter = () => network.as('fictiviteit/desk');
  const page = async (order: string, after: string | null, more: Record<string, unknown> = {}): Promise<Page> => {
    const { data, errors } = await reporter().ask(pageOf, { order, after, ...more });
    if (!data?.incidents) throw new Error(`Expected a page, got ${JSON.stringify(errors)}`);
    return data.incidents;
  };

  beforeAll(async () => {
    console.info(`seed ${seed}`);
    network = await createNetwork();
    const random = createRandom(seed);
    const owners = network.participants.map(({ id }) => id);
    const lanes = Array.from({ length: 8 }, async (_, lane) => {
      for (let index = lane; index < rowCount; index += 8) {
        const about = random.pick(owners);
        await report(reporter(), { service, title: `Rij ${index}`, ...(about === 'fictiviteit' ? {} : { about }) });
      }
    });
    await Promise.all(lanes);
    for (;;) {
      const { data } = await reporter().ask(
        'query ($filter: IncidentFilter) { incidentCount(filter: $filter) { value } }',
        { filter: { service: [service] } },
      );
      if (data.incidentCount.value === rowCount) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
  afterAll(() => network?.stop());

  const withdrawn = (page: Page, id: string) => page.coverage.parties.find(({ participant }) => participant.id === id);

  it('in created order every row that existed at the first page comes exactly once, the returned participant’s later and announced', async () => {
    const seen: { id: string; createdAt: string; owner: string; page: number }[] = [];
    let after: string | null = null;
    let announced = false;
    let missed = false;
    for (let number = 0; ; number++) {
      if (number === 20) await network.process('linde').kill();
      if (number === 60) {
        await network.process('linde').start();
        await settled(network);
      }
      // New rows arrive at a living participant all the while: they are created after the first page.
      if (number % 10 === 5) await report(reporter(), { service: 'Delen', title: `Nieuw ${number}` });
      const got = await page('CREATED_ASC', after, { filter: { service: [service] } });
      const linde = withdrawn(got, 'linde');
      missed ||= linde?.outcome === 'UNREACHABLE' || linde?.outcome === 'SKIPPED';
      announced ||= linde?.resumedFrom != null;
      for (const { id, createdAt } of got.nodes)
        seen.push({ id, createdAt, owner: id.split(':')[0] ?? '', page: number });
      if (!got.pageInfo.hasNextPage) break;
      after = got.pageInfo.endCursor;
    }
    expect(missed).toBe(true);
    expect(announced).toBe(true);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(seen.filter(({ owner }) => owner !== 'nobody').length).toBe(rowCount);
    const ascending = (rows: typeof seen) =>
      rows.every((row, index) => index === 0 || (rows[index - 1]?.createdAt ?? '') <= row.createdAt);
    expect(ascending(seen.filter(({ owner }) => owner !== 'linde'))).toBe(true);
    expect(ascending(seen.filter(({ owner }) => owner === 'linde'))).toBe(true);
  });

  it('in updated order a row that changes while one pages may be missed, but is never twice in one page', async () => {
    let after: string | null = null;
    const random = createRandom(seed + 1);
    let changes = 0;
    const untouched = new Set<string>();
    const touched = new Set<string>();
    for (let pages = 0; pages < 40; pages++) {
      const got = await page('UPDATED_DESC', after);
      expect(new Set(got.nodes.map(({ id }) => id)).size).toBe(got.nodes.length);
      const times = got.nodes.map(({ updatedAt }) => updatedAt);
      expect([...times].sort().reverse()).toEqual(times);
      for (const { id } of got.nodes) {
        expect(untouched.has(id) && !touched.has(id), `${id} came twice without having changed`).toBe(false);
        untouched.add(id);
      }
      const own = got.nodes.filter(({ id }) => id.startsWith('fictiviteit:'));
      if (own.length > 0) {
        const { id } = random.pick(own);
        touched.add(id);
        await command(reporter(), 'changeIncident', { incidentId: id, description: `Gewijzigd ${changes++}` });
      }
      if (!got.pageInfo.hasNextPage) break;
      after = got.pageInfo.endCursor;
    }
    expect(changes).toBeGreaterThan(5);
  });

  it('a caller that asks to stop gets no page while a participant is missing', async () => {
    await network.process('denkbeeld').kill();
    const { data, errors } = await reporter().ask(pageOf, { order: 'CREATED_ASC', onMissing: 'STOP' });
    expect(data?.incidents ?? null).toBeNull();
    expect(errors[0]?.extensions).toMatchObject({ participant: 'denkbeeld' });
    await network.process('denkbeeld').start();
    await settled(network);
  });
});
