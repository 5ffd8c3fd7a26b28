import type { Live } from '@kortelijn/gateway/live/live.ts';
import { sealPlace } from '@kortelijn/gateway/partition/live-cursor.ts';
import { afterEach, expect, test } from 'vitest';
import { createWorld, type Person, person } from './world.ts';

type World = ReturnType<typeof createWorld>;

const worlds: World[] = [];
const world = (...options: Parameters<typeof createWorld>): World => {
  const made = createWorld(...options);
  worlds.push(made);
  return made;
};
afterEach(async () => {
  for (const one of worlds.splice(0)) await one[Symbol.asyncDispose]();
});

const board = `subscription ($after: String, $participants: [ID!]) {
  incidentChanged(after: $after, participants: $participants) {
    __typename
    ... on IncidentChange { id cursor type participant { name } incident { id title } }
    ... on Gone { id cursor subjectId }
    ... on Gap { cursor reason participant { id } }
    ... on Heartbeat { cursor feeds { participant { id } state } }
  }
}`;

interface Item {
  readonly __typename: string;
  readonly id?: string;
  readonly cursor: string;
  readonly reason?: string;
  readonly subjectId?: string;
  readonly participant?: { readonly id?: string; readonly name?: string };
  readonly incident?: { readonly id: string; readonly title: string } | null;
  readonly feeds?: readonly { readonly participant: { readonly id: string } | null; readonly state: string }[];
}

/** One who follows: everything he got, and the way to wait for more. */
async function follow(
  of: World,
  live: Live,
  caller: Person,
  after?: string,
  text = board,
  more: Record<string, unknown> = {},
) {
  const subscribed = await of.subscribe(live, caller, text, { ...more, ...(after !== undefined && { after }) });
  if ('refused' in subscribed) throw new Error(`Refused: ${subscribed.refused}`);
  const items: Item[] = [];
  const errors: unknown[] = [];
  const wakers = new Set<() => void>();
  const running = (async () => {
    for await (const result of subscribed.results) {
      if (result.errors) errors.push(...result.errors);
      const item = Object.values(result.data ?? {})[0] as Item | null;
      if (item) items.push(item);
      for (const wake of wakers) wake();
    }
  })();
  const until = async (ready: () => boolean): Promise<void> => {
    while (!ready()) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          wakers.delete(done);
          resolve();
        };
        wakers.add(done);
      });
    }
  };
  const told = () => items.filter(({ __typename }) => __typename !== 'Heartbeat');
  return {
    items,
    errors,
    told,
    until,
    ends: subscribed.ends,
    /** So many items that are no heartbeats have come. */
    count: (count: number) => until(() => told().length >= count),
    /** Everything that had happened before this call is here, or will not come. */
    settled: async () => {
      const seen = items.filter(({ __typename }) => __typename === 'Heartbeat').length;
      await until(() => items.filter(({ __typename }) => __typename === 'Heartbeat').length >= seen + 3);
    },
    stop: async () => {
      await subscribed.results.return?.();
      await running;
      return items.at(-1)?.cursor as string;
    },
    running,
  };
}

const titles = (items: readonly Item[]) => items.map(({ incident }) => incident?.title.replace(/ for .*/, ''));
const live3 = (item: Item | undefined) =>
  item?.feeds?.length === 3 && item.feeds.every(({ state }) => state === 'LIVE');
/** Every feed has been reached. */
async function ready(of: World, live: Live) {
  const first = await follow(of, live, person('linde', 'first'));
  await first.until(() => live3(first.items.at(-1)));
  await first.stop();
}

test('M-01: a change goes to everybody who may see the incident and to nobody else, each as his class sees it', async () => {
  const of = world();
  const live = of.startGateway();
  await ready(of, live);
  const [anna, bert, cees] = [person('linde', 'anna'), person('denkbeeld', 'bert'), person('bedenkerveen', 'cees')];
  const boards = await Promise.all([anna, bert, cees].map((caller) => follow(of, live, caller)));
  of.report('linde', 'one', ['linde', 'denkbeeld']);
  of.report('bedenkerveen', 'two');
  await Promise.all([boards[0]?.count(1), boards[1]?.count(1), boards[2]?.count(1)]);
  await boards[0]?.settled();
  expect(boards.map((one) => one.told().map(({ incident }) => incident?.title))).toEqual([
    ['one for linde/SERVICEDESK'],
    ['one for denkbeeld/SERVICEDESK'],
    ['two for bedenkerveen/SERVICEDESK'],
  ]);
  expect(boards[0]?.told()[0]).toMatchObject({ type: 'incident.reported', participant: { name: 'Name of linde' } });
});

test('an event is read once for each selection and audience, however many follow', async () => {
  const of = world();
  const live = of.startGateway();
  await ready(of, live);
  const boards = await Promise.all(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) =>
      follow(of, live, person(index % 2 ? 'linde' : 'denkbeeld', name)),
    ),
  );
  of.asked.length = 0;
  of.report('linde', 'one', ['linde', 'denkbeeld']);
  await Promise.all(boards.map((one) => one.count(1)));
  expect(of.asked.map(({ caller }) => (caller.kind === 'class' ? caller.participant : caller.kind)).sort()).toEqual([
    'denkbeeld',
    'linde',
  ]);
  expect(live.counts()).toEqual({ subscribers: 6, groups: 2 });
});

test('a field that is for one person gives each their own, in the same class and interleaved', async () => {
  const of = world({ subjectFields: ['Incident.title'] });
  const live = of.startGateway();
  await ready(of, live);
  const people = [
    person('linde', 'anna'),
    person('linde', 'bert'),
    person('denkbeeld', 'cees', ['SERVICEMANAGER']),
    person('denkbeeld', 'dora'),
  ];
  const boards = await Promise.all(people.map((caller) => follow(of, live, caller)));
  for (let index = 0; index < 20; index += 1) of.report('linde', `${index}`, ['linde', 'denkbeeld']);
  await Promise.all(boards.map((one) => one.count(20)));
  for (const [index, one] of boards.entries()) {
    const { participant, subject } = people[index] as Person;
    expect(one.told().map(({ incident }) => incident?.title)).toEqual(
      Array.from({ length: 20 }, (_, n) => `${n} for ${participant}/${subject}`),
    );
  }
  expect(of.asked.every(({ caller }) => caller.kind === 'subject')).toBe(true);
});

test('who loses sight of an incident is told that it is gone, who never saw it is told nothing', async () => {
  const of = world();
  const live = of.startGateway();
  await ready(of, live);
  const denkbeeld = await follow(of, live, person('denkbeeld', 'bert'));
  const helpdesk = await follow(of, live, person('denkbeeld', 'help', ['HELPDESK']));
  const other = await follow(of, live, person('bedenkerveen', 'cees'));
  const incident = of.report('linde', 'one', ['linde', 'denkbeeld']);
  of.change(incident, { involved: ['linde'] });
  of.change(incident, { title: 'later' });
  await denkbeeld.until(() => denkbeeld.told().some(({ subjectId }) => subjectId === incident.id));
  await Promise.all([denkbeeld.settled(), helpdesk.settled(), other.settled()]);
  // The first change may be resolved when it is gone already: then there is only that.
  expect(denkbeeld.told().at(-1)).toMatchObject({ __typename: 'Gone', subjectId: incident.id });
  expect(helpdesk.told()).toEqual([]);
  expect(other.told()).toEqual([]);
});

test('a stream resumes after any item: nothing lost, nothing doubled, in order, at the same hub and at another', async () => {
  const of = world();
  const [here, there] = [of.startGateway(), of.startGateway()];
  await ready(of, here);
  await ready(of, there);
  const seen: Item[] = [];
  let cursor: string | undefined;
  for (let round = 0; round < 6; round += 1) {
    const one = await follow(of, round % 3 === 2 ? there : here, person('linde', 'anna'), cursor);
    for (let n = 0; n < 3; n += 1) of.report(n % 2 ? 'linde' : 'denkbeeld', `${round}.${n}`, ['linde']);
    // Taken off in the middle of it.
    await one.count(round % 2 ? 2 : 1);
    cursor = await one.stop();
    seen.push(...one.told());
  }
  const last = await follow(of, there, person('linde', 'anna'), cursor);
  await last.count(18 - seen.length);
  await last.settled();
  seen.push(...last.told());
  const ids = seen.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const of_ = (feed: string) => ids.filter((id) => id?.startsWith(feed));
  expect(of_('linde')).toEqual(of.feed('linde').events.map(({ id }) => id));
  expect(of_('denkbeeld')).toEqual(of.feed('denkbeeld').events.map(({ id }) => id));
});

test('F8: an answer’s cursor joins it to the stream: every event after its heads, none before', async () => {
  const of = world({ windowCountMax: 2 });
  const live = of.startGateway();
  await ready(of, live);
  of.report('linde', 'before');
  const heads = of.heads();
  const after = sealPlace(of.keys, { binding: undefined, feeds: heads, atMs: Date.now() });
  // More than the hub keeps in memory: the rest is read at the source.
  for (let n = 0; n < 7; n += 1) of.report('linde', `after ${n}`);
  const one = await follow(of, live, person('linde', 'anna'), after);
  of.report('linde', 'live');
  await one.count(8);
  await one.settled();
  expect(titles(one.told())).toEqual([...Array.from({ length: 7 }, (_, n) => `after ${n}`), 'live']);
});

test('F8: a participant that the answer missed, or that was never reached, is told as a gap', async () => {
  const of = world();
  of.silence('denkbeeld', true);
  const live = of.startGateway();
  const linde = new Map([...of.heads()].filter(([feed]) => feed !== 'denkbeeld' && feed !== 'bedenkerveen'));
  const after = sealPlace(of.keys, { binding: undefined, feeds: linde, atMs: Date.now() });
  const one = await follow(of, live, person('linde', 'anna'), after);
  await one.count(1);
  of.silence('denkbeeld', false);
  await one.count(2);
  expect(
    one
      .told()
      .map(({ reason, participant }) => [reason, participant?.id])
      .sort(),
  ).toEqual([
    ['NOT_IN_SNAPSHOT', 'bedenkerveen'],
    ['NOT_IN_SNAPSHOT', 'denkbeeld'],
  ]);
  of.report('denkbeeld', 'now', ['linde']);
  await one.count(3);
  expect(titles(one.told().slice(2))).toEqual(['now']);
});

test('F8: what a silent participant did meanwhile comes when it is back, before anything newer of it', async () => {
  const of = world();
  const first = of.startGateway();
  await ready(of, first);
  const one = await follow(of, first, person('linde', 'anna'));
  of.report('denkbeeld', 'seen', ['linde']);
  await one.count(1);
  const cursor = await one.stop();
  of.silence('denkbeeld', true);
  of.report('denkbeeld', 'missed 1', ['linde']);
  of.report('denkbeeld', 'missed 2', ['linde']);
  // A hub that has never heard of it.
  const second = of.startGateway();
  const again = await follow(of, second, person('linde', 'anna'), cursor);
  of.report('linde', 'meanwhile');
  await again.count(1);
  const between = again.items.at(-1)?.cursor as string;
  of.silence('denkbeeld', false);
  of.report('denkbeeld', 'newer', ['linde']);
  await again.count(4);
  await again.settled();
  expect(titles(again.told())).toEqual(['meanwhile', 'missed 1', 'missed 2', 'newer']);
  // The cursor that was told while it was silent has not forgotten it.
  const third = await follow(of, second, person('linde', 'anna'), between);
  await third.count(3);
  await third.settled();
  expect(titles(third.told())).toEqual(['missed 1', 'missed 2', 'newer']);
});

test('F19: a cursor beyond retention, of a restored participant or from the future is a gap and then goes on', async () => {
  const of = world({ windowCountMax: 2 });
  const live = of.startGateway();
  await ready(of, live);
  const heads = of.heads();
  const at = (more: Record<string, { epoch: string; seq: number }>) =>
    sealPlace(of.keys, { binding: undefined, feeds: new Map([...heads, ...Object.entries(more)]), atMs: Date.now() });
  for (let n = 0; n < 9; n += 1) of.report('linde', `${n}`);
  of.prune('linde', 5);
  const cases = [
    [at({ bedenkerveen: { epoch: heads.get('bedenkerveen')?.epoch ?? '', seq: 99 } }), ['RETENTION', 'FUTURE_CURSOR']],
    [at({ denkbeeld: { epoch: 'another0-epoch', seq: 3 } }), ['RETENTION', 'RESTORED']],
  ] as const;
  for (const [after, reasons] of cases) {
    const one = await follow(of, live, person('linde', 'anna'), after);
    await one.count(2 + 4);
    await one.settled();
    expect(
      one
        .told()
        .flatMap(({ reason }) => reason ?? [])
        .sort(),
    ).toEqual([...reasons].sort());
    expect(titles(one.told().filter(({ incident }) => incident))).toEqual(['5', '6', '7', '8']);
    await one.stop();
  }
});

test('F19: a cursor of another filter or a changed one is refused; of another person it gives what that one may see', async () => {
  const of = world();
  const live = of.startGateway();
  await ready(of, live);
  const anna = await follow(of, live, person('linde', 'anna'));
  of.report('linde', 'one', ['linde']);
  await anna.count(1);
  const { cursor } = anna.told()[0] as Item;
  of.report('linde', 'for linde', ['linde']);
  of.report('linde', 'for both', ['linde', 'denkbeeld']);
  const bert = await follow(of, live, person('denkbeeld', 'bert'), cursor);
  await bert.count(1);
  await bert.settled();
  expect(titles(bert.told())).toEqual(['for both']);
  const other = await of.subscribe(live, person('linde', 'anna'), board, { after: cursor, participants: ['linde'] });
  expect(other).toEqual({ refused: ['CURSOR_OF_ANOTHER_QUERY'] });
  expect(await of.subscribe(live, person('linde', 'anna'), board, { after: 'x' })).toEqual({
    refused: ['CURSOR_MALFORMED'],
  });
  expect(await of.subscribe(live, person('linde', 'anna'), board, { participants: ['nobody'] })).toEqual({
    refused: ['UNKNOWN_PARTICIPANT'],
  });
});

test('a participant that is restored while boards are open is told as a gap, and its changes go on', async () => {
  const of = world();
  const live = of.startGateway();
  await ready(of, live);
  const one = await follow(of, live, person('linde', 'anna'));
  of.report('denkbeeld', 'one', ['linde']);
  of.report('denkbeeld', 'two', ['linde']);
  await one.count(2);
  of.restore('denkbeeld', 1);
  await one.count(3);
  of.report('denkbeeld', 'three', ['linde']);
  await one.count(4);
  expect(one.told().map(({ reason, incident }) => reason ?? incident?.title.replace(/ for .*/, ''))).toEqual([
    'one',
    'two',
    'RESTORED',
    'three',
  ]);
});

test('a change whose source falls silent before it is read is not passed over', async () => {
  const of = world();
  const live = of.startGateway();
  await ready(of, live);
  const one = await follow(of, live, person('linde', 'anna'));
  const incident = of.report('denkbeeld', 'one', ['linde']);
  // The line still tells of it, the endpoint does not answer questions.
  of.silence('denkbeeld', true);
  of.report('linde', 'not held up', ['linde']);
  await one.until(() => titles(one.told()).includes('not held up'));
  of.silence('denkbeeld', false);
  of.change(incident, { title: 'two' });
  await one.count(3);
  await one.settled();
  const ofDenkbeeld = one.told().filter(({ id }) => id?.startsWith('denkbeeld'));
  expect(ofDenkbeeld.map(({ id }) => id)).toEqual(of.feed('denkbeeld').events.map(({ id }) => id));
});

test('A7: who loses his rights loses his streams at once, and what was being read is not sent', async () => {
  const of = world();
  const live = of.startGateway();
  await ready(of, live);
  const [anna, bert] = [
    await follow(of, live, person('linde', 'anna')),
    await follow(of, live, person('linde', 'bert')),
  ];
  of.report('linde', 'one');
  live.accessChanged({ participant: 'linde', subject: 'anna', isEnded: true });
  await anna.running;
  expect(anna.ends).toEqual(['ACCESS_REVOKED']);
  await bert.count(1);
  expect(live.counts().subscribers).toBe(1);
});

test('F13: who reads so slowly that his place is no longer kept is told so, and his cursor brings him back', async () => {
  const of = world();
  const live = of.startGateway();
  await ready(of, live);
  const slow = await of.subscribe(live, person('linde', 'anna'), board);
  if ('refused' in slow) throw new Error('refused');
  const first = await slow.results.next();
  const cursor = Object.values(first.value.data ?? {}).map((item) => (item as Item).cursor)[0];
  const quick = await follow(of, live, person('linde', 'bert'));
  const count = 1_100;
  for (let n = 0; n < count; n += 1) of.report('linde', `${n}`);
  await quick.count(count);
  await slow.results.next();
  expect(slow.ends).toEqual(['CONSUMER_TOO_SLOW']);
  const back = await follow(of, live, person('linde', 'anna'), cursor);
  await back.count(count);
  expect(back.told().map(({ id }) => id)).toEqual(of.feed('linde').events.map(({ id }) => id));
});

test('a hub that stops says so to every stream', async () => {
  const of = world();
  const live = of.startGateway();
  await ready(of, live);
  const one = await follow(of, live, person('linde', 'anna'));
  await live[Symbol.asyncDispose]();
  await one.running;
  expect(one.ends).toEqual(['STOPPING']);
});

test('the state of the network tells when the line to a participant is lost and when it is back', async () => {
  const of = world();
  const live = of.startGateway();
  await ready(of, live);
  const text =
    'subscription { networkStatusChanged { __typename ... on NetworkStatusChange { type participant { id name } } } }';
  const one = await follow(of, live, person('bedenkerveen', 'cees'), undefined, text);
  of.silence('linde', true);
  await one.count(1);
  of.silence('linde', false);
  await one.count(2);
  expect(one.told()).toMatchObject([
    { type: 'party.unreachable', participant: { id: 'linde', name: 'Name of linde' } },
    { type: 'party.back', participant: { id: 'linde' } },
  ]);
});

test('an incident of which nothing is selected is only told to who may see it', async () => {
  const of = world();
  const live = of.startGateway();
  await ready(of, live);
  const text =
    'subscription { incidentChanged { __typename ... on IncidentChange { id cursor } ... on Heartbeat { cursor } } }';
  const one = await follow(of, live, person('linde', 'anna'), undefined, text);
  const hidden = of.report('linde', 'hidden', ['linde']);
  of.incidents.delete(hidden.id);
  const shown = of.report('linde', 'shown', ['linde']);
  await one.count(1);
  await one.settled();
  expect(one.told().map(({ id }) => id)).toEqual([
    of.feed('linde').events.find(({ subjectId }) => subjectId === shown.id)?.id,
  ]);
});
