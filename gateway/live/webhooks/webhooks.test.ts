/** Delivering, with real receivers over HTTP; the registry and the stream stand in memory. */
import { parseEgressAllowed } from '@kortelijn/schema/vocabulary/safe-address.ts';
import { afterEach, expect, test } from 'vitest';
import { createSafeConnect } from '../../transport/safe-connect.ts';
import { createPost } from './post.ts';
import { createItemLog, type ItemLog } from './standins/item-log.ts';
import { type Receiver, startReceiver } from './standins/receiver.ts';
import { createStandInStore, type StandInStore, type StandInStoreOptions, secretA } from './standins/store.ts';
import type { OpenStream, WebhookItem, WebhookTelemetry } from './webhook.ts';
import { createWebhooks, type WebhooksOptions } from './webhooks.ts';

const closing: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one[Symbol.asyncDispose]();
});
const closed = <One extends AsyncDisposable>(one: One): One => {
  closing.push(one);
  return one;
};

const quiet: WebhookTelemetry = {
  webhookPosted: () => {},
  webhookGivenUp: () => {},
  webhookStopped: () => {},
  webhooksHeld: () => {},
  webhooksFailed: () => {},
};
const quick = { roundMs: 20, schedule: { firstMs: 10, mostMs: 80 } } as const;

const gateway = (
  store: StandInStore,
  open: OpenStream,
  options: Partial<WebhooksOptions> & { timeoutMs?: number } = {},
) => {
  const { timeoutMs = 2_000, ...others } = options;
  const connect = createSafeConnect({ allowed: parseEgressAllowed('127.0.0.0/8'), timeoutMs: 500 });
  const poster = closed(createPost({ connect, now: Date.now, timeoutMs }));
  return closed(
    createWebhooks({ store, open, post: poster.post, telemetry: quiet, now: Date.now, ...quick, ...others }),
  );
};
const receiver = async () => closed(await startReceiver(secretA));
/** Something that comes true by itself; the test's own time-out says when it does not. */
const until = (look: () => boolean) => expect.poll(look, { timeout: 30_000, interval: 10 }).toBe(true);
const begun = async (store: StandInStore, id = 'w1') => until(() => store.rows.get(id)?.webhook.cursor !== null);

async function setting(
  options: StandInStoreOptions = {},
): Promise<{ store: StandInStore; log: ItemLog; target: Receiver }> {
  const store = createStandInStore(options);
  const log = createItemLog();
  const target = await receiver();
  store.add({ id: 'w1', url: target.url });
  return { store, log, target };
}

test('what happens is posted as it was selected, once, in order, from the first place in the stream on', async () => {
  const { store, log, target } = await setting();
  log.append();
  gateway(store, log.open);
  await begun(store);
  log.append({
    type: 'incident.reported',
    at: '2026-03-02T09:00:00.000Z',
    data: { incident: { title: 'Verzamelen faalt' } },
  });
  log.append({ errors: [{ code: 'TIMED_OUT', path: ['incident'] }] });
  log.append({ id: undefined, type: 'gap', data: { reason: 'RETENTION' } });
  for (let n = 0; n < 20; n += 1) log.append();
  await target.taking(23);
  expect(target.taken()).toEqual([
    'event-2',
    'event-3',
    expect.stringMatching(/^gap_[\w-]{22}$/),
    ...log.ids().slice(4),
  ]);
  const [first, second] = target.received;
  expect(first?.body).toEqual({
    type: 'incident.reported',
    timestamp: '2026-03-02T09:00:00.000Z',
    data: { incident: { title: 'Verzamelen faalt' } },
  });
  expect(second?.body).toMatchObject({ errors: [{ code: 'TIMED_OUT', path: ['incident'] }] });
  expect(target.inFlightMax).toBe(1);
  await until(() => store.rows.get('w1')?.webhook.cursor === 'c24');
});

test('heartbeats are not posted and move the place, so that a quiet webhook never falls behind', async () => {
  const { store, log, target } = await setting();
  gateway(store, log.open);
  await begun(store);
  await until(() => store.reports.filter(({ progress }) => progress.cursor === 'c0').length >= 3);
  expect(target.received).toEqual([]);
});

test('F21: down, then 500s, then too slow, then well: nothing lost, in order, one at a time, each taken once', async () => {
  const { store, log, target } = await setting();
  gateway(store, log.open, { timeoutMs: 150 });
  await begun(store);
  const write = () => {
    for (let n = 0; n < 15; n += 1) log.append();
  };
  await target.down();
  write();
  const row = store.rows.get('w1');
  await until(() => (row?.webhook.failures ?? 0) >= 3);
  expect(row?.webhook.reason).toBe('UNREACHABLE');

  target.answer = () => 500;
  await target.up();
  write();
  await until(() => row?.webhook.reason === 'ANSWERED_OTHERWISE' && row.webhook.failures >= 5);

  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  target.answer = async () => {
    await held;
    return 200;
  };
  write();
  await until(() => row?.webhook.reason === 'TIMED_OUT');
  const seenBefore = target.received.length;
  target.answer = () => 200;
  release();
  await target.taking(45);
  await until(() => row?.webhook.cursor === 'c45' && row.webhook.failures === 0);
  expect(target.taken()).toEqual(log.ids());
  // No storm: once it is well each item comes once, and of those that failed before only the first had been sent.
  expect(target.received.length - seenBefore).toBe(45);
  expect(new Set(target.received.slice(0, seenBefore).map(({ id }) => id))).toEqual(new Set(['event-1']));
});

test('each attempt opens the stream anew just before the item, and no attempt comes before its time', async () => {
  const { store, log, target } = await setting();
  gateway(store, log.open);
  await begun(store);
  log.append();
  await target.taking(1);
  target.answer = ({ n }) => (n < 4 ? 503 : 200);
  const before = log.openings.length;
  log.append();
  await target.taking(2);
  expect(log.openings.slice(before)).toEqual(['c1', 'c1', 'c1']);
  const delays = store.reports.map(({ progress }) => progress.retryAfterMs).filter((ms) => ms !== undefined);
  expect(delays).toHaveLength(3);
  for (const [index, ms] of delays.entries()) {
    expect(ms).toBeGreaterThanOrEqual(10);
    expect(ms).toBeLessThanOrEqual(10 * 2 ** (index + 1));
  }
});

test('Retry-After is honoured, and 410 ends it', async () => {
  const { store, log, target } = await setting();
  gateway(store, log.open);
  await begun(store);
  target.answer = () => ({ status: 429, headers: { 'retry-after': '3600' } });
  log.append();
  await until(() => store.reports.some(({ progress }) => progress.retryAfterMs === 3_600_000));
  expect(target.received).toHaveLength(1);

  target.answer = () => 410;
  const row = store.rows.get('w1');
  if (row) row.dueMs = 0;
  await until(() => row?.isDisabled === true);
  log.append();
  expect(target.received.map(({ status }) => status)).toEqual([429, 410]);
  expect(row?.webhook).toMatchObject({ reason: 'RECEIVER_GONE', cursor: 'c0' });
});

test('an item that fails past its day becomes a dead letter and the next one goes; sent again it bears the same id', async () => {
  const { store, log, target } = await setting();
  gateway(store, log.open, { schedule: { ...quick.schedule, giveUpMs: 60_000 } });
  await begun(store);
  target.answer = ({ id }) => (id === 'event-2' ? 500 : 200);
  log.append();
  log.append({ at: new Date(Date.now() - 61_000).toISOString(), type: 'incident.resolved' });
  log.append();
  await target.taking(2);
  expect(target.taken()).toEqual(['event-1', 'event-3']);
  const row = store.rows.get('w1');
  expect(row?.deadLetters.get('event-2')).toMatchObject({
    cursor: 'c1',
    type: 'incident.resolved',
    status: 500,
    reason: 'ANSWERED_OTHERWISE',
  });

  store.replay('w1', 'event-2');
  await until(() => row?.deadLetters.get('event-2')?.isWanted === false);
  expect(row?.deadLetters.size).toBe(1);
  target.answer = () => 200;
  store.replay('w1', 'event-2');
  await target.taking(3);
  log.append();
  await target.taking(4);
  expect(target.taken()).toEqual(['event-1', 'event-3', 'event-2', 'event-4']);
  await until(() => row?.deadLetters.size === 0 && row.webhook.cursor === 'c4');
});

test('a dead letter that is not found any more says so, and holds nothing up', async () => {
  const { store, log, target } = await setting();
  const row = store.rows.get('w1');
  const letter = { type: 'x', at: new Date().toISOString(), reason: 'ANSWERED_OTHERWISE', isWanted: true };
  row?.deadLetters.set('event-99', { eventId: 'event-99', cursor: 'c0', ...letter });
  gateway(store, log.open, { replayMs: 50 });
  await until(() => row?.deadLetters.get('event-99')?.reason === 'ITEM_NOT_FOUND');
  await begun(store);
  log.append();
  await target.taking(1);
});

test('two gateways share the webhooks; each has one at a time, and every item comes once', async () => {
  const store = createStandInStore();
  const targets = await Promise.all(Array.from({ length: 6 }, receiver));
  const logs = targets.map(() => createItemLog());
  for (const [index, { url }] of targets.entries()) store.add({ id: `w${index}`, url });
  const open: OpenStream = (webhook, after, signal) => {
    const log = logs[Number(webhook.id.slice(1))];
    if (log === undefined) throw new Error(webhook.id);
    return log.open(webhook, after, signal);
  };
  gateway(store, open, { holder: 'a', countMax: 3 });
  gateway(store, open, { holder: 'b', countMax: 3 });
  await Promise.all(targets.map((_target, index) => begun(store, `w${index}`)));
  expect([...store.rows.values()].map(({ holder }) => holder).sort()).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
  for (const log of logs) for (let n = 0; n < 30; n += 1) log.append();
  await Promise.all(targets.map((target) => target.taking(30)));
  for (const [index, target] of targets.entries()) {
    expect(target.taken()).toEqual(logs[index]?.ids());
    expect(target.inFlightMax).toBe(1);
  }
});

test('a gateway that is cut off stops sending before another begins; what it could not report comes again under its id', async () => {
  const store = createStandInStore({ leaseMs: 400 });
  const log = createItemLog();
  const target = await receiver();
  store.add({ id: 'w1', url: target.url });
  const leases = { marginMs: 200 };
  gateway(store, log.open, { holder: 'a', ...leases });
  await begun(store);
  gateway(store, log.open, { holder: 'b', ...leases });
  const writing = setInterval(() => log.append(), 5);
  await target.taking(10);
  const row = store.rows.get('w1');
  for (const [from, to] of [
    ['a', 'b'],
    ['b', 'a'],
    ['a', 'b'],
  ] as const) {
    expect(row?.holder).toBe(from);
    store.cutOff.add(from);
    await until(() => row?.holder === to);
    const count = target.taken().length;
    await target.taking(count + 10);
    store.cutOff.delete(from);
  }
  clearInterval(writing);
  const last = log.append();
  await until(() => target.taken().includes(last));
  const firsts = [...new Set(target.taken())];
  const numbers = log.ids().map((id) => Number(id.slice(6)));
  expect(firsts.map((id) => Number(id.slice(6)))).toEqual(numbers);
  expect(target.inFlightMax).toBe(1);
});

test('a silence of the registry stops posting, and costs nothing but the time', async () => {
  const store = createStandInStore({ leaseMs: 300 });
  const log = createItemLog();
  const target = await receiver();
  store.add({ id: 'w1', url: target.url });
  gateway(store, log.open, { holder: 'a', marginMs: 100 });
  await begun(store);
  log.append();
  await target.taking(1);
  await until(() => store.rows.get('w1')?.webhook.cursor === 'c1');
  store.cutOff.add('a');
  await until(() => (store.rows.get('w1')?.untilMs ?? 0) < performance.now());
  log.append();
  log.append();
  store.cutOff.clear();
  await target.taking(3);
  expect(target.taken()).toEqual(log.ids());
});

test('a gateway that stops finishes what it is sending, says how far it is, and gives everything back', async () => {
  const { store, log, target } = await setting();
  const stopping = gateway(store, log.open, { holder: 'a', roundMs: 60 });
  await begun(store);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isSending = () => {};
  const sending = new Promise<void>((resolve) => {
    isSending = resolve;
  });
  target.answer = async () => {
    isSending();
    await held;
    return 200;
  };
  log.append();
  log.append();
  await sending;
  const stopped = stopping[Symbol.asyncDispose]();
  release();
  await stopped;
  const row = store.rows.get('w1');
  expect(target.taken()).toEqual(['event-1']);
  expect(row).toMatchObject({ untilMs: 0, webhook: { cursor: 'c1', failures: 0 } });
  gateway(store, log.open, { holder: 'b' });
  await target.taking(2);
  expect(target.taken()).toEqual(['event-1', 'event-2']);
});

test('a program whose rights end gets nothing more; when they are back, what it may see then comes', async () => {
  const { store, log, target } = await setting();
  const row = store.rows.get('w1');
  const held: number[] = [];
  gateway(store, log.open, { telemetry: { ...quiet, webhooksHeld: (count) => held.push(count) } });
  /** So many rounds later: enough for anything that was still on its way. */
  const rounds = async (count: number) => {
    const before = held.length;
    await until(() => held.length >= before + count);
  };
  await begun(store);
  log.append();
  await target.taking(1);
  // The registry leases it to nobody any more: removed, switched off, or its party suspended.
  if (row) row.mayBeSent = false;
  await until(() => held.at(-1) === 0);
  log.append();
  await rounds(5);
  expect(target.received).toHaveLength(1);

  // The hub itself refuses to open the stream: the document, the scopes or the party are not what they were.
  log.refusal = 'NOT_ACTIVE';
  if (row) row.mayBeSent = true;
  await until(() => (row?.webhook.failures ?? 0) >= 3);
  expect(row?.webhook.reason).toBe('NOT_ACTIVE');
  expect(target.received).toHaveLength(1);
  log.refusal = undefined;
  await target.taking(2);
  await until(() => row?.webhook.failures === 0);
  expect(target.taken()).toEqual(['event-1', 'event-2']);
});

test('a stream that ends by itself is opened again where it was, and no item comes twice', async () => {
  // Items are taken while the registry's answer, which does not know of them, is on its way.
  const { store, log, target } = await setting({ answerMs: 15 });
  // As a core that finds its reader too slow: it ends after each item.
  const open: OpenStream = async (webhook, after, signal) => {
    const opened = await log.open(webhook, after, signal);
    if (opened.kind === 'refused') return opened;
    async function* one(items: AsyncIterable<WebhookItem>) {
      for await (const item of items) {
        yield item;
        if (item.kind === 'item') return;
      }
    }
    return { kind: 'open', items: one(opened.items) };
  };
  gateway(store, open, { roundMs: 3 });
  await begun(store);
  for (let n = 0; n < 40; n += 1) log.append();
  await target.taking(40);
  await until(() => store.rows.get('w1')?.webhook.cursor === 'c40');
  expect(target.taken()).toEqual(log.ids());
});

test('a change of the webhook is taken over between two items: where to, with which secrets', async () => {
  const { store, log, target } = await setting();
  const other = await receiver();
  gateway(store, log.open);
  await begun(store);
  log.append();
  await target.taking(1);
  store.change('w1', { url: other.url });
  await until(() => log.openings.length === 2);
  log.append();
  await other.taking(1);
  expect(target.taken()).toEqual(['event-1']);
  expect(other.taken()).toEqual(['event-2']);
});

test('one receiver that is slow or down keeps no other waiting', async () => {
  const { store, log, target } = await setting();
  target.answer = () => new Promise(() => {});
  const well = await receiver();
  store.add({ id: 'w2', url: well.url });
  gateway(store, log.open);
  await begun(store);
  await begun(store, 'w2');
  for (let n = 0; n < 50; n += 1) log.append();
  await well.taking(50);
  expect(well.taken()).toEqual(log.ids());
  expect(target.taken()).toEqual([]);
});
