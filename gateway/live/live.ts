/**
 * The streams of the hub: joins what all feeds say and gives each subscriber what it may see of it.
 *
 * Fan-in is one line per feed. Fan-out is one group per selection, variables and audience: whoever asks the same and
 * must get the same. Doors are adapters over `subscribe`.
 */
import type { ErrorCode } from '@kortelijn/schema/errors/codes.ts';
import { canonicalJson } from '@kortelijn/schema/interpret/canonical.ts';
import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { hubError } from '../errors.ts';
import { type CursorKeyring, openPlace, sealPlace } from '../partition/live-cursor.ts';
import { fingerprint } from '../partition/page-cursor.ts';
import type { FetchSubgraph } from '../supergraph/execute.ts';
import type { Plan } from '../supergraph/plan.ts';
import type { Caller } from '../transport/caller.ts';
import { type Audience, audienceOfOperation, type IsShared } from './audience.ts';
import type { FanIn, FeedState } from './fan-in/fan-in.ts';
import { classOf, groupKey } from './fan-out/group-key.ts';
import { createGroups, largeNetwork } from './fan-out/groups.ts';
import { mergeFetches } from './fan-out/merge-fetches.ts';
import { createResolver, type Resolver } from './fan-out/resolve-item.ts';
import type { CompiledStream } from './fan-out/stream-item.ts';
import { subjectKeys } from './fan-out/subject-keys.ts';
import { createSubscriber } from './fan-out/subscriber.ts';
import type { FeedEvent } from './feed-event.ts';
import type { Reader } from './judge.ts';
import { registryFeed, type StreamDeclaration } from './stream.ts';
import type { StreamEnd } from './stream-end.ts';

export interface LiveRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly plan: Plan;
  /** As coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly publicSchema: GraphQLSchema;
  readonly caller: Extract<Caller, { kind: 'subject' }>;
  readonly signal: AbortSignal;
  /** Called at most once, before the results end by themselves. */
  readonly onEnd: (end: StreamEnd) => void;
}

export type Subscribed =
  | { readonly ok: true; readonly results: AsyncIterableIterator<ExecutionResult> }
  | { readonly ok: false; readonly errors: readonly GraphQLError[] };

export interface Live {
  subscribe(request: LiveRequest): Subscribed;
  /** Rights of somebody have changed: what was resolved before is not sent, and what no longer holds is ended. */
  accessChanged(changed: { readonly participant: string; readonly subject?: string; readonly isEnded: boolean }): void;
  /** Told of every event of every feed, in order, before any subscriber. */
  onEvent(listener: (event: FeedEvent) => void): () => void;
  counts(): { readonly subscribers: number; readonly groups: number };
  [Symbol.asyncDispose](): Promise<void>;
}

export interface LiveTelemetry {
  /** An item was resolved for an audience. */
  itemResolved(field: string): void;
}

export interface LiveOptions {
  readonly streams: ReadonlyMap<string, StreamDeclaration>;
  readonly isShared: IsShared;
  readonly fanIn: FanIn;
  readonly compileStream: (document: string, variables: Readonly<Record<string, unknown>>) => CompiledStream;
  readonly fetchSubgraph: FetchSubgraph;
  /** Whether somebody of that name is, or was, in the network. */
  readonly isParticipant: (id: string) => boolean;
  readonly cursorKeys: () => CursorKeyring;
  readonly telemetry: LiveTelemetry;
  readonly now: () => number;
  /** Default 3,000. */
  readonly heartbeatMs?: number;
}

interface KnownOperation {
  readonly audience: Audience;
  readonly subjectKeys: readonly string[];
}

interface Following {
  readonly caller: LiveRequest['caller'];
  end(end: StreamEnd): void;
}

export function createLive(options: LiveOptions): Live {
  const { streams, fanIn, isShared, compileStream, isParticipant, cursorKeys, telemetry, now } = options;
  const fetchSubgraph = mergeFetches(options.fetchSubgraph);
  const following = new Set<Following>();
  const listeners = new Set<(event: FeedEvent) => void>();
  const epochs = new Map<string, number>();
  const accessEpoch = (reader: Reader): number => {
    const own = epochs.get(reader.participant) ?? 0;
    return reader.kind === 'class' ? own : own + (epochs.get(`${reader.participant}/${reader.subject}`) ?? 0);
  };
  const groups = createGroups({ fanIn, accessEpoch, cursorKeys, now });

  const stopSteps = fanIn.onStep((step) => {
    if (step.kind === 'events') {
      for (const event of step.events) for (const listener of listeners) listener(event);
    }
    groups.take(step);
  });
  const states = new Map<string, FeedState>();
  const stopStates = fanIn.onState((feed, state) => {
    groups.hears(feed);
    const before = states.get(feed);
    if (feed === registryFeed || state === 'BEHIND') return;
    states.set(feed, state);
    // The first contact is no return.
    if (before === undefined || before === state) return;
    groups.tell(noticed(feed, state === 'LIVE' ? 'party.back' : 'party.unreachable', now()));
  });
  const beat = setInterval(groups.beat, options.heartbeatMs ?? 3_000);
  beat.unref();

  const resolvers = new WeakMap<GraphQLSchema, Resolver>();
  const resolverOf = (publicSchema: GraphQLSchema): Resolver => {
    let resolver = resolvers.get(publicSchema);
    if (resolver === undefined) {
      resolver = createResolver({ publicSchema, fetchSubgraph, now, onResolved: telemetry.itemResolved });
      resolvers.set(publicSchema, resolver);
    }
    return resolver;
  };

  /** What follows from an operation alone: thousands ask the same. */
  const knownOperations = new WeakMap<OperationDefinitionNode, KnownOperation>();
  const knownOf = (
    declaration: StreamDeclaration,
    { document, operation, publicSchema }: LiveRequest,
  ): KnownOperation => {
    let known = knownOperations.get(operation);
    if (known === undefined) {
      const isForClass = declaration.audience === 'CLASS';
      known = {
        audience: isForClass ? audienceOfOperation(publicSchema, isShared, document, operation) : 'SUBJECT',
        subjectKeys: subjectKeys(document, operation, declaration.subject),
      };
      knownOperations.set(operation, known);
    }
    return known;
  };

  return {
    subscribe(request) {
      const { plan, variables, caller, publicSchema } = request;
      const primary = plan.primaryRequest(variables);
      const stream = primary && compileStream(primary.document, primary.variables);
      const declaration = stream && streams.get(stream.field);
      if (stream === undefined || declaration === undefined) return refused('OPERATION_NOT_SUPPORTED');
      const { after, ...asked } = stream.given;
      const given = withoutNull(asked);
      const filter = { participants: setOf(given.participants), incidents: setOf(given.incidents) };
      for (const id of filter.participants ?? []) if (!isParticipant(id)) return refused('UNKNOWN_PARTICIPANT');
      const binding = fingerprint(`${stream.field} ${canonicalJson(given)}`);
      const place = typeof after === 'string' ? openPlace(cursorKeys(), after, binding) : undefined;
      if (typeof place === 'string') return refused(place);

      const known = knownOf(declaration, request);
      const reader = known.audience === 'CLASS' ? classOf(caller) : caller;
      const selection = { declaration, stream, plan, variables, subjectKeys: known.subjectKeys };
      const resolver = resolverOf(publicSchema);
      const joined = groups.join(groupKey(reader, binding, request), { selection, filter, reader, resolver, binding });

      const stop = new AbortController();
      const one: Following = {
        caller,
        end(end) {
          if (stop.signal.aborted) return;
          request.onEnd(end);
          stop.abort();
        },
      };
      following.add(one);
      const leave = (): void => {
        following.delete(one);
        joined.leave();
      };
      stop.signal.addEventListener('abort', leave, { once: true });
      if (request.signal.aborted) stop.abort();
      else request.signal.addEventListener('abort', () => stop.abort(), { once: true });
      const results = createSubscriber({
        group: joined.group,
        self: caller,
        after: place,
        resolver,
        fanIn,
        seal: (feeds) => sealPlace(cursorKeys(), { binding, feeds, atMs: now() }),
        needsHeartbeat: fanIn.states().length > largeNetwork,
        now,
        stop,
        onEnd: one.end,
      });
      return { ok: true, results };
    },
    accessChanged({ participant, subject, isEnded }) {
      const who = subject === undefined ? participant : `${participant}/${subject}`;
      epochs.set(who, (epochs.get(who) ?? 0) + 1);
      if (!isEnded) return;
      for (const { caller, end } of [...following]) {
        if (caller.participant === participant && (subject === undefined || caller.subject === subject))
          end('ACCESS_REVOKED');
      }
      if (subject === undefined) groups.forget(participant);
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    counts: () => ({ subscribers: following.size, groups: groups.count }),
    async [Symbol.asyncDispose]() {
      stopSteps();
      stopStates();
      clearInterval(beat);
      for (const { end } of [...following]) end('STOPPING');
      groups.close();
      await fanIn[Symbol.asyncDispose]();
    },
  };
}

function noticed(feed: string, type: string, atMs: number): FeedEvent {
  const at = new Date(atMs).toISOString();
  const everybody = ['*'];
  return {
    id: `${feed}:${type}:${atMs}`,
    feed,
    epoch: '',
    seq: 0,
    at,
    type,
    subjectId: feed,
    actorRole: null,
    readersBefore: everybody,
    readersAfter: everybody,
    keys: {},
  };
}

const setOf = (value: unknown): ReadonlySet<string> | undefined =>
  Array.isArray(value) ? new Set(value.map(String)) : undefined;
const withoutNull = (given: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
const refused = (code: ErrorCode): Subscribed => ({ ok: false, errors: [hubError(code)] });
