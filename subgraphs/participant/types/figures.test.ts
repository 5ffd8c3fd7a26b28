/** Figures, status, history and feed as they are read, each held against the rows they come from. */
import { appendEvent } from '@kortelijn/kit/feed/append.ts';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import type { Caller } from '@kortelijn/kit/trust/caller.ts';
import { histogramOf, isHistogram, percentile } from '@kortelijn/schema/vocabulary/histogram.ts';
import { newId, participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Incident, OPEN_STATES } from '../domain/incident.ts';
import { createTestEndpoint, person, program, type TestEndpoint } from '../store/endpoint.fixture.ts';
import { insertIncidents, insertRows, makeIncidents, randomFrom } from '../store/rows.fixture.ts';

const random = randomFrom(Number(process.env.SEED));
const desk = person('linde', 'SERVICEDESK');
const incidents = makeIncidents(400, random);
const REASONS = ['USER', 'VENDOR', 'OTHER'] as const;

interface Line {
  readonly incidentId: string;
  readonly n: number;
  readonly event: string;
  readonly state: string;
  readonly waitReason: string | null;
  readonly at: Date;
}

function makeLines({ id, createdAt, state }: Incident): readonly Line[] {
  let at = createdAt.getTime();
  const count = 1 + Math.floor(random() * 6);
  return Array.from({ length: count }, (_, index) => {
    const last = index === count - 1;
    const now = last ? state : (['REPORTED', 'IN_PROGRESS', 'WAITING'] as const)[Math.floor(random() * 3)];
    const line = {
      incidentId: id,
      n: index + 1,
      event: index === 0 ? 'report' : `event${Math.floor(random() * 4)}`,
      state: now ?? state,
      waitReason: now === 'WAITING' ? (REASONS[Math.floor(random() * 3)] ?? null) : null,
      at: new Date(at),
    };
    at += Math.floor(random() * 40_000_000);
    return line;
  });
}
const lines = new Map(incidents.map((row) => [row.id, makeLines(row)]));

let postgres: PostgresServer;
let linde: TestEndpoint;
beforeAll(async () => {
  postgres = await launchScratch();
  linde = await createTestEndpoint(postgres);
  await insertIncidents(linde.pool, incidents);
  await insertRows(linde.pool, 'timeline', [...lines.values()].flat());
});
afterAll(async () => {
  await linde.close();
  await postgres.stop();
});

const REPORT = `query ($from: DateTime, $before: DateTime) { statusReport(from: $from, before: $before) {
  incidentCount openCount handoverCount reopenedCount byState { state count } byLastEvent { event count }
  timeInState { state waitReason seconds cases }
  pickUp { ...H } duration { ...H } delivery { ...H } coverage { asked parties { participant { id } outcome } }
} } fragment H on Histogram { count bins { upTo count } median: percentile(p: 50) p90: percentile(p: 90) }`;

/** The same figures, from the rows, without SQL. */
function figuresOf(rows: readonly Incident[]) {
  const countBy = <Key extends string>(name: Key, values: readonly string[]) =>
    [...new Set(values)]
      .sort()
      .map((value) => ({ [name]: value, count: values.filter((one) => one === value).length }));
  const lastOf = ({ id }: Incident) => lines.get(id)?.at(-1) as Line;
  const spans = rows.flatMap(({ id }) => {
    const own = lines.get(id) ?? [];
    return own.slice(0, -1).map((line, index) => ({
      key: `${line.state} ${line.waitReason ?? ''}`,
      incident: id,
      seconds: ((own[index + 1] as Line).at.getTime() - line.at.getTime()) / 1000,
    }));
  });
  const histogram = (durations: readonly number[]) => {
    const all = histogramOf(durations);
    return { ...all, median: percentile(all, 50) ?? null, p90: percentile(all, 90) ?? null };
  };
  const seconds = (from: Date, to: Date) => Math.max(0, (to.getTime() - from.getTime()) / 1000);
  return {
    incidentCount: rows.length,
    openCount: rows.filter(({ state }) => (OPEN_STATES as readonly string[]).includes(state)).length,
    handoverCount: rows.filter(({ state }) => state === 'HANDED_OVER').length,
    reopenedCount: rows.reduce((sum, { reopenedCount }) => sum + reopenedCount, 0),
    byState: countBy(
      'state',
      rows.map(({ state }) => state),
    ),
    byLastEvent: countBy(
      'event',
      rows.map((row) => lastOf(row).event),
    ),
    timeInState: [...new Set(spans.map(({ key }) => key))].sort().map((key) => {
      const of = spans.filter((span) => span.key === key);
      const [state, waitReason] = key.split(' ');
      const total = of.reduce((sum, span) => sum + span.seconds, 0);
      return {
        state,
        waitReason: waitReason || null,
        seconds: expect.closeTo(total, 3),
        cases: new Set(of.map((one) => one.incident)).size,
      };
    }),
    pickUp: histogram(
      rows.flatMap(({ previousId, acknowledgedAt, createdAt }) =>
        previousId && acknowledgedAt ? [seconds(createdAt, acknowledgedAt)] : [],
      ),
    ),
    duration: histogram(
      rows.flatMap((row) => (row.state === 'HANDED_OVER' ? [] : [seconds(row.firstReportedAt, lastOf(row).at)])),
    ),
    delivery: histogram(
      rows.flatMap(({ previousId, receivedAt, createdAt, firstReportedAt }) =>
        previousId ? [] : [seconds(firstReportedAt, receivedAt ?? createdAt)],
      ),
    ),
  };
}

describe('the status report', () => {
  const ask = (caller: Caller, window: Record<string, unknown> = {}) => linde.ask(caller, REPORT, window);

  test('M-13: equals the figures computed from the rows, in one statement, in bins of the contract', async () => {
    const { data, codes, statements } = await ask(desk);
    expect(codes).toEqual([]);
    expect(statements).toBe(1);
    expect(data.statusReport).toMatchObject(figuresOf(incidents));
    for (const name of ['pickUp', 'duration', 'delivery']) {
      const { count, bins } = data.statusReport[name];
      expect(isHistogram({ count, bins }), name).toBe(true);
    }
    expect(data.statusReport.coverage).toEqual({
      asked: 1,
      parties: [{ participant: { id: 'linde' }, outcome: 'FRESH' }],
    });
  });

  test('counts what began in the window, its start included and its end not', async () => {
    const [from, before] = [incidents[3], incidents[9]].map((row) => row?.createdAt as Date).sort((a, b) => +a - +b);
    const within = incidents.filter(({ createdAt }) => createdAt >= (from as Date) && createdAt < (before as Date));
    expect((await ask(desk, { from, before })).data.statusReport).toMatchObject(figuresOf(within));
    const nothing = (await ask(desk, { from: '2030-01-01T00:00:00Z' })).data.statusReport;
    expect(nothing).toMatchObject({ incidentCount: 0, byState: [], duration: { count: 0, bins: [], median: null } });
  });

  test('is over all for the foundation, over what it is involved in for another desk, and refused to others', async () => {
    const foundation = (await ask(person('voorbeeld', 'FOUNDATION'))).data.statusReport;
    expect(foundation).toMatchObject(figuresOf(incidents));
    const other = (await ask(person('denkbeeld', 'SERVICEDESK'))).data.statusReport;
    expect(other).toMatchObject(figuresOf(incidents.filter(({ involved }) => involved.includes('denkbeeld'))));
    const refused = [
      person('linde', 'HELPDESK'),
      person('denkbeeld', 'HELPDESK'),
      program('denkbeeld', 'incidents:read'),
    ];
    for (const caller of refused) expect((await ask(caller)).codes).toEqual(['REFUSED']);
  });

  test('a percentile outside its range is refused', async () => {
    for (const p of [0, -1, 100.1]) {
      const { codes } = await linde.ask(desk, `{ statusReport { duration { percentile(p: ${p}) } } }`);
      expect(codes).toEqual(['BAD_USER_INPUT']);
    }
  });
});

test('a service is UNKNOWN from the third missed report on, and before the first', async () => {
  const asOf = new Date(linde.clock.ms);
  await insertRows(linde.pool, 'service_status', [
    { id: newId(participantId('linde'), 'sst'), service: 'Delen', level: 'DEGRADED', asOf, note: 'traag' },
    { id: newId(participantId('linde'), 'sst'), service: 'Verzamelen', level: 'UNKNOWN', asOf: null, note: null },
  ]);
  const ask = async () => {
    const { data } = await linde.ask(
      person('elders', 'HELPDESK'),
      '{ networkStatus { nodes { service level note asOf source participant { id } } } }',
    );
    return data.networkStatus.nodes;
  };
  const never = { service: 'Verzamelen', level: 'UNKNOWN', asOf: null, note: null };
  const known = { service: 'Delen', asOf: asOf.toISOString(), source: 'SELF', participant: { id: 'linde' } };
  expect(await ask()).toMatchObject([{ ...known, level: 'DEGRADED', note: 'traag' }, never]);
  linde.clock.ms += 15 * 60_000 - 1;
  expect(await ask()).toMatchObject([{ ...known, level: 'DEGRADED' }, never]);
  linde.clock.ms += 1;
  expect(await ask()).toMatchObject([{ ...known, level: 'UNKNOWN', note: null }, never]);
});

test('a timeline is paged: every entry once, in order, for many incidents at once', async () => {
  const query = `query ($all: [_Any!]!, $first: Int, $after: String) { _entities(representations: $all) {
    ... on Incident { id timeline(first: $first, after: $after) {
      edges { cursor node { event state waitReason at } } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }`;
  for (const { id } of incidents.slice(0, 20)) {
    const seen: unknown[] = [];
    for (let after: string | null = null; ; ) {
      const all = [{ __typename: 'Incident', id }];
      const { data, codes } = await linde.ask(desk, query, { all, first: 2, after });
      expect(codes).toEqual([]);
      const { edges, pageInfo } = data._entities[0].timeline;
      seen.push(...edges.map(({ node }: { node: unknown }) => node));
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual(
      lines.get(id)?.map(({ event, state, waitReason, at }) => ({ event, state, waitReason, at: at.toISOString() })),
    );
  }
  const wrong = { all: [{ __typename: 'Incident', id: incidents[0]?.id }] };
  expect((await linde.ask(desk, query, { ...wrong, first: 101 })).codes).toEqual(['FIRST_OUT_OF_RANGE']);
  expect((await linde.ask(desk, query, { ...wrong, after: 'no' })).codes).toEqual(['CURSOR_MALFORMED']);
});

test('M-14: a clock shows its time less its pauses, and no due date where no norm is configured', async () => {
  const [row] = incidents;
  const started = linde.clock.ms - 3_600_000;
  const minutes = (n: number) => new Date(started + n * 60_000).toISOString();
  const clock = { incidentId: row?.id, onParticipant: 'linde', startedAt: minutes(0), pauses: [], state: 'RUNNING' };
  await insertRows(linde.pool, 'clock', [
    { ...clock, id: 'a', name: 'FIRST_REACTION', cycle: 1, stoppedAt: minutes(5), state: 'STOPPED' },
    { ...clock, id: 'b', name: 'RESOLVE', cycle: 1, pauses: [{ from: minutes(10), to: minutes(30), reason: 'USER' }] },
    {
      ...clock,
      id: 'c',
      name: 'RESOLVE',
      cycle: 2,
      targetN: 2,
      targetUnit: 'HOURS',
      calendarId: 'nl-office',
      calendarVersion: '1',
    },
    {
      ...clock,
      id: 'd',
      name: 'OTHER_PARTY',
      cycle: 1,
      pauses: [{ from: minutes(50), to: null, reason: 'USER' }],
      state: 'PAUSED',
    },
    { ...clock, id: 'e', name: 'OTHER_PARTY', cycle: 2, stoppedAt: minutes(1), state: 'CANCELLED' },
  ]);
  const fields = 'name cycle state elapsedSeconds remainingSeconds dueAt stoppedAt on { id } pauses { from to reason }';
  const { data, codes } = await linde.ask(desk, `query ($id: ID!) { incident(id: $id) { clocks { ${fields} } } }`, {
    id: row?.id,
  });
  expect(codes).toEqual([]);
  expect(data.incident.clocks).toMatchObject([
    { name: 'FIRST_REACTION', state: 'STOPPED', elapsedSeconds: 300, dueAt: null, remainingSeconds: null },
    { name: 'RESOLVE', cycle: 1, state: 'RUNNING', elapsedSeconds: 2_400, dueAt: null, pauses: [{ reason: 'USER' }] },
    {
      name: 'RESOLVE',
      cycle: 2,
      state: 'RUNNING',
      elapsedSeconds: 3_600,
      remainingSeconds: 3_600,
      dueAt: minutes(120),
    },
    { name: 'OTHER_PARTY', state: 'PAUSED', elapsedSeconds: 3_000, dueAt: null, pauses: [{ to: null }] },
    { name: 'OTHER_PARTY', state: 'CANCELLED', elapsedSeconds: 60 },
  ]);
});

describe('the feed', () => {
  const hub: Caller = { kind: 'hub' };
  const CHANGES = `query ($after: String, $first: Int!) { changes(after: $after, first: $first) {
    epoch head gap { reason from to } changes { id seq at type subjectId actorRole readersBefore readersAfter keys } } }`;
  const changes = async (variables: Record<string, unknown>) => {
    const { data, codes } = await linde.ask(hub, CHANGES, { first: 500, ...variables });
    return codes.length > 0 ? codes : data.changes;
  };

  test('is read in pages after a position, and holds what was committed before it was asked', async () => {
    for (let n = 1; n <= 5; n++) {
      await appendEvent(linde.pool, {
        type: 'incident.reported',
        subjectId: `linde:inc_${n}`,
        actorRole: n === 1 ? null : 'SERVICEDESK',
        at: new Date(linde.clock.ms),
        readersBefore: [],
        readersAfter: ['linde', '*'],
        keys: { state: 'REPORTED', version: n },
      });
    }
    const all = await changes({});
    expect(all.gap).toBeNull();
    expect(all.head).toBe(`${all.epoch}:5`);
    expect(all.changes).toMatchObject([1, 2, 3, 4, 5].map((n) => ({ seq: String(n), subjectId: `linde:inc_${n}` })));
    expect(all.changes[0]).toMatchObject({ actorRole: null, readersBefore: [], readersAfter: ['linde', '*'] });
    expect(JSON.parse(all.changes[1].keys)).toEqual({ state: 'REPORTED', version: 2 });
    const rest = await changes({ after: `${all.epoch}:3`, first: 1 });
    expect(rest.changes).toMatchObject([{ seq: '4' }]);
    const board = await linde.ask(desk, '{ incidents(first: 1) { feedHead } }');
    expect(board.data.incidents.feedHead).toBe(all.head);
  });

  test('says what makes going on impossible', async () => {
    const { epoch } = await changes({});
    expect((await changes({ after: `${epoch}:99` })).gap).toEqual({
      reason: 'FUTURE_CURSOR',
      from: `${epoch}:99`,
      to: `${epoch}:5`,
    });
    expect((await changes({ after: 'another:3' })).gap).toMatchObject({ reason: 'RESTORED' });
    for (const after of ['', '5', `${epoch}:`, `${epoch}:-1`, `${epoch}:1e9`, 'x'.repeat(1_000)]) {
      expect(await changes({ after }), after).toEqual(['CURSOR_MALFORMED']);
    }
    for (const first of [0, 1_001]) expect(await changes({ first })).toEqual(['FIRST_OUT_OF_RANGE']);
  });
});

test('what a caller may do stands with the incident, and why it may not', async () => {
  const reported = incidents.find(({ state, reporter }) => state === 'REPORTED' && reporter === 'denkbeeld');
  const query = 'query ($id: ID!) { incident(id: $id) { availableActions { action available reason requires } } }';
  const actions = async (caller: Caller, id: string | undefined) => {
    const { data } = await linde.ask(caller, query, { id });
    const all: { action: string; available: boolean; reason: string | null }[] = data.incident.availableActions;
    return new Map(all.map(({ action, available, reason }) => [action, available ? 'yes' : reason]));
  };
  const own = await actions(desk, reported?.id);
  expect([own.get('acknowledgeIncident'), own.get('startIncident'), own.get('confirmIncident')]).toEqual([
    'yes',
    'STATE_DOES_NOT_ALLOW',
    'ONLY_REPORTER',
  ]);
  const reporter = await actions(person('denkbeeld', 'SERVICEDESK'), reported?.id);
  expect([reporter.get('acknowledgeIncident'), reporter.get('cancelIncident'), reporter.get('addNote')]).toEqual([
    'ONLY_OWNER',
    reported?.acknowledgedAt ? 'REPORTER_TOO_LATE' : 'yes',
    'yes',
  ]);
  const helpdesk = await actions(person('linde', 'HELPDESK'), reported?.id);
  expect(helpdesk.get('acknowledgeIncident')).toBe('ROLE_DOES_NOT_ALLOW');
  const promoted = incidents.find(
    (row) => row.networkIncidentState === 'PROMOTED' && !row.involved.includes('gedachte'),
  );
  expect(await actions(person('gedachte', 'SERVICEDESK'), promoted?.id)).toEqual(new Map());
});
