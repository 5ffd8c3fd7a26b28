/** Whatever comes in: the answer is no failure of the endpoint, and an error has a code. */
import { errorCodes } from '@kortelijn/schema/errors/codes.ts';
import type { Check } from '../check-of.ts';
import type { Examined } from '../examined.ts';
import { must } from '../finding.ts';
import type { Answer } from '../hub-client.ts';
import type { Claims } from '../trust.ts';

const rule = 'architecture §3 (errors)';

function isNoFailure({ status, codes, text }: Answer, what: string): void {
  must(status < 500, `an answer below 500 to ${what}`, `${status} ${text}`);
  must(!codes.includes('INTERNAL') && !codes.includes('INTERNAL_SERVER_ERROR'), `no INTERNAL for ${what}`, text);
}

const bodies: Readonly<Record<string, string>> = {
  'a body that is no JSON': '{"query": ',
  'an empty body': '',
  'a list of operations': '[{"query":"{ __typename }"}]',
  'a body without a query': '{"variables":{}}',
  'a query that is a number': '{"query":7}',
  'variables that are a list': '{"query":"{ __typename }","variables":[1]}',
  null: 'null',
};

const documents: Readonly<Record<string, string>> = {
  'a document that is no GraphQL': '{ incidents(',
  'an empty document': '',
  'a field that is not there': '{ nothingOfTheKind }',
  'fragments in a circle': '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
  'an argument of another type': '{ incidents(first: "many") { nodes { id } } }',
  'a number that is too large': '{ incidents(first: 99999999999) { nodes { id } } }',
  'a deep document': `{ incidents { nodes { ${'previous { id } timeline { nodes { by { id } } } '.repeat(20)} } } }`,
  'two operations without a name': 'query A { __typename } query B { __typename }',
};

const INCIDENT = 'query ($id: ID!) { incident(id: $id) { id } }';
const LIST = 'query ($filter: IncidentFilter) { incidents(filter: $filter) { nodes { id } totalCount } }';
const asked: Readonly<Record<string, readonly [string, Claims]>> = {
  'an id that is none': [INCIDENT, { id: 'nonsense' }],
  'an id with a zero byte': [INCIDENT, { id: 'linde:inc_\u0000' }],
  'a very long id': [INCIDENT, { id: 'x'.repeat(100_000) }],
  'an id that is an object': [INCIDENT, { id: { a: 1 } }],
  'no id': [INCIDENT, {}],
  'half a character in a search': [LIST, { filter: { text: '\ud800' } }],
  'a zero byte in a search': [LIST, { filter: { text: 'a\u0000b' } }],
  'wildcards in a search': [LIST, { filter: { text: '%_\\%' } }],
  'a very long search': [LIST, { filter: { text: 'word '.repeat(20_000) } }],
  'a time that is none': [LIST, { filter: { createdFrom: '2026-13-45T99:00:00Z' } }],
  'a time far away': [LIST, { filter: { createdFrom: '+275760-09-13T00:00:00.000Z' } }],
  'a state that is none': [LIST, { filter: { state: ['GONE'] } }],
  'a filter that is not there': [LIST, { filter: { nothing: true } }],
};

const eachOf = async <T>(cases: Readonly<Record<string, T>>, ask: (value: T) => Promise<Answer>): Promise<void> => {
  for (const [what, value] of Object.entries(cases)) isNoFailure(await ask(value), what);
};

export const badInputChecks: readonly Check[] = [
  {
    id: 'CK-IN-1',
    level: 'MUST',
    title: 'refuses a body that is no operation without failing',
    rule,
    run: (endpoint) => eachOf(bodies, (body) => endpoint.sendBody(endpoint.desk, body)),
  },
  {
    id: 'CK-IN-2',
    level: 'MUST',
    title: 'refuses a document that cannot be run without failing',
    rule,
    run: (endpoint) => eachOf(documents, (document) => endpoint.ask(endpoint.desk, document)),
  },
  {
    id: 'CK-IN-3',
    level: 'MUST',
    title: 'answers or refuses strange ids, filters and texts without failing',
    rule,
    run: (endpoint) => eachOf(asked, ([query, variables]) => endpoint.ask(endpoint.desk, query, variables)),
  },
  {
    id: 'CK-IN-4',
    level: 'MUST',
    title: 'gives every error a code',
    rule,
    run: async (endpoint) => {
      const answers = await errorsOf(endpoint);
      for (const { codes, text } of answers) {
        must(codes.length > 0 && codes.every((code) => typeof code === 'string'), 'a code with every error', text);
      }
    },
  },
  {
    id: 'CK-IN-5',
    level: 'SHOULD',
    title: 'uses the codes of the contract',
    rule: 'schema/errors/ERRORS.md',
    run: async (endpoint) => {
      const codes = (await errorsOf(endpoint)).flatMap((answer) => answer.codes);
      const unknown = codes.filter((code) => !Object.hasOwn(errorCodes, String(code)));
      must(unknown.length === 0, 'codes of ERRORS.md', unknown);
    },
  },
  {
    id: 'CK-IN-6',
    level: 'MUST',
    title: 'takes nothing but POST of JSON',
    rule: 'architecture §3 (trust.md: POST); GraphQL over HTTP',
    run: async (endpoint) => {
      const body = JSON.stringify({ query: '{ viewer { subject } }' });
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
        const answer = await endpoint.sendBody(endpoint.desk, body, { 'content-type': type });
        must(answer.status >= 400 && answer.status < 500, `a refusal of ${type}`, `${answer.status} ${answer.text}`);
      }
      const got = await endpoint.send({ method: 'GET' });
      must(got.status >= 400 && got.status < 500, 'a refusal of GET', `${got.status} ${got.text}`);
    },
  },
  {
    id: 'CK-IN-7',
    level: 'MUST',
    title: 'is still well after all of that',
    rule,
    run: async (endpoint) => {
      const { data, text } = await endpoint.ask(endpoint.desk, '{ viewer { subject } }');
      must(data?.viewer?.subject === endpoint.desk.sub, 'an answer to a simple question', text);
    },
  },
];

/** Errors of different making: by the document, by an argument, and by who asks. */
const errorsOf = ({ ask, desk }: Examined): Promise<readonly Answer[]> =>
  Promise.all([
    ask(desk, '{ nothingOfTheKind }'),
    ask(desk, '{ incidents('),
    ask(desk, '{ incidents(first: 1000) { nodes { id } } }'),
    ask(desk, '{ incidents(after: "x") { nodes { id } } }'),
    ask(desk, INCIDENT, {}),
    ask(desk, '{ changes { head } }'),
  ]);
