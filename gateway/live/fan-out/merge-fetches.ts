/**
 * Joins fetches of objects that begin together, on behalf of the same reader and with the same document, to one: a
 * burst of changes is read as one list. Each gets back what it asked, at its own places.
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
  count: number;
}

/** As many as an endpoint reads in one statement. */
const objectsMax = 100;

export function mergeFetches(fetchSubgraph: FetchSubgraph): FetchSubgraph {
  const open = new Map<string, Batch>();

  const send = async (batch: Batch, context: unknown, signal: AbortSignal): Promise<void> => {
    const { waiting } = batch;
    try {
      const [first] = waiting;
      if (waiting.length === 1) first?.resolve(await fetchSubgraph(first.request, context, signal));
      else split(waiting, await fetchSubgraph(merged(waiting), context, signal));
    } catch (reason) {
      for (const { reject } of waiting) reject(reason);
    }
  };

  return (request, context, signal) => {
    const key = keyOf(request, context);
    // In process there is nothing to save.
    if (key === undefined || request.subgraph === 'hub') return fetchSubgraph(request, context, signal);
    return new Promise((resolve, reject) => {
      const count = Math.max(...request.entities.map(({ variable }) => listOf(request, variable).length));
      let batch = open.get(key);
      if (batch === undefined || batch.count + count > objectsMax) {
        const begun: Batch = { waiting: [], count: 0 };
        batch = begun;
        open.set(key, begun);
        // After everything that this turn of the loop still begins.
        setImmediate(() => {
          if (open.get(key) === begun) open.delete(key);
          void send(begun, context, signal);
        });
      }
      batch.count += count;
      batch.waiting.push({ request, resolve, reject });
    });
  };
}

/** Undefined for what cannot be joined. */
function keyOf({ subgraph, document, entities, variables }: SubgraphRequest, context: unknown): string | undefined {
  if (entities.length === 0) return undefined;
  const lists = new Set(entities.map(({ variable }) => variable));
  const others = Object.entries(variables).filter(([name]) => !lists.has(name));
  const { authority } = context as { readonly authority: Caller };
  return JSON.stringify([subgraph, callerKey(authority), others, document]);
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
