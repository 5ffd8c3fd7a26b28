/**
 * The HTTP door for GraphQL: POST with JSON, nothing else. Who calls is known before the body is read; what is asked
 * is admitted before Apollo Server sees it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { hubError } from '../errors.ts';
import type { Authority } from '../identity/authority.ts';
import type { VerifyToken } from '../identity/verify.ts';
import type { Telemetry } from '../telemetry/events.ts';
import type { Admit, Admitted } from './admit.ts';
import { sendRefusal } from './answers.ts';
import { deadlineHeader, timeoutOf } from './deadline.ts';
import type { Limits } from './limits.ts';
import { isUnread } from './read-body.ts';
import { type Asked, formHeaders, formRefusal, readAsked } from './read-operation.ts';
import { type Running, startRunning } from './running.ts';
import { traceIdOf } from './trace-id.ts';
import { documentHash } from './trusted-documents.ts';

export interface GraphqlDoorOptions {
  readonly verify: VerifyToken;
  readonly admit: Admit;
  readonly apollo: Pick<ApolloServer<Running>, 'executeHTTPGraphQLRequest'>;
  readonly limits: Limits;
  readonly telemetry: Telemetry;
  readonly now: () => number;
}

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const retryAfterSeconds = 1;

export function createGraphqlDoor(options: GraphqlDoorOptions): Handle {
  const { verify, admit, apollo, limits, telemetry, now } = options;
  let inWorkCount = 0;

  return async (request, response) => {
    const startedAt = performance.now();
    const traceId = traceIdOf(request.headers.traceparent);
    const refuse = (errors: readonly GraphQLError[], more: RefuseMore = {}): void => {
      const { status, headers, extensions, authority } = more;
      if (isUnread(request)) response.setHeader('connection', 'close');
      sendRefusal(response, {
        errors,
        traceId,
        ...(status && { status }),
        ...(headers && { headers }),
        ...(extensions && { extensions }),
      });
      const code = String(errors[0]?.extensions.code);
      const durationMs = performance.now() - startedAt;
      telemetry.requestRefused({
        door: 'HTTP',
        code,
        traceId,
        durationMs,
        ...(authority && { participant: authority.participant }),
      });
    };
    if (inWorkCount >= limits.requestCountMax) {
      return refuse([hubError('OVERLOADED')], { headers: { 'retry-after': String(retryAfterSeconds) } });
    }
    inWorkCount += 1;
    try {
      const unreadable = formRefusal(request);
      if (unreadable !== undefined) return refuse([unreadable.error], unreadable);
      const verified = await verify(request.headers.authorization);
      if (!verified.ok) return refuse([hubError(verified.code)], { headers: { 'www-authenticate': 'Bearer' } });
      const { authority } = verified;
      const asked = await readAsked(request, limits.bodyBytesMax);
      if (asked instanceof GraphQLError) return refuse([asked], { authority });
      const timeoutMs = timeoutOf(request.headers[deadlineHeader]);
      if (timeoutMs instanceof GraphQLError) return refuse([timeoutMs], { authority });
      const admission = await admit({ ...asked, document: asked.query, authority, door: 'HTTP' });
      if (admission.kind === 'refused') {
        const { errors, cost, retryAfterSeconds } = admission;
        const headers = retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) };
        return refuse(errors, { authority, ...(headers && { headers }), ...(cost && { extensions: { cost } }) });
      }
      await answer({ request, response, admission, asked, authority, timeoutMs, traceId, startedAt });
    } catch (error) {
      telemetry.requestBroke({ door: 'HTTP', traceId, error });
      if (!response.headersSent) sendRefusal(response, { errors: [hubError('INTERNAL')], traceId });
      else response.destroy();
    } finally {
      inWorkCount -= 1;
    }
  };

  async function answer({
    request,
    response,
    admission,
    asked,
    authority,
    timeoutMs,
    traceId,
    startedAt,
  }: Answering): Promise<void> {
    // The caller has waited since its first byte.
    const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
    const started = startRunning({ admitted: admission, authority, traceId, leftMs, now });
    const leave = (): void => {
      if (!response.writableEnded) started.leave();
    };
    response.once('close', leave);
    try {
      const result = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers: formHeaders(request),
          search: '',
          body: {
            query: admission.text,
            variables: asked.variables ?? {},
            ...(asked.operationName && { operationName: asked.operationName }),
          },
        },
        context: async () => started.running,
      });
      if (result.body.kind !== 'complete')
        throw new Error('Expected a whole answer from the HTTP protocol, found a chunked one.');
      for (const [name, value] of result.headers) response.setHeader(name, value);
      response.setHeader('cache-control', 'no-store');
      response.writeHead(result.status ?? 200);
      response.end(result.body.string);
    } finally {
      started[Symbol.dispose]();
      response.off('close', leave);
    }
    telemetry.requestAnswered({
      door: 'HTTP',
      kind: admission.operation.operation,
      traceId,
      participant: authority.participant,
      program: authority.program,
      documentHash: documentHash(admission.text),
      cost: admission.cost.requested,
      durationMs: performance.now() - startedAt,
      codes: started.running.codes,
    });
  }
}

interface RefuseMore {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly authority?: Authority;
}

interface Answering {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly admission: Admitted;
  readonly asked: Asked;
  readonly authority: Authority;
  readonly timeoutMs: number;
  readonly traceId: string;
  readonly startedAt: number;
}
