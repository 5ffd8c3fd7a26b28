/** What a program that uses the SDK may and may not write; judged by the compiler, run for what it does. */
import { expect, expectTypeOf, test } from 'vitest';
import type { CommandVariables, ItemOf } from './client.ts';
import { createClient } from './client.ts';
import type { Door } from './door.ts';
import { graphql, type ResultOf, type VariablesOf } from './graphql.ts';

const incidents = graphql(`query Incidents($first: Int!) {
  incidents(first: $first) { nodes { id title state createdAt } coverage { complete liveCursor } }
}`);
const participants = graphql('query Participants { participants { id name } }');
const report = graphql(`mutation Report($input: ReportIncidentInput!) {
  reportIncident(input: $input) { __typename ... on IncidentSent { link { id } } }
}`);
const changes = graphql(`subscription Changes($after: String, $participants: [ID!]) {
  incidentChanged(after: $after, participants: $participants) {
    __typename
    ... on IncidentChange { id cursor type incident { id title } }
    ... on Gone { id cursor subjectId }
    ... on Gap { cursor reason }
    ... on Heartbeat { cursor }
  }
}`);
const withoutCursor = graphql(`subscription Changes {
  incidentChanged { __typename ... on IncidentChange { id cursor } ... on Heartbeat { at } }
}`);

/** Never connected: the doors of this test are the compiler's. */
const hub = createClient({
  url: 'http://localhost:1/graphql',
  token: async () => 'token',
  door: (() => () => ({ close() {}, drop() {} })) satisfies Door,
  retries: 0,
});

test('results and variables have the types of the public schema', () => {
  expectTypeOf<VariablesOf<typeof incidents>>().toEqualTypeOf<{ first: number }>();
  type Incident = NonNullable<ResultOf<typeof incidents>['incidents']>['nodes'][number];
  expectTypeOf<Incident['id']>().toEqualTypeOf<string>();
  expectTypeOf<Incident['createdAt']>().toEqualTypeOf<string | null>();
  expectTypeOf<Incident['title']>().toEqualTypeOf<string | null>();
});

test('a command asks for everything but its commandId', () => {
  type Input = CommandVariables<VariablesOf<typeof report>>['input'];
  expectTypeOf<{ service: 'Verzamelen'; title: string }>().toExtend<Pick<Input, 'service' | 'title'>>();
  expectTypeOf<Input['commandId']>().toEqualTypeOf<string | undefined>();
});

test('an item of a stream is one of the members of the union', () => {
  type Item = ItemOf<ResultOf<typeof changes>>;
  expectTypeOf<Item['__typename']>().toEqualTypeOf<'IncidentChange' | 'Gone' | 'Gap' | 'Heartbeat'>();
  expectTypeOf<Item['cursor']>().toEqualTypeOf<string>();
});

/** Compiled and never called. */
export function neverCalled(): void {
  void hub.query(participants);
  void hub.query(incidents, { first: 1 });
  // @ts-expect-error: `first` is asked for.
  void hub.query(incidents);
  // @ts-expect-error: and is a number.
  void hub.query(incidents, { first: 'one' });
  void hub.mutate(report, { input: { service: 'Verzamelen', title: 'Agenda leeg' } });
  // @ts-expect-error: a report has a title.
  void hub.mutate(report, { input: { service: 'Verzamelen' } });
  // @ts-expect-error: that is no service.
  void hub.mutate(report, { input: { service: 42, title: 'Agenda leeg' } });
  hub.subscribe(changes, { variables: (after) => ({ after, participants: ['linde'] }) });
  // @ts-expect-error: what has no cursor cannot be followed.
  hub.subscribe(withoutCursor);
}

test('the compiler is asked: this file is among those that are checked', () => {
  expect(neverCalled).toBeTypeOf('function');
});
