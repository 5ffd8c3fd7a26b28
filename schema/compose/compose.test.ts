import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { type Composition, compose, type RuleName, rules, subgraphNames } from './compose.ts';
import { readSubgraph, type SubgraphName } from './contract.ts';

/** A contract in the small that every rule accepts. Each known-bad case below changes one thing in it. */
const federation =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@inaccessible", "@shareable", "@requires", "@external"])';
const good: Record<SubgraphName, string> = {
  hub: `
    ${federation}
    "A reference." type CaseLink @key(fields: "id") { "Its id." id: ID! "What is behind it." case: Case }
    "A case." type Case @key(fields: "linkId", resolvable: false) { "As id." linkId: ID! @inaccessible }
    "A party." type Party @key(fields: "id") { "Its id." id: ID! }
    type Query { "All parties." parties: [Party!]! }
  `,
  participant: `
    ${federation}
    directive @route(by: RouteBy!, path: String) on FIELD_DEFINITION
    directive @scatter(merge: ScatterMerge!) on FIELD_DEFINITION
    directive @merge(with: MergeWith!, key: String) on FIELD_DEFINITION
    directive @audience(per: AudiencePer!) on OBJECT | FIELD_DEFINITION
    directive @personal on FIELD_DEFINITION
    directive @local on FIELD_DEFINITION
    directive @replicated on OBJECT
    enum RouteBy { ID PARTICIPANT CALLER REFERENCE }
    enum ScatterMerge { CONNECTION LIST COUNT SUMMARY }
    enum MergeWith { SUM MIN MAX CONCAT HISTOGRAM }
    enum AudiencePer { NETWORK CLASS SUBJECT }
    type CaseLink @key(fields: "id", resolvable: false) { id: ID! }
    type Party @key(fields: "id", resolvable: false) { id: ID! }
    type Net @key(fields: "id", resolvable: false) { id: ID! }
    type Case @key(fields: "id") @key(fields: "linkId") @audience(per: CLASS) {
      "Its id." id: ID!
      linkId: ID! @inaccessible
      "Whose it is." owner: Party!
      "The one before." previous: CaseLink
      "The net it is in." net: Net
      "Where it is worked on." team: Team @local
      "Who it is about." client: String @personal @audience(per: SUBJECT)
    }
    "A team." type Team @key(fields: "id") { "Its id." id: ID! }
    "Who answered." type Coverage { "Whether all did." complete: Boolean! }
    "Cases." type CaseList { "The cases." nodes: [Case!]! @local "Who answered." coverage: Coverage! }
    "Figures." type Report {
      "How many." count: Int! @merge(with: SUM)
      "How many, by kind." byKind: [KindCount!]! @merge(with: SUM, key: "kind")
      "How long." duration: Histogram! @merge(with: HISTOGRAM)
      "Who answered." coverage: Coverage!
    }
    "A count." type KindCount { "The kind." kind: String! "How many." count: Int! @merge(with: SUM) }
    "Bins." type Histogram { "How many." count: Int! }
    "To open a case." input OpenInput { "About whom." about: ID! }
    type Query {
      "One case." case("Its id." id: ID!): Case @route(by: ID, path: "id")
      "Who asks." mine: Case @route(by: CALLER)
      "All cases." cases("Of whom." participants: [ID!]): CaseList! @scatter(merge: LIST)
      "Figures." report("Of whom." participants: [ID!]): Report! @scatter(merge: SUMMARY)
      changes: String! @inaccessible @route(by: PARTICIPANT)
    }
    type Mutation { "Opens a case." open("What." input: OpenInput!): Case @route(by: PARTICIPANT, path: "input.about") }
  `,
  registry: `
    ${federation}
    "A net." type Net @key(fields: "id") { "Its id." id: ID! "What it groups." cases: [CaseLink!] }
    type CaseLink @key(fields: "id", resolvable: false) { id: ID! }
    type Query { "One net." net("Its id." id: ID!): Net }
  `,
};

const problemsOf = (composition: Composition) => (composition.ok ? [] : composition.problems);

const knownBad: readonly (readonly [RuleName | 'composition', string, SubgraphName, string, string, RegExp])[] = [
  [
    'routedRoots',
    'a root field without a route',
    'participant',
    'mine: Case @route(by: CALLER)',
    'mine: Case',
    /Query.mine has neither/,
  ],
  [
    'routedRoots',
    'a root mutation without a route',
    'participant',
    '@route(by: PARTICIPANT, path: "input.about")',
    '',
    /Mutation.open has neither/,
  ],
  [
    'routedRoots',
    'two routes at once',
    'participant',
    '@scatter(merge: LIST)',
    '@scatter(merge: LIST) @route(by: CALLER)',
    /has both/,
  ],
  [
    'routedRoots',
    'a path to nothing',
    'participant',
    'path: "input.about"',
    'path: "input.of"',
    /expected ID there, found nothing/,
  ],
  [
    'routedRoots',
    'a path to what is no id',
    'participant',
    '"Its id." id: ID!): Case @route',
    '"Its id." id: String!): Case @route',
    /found String/,
  ],
  [
    'routedRoots',
    'a public field routed to a participant that nothing names',
    'participant',
    'changes: String! @inaccessible',
    '"Changes." changes: String!',
    /names no path/,
  ],
  [
    'routedRoots',
    'a subscription',
    'participant',
    'type Mutation {',
    'type Subscription { "New." caseOpened: Int } type Mutation {',
    /belong to hub/,
  ],
  [
    'borders',
    'an entity without a link',
    'participant',
    'previous: CaseLink',
    'previous: Case',
    /Case.previous returns Case/,
  ],
  [
    'borders',
    'an entity behind an unkeyed type',
    'participant',
    'nodes: [Case!]! @local',
    'nodes: [Case!]!',
    /CaseList.nodes returns Case/,
  ],
  [
    'borders',
    'an entity behind a union',
    'participant',
    'previous: CaseLink',
    'previous: Any } "Any." union Any = Team | KindCount "x" type Unused { "x" a: Int',
    /Case.previous returns Team/,
  ],
  [
    'borders',
    'a list of entities',
    'participant',
    'previous: CaseLink',
    'previous: [Case!]',
    /Case.previous returns Case/,
  ],
  [
    'borders',
    'an entity of participants in the registry',
    'registry',
    '"What it groups." cases: [CaseLink!]',
    '"What it groups." cases: [Case!] } type Case @key(fields: "id", resolvable: false) { id: ID!',
    /refer to it by a link/,
  ],
  [
    'borders',
    'a reference that nobody resolves',
    'registry',
    '"A net." type Net @key(fields: "id")',
    '"A net." type Net @key(fields: "id", resolvable: false)',
    /no subgraph resolves/,
  ],
  ['borders', 'a border that may not be null', 'participant', 'net: Net', 'net: Net!', /must be nullable/],
  ['borders', 'a link whose object may not be null', 'hub', 'case: Case', 'case: Case!', /must be nullable/],
  [
    'personal',
    'personal data for a class, by the type',
    'participant',
    '@personal @audience(per: SUBJECT)',
    '@personal',
    /its audience is CLASS/,
  ],
  [
    'personal',
    'personal data for everyone',
    'participant',
    '@personal @audience(per: SUBJECT)',
    '@personal @audience(per: NETWORK)',
    /its audience is NETWORK/,
  ],
  [
    'requires',
    '@requires in participant',
    'participant',
    '"Where it is worked on." team: Team @local',
    '"Where it is worked on." team: Team @local id2: String @external "x" sum: Int @requires(fields: "id2")',
    /over a partition/,
  ],
  [
    'scatter',
    'a scattered answer without coverage',
    'participant',
    'nodes: [Case!]! @local "Who answered." coverage: Coverage!',
    'nodes: [Case!]! @local',
    /no coverage/,
  ],
  [
    'scatter',
    'a scattered answer that is no object',
    'participant',
    '): CaseList! @scatter',
    '): [Case!]! @local @scatter',
    /needs Case.nodes|no coverage/,
  ],
  [
    'scatter',
    'a scattered field that takes no participants',
    'participant',
    'cases("Of whom." participants: [ID!])',
    'cases',
    /takes no `participants`/,
  ],
  [
    'scatter',
    'a connection without pages',
    'participant',
    '@scatter(merge: LIST)',
    '@scatter(merge: CONNECTION)',
    /needs CaseList.edges/,
  ],
  [
    'scatter',
    'a summary field without @merge',
    'participant',
    'count: Int! @merge(with: SUM)\n',
    'count: Int!\n',
    /Report.count is part of a merged answer/,
  ],
  [
    'scatter',
    'a nested summary field without @merge',
    'participant',
    '"How many." count: Int! @merge(with: SUM) }',
    '"How many." count: Int! }',
    /KindCount.count is part/,
  ],
  [
    'scatter',
    'a list summed without a key',
    'participant',
    '@merge(with: SUM, key: "kind")',
    '@merge(with: SUM)',
    /expected objects and their `key`/,
  ],
  ['scatter', 'a key that is not there', 'participant', 'key: "kind"', 'key: "sort"', /which KindCount lacks/],
  [
    'scatter',
    'a text summed',
    'participant',
    '"How many." count: Int! @merge(with: SUM)\n',
    '"How many." count: String! @merge(with: SUM)\n',
    /is a String/,
  ],
  [
    'scatter',
    'a histogram of its own',
    'participant',
    'duration: Histogram!',
    'duration: KindCount!',
    /expected Histogram/,
  ],
  ['descriptions', 'a type without a description', 'hub', '"A party."', '', /^Party has no/],
  ['descriptions', 'a field without a description', 'participant', '"Whose it is."', '', /^Case.owner has no/],
  [
    'descriptions',
    'an argument without a description',
    'participant',
    '"What." input:',
    'input:',
    /^Mutation.open\(input:\) has no/,
  ],
  [
    'descriptions',
    'an input field without a description',
    'participant',
    '"About whom." about',
    'about',
    /^OpenInput.about has no/,
  ],
  ['composition', 'types that do not fit', 'registry', '"Its id." id: ID! "What', '"Its id." id: Int! "What', /Net.id/],
];

test('the contract in the small breaks no rule', () => {
  expect(problemsOf(compose(good))).toEqual([]);
});

describe('fails, by this rule alone, for', () => {
  test.each(knownBad)('%s: %s', (rule, _, name, from, to, message) => {
    expect(good[name]).toContain(from);
    const composition = compose({ ...good, [name]: good[name].replace(from, to) });
    const found = problemsOf(composition);
    expect(found.filter((problem) => problem.rule === rule).map((problem) => problem.message)).toContainEqual(
      expect.stringMatching(message),
    );
    const others = found
      .filter((problem) => problem.rule !== rule && problem.rule !== 'composition')
      .map((problem) => problem.rule);
    expect(others).toEqual([]);
  });

  test('each rule has a known-bad case', () => {
    expect([...new Set(knownBad.map(([rule]) => rule))].sort()).toEqual(['composition', ...Object.keys(rules)].sort());
  });
});

test('an enum value without a description is found', () => {
  const participant = good.participant.replace(
    '"A count." type KindCount {',
    '"Kinds." enum Kind { BIG } "A count." type KindCount { "k" k: Kind',
  );
  const composition = compose({ ...good, participant: participant.replace('key: "kind"', 'key: "kind k"') });
  expect(composition).toEqual({
    ok: false,
    problems: [{ rule: 'descriptions', message: 'Kind.BIG has no description.' }],
  });
});

const file = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const ours = Object.fromEntries(subgraphNames.map((name) => [name, file(`subgraphs/${name}.graphql`)])) as Record<
  SubgraphName,
  string
>;

test('the contract in the repository composes to the supergraph in the repository', () => {
  const composition = compose(ours);
  expect(problemsOf(composition).map(({ message }) => message)).toEqual([]);
  expect(composition.ok && composition.supergraph).toBe(file('supergraph.graphql'));
});

test('what is for the hub only is in no public schema', () => {
  const composition = compose(ours, ['descriptions']);
  if (!composition.ok) throw new Error(composition.problems[0]?.message);
  const schema = buildSchema(composition.publicSdl);
  const publicFields = [
    ...Object.keys(schema.getQueryType()?.getFields() ?? {}),
    ...Object.keys(schema.getMutationType()?.getFields() ?? {}),
  ];
  for (const hidden of ['changes', 'deliver', 'registryChanges', 'registryDeliver', 'directory'])
    expect(publicFields).not.toContain(hidden);
  for (const name of ['incidents', 'incident', 'node', 'participants', 'statusReport', 'viewer'])
    expect(publicFields).toContain(name);
  for (const hidden of ['FeedChange', 'RouteBy', 'AudiencePer']) expect(schema.getType(hidden)).toBeUndefined();
  for (const type of Object.values(schema.getTypeMap())) {
    if ('getFields' in type) expect(Object.keys(type.getFields())).not.toContain('linkId');
  }
});

test('a reference that crosses leads to the hub, never to another participant in one fetch', () => {
  const { types } = readSubgraph('participant', ours.participant);
  for (const name of ['previous', 'next']) {
    expect(types.get('Incident')?.fields.find((field) => field.name === name)?.type).toMatchObject({
      name: { value: 'IncidentLink' },
    });
  }
});
