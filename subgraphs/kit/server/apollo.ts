/** Apollo Server as an endpoint needs it: everything off that speaks to others or tells of itself. */
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { Logger } from 'pino';
import { DOCUMENT_TOKENS_MAX } from '../trust/operation-kind.ts';
import { audienceGuard } from './audience.ts';
import type { EndpointContext } from './endpoint-context.ts';
import type { FormatError } from './format-error.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly formatError: FormatError;
  readonly logger: Logger;
}

export const createApollo = <Context extends EndpointContext>({ schema, formatError, logger }: ApolloOptions) =>
  new ApolloServer<Context>({
    schema,
    introspection: false,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    parseOptions: { maxTokens: DOCUMENT_TOKENS_MAX },
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    formatError,
    logger,
    plugins: [
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      noSubscriptions,
      audienceGuard(schema),
    ],
  });

/** Apollo runs a subscription that comes by POST like a query, once; here it is a stream or nothing. */
const noSubscriptions: ApolloServerPlugin<EndpointContext> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ operation }) => {
      if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return;
      throw new GraphQLError('A subscription is answered as text/event-stream only: ask for it by `accept`.', {
        extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
      });
    },
  }),
};
