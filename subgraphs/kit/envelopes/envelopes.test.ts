import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { inTransaction } from '../postgres/connect.ts';
import type { PostgresServer } from '../postgres/launch.ts';
import { launchScratch } from '../postgres/scratch.ts';
import { signJws } from '../trust/jws.ts';
import { STUCK_MS, shownState } from './envelope.ts';
import { parseFault } from './fault-point.ts';
import type { Sender } from './sender.ts';
import { createWire, type Endpoint, plain, takeAll } from './wire.fixture.ts';

/** A busy machine is slow, not wrong. */
vi.setConfig({ testTimeout: 60_000 });
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

let server: PostgresServer;
let net: ReturnType<typeof createWire>;
let linde: Endpoint;
let denkbeeld: Endpoint;
let nergens: Endpoint;
let sender: Sender | undefined;
beforeAll(async () => {
  server = await launchScratch();
  net = createWire(server);
  linde = await net.add('linde', 'linde');
  denkbeeld = await net.add('denkbeeld', 'denkbeeld');
  nergens = await net.add('nergenshuizen', 'nergenshuizen');
});
beforeEach(() => net.reset());
afterEach(async () => {
  await sender?.close();
  sender = undefined;
});
afterAll(async () => {
  await net.end();
  await server.stop();
});

const start = (...given: Parameters<Endpoint['sender']>) => {
  sender = linde.sender(...given);
  return sender;
};

const send = (subject = 's', to = 'denkbeeld', type = 'tell') =>
  inTransaction(linde.pool, (client) => linde.outgoing.send(client, { to, subject, type, body: { text: 'hallo' } }));

const row = async (id: string) => (await linde.pool.query('SELECT * FROM envelope_out WHERE id = $1', [id])).rows[0];
const stateOf = async (id: string) => (await row(id)).state;
const closed = (id: string, state: string) => eventually(() => stateOf(id)).toBe(state);
const effects = async (at = denkbeeld) => (await at.pool.query('SELECT * FROM effect ORDER BY place')).rows;
const told = async () => (await linde.pool.query('SELECT * FROM told')).rows;
const jwsOf = async (id: string) => (await row(id)).jws as string;
const receiptIn = (jws: string) => JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());

describe('an envelope', () => {
  test('is taken in once, closed by its receipt, and its result is told in the same transaction', async () => {
    start();
    const { id } = await send();
    sender?.wake();
    await closed(id, 'TAKEN');
    expect(await effects()).toMatchObject([{ id, sender: 'linde', subject: 's', n: 1 }]);
    expect(await told()).toEqual([{ id, outcome: 'TAKEN', code: null, result: { reference: `R-${id}` } }]);
    expect(await row(id)).toMatchObject({
      attempts: 1,
      code: null,
      last_error: null,
      result: { reference: `R-${id}` },
    });
  });

  test('that was rolled back with its cause was never written, and leaves no hole in the numbers', async () => {
    await expect(
      inTransaction(linde.pool, async (client) => {
        await linde.outgoing.send(client, { to: 'denkbeeld', subject: 's', type: 'tell', body: {} });
        throw new Error('the cause');
      }),
    ).rejects.toThrow('the cause');
    expect((await linde.pool.query('SELECT FROM envelope_out')).rowCount).toBe(0);
    expect(await send()).toMatchObject({ n: 1 });
  });

  test('of one subject is numbered without hole or double under concurrent changes', async () => {
    const sent = await Promise.all(Array.from({ length: 20 }, () => send()));
    expect(sent.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test('F4: whose answer was lost is sent again and has its effect once', async () => {
    let lost = 0;
    net.wire.passage = async (deliver, jws) => {
      const answer = await plain(deliver, jws);
      if (lost++ < 3) throw new Error('the answer was lost');
      return answer;
    };
    start();
    const { id } = await send();
    await closed(id, 'TAKEN');
    expect(await effects()).toHaveLength(1);
    expect(await told()).toMatchObject([{ result: { reference: `R-${id}` } }]);
    expect((await row(id)).attempts).toBe(4);
  });

  test('delivered many times at once has its effect once, and every answer is signed', async () => {
    const { id } = await send();
    const jws = await jwsOf(id);
    const receipts = await Promise.all(Array.from({ length: 8 }, () => denkbeeld.inbox.takeIn(jws)));
    const outcomes = receipts.map((receipt) => receiptIn(receipt).outcome).sort();
    expect(outcomes).toEqual([...Array(7).fill('ALREADY'), 'TAKEN']);
    expect(await effects()).toHaveLength(1);
  });

  test('that comes before an earlier one of its subject waits, one of another subject does not', async () => {
    const [first, second, other] = [await send('s'), await send('s'), await send('t')];
    const take = async (id: string) => receiptIn(await denkbeeld.inbox.takeIn(await jwsOf(id)));
    expect(await take(second.id)).toMatchObject({ outcome: 'LATER', code: 'PREVIOUS_NOT_TAKEN' });
    expect(await take(other.id)).toMatchObject({ outcome: 'TAKEN' });
    expect(await take(first.id)).toMatchObject({ outcome: 'TAKEN' });
    expect(await take(second.id)).toMatchObject({ outcome: 'TAKEN' });
    expect((await effects()).map(({ id }) => id)).toEqual([other.id, first.id, second.id]);
  });

  test('is not sent before an earlier one of its subject is closed, while other subjects go', async () => {
    let open = false;
    const passed: string[] = [];
    net.wire.passage = async (deliver, jws) => {
      const { subject, n } = receiptIn(jws);
      if (subject === 's' && !open)
        return { status: 200, body: '{"errors":[{"message":"no","extensions":{"code":"INTERNAL"}}]}' };
      passed.push(`${subject}${n}`);
      return plain(deliver, jws);
    };
    start();
    const [first, second, other] = [await send('s'), await send('s'), await send('t')];
    await closed(other.id, 'TAKEN');
    expect((await row(first.id)).code).toBe('INTERNAL');
    expect(await row(second.id)).toMatchObject({ attempts: 0, state: 'PENDING_DELIVERY' });
    open = true;
    await closed(second.id, 'TAKEN');
    expect(passed).toEqual(['t1', 's1', 's2']);
  });

  test('that is refused by a rule is closed with the code, and what its handler wrote is undone', async () => {
    denkbeeld.takeWith({
      tell: async (client, envelope) => {
        await takeAll(client, envelope);
        return envelope.n === 1 ? { kind: 'REFUSED', code: 'RECEIVER_REFUSES' } : { kind: 'TAKEN' };
      },
    });
    start();
    const [first, second] = [await send(), await send()];
    await closed(second.id, 'TAKEN');
    expect(await row(first.id)).toMatchObject({ state: 'REFUSED', code: 'RECEIVER_REFUSES' });
    expect(await told()).toMatchObject([{ outcome: 'REFUSED', code: 'RECEIVER_REFUSES' }, { outcome: 'TAKEN' }]);
    expect((await effects()).map(({ id }) => id)).toEqual([second.id]);
    const again = receiptIn(await denkbeeld.inbox.takeIn(await jwsOf(first.id)));
    expect(again).toMatchObject({ outcome: 'REFUSED', code: 'RECEIVER_REFUSES' });
  });

  test('of a type the receiver does not know is refused, also when the type is a word of JavaScript', async () => {
    start();
    for (const type of ['tell-more', 'constructor', '__proto__']) {
      const { id } = await send('s', 'denkbeeld', type);
      await closed(id, 'REFUSED');
      expect((await row(id)).code).toBe('ENVELOPE_UNKNOWN_TYPE');
    }
  });

  test('whose handler breaks stays open without effect, and is taken when the handler is whole', async () => {
    let broken = true;
    const internal: string[] = [];
    net.wire.passage = async (deliver, jws) =>
      plain(deliver, jws).catch((error: Error) => {
        internal.push(error.message);
        return { status: 200, body: '{"errors":[{"message":"x","extensions":{"code":"INTERNAL"}}]}' };
      });
    denkbeeld.takeWith({
      tell: async (client, envelope) => {
        const effect = await takeAll(client, envelope);
        if (broken) throw new Error('broken');
        return effect;
      },
    });
    start();
    const { id } = await send();
    await eventually(() => internal.length).toBeGreaterThan(1);
    expect(await effects()).toEqual([]);
    broken = false;
    await closed(id, 'TAKEN');
    expect(await effects()).toHaveLength(1);
  });

  test('that the receiver cannot take yet by a rule of its own comes again, in order', async () => {
    let ready = false;
    denkbeeld.takeWith({
      tell: async (client, envelope) => {
        const effect = await takeAll(client, envelope);
        return ready ? effect : { kind: 'LATER', code: 'READ_ONLY' };
      },
    });
    start();
    const [first, second] = [await send(), await send()];
    await eventually(async () => (await row(first.id)).code).toBe('READ_ONLY');
    expect(await effects()).toEqual([]);
    ready = true;
    await closed(second.id, 'TAKEN');
    expect((await effects()).map(({ n }) => n)).toEqual([1, 2]);
  });

  test('of a suspended sender keeps until the sender is reinstated', async () => {
    net.states.set('linde', 'SUSPENDED');
    start();
    const { id } = await send();
    await eventually(async () => (await row(id)).code).toBe('NOT_ACTIVE');
    net.states.set('linde', 'ACTIVE');
    await closed(id, 'TAKEN');
  });

  test('whose effect at the sender breaks stays open, and is closed once when it is whole', async () => {
    let broken = true;
    start({
      onReceipt: async (client, { envelope }) => {
        await client.query("INSERT INTO told VALUES ($1, 'x')", [envelope.id]);
        if (broken) throw new Error('broken');
      },
    });
    const { id } = await send();
    await eventually(async () => (await row(id)).attempts).toBeGreaterThan(1);
    expect(await told()).toEqual([]);
    broken = false;
    await closed(id, 'TAKEN');
    expect(await told()).toHaveLength(1);
    expect(await effects()).toHaveLength(1);
  });

  test('is shown as stuck after 30 days and is still tried', () => {
    const createdAt = new Date('2026-05-01T00:00:00Z');
    const at = (ms: number) => shownState('PENDING_DELIVERY', createdAt, createdAt.getTime() + ms);
    expect([at(0), at(STUCK_MS - 1), at(STUCK_MS)]).toEqual(['PENDING_DELIVERY', 'PENDING_DELIVERY', 'STUCK']);
    expect(shownState('REFUSED', createdAt, createdAt.getTime() + STUCK_MS)).toBe('REFUSED');
  });
});

describe('withdrawing', () => {
  const withdraw = (id: string) => inTransaction(linde.pool, (client) => linde.outgoing.withdraw(client, id));

  test('voids what the receiver has not taken, for good, and what follows it goes on', async () => {
    const held: string[] = [];
    net.wire.passage = async (deliver, jws) => {
      const { type, n } = receiptIn(jws);
      if (type === 'tell' && n === 1) {
        held.push(jws);
        throw new Error('held');
      }
      return plain(deliver, jws);
    };
    start();
    const [first, second] = [await send(), await send()];
    await eventually(() => held.length).toBeGreaterThan(0);
    expect(await withdraw(first.id)).toEqual({ kind: 'DONE', recipient: 'denkbeeld' });
    expect(await withdraw(first.id)).toEqual({ kind: 'DONE', recipient: 'denkbeeld' });
    await closed(second.id, 'TAKEN');
    expect(await stateOf(first.id)).toBe('VOIDED');
    expect(await told()).toMatchObject([
      { id: first.id, outcome: 'VOIDED' },
      { id: second.id, outcome: 'TAKEN' },
    ]);
    // The one that was on its way all the time arrives now.
    expect(receiptIn(await denkbeeld.inbox.takeIn(held[0] ?? ''))).toMatchObject({ outcome: 'VOIDED' });
    expect((await effects()).map(({ id }) => id)).toEqual([second.id]);
  });

  test('comes too late for what was taken: the receipt of that one closes it', async () => {
    let lost = true;
    net.wire.passage = async (deliver, jws) => {
      const answer = await plain(deliver, jws);
      if (lost && receiptIn(jws).type === 'tell') throw new Error('lost');
      return answer;
    };
    start();
    const { id } = await send();
    await eventually(async () => (await effects()).length).toBe(1);
    await withdraw(id);
    await eventually(
      async () => (await linde.pool.query("SELECT state, code FROM envelope_out WHERE type = 'void'")).rows,
    ).toEqual([{ state: 'REFUSED', code: 'ENVELOPE_SETTLED' }]);
    expect(await stateOf(id)).toBe('PENDING_DELIVERY');
    lost = false;
    await closed(id, 'TAKEN');
    expect(await told()).toMatchObject([{ id, outcome: 'TAKEN' }]);
  });

  test('of what is closed or was never sent changes nothing', async () => {
    start();
    const { id } = await send();
    await closed(id, 'TAKEN');
    expect(await withdraw(id)).toEqual({ kind: 'NOT_PENDING', state: 'TAKEN' });
    expect(await withdraw('linde:env_x')).toEqual({ kind: 'NOT_FOUND' });
  });
});

describe('what does not come from its sender', () => {
  const claims = {
    id: 'linde:env_1',
    from: 'linde',
    to: 'denkbeeld',
    subject: 's',
    n: 1,
    type: 'tell',
    body: {},
    at: 1,
  };

  test.each([
    ['signed by another party', () => signJws('envelope+jwt', claims, denkbeeld.keys.keys.sign)],
    ['of another type of JWS', () => signJws('receipt+jwt', claims, linde.keys.keys.sign)],
    ['to somebody else', () => signJws('envelope+jwt', { ...claims, to: 'linde' }, linde.keys.keys.sign)],
    ['from nobody known', () => signJws('envelope+jwt', { ...claims, from: 'nobody' }, linde.keys.keys.sign)],
    ['with a number below 1', () => signJws('envelope+jwt', { ...claims, n: 0 }, linde.keys.keys.sign)],
    ['no JWS at all', () => 'a.b'],
  ])('%s gets no receipt', async (_title, make) => {
    await expect(denkbeeld.inbox.takeIn(make())).rejects.toMatchObject({ code: 'NOT_TRUSTED' });
    expect(await effects()).toEqual([]);
  });

  test('a second text under the same id or number is refused, and the first stands', async () => {
    const take = async (more: object) =>
      receiptIn(await denkbeeld.inbox.takeIn(signJws('envelope+jwt', { ...claims, ...more }, linde.keys.keys.sign)));
    expect(await take({})).toMatchObject({ outcome: 'TAKEN' });
    expect(await take({ body: { other: true } })).toMatchObject({ outcome: 'REFUSED', code: 'ID_TAKEN' });
    expect(await take({ id: 'linde:env_2' })).toMatchObject({ outcome: 'REFUSED', code: 'ENVELOPE_NUMBER_REUSED' });
    expect(await effects()).toHaveLength(1);
  });

  test.each([
    ['signed by another party', (jws: string) => signJws('receipt+jwt', receiptIn(jws), linde.keys.keys.sign)],
    [
      'of another envelope',
      (jws: string) => signJws('receipt+jwt', { ...receiptIn(jws), hash: 'x' }, denkbeeld.keys.keys.sign),
    ],
    [
      'to somebody else',
      (jws: string) => signJws('receipt+jwt', { ...receiptIn(jws), to: 'x' }, denkbeeld.keys.keys.sign),
    ],
    [
      'of no known outcome',
      (jws: string) => signJws('receipt+jwt', { ...receiptIn(jws), outcome: 'SURE' }, denkbeeld.keys.keys.sign),
    ],
    ['nothing at all', () => ''],
  ])('a receipt %s closes nothing', async (_title, change) => {
    net.wire.passage = async (deliver) => ({ status: 200, body: JSON.stringify({ receipt: change(await deliver()) }) });
    start();
    const { id } = await send();
    await eventually(async () => (await row(id)).code).toBe('RECEIPT_NOT_VALID');
    net.wire.passage = plain;
    await closed(id, 'TAKEN');
    expect(await effects()).toHaveLength(1);
  });
});

const refusal = (status: number, extensions: object) => ({
  status,
  body: JSON.stringify({ errors: [{ message: 'no', extensions }] }),
});

describe('a receiver that is down', () => {
  test.each([
    ['UNREACHABLE', refusal(502, { code: 'UNREACHABLE', participant: 'denkbeeld' })],
    ['NO_RECEIPT', refusal(502, { code: 'NO_RECEIPT', participant: 'denkbeeld' })],
    ['OVERLOADED', refusal(503, { code: 'OVERLOADED', participant: 'denkbeeld' })],
    ['INTERNAL', refusal(502, { code: 'INTERNAL', participant: 'denkbeeld' })],
  ])('is told by the hub as %s, which holds nobody else up', async (code, answer) => {
    net.wire.passage = async (deliver, jws) => (receiptIn(jws).to === 'denkbeeld' ? answer : plain(deliver, jws));
    // Long waits: whoever is blamed stays blamed for the rest of this test.
    start({ random: () => 0.999 });
    const waiting: string[] = [];
    for (let subject = 0; subject < 12; subject++) waiting.push((await send(`s${subject}`)).id);
    sender?.wake();
    await eventually(async () => (await row(waiting[0] ?? '')).code).toBe(code);
    for (let subject = 0; subject < 5; subject++) {
      const { id } = await send(`s${subject}`, 'nergenshuizen');
      sender?.wake();
      await closed(id, 'TAKEN');
    }
    expect(await effects(nergens)).toHaveLength(5);
    net.wire.passage = plain;
    sender?.wake('denkbeeld');
    // Long before the back-off of those that were tried would have ended.
    for (const id of waiting) await closed(id, 'TAKEN');
  });

  test('and a hub that is down, or refuses our seal, is asked by one at a time', async () => {
    let asked = 0;
    for (const answer of [
      refusal(503, { code: 'OVERLOADED' }),
      refusal(401, { code: 'NOT_TRUSTED' }),
      { status: 502, body: '<html>' },
    ]) {
      asked = 0;
      net.wire.passage = async () => {
        asked++;
        return answer;
      };
      await using own = linde.sender({ random: () => 0.999 });
      for (let subject = 0; subject < 20; subject++) await send(`s${subject}`);
      own.wake();
      await eventually(() => asked).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 300));
      // At most what was under way when the first answer came, and a probe or two.
      expect(asked).toBeLessThan(20);
    }
    net.wire.passage = plain;
    start();
    await eventually(
      async () => (await linde.pool.query("SELECT FROM envelope_out WHERE state <> 'TAKEN'")).rowCount,
    ).toBe(0);
    expect(await effects()).toHaveLength(60);
  });

  test('costs delay and no loss, is not stormed, and holds nobody else up', async () => {
    let down = true;
    let asked = 0;
    net.wire.passage = async (deliver, jws) => {
      if (down && receiptIn(jws).to === 'denkbeeld') {
        asked++;
        return { status: 200, body: '{"errors":[{"message":"down","extensions":{"code":"UNREACHABLE"}}]}' };
      }
      return plain(deliver, jws);
    };
    const ids: string[] = [];
    for (let subject = 0; subject < 40; subject++) ids.push((await send(`s${subject}`)).id);
    start({ random: () => 0.999 });
    for (let subject = 0; subject < 10; subject++)
      await closed((await send(`s${subject}`, 'nergenshuizen')).id, 'TAKEN');
    expect(await effects(nergens)).toHaveLength(10);
    expect(asked).toBeLessThan(20);
    down = false;
    sender?.wake('denkbeeld');
    for (const id of ids) await closed(id, 'TAKEN');
    expect(await effects()).toHaveLength(40);
  });

  test('is tried at once when its envelope is retried by hand', async () => {
    let down = true;
    net.wire.passage = async (deliver, jws) => {
      if (down) return { status: 200, body: '{"errors":[{"message":"down","extensions":{"code":"TIMED_OUT"}}]}' };
      return plain(deliver, jws);
    };
    const { id } = await send();
    let now = Date.now();
    start({ random: () => 0.999, now: () => now });
    for (let failures = 1; failures <= 12; failures++) {
      await eventually(async () => (await row(id)).attempts).toBeGreaterThanOrEqual(failures);
      now += 400_000;
    }
    down = false;
    const changed = await inTransaction(linde.pool, (client) => linde.outgoing.retry(client, id));
    expect(changed).toEqual({ kind: 'DONE', recipient: 'denkbeeld' });
    sender?.wake('denkbeeld');
    await closed(id, 'TAKEN');
  });
});

describe('two processes of one sender', () => {
  test('close each envelope once between them', async () => {
    await using other = linde.sender();
    start();
    const sent = await Promise.all(Array.from({ length: 30 }, (_, index) => send(`s${index % 5}`)));
    other.wake();
    for (const { id } of sent) await closed(id, 'TAKEN');
    expect(await effects()).toHaveLength(30);
    expect(await told()).toHaveLength(30);
  });

  test('take over what a process left under way when it was killed', async () => {
    const { id } = await send();
    await linde.pool.query("UPDATE envelope_out SET sending_since = now(), next_attempt_at = now() + interval '10 s'");
    start();
    await closed(id, 'TAKEN');
  });
});

test('a fault point that does not exist, or outside a test, is an error at the start', () => {
  expect(parseFault('send:before#3', 'test')).toEqual({ point: 'send:before', pass: 3 });
  expect(parseFault(undefined, 'production')).toBeUndefined();
  expect(() => parseFault('send:never', 'test')).toThrow(/expected one of cause:before-commit/);
  expect(() => parseFault('send:before', 'production')).toThrow(/NODE_ENV=test/);
});
