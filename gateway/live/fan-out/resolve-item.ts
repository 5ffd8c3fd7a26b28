/**
 * From an item of a stream to what a reader gets: the follow-up fetches of the plan over the hub's own part, on the
 * reader's behalf. The source decides what he may see, at that moment.
 */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { eventResult, type FetchSubgraph } from '../../supergraph/execute.ts';
import type { Plan } from '../../supergraph/plan.ts';
import type { FeedEvent } from '../feed-event.ts';
import type { Reader } from '../judge.ts';
import type { StreamDeclaration } from '../stream.ts';
import { type CompiledStream, changeItem, type StreamItem } from './stream-item.ts';

/** What a selection on one stream is answered with, but for whom. */
export interface Selection {
  readonly declaration: StreamDeclaration;
  readonly stream: CompiledStream;
  readonly plan: Plan;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Response keys under which the subject of a change may stand. */
  readonly subjectKeys: readonly string[];
}

export interface ResolveOptions {
  readonly publicSchema: GraphQLSchema;
  readonly fetchSubgraph: FetchSubgraph;
  readonly now: () => number;
  /** Counts, for the figures. */
  readonly onResolved: (field: string) => void;
  readonly timeoutMs?: number;
}

export type Resolved =
  | { readonly kind: 'shown'; readonly result: ExecutionResult }
  /** The reader does not see the object of this change. */
  | { readonly kind: 'hidden' }
  /** The object could not be read just now; the change may not be passed over. */
  | { readonly kind: 'unavailable' };

export interface Resolver {
  change(selection: Selection, event: FeedEvent, reader: Reader): Promise<Resolved>;
  /** What the hub says by itself; nothing in it is secret, so what cannot be read in it is simply missing. */
  item(selection: Selection, item: StreamItem, reader: Reader): Promise<ExecutionResult>;
}

const defaultTimeoutMs = 4_000;

export function createResolver(options: ResolveOptions): Resolver {
  const { publicSchema, fetchSubgraph, now, onResolved, timeoutMs = defaultTimeoutMs } = options;

  const contextOf = (reader: Reader) => {
    const traceId = hex();
    const traceparent = `00-${traceId}-${hex().slice(0, 16)}-01`;
    return { authority: reader, deadlineMs: now() + timeoutMs, requestId: randomUUID(), traceId, traceparent };
  };
  const run = ({ stream, plan, variables }: Selection, item: StreamItem, reader: Reader) =>
    eventResult({
      plan,
      variables,
      publicSchema,
      fetchSubgraph,
      context: contextOf(reader),
      // Each fetch ends at the deadline of its context by itself.
      signal: never,
      primary: stream.item(item),
    });

  /** Whether the reader sees an object of which nothing was selected. */
  const probe = async (type: string, id: string, reader: Reader): Promise<Resolved['kind']> => {
    const { data, errors } = await fetchSubgraph(
      {
        subgraph: 'participant',
        document: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${type} { id } } }`,
        operationKind: 'query',
        operationName: undefined,
        variables: { of: [{ __typename: type, linkId: id }] },
        entities: [{ alias: '_entities', variable: 'of' }],
      },
      contextOf(reader),
      never,
    );
    const [entity] = (data?._entities ?? []) as unknown[];
    if (entity) return 'shown';
    return errors?.some(({ extensions }) => extensions?.retryable === true) ? 'unavailable' : 'hidden';
  };

  return {
    item: run,
    async change(selection, event, reader) {
      const { declaration, subjectKeys } = selection;
      onResolved(declaration.field);
      const result = await run(selection, changeItem(declaration, event), reader);
      if (declaration.subject === undefined) return { kind: 'shown', result };
      const item = Object.values(result.data ?? {})[0] as Record<string, unknown> | null | undefined;
      const key = item && subjectKeys.find((one) => Object.hasOwn(item, one));
      if (!item || typeof key !== 'string') {
        const type = declaration.objects.get(declaration.subject) ?? '';
        const kind = await probe(type, event.subjectId, reader);
        return kind === 'shown' ? { kind, result } : { kind };
      }
      if (item[key] !== null) return { kind: 'shown', result };
      return whyNull(result, key);
    },
  };
}

/** Out of what Node keeps ready: asking the system for each is dearer than all the rest. */
const hex = (): string => randomUUID().replaceAll('-', '');
const never = new AbortController().signal;
// Every item that is being read listens to it.
setMaxListeners(0, never);

/** Refused and absent look the same and are not told; a silence is not an answer. */
function whyNull(result: ExecutionResult, key: string): Resolved {
  const about = (result.errors ?? []).filter(({ path }) => path?.[1] === key);
  if (about.some(({ extensions }) => extensions.retryable === true)) return { kind: 'unavailable' };
  const isAbsent = about.every(({ path, extensions }) => path?.length === 2 && hiding.has(String(extensions.code)));
  // What its owner cannot answer in the right form is shown as that: the change happened.
  return isAbsent ? { kind: 'hidden' } : { kind: 'shown', result };
}

const hiding = new Set(['NOT_FOUND', 'REFUSED', 'FORBIDDEN', 'SUSPENDED']);
