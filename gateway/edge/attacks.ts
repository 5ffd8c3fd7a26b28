/** Documents and variables that ask too much, for tests: no door may execute one of them. */
export type Attack = readonly [
  document: string,
  code: RegExp,
  more?: { readonly variables?: unknown; readonly operationName?: string },
];

export const repeat = (count: number, one: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => one(index)).join(' ');
const nested = (depth: number) =>
  `{ incident(id: "linde:inc_x") { ${'next { incident { '.repeat(depth)} id ${'} }'.repeat(depth)} } }`;

/** Each fragment spreads the next one twice: 2^30 fields in forty lines. */
const bomb = `{ incidents { nodes { ...F0 } } } ${repeat(30, (index) => `fragment F${index} on Incident { a${index}: id ...F${index + 1} next { incident { ...F${index + 1} } } }`)} fragment F30 on Incident { id }`;
/** Many inline fragments that all select the same fields: quadratic for who compares them pair by pair. */
export const overlapping = `{ incidents { nodes { ${repeat(80, () => '... on Incident { id }')} } } }`;
export const manyFragments = `{ incidents { nodes { ${repeat(40, (index) => `...F${index}`)} } } } ${repeat(40, (index) => `fragment F${index} on Incident { id title state owner { id } }`)}`;

export const attacks: Readonly<Record<string, Attack>> = {
  '1,000 aliases': [`{ ${repeat(1_000, (index) => `a${index}: incidentCount { value }`)} }`, /TOO_MANY/],
  '51 root fields': [`{ ${repeat(51, (index) => `a${index}: __typename`)} }`, /TOO_MANY_ROOT_FIELDS/],
  '5,000 root fields': [`{ ${repeat(5_000, (index) => `a${index}: incidentCount { value }`)} }`, /TOO_MANY_TOKENS/],
  '501 fields by aliases below the root': [
    `{ incidents { nodes { ${repeat(501, (index) => `a${index}: id`)} } } }`,
    /TOO_MANY_FIELDS/,
  ],
  '11 root mutations': [
    `mutation { ${repeat(11, (index) => `m${index}: retryEnvelope(input: {commandId: "${index}", envelopeId: "e"}) { __typename }`)} }`,
    /TOO_MANY_MUTATIONS/,
  ],
  '11 root mutations in a fragment': [
    `mutation { ...M } fragment M on Mutation { ${repeat(11, (index) => `m${index}: retryEnvelope(input: {commandId: "${index}", envelopeId: "e"}) { __typename }`)} }`,
    /TOO_MANY_MUTATIONS/,
  ],
  'depth 100': [nested(50), /TOO_DEEP/],
  'depth 200': [nested(100), /TOO_DEEP/],
  'depth 200 by fragments': [
    `{ incident(id: "x") { ...D0 } } ${repeat(100, (index) => `fragment D${index} on Incident { next { incident { ...D${index + 1} } } }`)} fragment D100 on Incident { id }`,
    /TOO_DEEP/,
  ],
  'nested inline fragments, 2,000 deep': [`{ ${'... { '.repeat(2_000)} __typename ${'} '.repeat(2_000)} }`, /TOO_DEEP/],
  'a list literal 2,000 deep': [
    `{ incidents(participants: ${'['.repeat(2_000)}${']'.repeat(2_000)}) { nodes { id } } }`,
    /TOO_DEEP/,
  ],
  'a circular fragment': [
    '{ incidents { nodes { ...A } } } fragment A on Incident { ...B } fragment B on Incident { next { incident { ...A } } }',
    /GRAPHQL_VALIDATION_FAILED/,
  ],
  'a fragment of itself': [
    '{ incidents { nodes { ...A } } } fragment A on Incident { id ...A }',
    /GRAPHQL_VALIDATION_FAILED/,
  ],
  'a fragment bomb': [bomb, /TOO_MANY_FIELDS|TOO_DEEP/],
  'a fragment bomb that is never spread': [
    `{ participants { id } } ${bomb.slice(bomb.indexOf('fragment'))}`,
    /TOO_MANY_FIELDS|TOO_DEEP/,
  ],
  'the same field 490 times': [`{ incidents { nodes { ${repeat(490, () => 'id')} } } }`, /TOO_MANY_FIELDS/],
  'the same objects in 70 fragments': [
    `{ incidents { nodes { ${repeat(70, (index) => `...F${index}`)} } } } ${repeat(70, (index) => `fragment F${index} on Incident { previous { incident { id } } next { id } title }`)}`,
    /TOO_MANY_FIELDS/,
  ],
  '101 directives': [`{ participants { id ${'@include(if: true) '.repeat(101)} } }`, /TOO_MANY_DIRECTIVES/],
  '10,000 directives that do not exist': [`{ participants { id ${'@a '.repeat(10_000)} } }`, /TOO_MANY/],
  'a document of 1 MB': [`{ participants { id } } #${'x'.repeat(1_000_000)}`, /TOO_MANY_TOKENS/],
  'a document of 90 kB of commas': [`{ ${','.repeat(90_000)} nothing }`, /GRAPHQL_VALIDATION_FAILED/],
  'a text of 90 kB': [`{ incident(id: "${'x'.repeat(90_000)}") { nothing } }`, /GRAPHQL_VALIDATION_FAILED/],
  '10^5 variables': [
    'query ($a: ID!) { incident(id: $a) { id } }',
    /TOO_MANY_VARIABLES/,
    { variables: Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`v${index}`, 1])) },
  ],
  '10^5 values in one variable': [
    'query ($a: [ID!]) { incidents(participants: $a) { nodes { id } } }',
    /TOO_MANY_VARIABLES/,
    { variables: { a: Array.from({ length: 100_000 }, String) } },
  ],
  'a variable 1,000 deep': [
    'query ($a: ID!) { incident(id: $a) { id } }',
    /TOO_DEEP/,
    { variables: { a: JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`) } },
  ],
  'variables in a list': ['{ participants { id } }', /BAD_REQUEST/, { variables: [1] }],
  'a variable of another type': [
    'query ($a: ID!) { incident(id: $a) { id } }',
    /BAD_USER_INPUT/,
    { variables: { a: { contains: '' } } },
  ],
  'first: 10^9': ['{ incidents(first: 1000000000) { nodes { id } } }', /FIRST_OUT_OF_RANGE/],
  'first: 10^9 in a variable': [
    'query ($f: Int!) { incidents(first: $f) { nodes { id } } }',
    /FIRST_OUT_OF_RANGE/,
    { variables: { f: 1_000_000_000 } },
  ],
  'first: 0': ['{ incidents(first: 0) { nodes { id } } }', /FIRST_OUT_OF_RANGE/],
  'first: -1': ['{ incidents(first: -1) { nodes { id } } }', /FIRST_OUT_OF_RANGE/],
  'pages within pages': [
    `{ ${repeat(5, (index) => `a${index}: incidents(first: 100) { nodes { timeline(first: 100) { nodes { event at by { id name } } } previous { incident { timeline(first: 100) { nodes { event } } } } } }`)} }`,
    /TOO_COSTLY/,
  ],
  'no document': ['', /BAD_REQUEST/],
  'no GraphQL': ['{ incidents(', /GRAPHQL_PARSE_FAILED/],
  'a schema': ['type Query { a: Int }', /GRAPHQL_VALIDATION_FAILED/],
  'two operations without a name': ['query A { __typename } query B { __typename }', /OPERATION_RESOLUTION_FAILURE/],
  'a field of the hub only': ['{ changes { head } }', /GRAPHQL_VALIDATION_FAILED/],
  'entities of a subgraph': ['{ _entities(representations: []) { __typename } }', /GRAPHQL_VALIDATION_FAILED/],
  'the SDL of a subgraph': ['{ _service { sdl } }', /GRAPHQL_VALIDATION_FAILED/],
};
