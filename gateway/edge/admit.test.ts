import { readFileSync } from 'node:fs';
import { getIntrospectionQuery } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Authority } from '../identity/authority.ts';
import { loadSupergraph, type Supergraph } from '../supergraph/load.ts';
import { createPlanner } from '../supergraph/plan.ts';
import { type Admit, type AdmitRequest, createWayIn, type Door } from './admit.ts';
import { defaultLimits } from './limits.ts';
import { documentHash } from './trusted-documents.ts';

const desk: Authority = {
  kind: 'subject',
  participant: 'linde',
  subject: 'linde-desk',
  name: 'Joris Korteweg',
  roles: ['SERVICEDESK'],
  scopes: [],
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  standing: 'FULL',
};
const program: Authority = {
  ...desk,
  subject: 'bord-bouwer',
  program: 'bord-bouwer',
  roles: ['PROGRAM'],
  scopes: ['incidents:read'],
};
const doors: readonly Door[] = ['HTTP', 'WEBSOCKET', 'SSE', 'WEBHOOK'];
const registered = 'query Board { incidents(first: 5) { nodes { id state } } }';

let supergraph: Supergraph;
let nowMs = 0;
const wayIn = (limits = defaultLimits) =>
  createWayIn({
    supergraph,
    planner: createPlanner(supergraph),
    limits,
    trustedDocuments: new Map([
      ['bord-bouwer', new Map([[documentHash(registered), registered]])],
      ['other', new Map([[documentHash('{ participants { id } }'), '{ participants { id } }']])],
    ]),
    now: () => nowMs,
  });

beforeAll(() => {
  supergraph = loadSupergraph(readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8'));
});

const ask = (admit: Admit, document: string, more: Partial<AdmitRequest> = {}) =>
  admit({ document, authority: desk, door: 'HTTP', ...more });

async function codesOf(admit: Admit, document: string, more: Partial<AdmitRequest> = {}): Promise<readonly string[]> {
  const admission = await ask(admit, document, more);
  return admission.kind === 'admitted' ? [] : admission.errors.map(({ extensions }) => String(extensions.code));
}

const repeat = (count: number, one: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => one(index)).join(' ');
const nested = (depth: number) =>
  `{ incident(id: "linde:inc_x") { ${'next { incident { '.repeat(depth)} id ${'} }'.repeat(depth)} } }`;

/** Each fragment spreads the next one twice: 2^30 fields in forty lines. */
const bomb = `{ incidents { nodes { ...F0 } } } ${repeat(30, (index) => `fragment F${index} on Incident { a${index}: id ...F${index + 1} next { incident { ...F${index + 1} } } }`)} fragment F30 on Incident { id }`;
/** Many inline fragments that all select the same fields: quadratic for who compares them pair by pair. */
const overlapping = `{ incidents { nodes { ${repeat(80, () => '... on Incident { id }')} } } }`;
const manyFragments = `{ incidents { nodes { ${repeat(40, (index) => `...F${index}`)} } } } ${repeat(40, (index) => `fragment F${index} on Incident { id title state owner { id } }`)}`;

const attacks: Record<string, readonly [document: string, code: RegExp, more?: Partial<AdmitRequest>]> = {
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

describe('A4: a request that asks too much', () => {
  for (const [what, [document, code, more]] of Object.entries(attacks)) {
    it(`is refused at every door before anything is planned: ${what}`, async () => {
      const { admit } = wayIn();
      const found = new Set<string>();
      for (const door of doors) {
        const startedAt = performance.now();
        const codes = await codesOf(admit, document, { ...more, door });
        const ms = performance.now() - startedAt;
        expect(codes[0]).toMatch(code);
        found.add(codes.join());
        if (door === 'HTTP') console.info(`${what}: ${codes[0]} in ${ms.toFixed(1)} ms`);
      }
      expect(found.size).toBe(1);
    });
  }

  it('is refused in the same words when its document is registered', async () => {
    const document = attacks['1,000 aliases']?.[0] ?? '';
    const trustedDocuments = new Map([['bord-bouwer', new Map([[documentHash(document), document]])]]);
    const { admit } = createWayIn({
      supergraph,
      planner: createPlanner(supergraph),
      limits: defaultLimits,
      trustedDocuments,
      now: () => nowMs,
    });
    const admission = await admit({ documentId: documentHash(document), authority: program, door: 'HTTP' });
    expect(admission).toMatchObject({ kind: 'refused', errors: [{ extensions: { code: 'TOO_MANY_TOKENS' } }] });
  });

  it('leaves what is large and within the limits alone', async () => {
    const { admit } = wayIn();
    expect(await codesOf(admit, overlapping)).toEqual([]);
    expect(await codesOf(admit, manyFragments)).toEqual([]);
    expect(await codesOf(admit, `{ ${repeat(50, (index) => `a${index}: incidentCount { value }`)} }`)).toEqual([]);
    expect(await codesOf(admit, getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }))).toEqual(
      [],
    );
  });
});

describe('admit', () => {
  it('gives the plan, the coerced variables and the cost of what it lets in', async () => {
    const { admit } = wayIn();
    const admission = await ask(
      admit,
      'query Board($first: Int! = 10) { incidents(first: $first) { nodes { id owner { name } } } }',
    );
    expect(admission).toMatchObject({
      kind: 'admitted',
      variables: { first: 10 },
      cost: { requested: 1 + 10 * (1 + 3), limit: 100_000 },
    });
  });

  it('A8: tells nothing of the schema to who is guessing', async () => {
    const { admit } = wayIn();
    const admission = await ask(admit, '{ incident(id: "x") { titel } }');
    expect(JSON.stringify(admission)).not.toContain('Did you mean');
    expect(admission).toMatchObject({ errors: [{ message: 'Cannot query field "titel" on type "Incident".' }] });
  });

  it('A5: holds a budget per caller, tells when to come back, and lets others in', async () => {
    const { admit } = wayIn({ ...defaultLimits, budget: 200, budgetPerSecond: 10 });
    const document = '{ incidents(first: 20) { nodes { id } } }';
    for (let index = 0; index < 4; index++) expect((await ask(admit, document)).kind).toBe('admitted');
    const refused = await ask(admit, document);
    expect(refused).toMatchObject({
      kind: 'refused',
      retryAfterSeconds: 1,
      errors: [{ extensions: { code: 'RATE_LIMITED', retryable: true } }],
    });
    expect((await ask(admit, document, { authority: { ...desk, participant: 'denkbeeld' } })).kind).toBe('admitted');
    nowMs += 3_000;
    expect((await ask(admit, document)).kind).toBe('admitted');
  });

  it('A24: lets a program with a manifest send its own documents and nothing else', async () => {
    const { admit } = wayIn();
    const as = { authority: program };
    expect(await codesOf(admit, registered, as)).toEqual([]);
    expect(await codesOf(admit, '', { ...as, documentId: documentHash(registered) })).toEqual([]);
    expect(await codesOf(admit, '{ __typename }', as)).toEqual(['DOCUMENT_NOT_TRUSTED']);
    expect(await codesOf(admit, '', { ...as, documentId: documentHash('unknown') })).toEqual(['DOCUMENT_NOT_TRUSTED']);
    expect(await codesOf(admit, '', { ...as, documentId: documentHash('{ participants { id } }') })).toEqual([
      'DOCUMENT_NOT_TRUSTED',
    ]);
    expect(await codesOf(admit, '', { documentId: documentHash(registered) })).toEqual(['DOCUMENT_NOT_TRUSTED']);
    expect(await codesOf(admit, '', { ...as, documentId: '__proto__' })).toEqual(['DOCUMENT_NOT_TRUSTED']);
  });

  it('carries queries and mutations over HTTP, no subscription', async () => {
    const { admit } = wayIn();
    expect((await codesOf(admit, 'subscription { incidentChanged { __typename } }'))[0]).toMatch(
      /OPERATION_NOT_SUPPORTED|GRAPHQL_VALIDATION_FAILED/,
    );
  });

  it('lets the people of a suspended participant read and change nothing', async () => {
    const { admit } = wayIn();
    const authority: Authority = { ...desk, standing: 'OWN_READ' };
    expect(await codesOf(admit, '{ viewer { name } }', { authority })).toEqual([]);
    const command = 'mutation { retryEnvelope(input: {commandId: "1", envelopeId: "e"}) { __typename } }';
    expect(await codesOf(admit, command, { authority })).toEqual(['SUSPENDED']);
  });
});
