/**
 * Joins fetches of objects that wait together, on behalf of the same reader, of the same participant and with the same
 * document, to one: a burst of changes is read as one list. What begins while a participant is still answering waits
 * for that, so a busy one is asked more at a time instead of more often. Each gets back what it asked, at its places.
 */
import type { FetchSubgraph, SubgraphRequest, SubgraphResponse } from '../../supergraph/execute.ts';
import { type Caller, callerKey } from '../../transport/caller.ts';

interface Waiting {
  readonly request: SubgraphRequest;
  resolve(response: SubgraphResponse): void;
  reject(reason: unknown): void;
}

interface Batch {
  readonly waiting: Waiting[];
  readonly context: unknown;
  readonly signal: AbortSignal;
  count: number;
}

interface Line {
  underWay: number;
  readonly batches: Batch[];
}

/** As many as an endpoint reads in one statement. */
const objectsMax = 100;
/** So many questions of one kind are under way at once. */
const underWayMax = 2;

export function mergeFetches(fetchSubgraph: FetchSubgraph): FetchSubgraph {
  const lines = new Map<string, Line>();

  const send = async ({ waiting, context, signal }: Batch): Promise<void> => {
    try {
      const [first] = waiting;
      if (waiting.length === 1) first?.resolve(await fetchSubgraph((first as Waiting).request, context, signal));
      else split(waiting, await fetchSubgraph(merged(waiting), context, signal));
    } catch (reason) {
      for (const { reject } of waiting) reject(reason);
    }
  };
  const proceed = (key: string, line: Line): void => {
    while (line.underWay < underWayMax) {
      const batch = line.batches.shift();
      if (batch === undefined) break;
      line.underWay += 1;
      void send(batch).then(() => {
        line.underWay -= 1;
        proceed(key, line);
      });
    }
    if (line.underWay === 0 && line.batches.length === 0) lines.delete(key);
  };

  return (request, context, signal) => {
    const key = keyOf(request, context);
    // In process there is nothing to save.
    if (key === undefined || request.subgraph === 'hub') return fetchSubgraph(request, context, signal);
    return new Promise((resolve, reject) => {
      const count = Math.max(...request.entities.map(({ variable }) => listOf(request, variable).length));
      let line = lines.get(key);
      if (line === undefined) {
        line = { underWay: 0, batches: [] };
        lines.set(key, line);
      }
      const known = line;
      let batch = known.batches.at(-1);
      if (batch === undefined || batch.count + count > objectsMax) {
        batch = { waiting: [], context, signal, count: 0 };
        known.batches.push(batch);
        // After everything that this turn of the loop still begins.
        setImmediate(proceed, key, known);
      }
      batch.count += count;
      batch.waiting.push({ request, resolve, reject });
    });
  };
}

/** Undefined for what cannot be joined. */
function keyOf(request: SubgraphRequest, context: unknown): string | undefined {
  const { subgraph, document, entities, variables } = request;
  if (entities.length === 0) return undefined;
  const lists = new Set(entities.map(({ variable }) => variable));
  const others = Object.entries(variables).filter(([name]) => !lists.has(name));
  const { authority } = context as { readonly authority: Caller };
  return JSON.stringify([subgraph, ownersOf(request), callerKey(authority), others, document]);
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

function listOf({ variables }: SubgraphRequest, variable: string): readonly unknown[] {
  const list = variables[variable];
  return Array.isArray(list) ? list : [];
}

function merged(waiting: readonly Waiting[]): SubgraphRequest {
  const { request } = waiting[0] as Waiting;
  const lists = request.entities.map(({ variable }) => [
    variable,
    waiting.flatMap((one) => listOf(one.request, variable)),
  ]);
  return { ...request, variables: { ...request.variables, ...Object.fromEntries(lists) } };
}

function split(waiting: readonly Waiting[], response: SubgraphResponse): void {
  const starts = new Map<string, number>();
  for (const { request, resolve } of waiting) {
    const own = new Map<string, readonly [start: number, end: number]>();
    for (const { alias, variable } of request.entities) {
      const start = starts.get(alias) ?? 0;
      const end = start + listOf(request, variable).length;
      starts.set(alias, end);
      own.set(alias, [start, end]);
    }
    const data =
      response.data &&
      Object.fromEntries(
        [...own].map(([alias, [start, end]]) => {
          const list = response.data?.[alias];
          return [alias, Array.isArray(list) ? list.slice(start, end) : list];
        }),
      );
    const errors = response.errors?.flatMap((error) => {
      const [alias, index, ...rest] = error.path ?? [];
      const place = typeof alias === 'string' ? own.get(alias) : undefined;
      // What is about no single object is about all.
      if (place === undefined || typeof index !== 'number') return [error];
      const [start, end] = place;
      return index >= start && index < end ? [{ ...error, path: [alias as string, index - start, ...rest] }] : [];
    });
    const absent = response.absent?.flatMap(({ alias, index }) => {
      const [start, end] = own.get(alias) ?? [0, 0];
      return index >= start && index < end ? [{ alias, index: index - start }] : [];
    });
    resolve({ data, ...(errors && { errors }), ...(absent && { absent }) });
  }
}
