/**
 * The third door of the live core: what happens is posted to programs that registered for it. Each gateway takes a part
 * of the webhooks on a lease, renews it while it lives, and hands everything back when it stops.
 *
 * A lease counts from before it was asked for and ends a margin early, by a clock that nothing sets: so this gateway
 * has stopped sending before another begins. When the registry is silent, leases run out and posting waits.
 */
import { randomUUID } from 'node:crypto';
import { deliver } from './deliver.ts';
import { createLedger } from './ledger.ts';
import type { Post } from './post.ts';
import { defaultSchedule, type Schedule } from './schedule.ts';
import type { OpenStream, Webhook, WebhookStore, WebhookTelemetry } from './webhook.ts';

export interface WebhooksOptions {
  readonly store: WebhookStore;
  readonly open: OpenStream;
  readonly post: Post;
  readonly telemetry: WebhookTelemetry;
  readonly now: () => number;
  readonly schedule?: Partial<Schedule>;
  /** How many webhooks one gateway delivers at most; default 200. */
  readonly countMax?: number;
  /** How often leases are renewed and progress is written; default 2.5 s. */
  readonly roundMs?: number;
  /** How long before its end a lease is no longer used; default 1 s. */
  readonly marginMs?: number;
  /** How long a dead letter that is asked for again is looked for; default 20 s. */
  readonly replayMs?: number;
  /** How long what is being sent may take to end when the gateway stops; default 5 s. */
  readonly graceMs?: number;
  readonly random?: () => number;
  /** Made anew at each start. */
  readonly holder?: string;
}

interface Delivering {
  webhook: Webhook;
  untilMs: number;
  readonly ending: AbortController;
  readonly over: AbortController;
  readonly done: Promise<void>;
  /** Dead letters are being sent again, or have been and the store does not know it yet. */
  isReplaying: boolean;
  hasReplayed: boolean;
}

const watchMs = 250;
/** Gateways that started together do not ask together for ever. */
const spread = (ms: number, random: () => number): number => ms * (0.9 + 0.2 * random());

export function createWebhooks(options: WebhooksOptions): AsyncDisposable {
  const { store, open, post, telemetry, now } = options;
  const { countMax = 200, roundMs = 2_500, marginMs = 1_000, replayMs = 20_000, graceMs = 5_000 } = options;
  const { random = Math.random, holder = randomUUID() } = options;
  const schedule = { ...defaultSchedule, ...options.schedule };
  const ledger = createLedger(store, holder);
  const delivering = new Map<string, Delivering>();
  let isStopping = false;

  const start = (webhook: Webhook, untilMs: number): void => {
    const ending = new AbortController();
    const over = new AbortController();
    over.signal.addEventListener('abort', () => ending.abort(), { once: true });
    const isHeld = (): boolean => !over.signal.aborted && performance.now() < one.untilMs;
    const work = { webhook, open, post, ledger, isHeld, ending: ending.signal, over: over.signal };
    const onReplayed = () => {
      one.hasReplayed = true;
    };
    const done = Promise.resolve()
      .then(() => deliver({ ...work, schedule, replayMs, random, now, telemetry, onReplayed }))
      .catch((error: Error) => {
        telemetry.webhookStopped({ webhook: webhook.id, reason: `INTERNAL: ${error.name}` });
        ledger.note(webhook, {
          failures: webhook.failures + 1,
          reason: 'INTERNAL',
          retryAfterMs: schedule.firstMs,
          isReleased: true,
        });
      })
      .finally(() => {
        over.abort();
        if (delivering.get(webhook.id) === one) delivering.delete(webhook.id);
      });
    const isReplaying = webhook.replays.length > 0;
    const one: Delivering = { webhook, untilMs, ending, over, done, isReplaying, hasReplayed: false };
    delivering.set(webhook.id, one);
  };

  // What the store says was written for this; what any other error says may quote what it met.
  const failed = ({ name, message }: Error): void =>
    telemetry.webhooksFailed({ reason: name === 'Error' ? message : name });

  const take = (webhook: Webhook, untilMs: number): void => {
    const known = delivering.get(webhook.id);
    if (known === undefined) {
      // What ended a moment ago is told first: until then the store knows neither how far it came nor when to try again.
      if (!ledger.isPending(webhook.id)) start(webhook, untilMs);
      return;
    }
    // It was another's in between: what is under way here is of no lease any more. It begins anew at a later round.
    if (known.webhook.lease !== webhook.lease) known.over.abort();
    if (known.over.signal.aborted) return;
    known.untilMs = untilMs;
    const isChanged = known.webhook.revision !== webhook.revision;
    if (isChanged || (webhook.replays.length > 0 && !known.isReplaying)) known.ending.abort();
  };

  const round = async (): Promise<void> => {
    const replayed = [...delivering.values()].filter(({ hasReplayed }) => hasReplayed);
    for (const { webhookId, lease } of await ledger.flush()) {
      const one = delivering.get(webhookId);
      if (one?.webhook.lease === lease) one.over.abort();
    }
    for (const one of replayed) one.isReplaying = false;
    if (isStopping) return;
    const askedAtMs = performance.now();
    const { leaseMs, webhooks } = await store.lease(holder, countMax);
    if (isStopping) return;
    const leased = new Set(webhooks.map(({ id }) => id));
    for (const [id, { over }] of delivering) if (!leased.has(id)) over.abort();
    for (const webhook of webhooks) take(webhook, askedAtMs + leaseMs - marginMs);
    telemetry.webhooksHeld(webhooks.length);
  };

  let timer: NodeJS.Timeout | undefined;
  let turning: Promise<void> = Promise.resolve();
  const turn = (): void => {
    turning = round()
      .catch(failed)
      .finally(() => {
        if (!isStopping) timer = setTimeout(turn, spread(roundMs, random)).unref();
      });
  };
  const watch = setInterval(() => {
    for (const { untilMs, over } of delivering.values()) if (performance.now() >= untilMs) over.abort();
  }, watchMs);
  watch.unref();
  turn();

  return {
    async [Symbol.asyncDispose]() {
      isStopping = true;
      clearTimeout(timer);
      await turning;
      const held = [...delivering.values()];
      for (const { ending } of held) ending.abort();
      const grace = setTimeout(() => {
        for (const { over } of held) over.abort();
      }, graceMs);
      await Promise.all(held.map(({ done }) => done));
      clearTimeout(grace);
      clearInterval(watch);
      for (const { webhook } of held) ledger.note(webhook, { isReleased: true });
      await ledger.flush().catch(failed);
    },
  };
}
