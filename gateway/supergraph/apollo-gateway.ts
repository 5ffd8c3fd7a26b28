/** Our engine in the form Apollo Server asks of a gateway; the server parses, validates and speaks HTTP. */
import type { ApolloServerOptionsWithGateway, BaseContext } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { coded } from './errors.ts';
import { execute } from './execute.ts';
import type { FetchSubgraph } from './fetch-subgraph.ts';
import type { Supergraph } from './load.ts';
import type { Planner } from './plan.ts';

export interface ApolloGatewayParts {
  readonly supergraph: Supergraph;
  readonly planner: Planner;
  readonly fetchSubgraph: FetchSubgraph;
  /** The SDL the supergraph was loaded from. */
  readonly sdl: string;
  /** How long one request may take, in milliseconds. */
  readonly requestTimeoutMs: number;
}

export function apolloGateway(parts: ApolloGatewayParts): ApolloServerOptionsWithGateway<BaseContext>['gateway'] {
  const { supergraph, planner, fetchSubgraph, sdl, requestTimeoutMs } = parts;
  const { publicSchema } = supergraph;
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: publicSchema, coreSupergraphSdl: sdl });
      return () => {};
    },
    async load() {
      return {
        async executor({ document, operationName, operation, request, context }) {
          if (operation.operation === 'subscription') return { errors: [subscriptionOverHttp()] };
          const planned = await planner.plan({
            document,
            operationName: operationName ?? undefined,
            variables: request.variables,
          });
          if (planned.kind === 'refused') return { errors: planned.errors };
          const signal = AbortSignal.timeout(requestTimeoutMs);
          return execute({ ...planned, publicSchema, fetchSubgraph, context, signal });
        },
      };
    },
    async stop() {},
  };
}

function subscriptionOverHttp(): GraphQLError {
  return new GraphQLError('Expected a query or a mutation, found a subscription: this address holds no streams.', {
    extensions: { ...coded('OPERATION_NOT_SUPPORTED'), http: { status: 400 } },
  });
}
