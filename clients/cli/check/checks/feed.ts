/** The feed: every change once, in one order without a hole, and a sign of life every second. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Check } from '../check-of.ts';
import type { Examined } from '../examined.ts';
import { CannotJudge, must } from '../finding.ts';
import { asHub, type StreamItem } from '../hub-client.ts';
import { perEndpoint } from '../per-endpoint.ts';

interface Change {
  readonly id: string;
  readonly seq: string;
  readonly subjectId: string;
}

interface FeedPage {
  readonly epoch: string;
  readonly head: string;
  readonly changes: readonly Change[];
  readonly gap: { readonly reason: string; readonly to: string | null } | null;
}

const FIELDS = '{ epoch head changes { id seq subjectId } gap { reason from to } }';
const CHANGES = `query ($after: String, $first: Int!) { changes(after: $after, first: $first) ${FIELDS} }`;
const FOLLOW = `subscription ($after: String, $first: Int!) { changes(after: $after, first: $first) ${FIELDS} }`;
const rule = 'architecture §5 (feed)';

const seqOf = (position: string) => Number(position.slice(position.lastIndexOf(':') + 1));

async function changesAfter(endpoint: Examined, after: string | null, first: number): Promise<FeedPage> {
  const { data, errors, text } = await endpoint.ask(asHub, CHANGES, { after, first });
  const page = data?.changes;
  must(errors.length === 0 && Array.isArray(page?.changes), 'a page of changes without errors', text);
  return page;
}

/** Where the feed ends now. */
async function headOf(endpoint: Examined): Promise<string> {
  const { head } = await changesAfter(endpoint, null, 1);
  must(/^[A-Za-z0-9-]{1,64}:\d{1,15}$/.test(head), 'a head as epoch, colon, number', head);
  return head;
}

async function readToEnd(endpoint: Examined, after: string, first: number): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (let position = after; ; ) {
    const page = await changesAfter(endpoint, position, first);
    must(page.gap === null, 'no gap after a position of just now', page.gap);
    const [next] = page.changes;
    const last = page.changes.at(-1);
    if (next === undefined || last === undefined) return changes;
    // Else there would be no end to reading on.
    const goesOn = Number(next.seq) > seqOf(position) && Number(last.seq) >= Number(next.seq);
    must(goesOn, `changes after ${position}`, `${next.seq} to ${last.seq}`);
    changes.push(...page.changes);
    position = `${page.epoch}:${last.seq}`;
  }
}

const STEPS = `mutation ($a: AcknowledgeIncidentInput!, $b: StartIncidentInput!) {
  acknowledgeIncident(input: $a) { __typename } startIncident(input: $b) { __typename } }`;

/** Six writers at once, each with three changes of one incident, and what the feed then says. */
const written = perEndpoint(async (endpoint: Examined) => {
  const from = await headOf(endpoint);
  const ids = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const { id } = await endpoint.report();
      const [a, b] = [randomUUID(), randomUUID()].map((commandId) => ({ commandId, incidentId: id }));
      const { data, text } = await endpoint.ask(endpoint.desk, STEPS, { a, b });
      const isDone = Object.values(data ?? {}).every((each) => (each as Typed)?.__typename === 'IncidentChanged');
      if (data == null || !isDone) throw new CannotJudge(`An incident could not be worked on: ${text}`);
      return id;
    }),
  );
  // Who stamps on a rhythm has had its time then.
  await sleep(300);
  return { from, ids };
});
type Typed = { readonly __typename?: string } | null;

/** The rule says a second; a slow line is given two more. The hub itself gives up after four. */
const QUIET_MS_MAX = 3_000;
const STREAM_MS_MAX = 8_000;

async function nextPage(items: AsyncGenerator<StreamItem, void, undefined>): Promise<FeedPage | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), QUIET_MS_MAX);
  });
  const next = items.next().catch((error: unknown) => {
    throw new CannotJudge(`The stream broke: ${(error as Error).message}`);
  });
  // Left waiting when there is silence; its end is that of the stream.
  next.catch(() => {});
  const item = await Promise.race([next, silence]);
  clearTimeout(timer);
  if (item === undefined || item.done) return undefined;
  must(item.value.event === 'next', 'event: next', item.value);
  const page = item.value.data?.data?.changes;
  must(Array.isArray(page?.changes), 'a page of changes in a next', item.value.data);
  return page;
}

async function following(
  endpoint: Examined,
  after: string | null,
  use: (items: AsyncGenerator<StreamItem, void, undefined>) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  try {
    const { status, type, items } = await endpoint.follow(asHub, FOLLOW, { after, first: 100 }, stop.signal);
    const isStream = status === 200 && type.startsWith('text/event-stream');
    must(isStream, '200 and text/event-stream', `${status} ${type}`);
    await use(items);
  } finally {
    stop.abort();
  }
}

export const feedChecks: readonly Check[] = [
  {
    id: 'CK-FEED-1',
    level: 'MUST',
    title: 'numbers its changes without a hole and without a repetition, while many write',
    rule,
    needs: ['write'],
    run: async (endpoint) => {
      const { from } = await written(endpoint);
      const changes = await readToEnd(endpoint, from, 1_000);
      for (const [index, { seq }] of changes.entries()) {
        const expected = seqOf(from) + 1 + index;
        must(Number(seq) === expected, `the change ${expected}`, `${seq}, in its place`);
      }
      must(new Set(changes.map(({ id }) => id)).size === changes.length, 'an id of its own for each change', changes);
    },
  },
  {
    id: 'CK-FEED-2',
    level: 'MUST',
    title: 'says of each change of each incident that it was, whoever wrote beside it',
    rule,
    needs: ['write'],
    run: async (endpoint) => {
      const { from, ids } = await written(endpoint);
      const changes = await readToEnd(endpoint, from, 1_000);
      for (const id of ids) {
        const count = changes.filter(({ subjectId }) => subjectId === id).length;
        must(count >= 3, `3 changes of ${id}`, count);
      }
    },
  },
  {
    id: 'CK-FEED-3',
    level: 'MUST',
    title: 'goes on exactly after the position that is named, in pages of the size that is asked',
    rule,
    needs: ['write'],
    run: async (endpoint) => {
      const { from } = await written(endpoint);
      const whole = await readToEnd(endpoint, from, 1_000);
      const page = await changesAfter(endpoint, from, 7);
      must(page.changes.length === Math.min(7, whole.length), 'a page of 7', page.changes.length);
      const middle = whole[4];
      if (middle === undefined) throw new CannotJudge('There are too few changes.');
      const [next] = (await changesAfter(endpoint, `${page.epoch}:${middle.seq}`, 1)).changes;
      must(next?.id === whole[5]?.id, `the change ${whole[5]?.id} after ${middle.seq}`, next?.id);
      const again = await readToEnd(endpoint, from, 5);
      const isSame = whole.every(({ id, seq }, n) => again[n]?.id === id && again[n]?.seq === seq);
      must(isSame, 'the same changes with the same ids at a second reading', 'others');
    },
  },
  {
    id: 'CK-FEED-4',
    level: 'MUST',
    title: 'tells a gap for a position of another epoch or of the future, and where to go on',
    rule: 'architecture §5 (epoch, Gap)',
    run: async (endpoint) => {
      const head = await headOf(endpoint);
      const epoch = head.slice(0, head.lastIndexOf(':'));
      const restored = await changesAfter(endpoint, `another-epoch:${seqOf(head)}`, 10);
      must(restored.gap?.reason === 'RESTORED', 'a gap RESTORED for another epoch', restored.gap ?? 'no gap');
      must(restored.changes.length === 0, 'no changes beside a gap', restored.changes.length);
      must(restored.gap.to?.startsWith(`${epoch}:`) === true, 'a position of this epoch to go on from', restored.gap);
      const future = await changesAfter(endpoint, `${epoch}:${seqOf(head) + 1_000_000}`, 10);
      must(future.gap?.reason === 'FUTURE_CURSOR', 'a gap FUTURE_CURSOR beyond the head', future.gap ?? 'no gap');
    },
  },
  {
    id: 'CK-FEED-5',
    level: 'MUST',
    title: 'refuses a position that is none, with a code',
    rule: 'trust.md, Feed',
    run: async (endpoint) => {
      for (const after of ['nonsense', '', 'a:b', 'epoch:-1', 'x'.repeat(500)]) {
        const { status, codes, text } = await endpoint.ask(asHub, CHANGES, { after, first: 10 });
        must(status < 500 && codes.includes('CURSOR_MALFORMED'), 'CURSOR_MALFORMED', `${status} ${text}`);
      }
    },
  },
  {
    id: 'CK-FEED-6',
    level: 'MUST',
    title: 'begins its stream with where the feed ends, and gives signs of life while nothing changes',
    rule: 'trust.md, Feed',
    run: (endpoint) =>
      following(endpoint, null, async (items) => {
        const first = await nextPage(items);
        must(
          first !== undefined && /:\d+$/.test(first.head),
          'a first page at once, with the head',
          first ?? 'silence',
        );
        for (let page = 2; page <= 3; page++) {
          must((await nextPage(items)) !== undefined, `a page within ${QUIET_MS_MAX} ms (page ${page})`, 'silence');
        }
      }),
  },
  {
    id: 'CK-FEED-7',
    level: 'MUST',
    title: 'streams each change that comes, once and in order, from the position that is named',
    rule: 'trust.md, Feed; architecture §5',
    needs: ['write'],
    run: async (endpoint) => {
      const from = await headOf(endpoint);
      const first = await endpoint.report();
      await following(endpoint, from, async (items) => {
        const found: Change[] = [];
        const until = endpoint.endpointNow() + STREAM_MS_MAX;
        const awaited = async (id: string) => {
          while (!found.some(({ subjectId }) => subjectId === id)) {
            const page = await nextPage(items);
            must(page !== undefined, `the change of ${id} in the stream`, 'silence');
            found.push(...page.changes);
            // An endpoint that lives on, and never says it.
            must(endpoint.endpointNow() < until, `the change of ${id} in the stream`, 'only others');
          }
        };
        await awaited(first.id);
        const second = await endpoint.report();
        await awaited(second.id);
        for (const [index, { seq }] of found.entries()) {
          must(Number(seq) === seqOf(from) + 1 + index, `the change ${seqOf(from) + 1 + index}`, seq);
        }
      });
    },
  },
];
