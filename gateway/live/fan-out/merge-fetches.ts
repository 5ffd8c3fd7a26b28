/**
 * Joins fetches of objects that wait together, on behalf of the same reader and of the same participant, to one: six
 * selections on one event are one question, and a burst of changes is read as one list. What begins while a participant
 * is still answering waits for that, so a busy one is asked more at a time instead of more often; and streams together
 * never take more of its attention than a part, for people work there too.
 */
import type { FetchSubgraph, SubgraphRequest, SubgraphResponse } from '../../supergraph/execute.ts';
import { type Caller, callerKey } from '../../transport/caller.ts';
import { joinRequests, listOf } from './join-requests.ts';

interface Waiting {
  readonly request: SubgraphRequest;
  resolve(response: SubgraphResponse): void;
  reject(reason: unknown): void;
}

interface Batch {
  readonly waiting: Waiting[];
  readonly documents: Set<string>;
  readonly context: unknown;
  readonly signal: AbortSignal;
  count: number;
}

/** What one reader wants of one participant. */
interface Line {
  readonly key: string;
  readonly owner: Owner;
  underWay: number;
  readonly batches: Batch[];
}

interface Owner {
  readonly key: string;
  underWay: number;
  /** Lines that have something to ask, each once. */
  readonly lines: Set<Line>;
}

/** As many as an endpoint reads in one statement. */
const objectsMax = 100;
const documentsMax = 8;
/** So many questions are under way at once: for one reader, and of one participant, which takes 64 in all. */
const underWayMax = 2;
const ownerUnderWayMax = 16;

export function mergeFetches(fetchSubgraph: FetchSubgraph): FetchSubgraph {
  const lines = new Map<string, Line>();
  const owners = new Map<string, Owner>();

  const send = async ({ waiting, context, signal }: Batch): Promise<void> => {
    try {
      const { request, split } = joinRequests(waiting.map((one) => one.request));
      const parts = split(await fetchSubgraph(request, context, signal));
      for (const [index, { resolve }] of waiting.entries()) resolve(parts[index] as SubgraphResponse);
    } catch (reason) {
      for (const { reject } of waiting) reject(reason);
    }
  };
  const begin = (line: Line, batch: Batch): void => {
    const { owner } = line;
    line.underWay += 1;
    owner.underWay += 1;
    void send(batch).then(() => {
      line.underWay -= 1;
      owner.underWay -= 1;
      proceed(owner);
      if (line.underWay === 0 && line.batches.length === 0) lines.delete(line.key);
      if (owner.underWay === 0 && owner.lines.size === 0) owners.delete(owner.key);
    });
  };
  /** Each line in turn: one that wants much does not keep the others waiting. */
  const proceed = (owner: Owner): void => {
    for (const line of [...owner.lines]) {
      if (owner.underWay >= ownerUnderWayMax) return;
      if (line.underWay >= underWayMax) continue;
      const batch = line.batches.shift();
      owner.lines.delete(line);
      if (line.batches.length > 0) owner.lines.add(line);
      if (batch !== undefined) begin(line, batch);
    }
  };
  const lineOf = (key: string, ownerKey: string): Line => {
    const owner = owners.get(ownerKey) ?? { key: ownerKey, underWay: 0, lines: new Set() };
    owners.set(ownerKey, owner);
    const line = lines.get(key) ?? { key, owner, underWay: 0, batches: [] };
    lines.set(key, line);
    return line;
  };

  return (request, context, signal) => {
    // In process there is nothing to save.
    if (request.entities.length === 0 || request.subgraph === 'hub') return fetchSubgraph(request, context, signal);
    return new Promise((resolve, reject) => {
      const ownerKey = `${request.subgraph} ${ownersOf(request).join()}`;
      const { authority } = context as { readonly authority: Caller };
      const line = lineOf(`${ownerKey} ${callerKey(authority)} ${otherVariables(request)}`, ownerKey);
      const count = request.entities.reduce((sum, { variable }) => sum + listOf(request, variable).length, 0);
      let batch = line.batches.at(-1);
      if (
        batch === undefined ||
        batch.count + count > objectsMax ||
        (batch.documents.size === documentsMax && !batch.documents.has(request.document))
      ) {
        batch = { waiting: [], documents: new Set(), context, signal, count: 0 };
        line.batches.push(batch);
        // After everything that this turn of the loop still begins.
        setImmediate(() => {
          line.owner.lines.add(line);
          proceed(line.owner);
        });
      }
      batch.count += count;
      batch.documents.add(request.document);
      batch.waiting.push({ request, resolve, reject });
    });
  };
}

/** One that is slow holds up nobody else's objects. */
function ownersOf(request: SubgraphRequest): readonly string[] {
  const owners = new Set<string>();
  for (const { variable } of request.entities) {
    for (const one of listOf(request, variable)) {
      const { linkId, id } = one as { readonly linkId?: unknown; readonly id?: unknown };
      owners.add(String(linkId ?? id).split(':', 1)[0] as string);
    }
  }
  return [...owners].sort();
}

/** Arguments inside a selection: what differs in them is not joined. */
function otherVariables({ entities, variables }: SubgraphRequest): string {
  const lists = new Set(entities.map(({ variable }) => variable));
  return JSON.stringify(Object.entries(variables).filter(([name]) => !lists.has(name)));
}
