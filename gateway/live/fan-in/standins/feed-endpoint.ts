/** An endpoint that gives its feed over the wire as the contract says, from a feed in memory. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FeedEvent, Position } from '../../feed-event.ts';
import type { Page } from '../feed-source.ts';
import type { LogFeed } from './log-feed.ts';

export interface FeedEndpoint extends AsyncDisposable {
  readonly url: URL;
  readonly lineCount: number;
  /** Breaks every line, as when the process dies. */
  breakLines(): void;
}

export async function createFeedEndpoint(field: string, feed: LogFeed, beatMs = 50): Promise<FeedEndpoint> {
  const lines = new Set<ServerResponse>();

  const stream = async (response: ServerResponse, after: Position | undefined, first: number): Promise<void> => {
    lines.add(response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let position = after ?? feed.head;
    let isFirst = true;
    while (!response.destroyed) {
      const page = feed.page(isFirst ? after : position, first);
      isFirst = false;
      position = page.gap?.to ?? page.events.at(-1) ?? position;
      response.write(`event: next\ndata: ${JSON.stringify({ data: { [field]: toWire(page) } })}\n\n`);
      if (page.head.seq > position.seq) continue;
      await nextBeat(feed, beatMs, response);
    }
    lines.delete(response);
  };

  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { query, variables } = JSON.parse(body);
    const after = positionOf(variables.after);
    if (query.startsWith('subscription')) return void stream(response, after, variables.first);
    const page = feed.page(after, variables.first);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: { [field]: toWire(page) } }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const breakLines = () => {
    for (const line of lines) line.destroy();
  };
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`),
    get lineCount() {
      return lines.size;
    },
    breakLines,
    async [Symbol.asyncDispose]() {
      breakLines();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Until something is written, the line has gone, or a beat has passed. */
const nextBeat = (feed: LogFeed, beatMs: number, response: ServerResponse) =>
  new Promise<void>((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      stopListening();
      response.off('close', wake);
      resolve();
    };
    const stopListening = feed.onAppend(wake);
    const timer = setTimeout(wake, beatMs);
    response.on('close', wake);
  });

const textOf = ({ epoch, seq }: Position) => `${epoch}:${seq}`;

function positionOf(text: string | null): Position | undefined {
  const [epoch, seq] = text?.split(':') ?? [];
  return epoch === undefined ? undefined : { epoch, seq: Number(seq) };
}

const toWire = ({ head, events, gap }: Page) => ({
  epoch: head.epoch,
  head: textOf(head),
  changes: events.map(({ feed: _feed, epoch: _epoch, seq, keys, ...event }: FeedEvent) => ({
    ...event,
    seq: String(seq),
    keys: JSON.stringify(keys),
  })),
  gap: gap ? { reason: gap.reason, from: gap.from ? textOf(gap.from) : null, to: textOf(gap.to) } : null,
});
