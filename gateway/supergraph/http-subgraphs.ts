/** Asks ordinary subgraphs over HTTP, at the addresses of the supergraph. */
import type { ErrorCode } from '@kortelijn/schema/errors/codes.ts';
import { GraphQLError } from 'graphql';
import { Agent, request } from 'undici';
import { coded } from './errors.ts';
import type { FetchSubgraph, SubgraphResponse } from './fetch-subgraph.ts';
import { isJsonObject } from './json.ts';
import type { Subgraph } from './type-catalogue.ts';

export interface HttpSubgraphs extends AsyncDisposable {
  readonly fetchSubgraph: FetchSubgraph;
}

export function createHttpSubgraphs(subgraphs: readonly Subgraph[]): HttpSubgraphs {
  const urls = new Map(subgraphs.map(({ name, url }) => [name, url]));
  const dispatcher = new Agent({ connections: 64, headersTimeout: 30_000, bodyTimeout: 30_000 });
  return {
    async fetchSubgraph({ subgraph, document, operationName, variables }, _context, signal) {
      const url = urls.get(subgraph);
      if (url === undefined || url === '') {
        throw failure(`Expected an address of subgraph "${subgraph}" in the supergraph, found none.`, 'UNREACHABLE');
      }
      const body = JSON.stringify({
        query: document,
        variables,
        ...(operationName !== undefined && { operationName }),
      });
      const headers = {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
      };
      let text: string;
      try {
        const response = await request(url, { method: 'POST', dispatcher, signal, body, headers });
        text = await response.body.text();
      } catch (cause) {
        throw failure(
          `Expected an answer from subgraph "${subgraph}", found no connection or none in time.`,
          'UNREACHABLE',
          cause,
        );
      }
      return parsed(text, subgraph);
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

function parsed(text: string, subgraph: string): SubgraphResponse {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    answer = undefined;
  }
  if (isJsonObject(answer)) return answer as unknown as SubgraphResponse;
  throw failure(
    `Expected a GraphQL answer in JSON from subgraph "${subgraph}", found something else.`,
    'CONTRACT_BREACH',
  );
}

function failure(message: string, code: ErrorCode, cause?: unknown): GraphQLError {
  return new GraphQLError(message, {
    extensions: coded(code),
    ...(cause instanceof Error && { originalError: cause }),
  });
}
