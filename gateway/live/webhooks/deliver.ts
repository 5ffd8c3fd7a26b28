/**
 * Delivers one webhook, item by item and in order, for as long as this gateway holds it.
 *
 * Nothing waits in memory: after a failure the webhook is given back with the moment of its next attempt, and whoever
 * then holds it opens the stream anew just before the item. So each attempt reads the item under the rights of its own
 * moment, and a restart loses nothing and hurries nothing.
 */
import { createHash } from 'node:crypto';
import type { Ledger, Note } from './ledger.ts';
import type { Post, Posted } from './post.ts';
import { afterFailure, retryDelayMs, type Schedule } from './schedule.ts';
import type { OpenedStream, OpenStream, Replay, Webhook, WebhookItem, WebhookTelemetry } from './webhook.ts';

export interface Work {
  readonly webhook: Webhook;
  readonly open: OpenStream;
  readonly post: Post;
  readonly ledger: Ledger;
  /** Whether the lease still holds; asked just before something is sent. */
  readonly isHeld: () => boolean;
  /** Aborted when no more items are to be taken; what is being sent ends in its own time. */
  readonly ending: AbortSignal;
  /** Aborted when the lease is over: what is being sent is broken off. */
  readonly over: AbortSignal;
  readonly schedule: Schedule;
  readonly replayMs: number;
  /** Called when what was asked for again has been tried. */
  readonly onReplayed: () => void;
  readonly random: () => number;
  readonly now: () => number;
  readonly telemetry: WebhookTelemetry;
}

type Item = Extract<WebhookItem, { kind: 'item' }>;

export async function deliver(work: Work): Promise<void> {
  const { replays } = work.webhook;
  for (const [index, replay] of replays.entries()) {
    if (work.ending.aborted) return;
    const silence = await resend(work, replay);
    if (silence === undefined) continue;
    // A receiver that does not answer would hold up what is new, time-out after time-out: the others stay dead letters.
    const failedReplays = replays.slice(index + 1).map(({ eventId }) => ({ eventId, reason: silence }));
    work.ledger.note(work.webhook, { failedReplays });
    break;
  }
  work.onReplayed();
  await follow(work);
}

/** Reasons that lie with the stream: they are over once it is open, whatever the receiver does. */
const isReceiverFailing = ({ reason }: Webhook): boolean =>
  reason !== null &&
  ['ANSWERED_OTHERWISE', 'RECEIVER_GONE', 'TIMED_OUT', 'UNREACHABLE', 'URL_NOT_ALLOWED'].includes(reason);

async function follow(work: Work): Promise<void> {
  const { webhook, open, ending, ledger, schedule, random, now, telemetry } = work;
  let cursor = webhook.cursor ?? undefined;
  let failures = webhook.failures;
  const note = (said: Note) => ledger.note(webhook, { failures, ...said });
  if (ending.aborted) return;
  const opened = await open(webhook, cursor, ending);
  if (opened.kind === 'refused') {
    failures += 1;
    telemetry.webhookStopped({ webhook: webhook.id, reason: opened.code });
    note({ reason: opened.code, retryAfterMs: retryDelayMs(failures, schedule, random), isReleased: true });
    return;
  }
  for await (const item of opened.items) {
    if (ending.aborted) return;
    if (item.kind === 'heartbeat') {
      if (failures > 0 && !isReceiverFailing(webhook)) failures = 0;
      cursor = item.cursor;
      note({ cursor });
      continue;
    }
    // It begins at its first place in the stream: before that there would be nothing to come back to.
    if (cursor === undefined) continue;
    const id = item.id ?? idOfGap(cursor);
    const posted = await send(work, id, item);
    if (posted.kind === 'aborted') return;
    if (posted.kind === 'delivered') {
      failures = 0;
      cursor = item.cursor;
      note({ cursor, hasDelivered: true, status: posted.status });
      continue;
    }
    failures += 1;
    const { status, reason } = posted;
    if (posted.kind === 'gone') {
      telemetry.webhookStopped({ webhook: webhook.id, reason });
      note({ status, reason, isDisabled: true, isReleased: true });
      return;
    }
    const { retryAfterMs } = posted;
    const next = afterFailure(
      { failures, itemAtMs: Date.parse(item.at), nowMs: now(), retryAfterMs },
      schedule,
      random,
    );
    const failed: Note = { status, reason, retryAfterMs: next.delayMs, isReleased: true };
    if (next.kind === 'retry') {
      note(failed);
    } else {
      telemetry.webhookGivenUp({ webhook: webhook.id, reason });
      const letter = { eventId: id, cursor, type: item.type, at: item.at, status, reason };
      note({ ...failed, cursor: item.cursor, deadLetters: [letter] });
    }
    return;
  }
}

/**
 * Reads a dead letter again from its place, and sends it. Others may stand between, since of several feeds the order is
 * nobody's. Answers with why the receiver was silent, when it was.
 */
async function resend(work: Work, { eventId, cursor }: Replay): Promise<string | undefined> {
  const { webhook, open, ending, ledger, replayMs } = work;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), replayMs);
  const signal = AbortSignal.any([ending, stop.signal]);
  const failed = (reason: string, status?: number) =>
    ledger.note(webhook, { failedReplays: [{ eventId, reason, ...(status !== undefined && { status }) }] });
  try {
    const item = await find(await open(webhook, cursor, signal), eventId, cursor);
    if (ending.aborted) return undefined;
    if (typeof item === 'string') {
      failed(item);
      return undefined;
    }
    clearTimeout(timer);
    const posted = await send(work, eventId, item);
    if (posted.kind === 'delivered') ledger.note(webhook, { replayed: [eventId] });
    else if (posted.kind !== 'aborted') failed(posted.reason, posted.status);
    return posted.kind === 'failed' && posted.status === undefined ? posted.reason : undefined;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

/** The item, or the code of why it is not there. */
async function find(opened: OpenedStream, eventId: string, cursor: string): Promise<Item | string> {
  if (opened.kind === 'refused') return opened.code;
  for await (const item of opened.items) {
    if (item.kind === 'item' && (item.id ?? idOfGap(cursor)) === eventId) return item;
  }
  return 'ITEM_NOT_FOUND';
}

async function send(work: Work, id: string, item: Item): Promise<Posted> {
  const { webhook, post, isHeld, over, telemetry } = work;
  if (!isHeld()) return { kind: 'aborted' };
  const { type, at, data, errors } = item;
  const body = JSON.stringify({ type, timestamp: at, data, ...(errors.length > 0 && { errors }) });
  const startedAt = performance.now();
  const posted = await post({ url: webhook.url, secrets: webhook.secrets, id, body, signal: over });
  telemetry.webhookPosted({
    webhook: webhook.id,
    result: posted.kind === 'delivered' || posted.kind === 'aborted' ? posted.kind : posted.reason,
    status: posted.kind === 'aborted' ? undefined : posted.status,
    durationMs: performance.now() - startedAt,
  });
  return posted;
}

/** A gap is no event; it is known by the place after which it stands, which is the same at each attempt. */
const idOfGap = (cursor: string): string =>
  `gap_${createHash('sha256').update(cursor).digest('base64url').slice(0, 22)}`;
