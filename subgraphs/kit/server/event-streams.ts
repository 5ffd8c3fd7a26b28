/**
 * Answers subscriptions as server-sent events (GraphQL over SSE, distinct connections mode): `next` with a result,
 * `complete` at the end. A result is asked for when the one before it has left, so a slow reader costs one result. A
 * stream ends by itself after a while, so that whoever follows proves anew who he is.
 */
import type { ServerResponse } from 'node:http';
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql';
import { DOCUMENT_TOKENS_MAX, type GraphQLRequestBody } from '../trust/operation-kind.ts';
import type { FormatError } from './format-error.ts';

export interface EventStreamsOptions {
  readonly schema: GraphQLSchema;
  readonly formatError: FormatError;
  /** Streams that may be open at once; they do not count as requests in flight. */
  readonly streamsMax?: number;
  /** How long a stream lasts. */
  readonly lifeMs?: number;
  /** How long a reader may leave unread what was sent. */
  readonly stallMs?: number;
}

export interface StreamRequest {
  readonly request: GraphQLRequestBody;
  readonly headers: Readonly<Record<string, string>>;
  /** Told when nobody reads the stream any more. */
  readonly context: (signal: AbortSignal) => unknown;
}

export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export interface EventStreams {
  /** Resolves when the stream has ended, or at once with the reason why there is none: then nothing was sent. */
  answer(request: StreamRequest, response: ServerResponse): Promise<Refused | undefined>;
  /** Ends every stream, each with `complete`. */
  close(): void;
}

const STREAMS_MAX = 64;
const LIFE_MS = 15 * 60_000;
const STALL_MS = 60_000;
const RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule];

export function createEventStreams(options: EventStreamsOptions): EventStreams {
  const { schema, formatError, streamsMax = STREAMS_MAX, lifeMs = LIFE_MS, stallMs = STALL_MS } = options;
  const open = new Set<AbortController>();
  let closing = false;

  const answer: EventStreams['answer'] = async ({ request, headers, context }, response) => {
    const document = documentOf(schema, request);
    if ('code' in document) return document;
    if (closing || open.size >= streamsMax) {
      return { status: 503, code: 'OVERLOADED', message: 'The endpoint has as many streams open as it can.' };
    }
    const stop = new AbortController();
    const end = () => stop.abort();
    open.add(stop);
    response.on('close', end);
    const life = setTimeout(end, lifeMs);
    try {
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream', connection: 'close' });
      response.flushHeaders();
      const results = resultsOf(() => subscribe({ schema, document, ...argumentsOf(request, context(stop.signal)) }));
      for await (const result of results) {
        if (response.destroyed) break;
        if (!response.write(nextEvent(result, formatError))) await drained(response, stop.signal, stallMs);
      }
      response.end('event: complete\ndata: \n\n');
      setTimeout(() => response.destroy(), stallMs).unref();
    } finally {
      end();
      clearTimeout(life);
      response.off('close', end);
      open.delete(stop);
    }
    return undefined;
  };
  return {
    answer,
    close: () => {
      closing = true;
      for (const stop of open) stop.abort();
    },
  };
}

function documentOf(schema: GraphQLSchema, { query, operationName }: GraphQLRequestBody): DocumentNode | Refused {
  const refused = (code: string, message: string): Refused => ({ status: 400, code, message });
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: DOCUMENT_TOKENS_MAX });
  } catch (error) {
    return refused('GRAPHQL_PARSE_FAILED', (error as Error).message);
  }
  const [problem] = validate(schema, document, RULES, { maxErrors: 1, hideSuggestions: true });
  if (problem) return refused('GRAPHQL_VALIDATION_FAILED', problem.message);
  if (getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION) return document;
  return refused('BAD_REQUEST', 'Only a subscription is answered as text/event-stream.');
}

const argumentsOf = ({ variables, operationName }: GraphQLRequestBody, contextValue: unknown) => ({
  contextValue,
  variableValues: variables,
  operationName,
});

/** What breaks on the way is the last result: the reader learns its code and comes again. */
async function* resultsOf(
  begin: () => Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult>,
): AsyncGenerator<ExecutionResult, void, undefined> {
  try {
    const begun = await begin();
    if (Symbol.asyncIterator in begun) yield* begun;
    else yield begun;
  } catch (error) {
    yield { errors: [error as GraphQLError] };
  }
}

function nextEvent({ data, errors }: ExecutionResult, formatError: FormatError): string {
  const shown = errors?.map((error) => formatError(toFormatted(error), error));
  return `event: next\ndata: ${JSON.stringify({ ...(data !== undefined && { data }), ...(shown && { errors: shown }) })}\n\n`;
}

const toFormatted = (error: Partial<GraphQLError>) => error.toJSON?.() ?? { message: String(error.message) };

/** Until the reader has read on. One that does not, or that is still behind at the end, is let go. */
function drained(response: ServerResponse, signal: AbortSignal, stallMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(stall);
      response.off('drain', done);
      signal.removeEventListener('abort', letGo);
      resolve();
    };
    const letGo = () => {
      response.destroy();
      done();
    };
    const stall = setTimeout(letGo, stallMs);
    response.once('drain', done);
    if (signal.aborted) letGo();
    else signal.addEventListener('abort', letGo);
  });
}
