import { readFileSync } from 'node:fs';
import { getIntrospectionQuery } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Authority } from '../identity/authority.ts';
import { loadSupergraph, type Supergraph } from '../supergraph/load.ts';
import { createPlanner } from '../supergraph/plan.ts';
import { type Admit, type AdmitRequest, createWayIn, type Door } from './admit.ts';
import { attacks, manyFragments, overlapping, repeat } from './attacks.ts';
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
