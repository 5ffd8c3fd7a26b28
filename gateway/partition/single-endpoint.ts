/**
 * A subgraph of one endpoint, the registry's: its fetches pass through as they are.
 *
 * An entity that is asked for by its link and not given is absent, as at a participant. One that merely extends an
 * object of the hub leaves that object as it is: names stay while the registry is down.
 */
import { createAskAsHub } from '../transport/ask-as-hub.ts';
import type { EndpointError } from '../transport/reply.ts';
import type { Send } from '../transport/transport.ts';
import type { Fetch, FetchAnswer, FetchContext } from './fetch.ts';
import { isJsonObject, type JsonObject, readKey } from './json.ts';
import { codeOf, saidByFailure } from './outcome.ts';
import { type PartialError, partialError } from './partial-error.ts';
import { createAsk } from './scatter.ts';

export type FetchSingle = (fetch: Fetch, context: FetchContext) => Promise<FetchAnswer>;

export function createSingleEndpoint(endpoint: string, send: Send): FetchSingle {
  const ask = createAsk(send);
  return async (fetch, context) => {
    const kind = fetch.operationKind === 'mutation' ? 'mutation' : 'query';
    const body = JSON.stringify({ query: fetch.document, variables: fetch.variables });
    const isRepeatable = kind === 'mutation' && /\bcommandId\b/.test(body);
    const reply = await ask(
      endpoint,
      { document: fetch.document, body, kind, isPersonal: false, isRepeatable },
      context,
    );
    const details = { participant: endpoint, traceId: context.traceId };
    if (reply.kind === 'failed') {
      const said = saidByFailure(reply);
      const code = kind === 'mutation' && reply.mayHaveActed ? 'OUTCOME_UNKNOWN' : codeOf(said);
      const error = partialError(code, [], { ...details, reason: said.reason });
      return { data: null, errors: [error], ...absentOf(fetch, undefined, () => true) };
    }
    const errors = reply.errors.map((error) => passedOn(error, details));
    const { absent } = absentOf(fetch, reply.data ?? undefined, () => false);
    for (const { alias, index } of absent) {
      const isTold = reply.errors.some(({ path }) => path[0] === alias && path[1] === index);
      if (!isTold) errors.push(partialError('NOT_FOUND', [alias, index], details));
    }
    return { data: reply.data as JsonObject | null, errors, absent };
  };
}

function passedOn(error: EndpointError, details: { participant: string; traceId: string | undefined }): PartialError {
  const code = error.code === undefined || error.code === 'INTERNAL_SERVER_ERROR' ? 'CONTRACT_BREACH' : error.code;
  return partialError(code, error.path, details);
}

function absentOf({ entities, variables }: Fetch, data: JsonObject | undefined, isSilent: () => boolean) {
  const absent: { alias: string; index: number }[] = [];
  for (const { alias, variable } of entities) {
    const representations = variables[variable];
    const results = data === undefined ? undefined : readKey(data, alias);
    if (!Array.isArray(representations)) continue;
    for (const [index, representation] of representations.entries()) {
      const isLinked = isJsonObject(representation) && representation.linkId !== undefined;
      const isGiven = Array.isArray(results) && isJsonObject(results[index]);
      if (isLinked && (isSilent() || !isGiven)) absent.push({ alias, index });
    }
  }
  return { absent };
}

/** The registry's signed directory, asked under the hub's own name. */
export function createDirectoryFetch(send: Send, now: () => number): () => Promise<string> {
  const ask = createAskAsHub(send, now);
  return async () => {
    const reply = await ask('registry', { document: '{ directory }' });
    if (reply.kind === 'failed') throw new Error(`${reply.failure}: ${reply.reason}`);
    const directory = reply.data?.directory;
    if (typeof directory === 'string') return directory;
    throw new Error(`Expected a signed directory, found ${reply.errors[0]?.code ?? 'none'}.`);
  };
}
