/** The SDK at a hub, over a line that fails: what it promises to programs of partners. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, createClient, type StreamState } from '@kortelijn/sdk';
import { graphql } from '@kortelijn/sdk/graphql.ts';
import { overSse } from '@kortelijn/sdk/sse.ts';
import { overWebSocket } from '@kortelijn/sdk/websocket.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createNetwork, type Network } from '../../network/network.ts';
import { report, until } from '../../network/scenario.ts';
import { createRandom } from '../../network/seeds/random.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const sdkFolder = new URL('../../../clients/sdk/', import.meta.url);
const example = fileURLToPath(new URL('../../../clients/examples/follow-incidents.ts', import.meta.url));
const cli = fileURLToPath(new URL('../../../clients/cli/main.ts', import.meta.url));
const doors = [
  ['SSE', overSse],
  ['WebSocket', () => overWebSocket({ webSocketImpl: WebSocket })],
] as const;

const list = graphql(`query Incidents($first: Int!, $text: String) {
  incidents(first: $first, filter: { text: $text }) {
    nodes { id title state }
    coverage { complete liveCursor parties { participant { id } outcome } }
  }
}`);
const reportIncident = graphql(`mutation Report($input: ReportIncidentInput!) {
  reportIncident(input: $input) { __typename ... on IncidentSent { link { id } } ... on InvalidInput { path message } }
}`);
const changes = graphql(`subscription Changes($after: String) {
  incidentChanged(after: $after) {
    __typename
    ... on IncidentChange { id cursor type incident { id title state } }
    ... on Gone { id cursor subjectId }
    ... on Gap { cursor participant { id } reason }
    ... on Heartbeat { cursor feeds { participant { id } state } }
  }
}`);

describe('the SDK', () => {
  let network: Network;
  beforeAll(async () => {
    network = await createNetwork({ participants: ['linde', 'denkbeeld'], proxied: ['gateway'], seed });
  });
  afterAll(() => network?.stop());

  const client = (door = overSse(), token = () => network.as('linde/desk').freshToken()): Client =>
    createClient({ url: `${network.gateway(0).lineUrl}/graphql`, token, door, random: createRandom(seed).next });
  const line = () => network.line('gateway');

  it('asks, and says with the data who is missing', async () => {
    await report(network.as('linde/desk'), { title: 'Voor de vraag' });
    const hub = client();
    const whole = await hub.query(list, { first: 5 });
    expect(whole).toMatchObject({ isComplete: true, errors: [], traceId: expect.any(String) });
    expect(whole.data.incidents?.nodes.map(({ title }) => title)).toContain('Voor de vraag');

    const denkbeeld = network.process('denkbeeld');
    await denkbeeld.stop();
    onTestFinished(async () => void (await denkbeeld.start()));
    const partial = await hub.query(list, { first: 5 });
    expect(partial.isComplete).toBe(false);
    expect(partial.data.incidents?.nodes.length).toBeGreaterThan(0);
    const missing = partial.coverage
      .flatMap(({ coverage }) => coverage.parties ?? [])
      .filter(({ outcome }) => outcome !== 'FRESH');
    expect(missing.map(({ participant }) => participant?.id)).toEqual(['denkbeeld']);
  });

  it('a refusal is a KortelijnError with a code of the contract', async () => {
    const refused = client(overSse(), async () => 'no token').query(list, { first: 1 });
    await expect(refused).rejects.toMatchObject({ name: 'KortelijnError', code: 'UNAUTHENTICATED', retryable: false });
    for (const [, door] of doors) {
      const stream = client(door(), async () => 'no token').subscribe(changes);
      await expect(stream.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', retryable: false });
      const wrong = client(door()).subscribe('subscription { nonsense }');
      await expect(wrong.next()).rejects.toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED', retryable: false });
    }
    await expect(client().query('query { nonsense }')).rejects.toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
    await expect(client().query(list, { first: 101 })).rejects.toMatchObject({ code: 'FIRST_OUT_OF_RANGE' });
  });

  it('a command whose answer was lost takes effect once, and its answer comes', async () => {
    const hub = client();
    const title = `Eenmaal ${seed}`;
    await hub.query(list, { first: 1 });
    onTestFinished(() => line().heal({ reset: true }));
    line().cut('down');
    const answer = hub.mutate(reportIncident, { input: { service: 'Verzamelen', title } });
    const mine = async () =>
      (await network.as('linde/desk').ask('{ incidents(first: 100) { nodes { id title } } }')).data.incidents.nodes
        .filter((one: { title: string }) => one.title === title)
        .map(({ id }: { id: string }) => id) as string[];
    await until(mine, (ids) => ids.length > 0, 'the command to take effect while its answer waits');
    line().heal({ reset: true });
    const { data } = await answer;
    expect(data.reportIncident).toMatchObject({ __typename: 'IncidentSent' });
    const ids = await mine();
    expect(ids).toHaveLength(1);
    expect(data.reportIncident?.__typename === 'IncidentSent' && data.reportIncident.link.id).toBe(ids[0]);
  });

  it('a token that has expired is renewed, for a query and for a stream', async () => {
    let renewals = 0;
    const token = async () => {
      renewals += 1;
      return network.as('linde/desk').freshToken(2);
    };
    const hub = client(overWebSocket({ webSocketImpl: WebSocket }), token);
    await hub.query(list, { first: 1 });
    const states: StreamState[] = [];
    await using stream = hub.subscribe(changes, { onState: (state) => states.push(state) });
    const beats = async (count: number) => {
      for (let heard = 0; heard < count; heard += 1) await stream.next();
    };
    await beats(1);
    await until(
      async () => {
        await beats(1);
        return states.filter(({ line, why }) => line === 'WAITING' && why?.code === 'TOKEN_EXPIRED').length;
      },
      (expired) => expired >= 2,
      'the token to expire twice under the stream',
    );
    await hub.query(list, { first: 1 });
    expect(renewals).toBeGreaterThanOrEqual(3);
  });

  it.each(doors)('over %s a stream loses nothing and doubles nothing while its line breaks', async (name, door) => {
    const random = createRandom(seed);
    const hub = client(door());
    const { coverage } = await hub.query(list, { first: 1 });
    const expected = new Map<string, string[]>();
    const seen = new Map<string, string[]>();
    const ids = new Set<string>();
    let doubled = 0;
    let gaps = 0;
    let resumed = 0;
    const stopping = new AbortController();
    const stream = hub.subscribe(changes, {
      after: coverage[0]?.coverage.liveCursor ?? null,
      variables: (after) => {
        resumed += 1;
        return { after };
      },
      signal: stopping.signal,
    });
    const reading = (async () => {
      for await (const item of stream) {
        if (item.__typename === 'Gap') gaps += 1;
        if (item.__typename !== 'IncidentChange' || item.incident === null) continue;
        if (ids.has(item.id)) doubled += 1;
        ids.add(item.id);
        seen.set(item.incident.id, [...(seen.get(item.incident.id) ?? []), item.type]);
      }
    })();
    onTestFinished(() => line().heal({ reset: true }));
    const desks = [network.as('linde/desk'), network.as('denkbeeld/desk')] as const;
    for (let round = 0; round < 12; round += 1) {
      const fault = random.pick(['reset', 'cut', 'down', 'refuse'] as const);
      if (fault === 'reset') line().reset();
      if (fault === 'cut') line().cut();
      if (fault === 'down') line().cut('down');
      if (fault === 'refuse') {
        line().refuse();
        line().reset();
      }
      for (let n = 0; n < 3; n += 1) {
        const desk = random.pick(desks);
        const id = await report(desk, { title: `${name} ${round}.${n}`, affected: ['linde'] });
        expected.set(id, ['incident.reported']);
        await sleep(random.below(200));
      }
      line().refuse(false);
      line().heal({ reset: random.next() < 0.5 });
      await sleep(random.below(900));
    }
    const missing = () => [...expected.keys()].filter((id) => !seen.has(id));
    await until(
      async () => missing(),
      ({ length }) => length === 0,
      'every report on the stream',
      60_000,
    );
    // What would come twice would come by the next heartbeats.
    await sleep(3_500);
    stopping.abort();
    await reading;
    for (const id of expected.keys()) {
      expect(seen.get(id)?.filter((type) => type === 'incident.reported')).toEqual(['incident.reported']);
    }
    expect({ doubled, gaps }).toEqual({ doubled: 0, gaps: 0 });
    expect(resumed).toBeGreaterThan(2);
    console.log(JSON.stringify({ door: name, seed, reported: expected.size, changes: ids.size, resumed }));
  });

  it.each(doors)(
    'over %s a stream on which nothing is heard is stale, and live again without loss',
    async (_, door) => {
      const hub = client(door());
      const { coverage } = await hub.query(list, { first: 1 });
      await using stream = hub.subscribe(changes, { after: coverage[0]?.coverage.liveCursor ?? null });
      await stream.next();
      expect(stream.state.isStale).toBe(false);
      onTestFinished(() => line().heal({ reset: true }));
      line().cut('down');
      const id = await report(network.as('linde/desk'), { title: 'Intussen' });
      await until(
        async () => stream.state.isStale,
        (isStale) => isStale,
        'the stream to be stale',
      );
      line().heal({ reset: true });
      for (;;) {
        const { value } = await stream.next();
        if (value?.__typename === 'IncidentChange' && value.incident?.id === id) break;
      }
      expect(stream.state).toMatchObject({ isStale: false, line: 'OPEN' });
    },
  );

  it.each(doors)(
    'over %s a hub that is stopped says so, and its stream goes on at the hub that comes',
    async (_, door) => {
      const hub = client(door());
      const whys = new Set<string | undefined>();
      await using stream = hub.subscribe(changes, { onState: ({ why }) => void whys.add(why?.code) });
      await stream.next();
      const gateway = network.process('gateway');
      await gateway.stop();
      await gateway.start();
      const id = await report(network.as('linde/desk'), { title: 'Na de herstart' });
      for (;;) {
        const { value } = await stream.next();
        if (value?.__typename === 'IncidentChange' && value.incident?.id === id) break;
      }
      expect([...whys]).toContain('STOPPING');
    },
  );

  it('the examples in its descriptions run as they stand', async () => {
    const source = readFileSync(new URL('client.ts', sdkFolder), 'utf8');
    const examples = [...source.matchAll(/@example\n((?: +\*.*\n)+?) +\*\//g)].map(([, text = '']) =>
      text.replace(/^ +\* ?/gm, '').replace('http://localhost:4000', network.hubUrl),
    );
    expect(examples).toHaveLength(4);
    const said: unknown[][] = [];
    const run = Object.getPrototypeOf(async () => {}).constructor;
    for (const text of examples) {
      const names = { createClient, graphql, hub: client(), logIn: () => network.as('linde/desk').token() };
      const { hub, ...others } = names;
      const given = {
        ...others,
        ...(text.includes('const hub') ? {} : { hub }),
        console: { log: (...a: unknown[]) => said.push(a) },
      };
      await run(...Object.keys(given), text)(...Object.values(given));
    }
    expect(said.flat()).toContain('linde');
    expect(said.flat()).toContain('of all');
    expect(said.flat().some((word) => /^linde:inc_/.test(String(word)))).toBe(true);
  });

  it('the example program prints an incident as it changes', async () => {
    const token = await network.as('linde/desk').freshToken();
    const program: ChildProcess = spawn(process.execPath, ['--import', 'tsx', example, network.hubUrl, token]);
    onTestFinished(() => void program.kill());
    const lines = createInterface({ input: program.stdout as NodeJS.ReadableStream });
    const states = createInterface({ input: program.stderr as NodeJS.ReadableStream });
    for await (const state of states) if (state.startsWith('OPEN ')) break;
    await report(network.as('linde/desk'), { title: 'Voorbeeld loopt' });
    const [printed] = await once(lines, 'line');
    expect(printed).toMatch(/Z .+ incident[.]reported LINDE-\d{4}-\d{4} P\d REPORTED Voorbeeld loopt$/);
  });

  it('kortelijn tail prints what changes, and goes on after its last line with --resume', async () => {
    const place = join(mkdtempSync(join(tmpdir(), 'kortelijn-tail-')), 'place.json');
    onTestFinished(() => rmSync(dirname(place), { recursive: true }));
    const watch = () => {
      const given = ['--hub', network.hubUrl, '--demo-identities', network.identityUrl, '--as', 'linde/desk'];
      const program = spawn(process.execPath, ['--import', 'tsx', cli, 'tail', ...given, '--resume', place]);
      onTestFinished(() => void program.kill());
      return {
        program,
        lines: createInterface({ input: program.stdout }),
        says: createInterface({ input: program.stderr }),
      };
    };
    const first = watch();
    for await (const line of first.says) if (line === 'Watching.') break;
    await report(network.as('linde/desk'), { title: 'Voor de pauze' });
    expect(String(await once(first.lines, 'line'))).toMatch(/linde .* incident[.]reported .* Voor de pauze$/);
    first.program.kill('SIGINT');
    expect(await once(first.program, 'exit')).toEqual([0, null]);
    await report(network.as('linde/desk'), { title: 'In de pauze' });
    const second = watch();
    expect(String(await once(second.lines, 'line'))).toMatch(/ In de pauze$/);
    second.program.kill('SIGINT');
    await once(second.program, 'exit');
  });

  it('a role that is taken away ends the stream with ACCESS_REVOKED', async () => {
    const streams = doors.map(([, door]) =>
      client(door(), () => network.as('denkbeeld/desk').freshToken()).subscribe(changes),
    );
    for (const stream of streams) await stream.next();
    const ended = streams.map(async (stream) => {
      const reading = (async () => {
        for await (const _item of stream);
      })();
      await expect(reading).rejects.toMatchObject({ code: 'ACCESS_REVOKED', retryable: false });
    });
    const take = graphql(`mutation Take($input: ChangePersonRolesInput!) {
      changePersonRoles(input: $input) { __typename }
    }`);
    const manager = client(overSse(), () => network.as('denkbeeld/manager').freshToken());
    const { data } = await manager.mutate(take, { input: { subject: 'denkbeeld-desk', roles: [] } });
    expect(data.changePersonRoles?.__typename).toBe('PersonRolesChanged');
    await Promise.all(ended);
  });
});
