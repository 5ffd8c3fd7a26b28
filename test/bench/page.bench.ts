/**
 * What reading costs at a participant: pages of 50, a hundred entities, figures; and the same page by hand-written SQL
 * against Prisma's. Over PostgreSQL, with other variables in every request. Prints JSON, one line a scenario.
 * node --import tsx test/bench/page.bench.ts [requests] [incidents]
 */
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import type { Caller } from '@kortelijn/kit/trust/caller.ts';
import { createTestEndpoint, person } from '@kortelijn/participant/store/endpoint.fixture.ts';
import { incidentPage } from '@kortelijn/participant/store/incident-list.ts';
import { createPrisma } from '@kortelijn/participant/store/open-store.ts';
import { insertIncidents, insertRows, makeIncidents, randomFrom } from '@kortelijn/participant/store/rows.fixture.ts';

const requests = Number(process.argv[2] ?? 1_000);
const count = Number(process.argv[3] ?? 10_000);
const seed = Number(process.env.SEED ?? 1);
const random = randomFrom(seed);
/** Outside production graphql checks at every value whether two copies of it are in use: a quarter of the CPU. */
const env = process.env.NODE_ENV ?? 'development';

await using postgres = await launchScratch();
await using linde = await createTestEndpoint(postgres);
const incidents = makeIncidents(count, random);
for (let from = 0; from < count; from += 2_000) {
  const some = incidents.slice(from, from + 2_000);
  await insertIncidents(linde.pool, some);
  await insertRows(
    linde.pool,
    'timeline',
    some.flatMap(({ id, createdAt }) =>
      Array.from({ length: 8 }, (_, n) => ({
        incidentId: id,
        n: n + 1,
        event: n === 0 ? 'report' : 'assign',
        state: 'IN_PROGRESS',
        at: new Date(createdAt.getTime() + n * 3_600_000),
      })),
    ),
  );
}
await linde.pool.query('ANALYZE');

/** One after the other, so that the process's own CPU belongs to the request. */
async function measure(bench: string, times: number, request: (n: number) => Promise<unknown>): Promise<void> {
  const coldFrom = performance.now();
  await request(0);
  const coldMs = performance.now() - coldFrom;
  for (let n = 1; n < Math.min(50, times); n++) await request(n);
  const taken: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let n = 0; n < times; n++) {
    const from = performance.now();
    await request(n);
    taken.push(performance.now() - from);
  }
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  taken.sort((a, b) => a - b);
  const round = (value: number | undefined) => Number(value?.toFixed(3));
  console.log(
    JSON.stringify({
      bench,
      incidents: count,
      env,
      requests: times,
      perSecond: Math.round((times * 1_000) / wallMs),
      cpuMsEach: round((user + system) / 1_000 / times),
      p50Ms: round(taken[Math.floor(times * 0.5)]),
      p99Ms: round(taken[Math.floor(times * 0.99)]),
      coldMs: round(coldMs),
    }),
  );
}

const desk = person('linde', 'SERVICEDESK');
const other = person('denkbeeld', 'SERVICEDESK');
const PAGE = `query ($orderBy: IncidentOrder!, $after: String, $filter: IncidentFilter) {
  incidents(orderBy: $orderBy, after: $after, filter: $filter, first: 50) {
    edges { cursor node { id access reference title service state priority impact updatedAt owner { id } version } }
    pageInfo { hasNextPage endCursor }
  }
}`;

async function cursorsOf(caller: Caller, orderBy: string): Promise<readonly string[]> {
  const cursors: string[] = [];
  for (let after: string | null = null; cursors.length < requests; ) {
    const { data } = await linde.ask(caller, PAGE, { orderBy, after });
    cursors.push(...data.incidents.edges.map(({ cursor }: { cursor: string }) => cursor));
    if (!data.incidents.pageInfo.hasNextPage) break;
    after = data.incidents.pageInfo.endCursor;
  }
  return cursors;
}

const checked = async (caller: Caller, query: string, variables: Record<string, unknown>, statements?: number) => {
  const answer = await linde.ask(caller, query, variables);
  if (answer.codes.length > 0) throw new Error(`Refused: ${answer.codes}`);
  if (statements !== undefined && answer.statements !== statements) {
    throw new Error(`Expected ${statements} statements, found ${answer.statements}.`);
  }
  return answer;
};

for (const [name, caller, orderBy] of [
  ['page of 50, newest first, own desk', desk, 'CREATED_DESC'],
  ['page of 50, by priority, own desk', desk, 'PRIORITY'],
  ['page of 50, newest first, another desk', other, 'CREATED_DESC'],
] as const) {
  const cursors = await cursorsOf(caller, orderBy);
  await measure(name, requests, (n) => checked(caller, PAGE, { orderBy, after: cursors[n % cursors.length] }, 1));
}
const words = incidents.slice(0, requests).map(({ title }) => title);
await measure('page of 50, two words, own desk', Math.min(requests, 300), (n) =>
  checked(desk, PAGE, { orderBy: 'CREATED_DESC', filter: { text: words[n % words.length] } }, 1),
);

const pickOf = () => incidents[Math.floor(random() * count)]?.id;
const ENTITIES = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Incident { id reference title state priority } } }`;
const batches = Array.from({ length: requests }, () =>
  Array.from({ length: 100 }, (_, n) => ({ __typename: 'Incident', [n % 2 ? 'linkId' : 'id']: pickOf() })),
);
await measure('a hundred entities, one statement', requests, (n) => checked(desk, ENTITIES, { all: batches[n] }, 1));

const FIGURES = `query ($before: DateTime) { statusReport(before: $before) { incidentCount byState { state count }
  timeInState { state seconds } duration { percentile(p: 50) } pickUp { percentile(p: 90) } } }`;
await measure(`figures over ${count} incidents and ${8 * count} events`, 20, (n) =>
  checked(desk, FIGURES, { before: new Date(Date.parse('2027-01-01') + n * 1_000) }, 1),
);

/** The page alone, without GraphQL: what choosing hand-written SQL for it is worth. */
const { standing } = linde.reader(desk);
const cursors = await cursorsOf(desk, 'CREATED_DESC');
await measure('page of 50 by pg, rows alone', requests, (n) =>
  incidentPage(
    { pool: linde.pool, endpoint: 'linde', standing },
    { filter: null, orderBy: 'CREATED_DESC', first: 50, after: cursors[n % cursors.length], feedHead: false },
  ),
);
const lazy = createPrisma(linde.pool);
const prisma = await lazy.client();
const places = incidents.slice(0, requests);
await measure('page of 50 by Prisma with the redundant condition, rows alone', requests, (n) => {
  const { createdAt, id } = places[n % places.length] as { createdAt: Date; id: string };
  return prisma.incident.findMany({
    where: { createdAt: { lte: createdAt }, OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: 51,
  });
});
await lazy.close();
