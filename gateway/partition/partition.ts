/**
 * The partitioned subgraph: one schema, answered by every participant for its own part.
 *
 * Takes one fetch of the plan and reads as scatter-gather: directory → route → rewrite → scatter → gather → outcome.
 */
import type { Send } from '../transport/transport.ts';
import { createAskRoots } from './ask-roots.ts';
import { readContract } from './contract.ts';
import type { DirectorySnapshot } from './directory-snapshot.ts';
import { createEntities } from './entities.ts';
import { compileEntities } from './entity-document.ts';
import type { Fetch, FetchAnswer, FetchContext } from './fetch.ts';
import { createKeptAnswers } from './kept-answers.ts';
import { createListCursors } from './list-cursors.ts';
import { type FeedPlace, sealPlace } from './live-cursor.ts';
import { createLru } from './lru.ts';
import { createMutations } from './mutations.ts';
import type { Outcome } from './outcome.ts';
import { createQueries } from './queries.ts';
import { compileFetch } from './rewrite.ts';
import { createAsk } from './scatter.ts';
import type { CursorKey } from './sealed-cursor.ts';
import { createSkew } from './skew.ts';

export interface PartitionOptions {
  /** The checked-in SDL of the participant subgraph. */
  readonly sdl: string;
  readonly directory: () => DirectorySnapshot;
  readonly send: Send;
  /** The first encrypts, all open. Asked each time, so that keys rotate while the hub runs. */
  readonly cursorKeys: () => readonly [CursorKey, ...CursorKey[]];
  /** Told of each party of each scattered answer, for the figures. */
  readonly onOutcome?: (participant: string, outcome: Outcome) => void;
  readonly now: () => number;
}

export type FetchPartition = (fetch: Fetch, context: FetchContext) => Promise<FetchAnswer>;

const compiledMax = 2_000;

export function createPartition(options: PartitionOptions): FetchPartition {
  const { sdl, directory, send, cursorKeys, onOutcome, now } = options;
  const contract = readContract(sdl);
  const ask = createAsk(send);
  const skew = createSkew(contract, ask, now);
  const askRoots = createAskRoots({ ask, skew, directory });
  const fetchOf = createLru(compiledMax, (document) => compileFetch(contract, document));
  const entitiesOf = createLru(compiledMax, (document) => compileEntities(contract, document));
  const entities = createEntities({ contract, ask, skew, directory });
  const mutations = createMutations({ askRoots, directory });
  const queries = createQueries({
    askRoots,
    directory,
    onOutcome,
    now,
    kept: createKeptAnswers(contract.schema),
    cursors: createListCursors(cursorKeys),
    liveCursor: (heads) => sealPlace(cursorKeys(), { binding: undefined, feeds: placesOf(heads), atMs: now() }),
  });
  return async (fetch, context) => {
    if (fetch.entities.length > 0) return entities(entitiesOf(fetch.document), fetch, context);
    const compiled = fetchOf(fetch.document);
    return compiled.kind === 'mutation' ? mutations(compiled, fetch, context) : queries(compiled, fetch, context);
  };
}

/** The ends of feeds as endpoints say them: epoch, colon, number. */
function placesOf(heads: ReadonlyMap<string, string>): ReadonlyMap<string, FeedPlace> {
  const places = new Map<string, FeedPlace>();
  for (const [feed, head] of heads) {
    const colon = head.lastIndexOf(':');
    const seq = Number(head.slice(colon + 1));
    // A head that cannot be read is none: the stream then says that it has nothing of this participant.
    if (colon > 0 && Number.isSafeInteger(seq)) places.set(feed, { epoch: head.slice(0, colon), seq });
  }
  return places;
}
