/** An admitted query or mutation on its way, the same for every door: its context, its deadline and its answer. */
import { randomUUID } from 'node:crypto';
import type { ExecutionResult } from 'graphql';
import { hubError } from '../errors.ts';
import type { Authority } from '../identity/authority.ts';
import type { Admitted } from './admit.ts';
import type { RequestContext } from './request-context.ts';
import { traceparentOf } from './trace-id.ts';

export interface Running {
  readonly admitted: Admitted;
  readonly context: RequestContext;
  readonly signal: AbortSignal;
  /** Filled with the codes of the answer's errors, for the log. */
  readonly codes: string[];
}

export type Execute = (running: Running) => Promise<ExecutionResult>;

export interface Start {
  readonly admitted: Admitted;
  readonly authority: Authority;
  readonly traceId: string;
  /** What is left of the time that the caller waits. */
  readonly leftMs: number;
  readonly now: () => number;
}

export interface Started {
  readonly running: Running;
  /** The caller has gone. Nobody waits for the answer to a query any more; a command is carried to its end. */
  leave(): void;
  [Symbol.dispose](): void;
}

export function startRunning({ admitted, authority, traceId, leftMs, now }: Start): Started {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(hubError('DEADLINE_EXCEEDED')), leftMs);
  const isCommand = admitted.operation.operation === 'mutation';
  const context = {
    authority,
    deadlineMs: now() + leftMs,
    requestId: randomUUID(),
    traceId,
    traceparent: traceparentOf(traceId),
  };
  return {
    running: { admitted, context, signal: deadline.signal, codes: [] },
    leave() {
      if (!isCommand) deadline.abort(hubError('DEADLINE_EXCEEDED', 'The caller has gone.'));
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** The answer as every door gives it: with the trace and what it cost. */
export async function runToAnswer(execute: Execute, running: Running): Promise<ExecutionResult> {
  const { traceId } = running.context;
  const result = await execute(running);
  for (const { extensions } of result.errors ?? []) {
    extensions.traceId = traceId;
    running.codes.push(String(extensions.code ?? 'INTERNAL'));
  }
  return { ...result, extensions: { traceId, cost: running.admitted.cost } };
}
