/**
 * Puts feeds into JetStream, each event once and in order. It keeps nothing of its own: where a feed is in its stream,
 * the stream itself says, and what is not there yet is read from the fan-in. Two relays do the same work side by side;
 * JetStream leaves out what it has.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '../../feed-event.ts';
import type { FanIn } from '../fan-in.ts';
import { beatOf, ensureStream, lastOf, type StreamBounds, subjectOf, writeBeat, writeMessage } from './feed-stream.ts';
import type { NatsRoad } from './nats-connection.ts';

export interface RelayOptions {
  readonly fanIn: FanIn;
  readonly road: NatsRoad;
  readonly bounds?: StreamBounds;
  readonly onProblem?: (told: { readonly feed: string; readonly reason: string }) => void;
  readonly beatMs?: number;
  readonly random?: () => number;
}

export interface Relay {
  /** Up to where a feed lies in its stream. */
  published(feed: string): Position | undefined;
  [Symbol.asyncDispose](): Promise<void>;
}

const retryMinMs = 200;
const retryMaxMs = 5_000;
/** A feed that was not heard for this long is not told as heard. */
const heardWithinMs = 2_500;

export function createRelay(options: RelayOptions): Relay {
  const { fanIn, road, bounds, onProblem = () => {}, beatMs = 1_000, random = Math.random } = options;
  const stop = new AbortController();
  const { signal } = stop;
  const published = new Map<string, Position>();
  /** Feeds of which it is certain that the stream holds what was put into it. */
  const certain = new Set<string>();
  const wakers = new Map<string, () => void>();
  const running = new Map<string, Promise<void>>();

  /** From what was put in last to where the feed is now. */
  const publishNews = async (feed: string): Promise<boolean> => {
    const nats = await road.open();
    let position = published.get(feed);
    if (!certain.has(feed)) {
      certain.add(feed);
      await ensureStream(nats, feed, bounds);
      const last = await lastOf(nats, feed);
      // A stream that is empty, new or emptied, goes on from here; what lies before is asked of the endpoint.
      position = last === undefined ? position : { epoch: last.event.epoch, seq: last.event.seq };
    }
    position ??= fanIn.head(feed);
    if (position === undefined) return false;
    published.set(feed, position);
    const head = fanIn.head(feed);
    if (head === undefined || (head.epoch === position.epoch && head.seq <= position.seq)) return false;
    for await (const step of fanIn.read(feed, position, head, signal)) {
      if (step.kind === 'gap') {
        // Whoever reads sees the hole and asks the endpoint, which says what became of it.
        published.set(feed, step.to);
        continue;
      }
      await Promise.all(
        step.events.map((event) => nats.client.publish(subjectOf(feed), writeMessage(event), { msgID: event.id })),
      );
      const last = step.events.at(-1);
      if (last !== undefined) published.set(feed, { epoch: last.epoch, seq: last.seq });
    }
    return true;
  };

  const relayFeed = async (feed: string): Promise<void> => {
    let attempt = 0;
    while (!signal.aborted) {
      // Asked for before looking, so that what comes while looking is not slept through.
      const woken = new Promise<void>((resolve) => wakers.set(feed, resolve));
      try {
        const hasMoved = await publishNews(feed);
        attempt = 0;
        if (!hasMoved) await woken;
      } catch (error) {
        if (signal.aborted) return;
        onProblem({ feed, reason: error instanceof Error ? error.message : String(error) });
        certain.delete(feed);
        const waitMs = retryMinMs + random() * Math.min(retryMaxMs, retryMinMs * 2 ** attempt);
        attempt = Math.min(attempt + 1, 10);
        await sleep(waitMs, undefined, { signal, ref: false }).catch(() => {});
      }
    }
  };

  const wakeUp = (feed: string): void => {
    if (!running.has(feed) && !signal.aborted) running.set(feed, relayFeed(feed));
    wakers.get(feed)?.();
  };
  // JetStream may come back without the last of what it acknowledged, or another relay may have gone on meanwhile.
  const stopBreaks = road.onBreak(() => {
    for (const feed of certain) {
      certain.delete(feed);
      wakeUp(feed);
    }
  });
  const stopSteps = fanIn.onStep(({ feed }) => wakeUp(feed));
  const stopStates = fanIn.onState(wakeUp);
  for (const { feed } of fanIn.states()) wakeUp(feed);

  const beat = async (): Promise<void> => {
    const nats = await road.open();
    for (const { feed, state, lagMs } of fanIn.states()) {
      const position = published.get(feed);
      if (position === undefined || state === 'SILENT' || lagMs === undefined || lagMs > heardWithinMs) continue;
      nats.connection.publish(beatOf(feed), writeBeat(position));
    }
  };
  const beating = setInterval(() => void beat().catch(() => {}), beatMs);
  beating.unref();

  return {
    published: (feed) => published.get(feed),
    async [Symbol.asyncDispose]() {
      clearInterval(beating);
      stopBreaks();
      stopSteps();
      stopStates();
      stop.abort();
      for (const wake of wakers.values()) wake();
      await Promise.all(running.values());
    },
  };
}
