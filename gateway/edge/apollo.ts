/**
 * Apollo Server as the HTTP door's protocol: media types, status codes, the form of an answer.
 *
 * What it gets has been admitted. It parses and validates nothing anew: documents come out of the same store.
 * Everything that it would do on its own (persisted queries, landing page, tracing, reporting) is off.
 */
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Documents } from './documents.ts';
import { formatError } from './format-error.ts';
import { type Execute, type Running, runToAnswer } from './running.ts';

export async function startApollo(
  schema: GraphQLSchema,
  documents: Documents,
  execute: Execute,
): Promise<ApolloServer<Running>> {
  const apollo = new ApolloServer<Running>({
    gateway: {
      load: async () => ({
        executor: async ({ context }) => (await runToAnswer(execute, context as Running)) as never,
      }),
      onSchemaLoadOrUpdate(listener) {
        listener({ apiSchema: schema, coreSupergraphSdl: '' });
        return () => {};
      },
      stop: async () => {},
    },
    documentStore: {
      // The key ends with the SHA-256 of the document's text.
      get: async (key) => documents.find(key.slice(-64)),
      set: async () => {},
      delete: async () => false,
    },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    // Only callers with a verified token come this far.
    introspection: true,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    formatError: (formatted) => formatError(formatted),
  });
  await apollo.start();
  return apollo;
}
