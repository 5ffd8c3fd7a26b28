/**
 * The supergraph that is served, and everything that follows from it. Its file is looked at now and then: a newer
 * supergraph that can be served takes over between two requests, one that cannot is told and changes nothing. What is
 * under way, streams too, goes on with the plan that it began with.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ApolloServer } from '@apollo/server';
import type { GatewayConfig } from './config.ts';
import { type Admit, createWayIn } from './edge/admit.ts';
import { startApollo } from './edge/apollo.ts';
import type { Execute, Running } from './edge/running.ts';
import { loadSupergraph, type Supergraph } from './supergraph/load.ts';
import { createPlanner, type Planner } from './supergraph/plan.ts';
import type { Telemetry } from './telemetry/events.ts';

export interface ServedSchema {
  readonly supergraph: Supergraph;
  readonly planner: Planner;
  readonly admit: Admit;
  readonly apollo: ApolloServer<Running>;
}

export interface SchemaWatch extends AsyncDisposable {
  current(): ServedSchema;
}

export interface ServeSchemaOptions {
  readonly config: Pick<GatewayConfig, 'supergraphFile' | 'limits' | 'trustedDocuments' | 'now'>;
  readonly execute: Execute;
  readonly telemetry: Telemetry;
  /** How often the file is looked at. Default 2,000. */
  readonly intervalMs?: number;
}

export async function serveSchema(options: ServeSchemaOptions): Promise<SchemaWatch> {
  const { config, execute, telemetry, intervalMs = 2_000 } = options;
  const { supergraphFile, limits, trustedDocuments, now } = config;

  const serve = async (sdl: string): Promise<ServedSchema> => {
    const supergraph = loadSupergraph(sdl);
    const planner = createPlanner(supergraph);
    const { admit, documents } = createWayIn({ supergraph, planner, limits, trustedDocuments, now });
    return { supergraph, planner, admit, apollo: await startApollo(supergraph.publicSchema, documents, execute) };
  };

  let seen = readFileSync(supergraphFile, 'utf8');
  let current = await serve(seen);
  const started = [current.apollo];
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      const sdl = readFileSync(supergraphFile, 'utf8');
      if (sdl === seen) return;
      seen = sdl;
      const next = await serve(sdl);
      lacksNothing(current, next);
      current = next;
      started.push(next.apollo);
      telemetry.schemaChanged({ version: createHash('sha256').update(sdl).digest('hex').slice(0, 12) });
    } catch (error) {
      telemetry.schemaRefused(error instanceof Error ? error.message : String(error));
    }
  };
  // By looking now and then: a mounted file is replaced in ways that no watcher of the system reports.
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, intervalMs);
  timer.unref();

  return {
    current: () => current,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await looking;
      await Promise.all(started.map((apollo) => apollo.stop()));
    },
  };
}

/** What this program answers for itself must stay: a supergraph without it belongs to another version of the hub. */
function lacksNothing(before: ServedSchema, after: ServedSchema): void {
  for (const kind of ['getQueryType', 'getMutationType', 'getSubscriptionType'] as const) {
    const fields = after.supergraph.publicSchema[kind]()?.getFields() ?? {};
    const lacking = Object.keys(before.supergraph.publicSchema[kind]()?.getFields() ?? {}).find(
      (name) => !fields[name],
    );
    if (lacking !== undefined) {
      throw new Error(
        `Expected a supergraph with everything that is served now, found none of the field "${lacking}".`,
      );
    }
  }
}
