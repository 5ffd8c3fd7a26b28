/**
 * What WebSocket and event streams have in common: a token, one way in, then an answer or a stream of results.
 *
 * Nothing is executed before `admit` has let it in, as over HTTP. The doors themselves only know how their bytes look.
 */
import type { ErrorCode } from '@kortelijn/schema/errors/codes.ts';
import type { ExecutionResult, FormattedExecutionResult, GraphQLError } from 'graphql';
import { hubError } from '../errors.ts';
import type { Authority } from '../identity/authority.ts';
import type { Subscribed } from '../live/live.ts';
import type { StreamEnd } from '../live/stream-end.ts';
import type { Telemetry } from '../telemetry/events.ts';
import type { Admit, Admitted } from './admit.ts';
import {
  type Connection,
  type Connections,
  type ConnectionsOptions,
  createConnections,
  type Operation,
} from './connections.ts';
import { formatResult } from './frame.ts';
import type { Asked } from './read-operation.ts';
import { type Execute, runToAnswer, startRunning } from './running.ts';
import { documentHash } from './trusted-documents.ts';

export interface StreamRequest {
  readonly admitted: Admitted;
  readonly authority: Authority;
  readonly traceId: string;
  readonly signal: AbortSignal;
  readonly onEnd: (end: StreamEnd) => void;
}

/** The live engine as the doors need it; it is wired to them. The results of a group may be the same objects for all its connections. */
export type Subscribe = (request: StreamRequest) => Subscribed;

export interface LiveDoorOptions extends ConnectionsOptions {
  readonly admit: Admit;
  readonly execute: Execute;
  readonly subscribe: Subscribe;
  readonly telemetry: Telemetry;
}

export type Opened =
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[]; readonly retryAfterSeconds?: number }
  | { readonly kind: 'answer'; readonly result: FormattedExecutionResult }
  | { readonly kind: 'stream'; readonly results: Results };

/** Never throws: what breaks behind it ends it with a coded error. */
export interface Results {
  next(): Promise<IteratorResult<ExecutionResult, undefined>>;
  /** Nobody waits for more. */
  leave(): void;
}

export interface Opening {
  readonly id?: string;
  readonly asked: Asked;
  readonly traceId: string;
  readonly timeoutMs: number;
}

export interface LiveDoor extends Connections {
  open(connection: Connection, opening: Opening): Promise<Opened>;
}

export function createLiveDoor(options: LiveDoorOptions): LiveDoor {
  const { admit, execute, subscribe, limits, telemetry, now } = options;
  const connections = createConnections(options);
  let inWorkCount = 0;

  /** Its place on the connection is kept from the first moment: many messages may come at once. */
  async function open(connection: Connection, opening: Opening): Promise<Opened> {
    const { id, traceId } = opening;
    const startedAt = performance.now();
    const operation = { id, isStream: false, leave() {} };
    const refuse = (errors: readonly GraphQLError[], retryAfterSeconds?: number): Opened => {
      connections.settle(connection, operation);
      for (const { extensions } of errors) {
        extensions.traceId = traceId;
        if (retryAfterSeconds !== undefined) extensions.retryAfterSeconds = retryAfterSeconds;
      }
      telemetry.requestRefused({
        door: connection.wire.door,
        code: String(errors[0]?.extensions.code),
        traceId,
        durationMs: performance.now() - startedAt,
        ...(connection.authority && { participant: connection.authority.participant }),
      });
      return { kind: 'refused', errors, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
    };
    if (connection.operations.size >= limits.operationCountMaxPerConnection) {
      return refuse([
        hubError(
          'TOO_MANY_STREAMS',
          `Expected at most ${limits.operationCountMaxPerConnection} operations on a connection, found one more.`,
        ),
      ]);
    }
    // Nobody asks for more than it reads.
    const { wire, transport } = connection;
    if (wire.unreadBytes(transport) > limits.unreadBytesMax) return refuse([hubError('CONSUMER_TOO_SLOW')]);
    if (inWorkCount >= limits.requestCountMax) return refuse([hubError('OVERLOADED')], 1);
    connection.operations.add(operation);
    inWorkCount += 1;
    try {
      const authority = await connections.recheck(connection);
      if (typeof authority === 'string') return refuse([hubError(authority)]);
      const { asked } = opening;
      const admission = await admit({ ...asked, document: asked.query, authority, door: connection.wire.door });
      if (admission.kind === 'refused') return refuse(admission.errors, admission.retryAfterSeconds);
      const told = {
        door: connection.wire.door,
        kind: admission.operation.operation,
        traceId,
        participant: authority.participant,
        program: authority.program,
        documentHash: documentHash(admission.text),
        cost: admission.cost.requested,
      };
      if (admission.operation.operation === 'subscription') {
        const stream = startStream(connection, id, { admitted: admission, authority, traceId });
        if ('errors' in stream) return refuse(stream.errors);
        connections.settle(connection, operation);
        telemetry.requestAnswered({ ...told, durationMs: performance.now() - startedAt, codes: [] });
        return { kind: 'stream', results: stream.results };
      }
      const leftMs = Math.max(1, opening.timeoutMs - (performance.now() - startedAt));
      const started = startRunning({ admitted: admission, authority, traceId, leftMs, now });
      operation.leave = started.leave;
      try {
        const result = formatResult(await runToAnswer(execute, started.running));
        const { codes } = started.running;
        telemetry.requestAnswered({ ...told, durationMs: performance.now() - startedAt, codes });
        return { kind: 'answer', result };
      } finally {
        started[Symbol.dispose]();
      }
    } catch (error) {
      telemetry.requestBroke({ door: connection.wire.door, traceId, error });
      return refuse([hubError('INTERNAL')]);
    } finally {
      inWorkCount -= 1;
      // After the answer is on its way: a hub that stops waits for it.
      if (connection.operations.has(operation)) setImmediate(() => connections.settle(connection, operation));
    }
  }

  function startStream(
    connection: Connection,
    id: string | undefined,
    request: Pick<StreamRequest, 'admitted' | 'authority' | 'traceId'>,
  ): { readonly results: Results } | { readonly errors: readonly GraphQLError[] } {
    const { traceId } = request;
    const leaving = new AbortController();
    const started = subscribe({
      ...request,
      signal: leaving.signal,
      onEnd(end) {
        connections.end(connection, end);
      },
    });
    if (!started.ok) return started;
    const results = started.results;
    let isBroken = false;
    const stream: Operation & Results = {
      id,
      isStream: true,
      leave() {
        connections.settle(connection, stream);
        leaving.abort();
        results.return?.()?.catch(ignore);
      },
      async next() {
        if (isBroken) return done;
        try {
          const result = await results.next();
          if (!result.done) return result;
          connections.settle(connection, stream);
          return done;
        } catch (error) {
          isBroken = true;
          stream.leave();
          telemetry.requestBroke({ door: connection.wire.door, traceId, error });
          return { value: { errors: [coded('INTERNAL', traceId)] }, done: false };
        }
      },
    };
    connection.operations.add(stream);
    // Its connection may have been closed while it was let in.
    if (connection.endingSinceMs !== undefined) stream.leave();
    return { results: stream };
  }

  // The same object: its figures are getters.
  return Object.assign(connections, { open });
}

function ignore(): void {}

const done = { value: undefined, done: true } as const;

function coded(code: ErrorCode, traceId: string): GraphQLError {
  const error = hubError(code);
  error.extensions.traceId = traceId;
  return error;
}
