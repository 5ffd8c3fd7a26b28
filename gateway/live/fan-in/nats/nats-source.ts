/**
 * Feeds out of JetStream, where a relay has put them. JetStream may have lost what it once acknowledged, was purged or
 * came back empty: the beats of the relay say how far a feed is, and what the stream left out before that is asked of
 * the endpoint itself, which has the truth.
 */
import { type ConsumerMessages, DeliverPolicy } from '@nats-io/jetstream';
import type { FeedEvent, Position } from '../../feed-event.ts';
import type { FeedSource, Page } from '../feed-source.ts';
import { beatOf, lastOf, readBeat, readMessage, streamOf } from './feed-stream.ts';
import type { Nats, NatsRoad } from './nats-connection.ts';

export interface NatsSourceOptions {
  readonly road: NatsRoad;
  /** Asks the endpoint itself. */
  readonly page: FeedSource['page'];
  /** A beat may overtake the events it tells of by so much. Default 1,000. */
  readonly graceMs?: number;
}

/** So many events wait for their reader; then JetStream waits. */
const arrivedMax = 500;
const idleMs = 30_000;

export function createNatsSource({ road, page, graceMs = 1_000 }: NatsSourceOptions): FeedSource {
  return {
    page,
    async *follow(feed, after, signal) {
      const nats = await road.open();
      signal.throwIfAborted();
      const messages = await consume(nats, feed, after);
      const inbox = createInbox(feed, nats, messages, road, signal);
      try {
        yield* pagesOf(inbox, after, graceMs);
      } finally {
        await inbox.close();
      }
    },
  };
}

/** Begins right after a position where the stream still has that; what is told twice or left out then shows by itself. */
async function consume(nats: Nats, feed: string, after: Position | undefined): Promise<ConsumerMessages> {
  const last = after === undefined ? undefined : await lastOf(nats, feed);
  const known = last !== undefined && last.event.epoch === after?.epoch ? Math.max(0, last.event.seq - after.seq) : 0;
  const start =
    last === undefined
      ? { deliver_policy: DeliverPolicy.New }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, last.place - known + 1) };
  const consumer = await nats.client.consumers.get(streamOf(feed), { ...start, inactive_threshold: idleMs });
  return consumer.consume({ max_messages: arrivedMax });
}

interface Inbox {
  /** Events that came and were not taken yet. */
  take(): readonly FeedEvent[];
  /** Of the newest beat that was not taken yet. */
  readonly beat: Position | undefined;
  takeBeat(): void;
  /** Why nothing more will come. */
  readonly failure: Error | undefined;
  /** Until something comes, or so many milliseconds have passed. */
  next(timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

async function* pagesOf(inbox: Inbox, after: Position | undefined, graceMs: number): AsyncGenerator<Page, void> {
  let delivered = after;
  let overdueSinceMs: number | undefined;
  for (;;) {
    if (inbox.failure !== undefined) throw inbox.failure;
    // Without a position a beat comes first: it says where the feed ends.
    const events = delivered === undefined ? [] : inbox.take();
    const last = events.at(-1);
    if (last !== undefined) {
      delivered = { epoch: last.epoch, seq: last.seq };
      overdueSinceMs = undefined;
      yield { head: delivered, events };
      continue;
    }
    const { beat } = inbox;
    if (beat === undefined) {
      await inbox.next();
    } else if (delivered === undefined || isCovered(beat, delivered)) {
      delivered ??= beat;
      inbox.takeBeat();
      yield { head: beat, events: [] };
    } else {
      overdueSinceMs ??= performance.now();
      const leftMs = graceMs - (performance.now() - overdueSinceMs);
      if (leftMs > 0) {
        await inbox.next(leftMs);
        continue;
      }
      yield { head: beat, events: [] };
      throw new Error('Expected the events that the relay has put into JetStream, found them missing.');
    }
  }
}

const isCovered = (beat: Position, delivered: Position): boolean =>
  beat.epoch === delivered.epoch && beat.seq <= delivered.seq;

function createInbox(
  feed: string,
  { connection }: Nats,
  messages: ConsumerMessages,
  road: NatsRoad,
  signal: AbortSignal,
): Inbox {
  let arrived: FeedEvent[] = [];
  let beat: Position | undefined;
  let failure: Error | undefined;
  let wake = (): void => {};
  let makeRoom = (): void => {};

  const fail = (reason: unknown): void => {
    failure ??= reason instanceof Error ? reason : new Error(String(reason));
    makeRoom();
    wake();
  };
  const onAbort = (): void => fail(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  const stopListening = road.onBreak(() => fail('The connection to NATS broke.'));
  const beats = connection.subscribe(beatOf(feed), {
    callback(error, message) {
      if (error !== null) return fail(error);
      try {
        beat = readBeat(message.data);
        wake();
      } catch (unreadable) {
        fail(unreadable);
      }
    },
  });
  const pump = async (): Promise<void> => {
    for await (const message of messages) {
      arrived.push(readMessage(feed, message.data));
      wake();
      while (arrived.length >= arrivedMax && failure === undefined) {
        await new Promise<void>((resolve) => {
          makeRoom = resolve;
        });
      }
    }
    throw new Error('JetStream ended the reading.');
  };
  const pumping = pump().catch(fail);

  return {
    take() {
      const taken = arrived;
      arrived = [];
      makeRoom();
      return taken;
    },
    get beat() {
      return beat;
    },
    takeBeat() {
      beat = undefined;
    },
    get failure() {
      return failure;
    },
    next: (timeoutMs) =>
      new Promise<void>((resolve) => {
        const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    async close() {
      fail('It is no longer followed.');
      signal.removeEventListener('abort', onAbort);
      stopListening();
      beats.unsubscribe();
      await messages.close();
      await pumping;
    },
  };
}
