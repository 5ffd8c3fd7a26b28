import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './graphql-env.d.ts';

/**
 * Makes a typed document out of GraphQL, checked against the public schema of the hub while you type: results and
 * variables get their types without a build step. `DateTime` is RFC 3339 text in UTC, `Date` is `YYYY-MM-DD`.
 *
 * @example
 * const participants = graphql('query Participants { participants { id name } }');
 */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { DateTime: string; Date: string };
}>();

export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada';
