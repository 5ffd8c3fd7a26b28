/** Feeds straight from the endpoints: a stream for what comes, a request for what was missed. */
import { createAskAsHub } from '../../transport/ask-as-hub.ts';
import type { StreamResult, Streams } from '../../transport/stream.ts';
import type { Send } from '../../transport/transport.ts';
import type { Position } from '../feed-event.ts';
import type { FeedSource, Page } from './feed-source.ts';
import { positionText, readPage } from './read-page.ts';

export interface DirectSourceOptions {
  readonly streams: Streams;
  readonly send: Send;
  readonly now: () => number;
  /** How many events come in one page of a stream. Default 200. */
  readonly pageSize?: number;
}

/** The feed of the registry bears its endpoint's name. */
const registryFeed = 'registry';

export function createDirectSource({ streams, send, now, pageSize = 200 }: DirectSourceOptions): FeedSource {
  const ask = createAskAsHub(send, now);
  return {
    async *follow(feed, after, signal) {
      const { field, subscription } = documentsOf(feed);
      const variables = { after: after === undefined ? null : positionText(after), first: pageSize };
      for await (const result of streams.follow({ endpoint: feed, document: subscription, variables, signal })) {
        yield pageOf(feed, field, result, after);
      }
    },
    async page(feed, after, first, signal) {
      const { field, query } = documentsOf(feed);
      const reply = await ask(feed, { document: query, variables: { after: positionText(after), first } });
      signal.throwIfAborted();
      if (reply.kind === 'failed') throw new Error(`${feed} gave no page of its feed: ${reply.failure}.`);
      return pageOf(feed, field, reply, after);
    },
  };
}

function pageOf(feed: string, field: string, { data, errors }: StreamResult, asked: Position | undefined): Page {
  const [error] = errors;
  if (error !== undefined) throw new Error(`${feed} gave no page of its feed: ${error.code ?? 'an error'}.`);
  return readPage(feed, data?.[field], asked);
}

const fields = `epoch head
  changes { id seq at type subjectId actorRole readersBefore readersAfter keys }
  gap { reason from to }`;

const documentsFor = (field: string) => ({
  field,
  subscription: `subscription ($after: String, $first: Int!) { ${field}(after: $after, first: $first) { ${fields} } }`,
  query: `query ($after: String, $first: Int!) { ${field}(after: $after, first: $first) { ${fields} } }`,
});
const ofRegistry = documentsFor('registryChanges');
const ofParticipant = documentsFor('changes');
const documentsOf = (feed: string) => (feed === registryFeed ? ofRegistry : ofParticipant);
