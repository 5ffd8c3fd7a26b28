import { createAuth, type TokenRequest } from './auth.ts';
import { newCommandId, type Variables, withCommandIds } from './command-ids.ts';
import { type Coverage, coverageIn } from './coverage.ts';
import { type TypedDocument, textOf } from './document.ts';
import type { Door } from './door.ts';
import type { Failure } from './errors.ts';
import type { Kind } from './next-step.ts';
import type { StreamItem } from './place.ts';
import { request } from './request.ts';
import { overSse } from './sse.ts';
import { createStream, type Stream, type StreamState } from './stream.ts';

export interface ClientOptions {
  /** The GraphQL address of the hub, such as `https://hub.example/graphql`; in a browser it may be relative. */
  readonly url: string;
  /**
   * Answers an access token. Asked for at first use and whenever the hub calls the last one expired; in between the answer
   * is kept. What it throws is tried again as TOKEN_UNAVAILABLE, unless it throws a KortelijnError that is not retryable.
   */
  readonly token: (request: TokenRequest) => Promise<string>;
  /** How streams come in: `overSse()` by default, or `overWebSocket()` of `@kortelijn/sdk/websocket.ts`. */
  readonly door?: Door;
  /** How often a query or mutation is tried again after the first try. Default 3; 0 is never. */
  readonly retries?: number;
  /** How long one try of a query or mutation may last, in milliseconds. Default 15,000. */
  readonly timeoutMs?: number;
  /** How often the hub says that a stream is alive, in milliseconds. Default 3,000, as the hub does. */
  readonly heartbeatMs?: number;
  /** Instead of the platform's, for proxies and tests. */
  readonly fetch?: typeof fetch;
  /** Draws waits: 0 ≤ value < 1. Default `Math.random`. */
  readonly random?: () => number;
}

/** What a query or mutation answered. A participant that is missing is told here and is no exception. */
export interface Answer<Result> {
  readonly data: Result;
  /** What is missing in `data` and why; empty when all is there. */
  readonly errors: readonly Failure[];
  /** Every `coverage` that the document selected, with the path of the list it speaks of, such as `incidents`. */
  readonly coverage: readonly { readonly path: string; readonly coverage: Coverage }[];
  /** Whether nobody is missing: no errors, and every selected coverage complete. */
  readonly isComplete: boolean;
  /** For a report to the hub's keepers; undefined when the hub gave none. */
  readonly traceId: string | undefined;
}

export interface RequestOptions {
  /** Aborted: the call rejects with the signal's reason. A mutation that was sent may have taken effect. */
  readonly signal?: AbortSignal;
}

export interface SubscribeOptions<Variables> {
  /**
   * The variables for an opening that goes on after this cursor, undefined at first when `after` is not given. Called at
   * every opening, so it must pass the cursor on: what is captured outside would have everything told again. Default:
   * `(after) => ({ after })`.
   */
  readonly variables?: (after: string | undefined) => Loose<Variables>;
  /** Goes on after this cursor: `coverage.liveCursor` of an answer, or `cursor` of an earlier stream. Default: from now on. */
  readonly after?: string | null | undefined;
  /** Told when the state changes; what it throws ends the stream. */
  readonly onState?: (state: StreamState) => void;
  /** Aborted: the stream ends without an error. */
  readonly signal?: AbortSignal;
}

/** The item of a subscription's one root field. */
export type ItemOf<Result> = NonNullable<Result[keyof Result]>;

/** What may be left out may be undefined too. */
type Loose<Variables> = {
  [Name in keyof Variables]: Record<string, never> extends Pick<Variables, Name>
    ? Variables[Name] | undefined
    : Variables[Name];
};

type Given<Variables> =
  Record<string, never> extends Variables
    ? [variables?: Loose<Variables>, options?: RequestOptions]
    : [variables: Loose<Variables>, options?: RequestOptions];

/** Variables of a mutation, in which every `commandId` may be left out. */
export type CommandVariables<Variables> = {
  readonly [Name in keyof Variables as Name extends 'commandId' ? never : Name]: Variables[Name] extends {
    commandId: infer Id;
  }
    ? Omit<Variables[Name], 'commandId'> & { readonly commandId?: Id }
    : Variables[Name];
} & (Variables extends { commandId: infer Id } ? { readonly commandId?: Id } : unknown);

/** Only what says where it stands can be followed. */
type Following<Result, Variables> = unknown extends Result
  ? [options?: SubscribeOptions<NoInfer<Variables>>]
  : ItemOf<Result> extends Pick<StreamItem, '__typename' | 'cursor'>
    ? [options?: SubscribeOptions<NoInfer<Variables>>]
    : [options: { readonly 'Select __typename and cursor in every member of the item': never }];

export interface Client {
  /**
   * Asks. Tried again when no answer came or the hub says that trying again may help; what one participant lacks is told in
   * the answer and not tried again.
   *
   * @throws KortelijnError when there is no data at all; `code` says why, `retryable` whether to try later.
   *
   * @example
   * const list = graphql('query { incidents(first: 50) { nodes { id title } coverage { complete liveCursor } } }');
   * const { data, isComplete } = await hub.query(list);
   * console.log(data.incidents?.nodes.length, isComplete ? 'of all' : 'of those who answered');
   */
  query<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    ...given: Given<NoInfer<Variables>>
  ): Promise<Answer<Result>>;
  /**
   * Sends a command. Where the input has no `commandId` one is made and kept over all tries, so that a command whose answer
   * was lost takes effect once. A rule that said no is a member of the result's union and no exception.
   *
   * @throws KortelijnError when there is no result; `commandIds` has the ids, to send the same again later: after
   * LINE_BROKEN and OUTCOME_UNKNOWN it may have taken effect.
   *
   * @example
   * const report = graphql(`mutation Report($input: ReportIncidentInput!) {
   *   reportIncident(input: $input) {
   *     __typename
   *     ... on IncidentSent { link { id } }
   *     ... on InvalidInput { path message }
   *   }
   * }`);
   * const { data } = await hub.mutate(report, { input: { service: 'Verzamelen', title: 'Agenda leeg' } });
   * if (data.reportIncident?.__typename === 'IncidentSent') console.log(data.reportIncident.link.id);
   */
  mutate<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    ...given: Given<CommandVariables<NoInfer<Variables>>>
  ): Promise<Answer<Result>>;
  /**
   * Follows a stream: opened at the first `next`, and after every break opened again at the place where it was, after
   * 0.3 to 8 s. Items come each once and in order; `Gap` says whose part must be asked anew, `Gone` what must go from the
   * screen, `Heartbeat` how far behind each participant is.
   *
   * @example
   * const changes = graphql(`subscription Changes($after: String) {
   *   incidentChanged(after: $after) {
   *     __typename
   *     ... on IncidentChange { id cursor type incident { id title state } }
   *     ... on Gone { id cursor subjectId }
   *     ... on Gap { cursor participant { name } reason }
   *     ... on Heartbeat { cursor }
   *   }
   * }`);
   * for await (const item of hub.subscribe(changes)) {
   *   if (item.__typename === 'IncidentChange') console.log(item.type, item.incident?.title);
   *   if (item.__typename === 'Heartbeat') break;
   * }
   */
  subscribe<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    ...given: Following<Result, Variables>
  ): Stream<ItemOf<Result>>;
}

/**
 * A client of the hub for browsers and Node.
 *
 * @example
 * const hub = createClient({ url: 'http://localhost:4000/graphql', token: logIn });
 * const { data } = await hub.query(graphql('query { participants { id name } }'));
 * for (const { id, name } of data.participants) console.log(id, name);
 */
export function createClient(options: ClientOptions): Client {
  const { retries = 3, timeoutMs = 15_000, heartbeatMs = 3_000, random = Math.random, door = overSse() } = options;
  const url = new URL(options.url, globalThis.location?.href).href;
  // A fetch that was taken off its window refuses to be called.
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  const auth = createAuth(options.token);
  const open = door({ url, fetch, auth });

  async function ask<Result>(
    of: Kind,
    document: TypedDocument<Result, never>,
    given: unknown,
    { signal }: RequestOptions = {},
  ): Promise<Answer<Result>> {
    const text = textOf(document);
    const passed = { ...(given as Variables | undefined) };
    const { variables, commandIds } =
      of === 'mutation' ? withCommandIds(text, passed, newCommandId) : { variables: passed, commandIds: [] };
    const requesting = { of, url, fetch, auth, text, variables, commandIds, signal, retries, timeoutMs, random };
    const { data, failures, traceId } = await request(requesting);
    const coverage = coverageIn(data);
    const isComplete = failures.length === 0 && coverage.every((one) => one.coverage.complete !== false);
    return { data: data as Result, errors: failures, coverage, isComplete, traceId };
  }

  return {
    query: (document, ...given) => ask('query', document, ...(given as Passed)),
    mutate: (document, ...given) => ask('mutation', document, ...(given as Passed)),
    subscribe: (document, ...[given]) => {
      const { variables, after, onState, signal } = (given ?? {}) as SubscribeOptions<Variables>;
      return createStream({
        open,
        text: textOf(document),
        after: after ?? undefined,
        variables: variables ?? ((cursor) => ({ after: cursor })),
        onState,
        signal,
        heartbeatMs,
        random,
      });
    },
  };
}

type Passed = [variables: unknown, options?: RequestOptions];
