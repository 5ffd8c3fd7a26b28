/** Assertion and seal: what is not proven is not answered, and the refusal says nothing more than that. */
import { generateKeyPairSync } from 'node:crypto';
import type { Check } from '../check-of.ts';
import { type Examined, REPORT } from '../examined.ts';
import { CannotJudge, must } from '../finding.ts';
import { type Answer, asHub, type Forgery } from '../hub-client.ts';
import { newJti, sha256 } from '../trust.ts';

const READ = '{ viewer { subject } }';

function isRefused(answer: Answer, codes: readonly string[] = ['NOT_TRUSTED', 'CLOCK_SKEW']): void {
  const { status, data, errors, text } = answer;
  must(status === 401 && data === undefined, '401 and no data', `${status} ${text}`);
  must(errors.length === 1 && codes.includes(errors[0].extensions?.code), `one error, ${codes.join(' or ')}`, text);
}

/** One operation that would be answered, with one thing wrong. */
const forged =
  (forgery: (endpoint: Examined) => Forgery, codes?: readonly string[]) =>
  async (endpoint: Examined): Promise<void> =>
    isRefused(await endpoint.ask(endpoint.desk, READ, {}, forgery(endpoint)), codes);

const notTrusted = ['NOT_TRUSTED'];
const clockSkew = ['CLOCK_SKEW'];
const seconds = (endpoint: Examined, fromNow: number) => Math.floor(endpoint.endpointNow() / 1_000) + fromNow;

const seal = 'trust.md, Request seal';
const assertion = 'trust.md, Viewer assertion';

export const trustChecks: readonly Check[] = [
  {
    id: 'CK-TRUST-1',
    level: 'MUST',
    title: 'answers what is asserted and sealed as trust.md says',
    rule: 'trust.md',
    run: async (endpoint) => {
      const bound = await endpoint.ask(endpoint.desk, READ);
      must(
        bound.status === 200 && bound.errors.length === 0,
        'an answer without errors',
        `${bound.status} ${bound.text}`,
      );
      const subject = bound.data?.viewer?.subject;
      must(subject === endpoint.desk.sub, `viewer.subject ${endpoint.desk.sub}`, subject);
      const unbound = await endpoint.ask(endpoint.desk, READ, {}, { claims: { op: undefined, bh: undefined } });
      must(unbound.data?.viewer?.subject === subject, 'the same when op and bh are left out of a query', unbound.text);
    },
  },
  {
    id: 'CK-TRUST-2',
    level: 'MUST',
    title: 'tells its time in every answer, refusals too',
    rule: assertion,
    run: async (endpoint) => {
      const answers = [
        await endpoint.ask(endpoint.desk, READ),
        await endpoint.ask(endpoint.desk, READ, {}, { without: ['assertion', 'seal'] }),
      ];
      for (const { headers, status } of answers) {
        const said = headers.get('kortelijn-time') ?? '';
        must(/^\d{13}$/.test(said), `kortelijn-time in milliseconds with an answer ${status}`, said || 'none');
      }
    },
  },
  {
    id: 'CK-TRUST-3',
    level: 'MUST',
    title: 'refuses what has neither assertion nor seal, with nothing but that',
    rule: assertion,
    run: async (endpoint) => {
      for (const query of [READ, '{ _service { sdl } }', '{ __typename }', 'nonsense {']) {
        isRefused(await endpoint.ask(endpoint.desk, query, {}, { without: ['assertion', 'seal'] }), notTrusted);
      }
    },
  },
  {
    id: 'CK-TRUST-4',
    level: 'MUST',
    title: 'refuses an assertion without a seal',
    rule: seal,
    run: forged(() => ({ without: ['seal'] }), notTrusted),
  },
  {
    id: 'CK-TRUST-5',
    level: 'MUST',
    title: 'refuses a seal without an assertion',
    rule: assertion,
    run: forged(() => ({ without: ['assertion'], sealed: { assertion: '' } }), notTrusted),
  },
  {
    id: 'CK-TRUST-6',
    level: 'MUST',
    title: 'refuses a seal made under another key',
    rule: seal,
    run: forged(() => ({ pairKey: Buffer.alloc(32, 7) }), notTrusted),
  },
  {
    id: 'CK-TRUST-7',
    level: 'MUST',
    title: 'refuses a seal made for another path or method',
    rule: seal,
    run: async (endpoint) => {
      await forged(({ path }) => ({ sealed: { path: `${path}/other` } }), notTrusted)(endpoint);
      await forged(() => ({ sealed: { method: 'GET' } }), notTrusted)(endpoint);
    },
  },
  {
    id: 'CK-TRUST-8',
    level: 'MUST',
    title: 'refuses a body that is not the sealed one',
    rule: seal,
    // Not bound by the assertion: the seal alone tells.
    run: forged(
      () => ({
        sealed: { body: JSON.stringify({ query: '{ __typename }' }) },
        claims: { op: undefined, bh: undefined },
      }),
      notTrusted,
    ),
  },
  {
    id: 'CK-TRUST-9',
    level: 'MUST',
    title: 'refuses a seal beside another assertion than the sealed one',
    rule: seal,
    run: forged(() => ({ sealed: { assertion: 'another' } }), notTrusted),
  },
  {
    id: 'CK-TRUST-10',
    level: 'MUST',
    title: 'refuses a seal that is used a second time',
    rule: seal,
    run: async (endpoint) => {
      const jti = newJti();
      const first = await endpoint.ask(endpoint.desk, READ, {}, { jti });
      if (first.status !== 200) throw new CannotJudge(`The first use was not answered: ${first.text}`);
      isRefused(await endpoint.ask(endpoint.desk, READ, {}, { jti }));
    },
  },
  {
    id: 'CK-TRUST-11',
    level: 'MUST',
    title: 'refuses a seal of more than five seconds ago or ahead',
    rule: seal,
    run: async (endpoint) => {
      await forged(() => ({ sealAheadMs: -8_000 }), clockSkew)(endpoint);
      await forged(() => ({ sealAheadMs: 8_000 }), clockSkew)(endpoint);
    },
  },
  {
    id: 'CK-TRUST-12',
    level: 'MUST',
    title: 'refuses an assertion that has expired or is issued in the future',
    rule: assertion,
    run: async (endpoint) => {
      await forged((it) => ({ claims: { iat: seconds(it, -60), exp: seconds(it, -31) } }), clockSkew)(endpoint);
      await forged((it) => ({ claims: { iat: seconds(it, 60), exp: seconds(it, 80) } }), clockSkew)(endpoint);
    },
  },
  {
    id: 'CK-TRUST-13',
    level: 'MUST',
    title: 'refuses an assertion that lasts longer than thirty seconds',
    rule: assertion,
    run: forged((it) => ({ claims: { iat: seconds(it, -2), exp: seconds(it, 3_600) } }), notTrusted),
  },
  {
    id: 'CK-TRUST-14',
    level: 'MUST',
    title: 'refuses an assertion for another audience, or for more than one',
    rule: assertion,
    run: async (endpoint) => {
      await forged(() => ({ claims: { aud: 'another-participant' } }), notTrusted)(endpoint);
      await forged(({ name }) => ({ claims: { aud: [name, 'another-participant'] } }), notTrusted)(endpoint);
      await forged(() => ({ claims: { aud: undefined } }), notTrusted)(endpoint);
    },
  },
  {
    id: 'CK-TRUST-15',
    level: 'MUST',
    title: 'refuses an assertion that another key signed, whatever its header says',
    rule: 'trust.md, Keys',
    run: async (endpoint) => {
      const other = generateKeyPairSync('ed25519');
      await forged(() => ({ signKey: other.privateKey }), notTrusted)(endpoint);
      const jwk = other.publicKey.export({ format: 'jwk' });
      await forged(() => ({ signKey: other.privateKey, header: { jwk, kid: undefined } }), notTrusted)(endpoint);
    },
  },
  {
    id: 'CK-TRUST-16',
    level: 'MUST',
    title: 'refuses an assertion without a signature, alg none',
    rule: assertion,
    run: forged(() => ({ header: { alg: 'none' }, signature: '' }), notTrusted),
  },
  {
    id: 'CK-TRUST-17',
    level: 'MUST',
    title: 'refuses a signed text of another type in place of an assertion',
    rule: assertion,
    run: forged(() => ({ header: { typ: 'at+jwt' } }), notTrusted),
  },
  {
    id: 'CK-TRUST-18',
    level: 'MUST',
    title: 'refuses an assertion of another issuer than the hub',
    rule: assertion,
    run: forged(() => ({ claims: { iss: 'kortelijn-check' } }), notTrusted),
  },
  {
    id: 'CK-TRUST-19',
    level: 'MUST',
    title: 'refuses a subject of one participant that is asserted for another',
    rule: assertion,
    run: forged(() => ({ claims: { sub: 'another-participant:somebody' } }), notTrusted),
  },
  {
    id: 'CK-TRUST-20',
    level: 'MUST',
    title: 'refuses an op or bh that is not that of the document and body, whatever the operation',
    rule: assertion,
    run: async (endpoint) => {
      await forged(() => ({ claims: { bh: sha256('another body') } }), notTrusted)(endpoint);
      await forged(() => ({ claims: { op: sha256('{ __typename }') } }), notTrusted)(endpoint);
    },
  },
  {
    id: 'CK-TRUST-21',
    level: 'MUST',
    title: 'refuses a mutation whose assertion lacks bh, also one beside a query',
    rule: assertion,
    run: async (endpoint) => {
      const lacking = { claims: { op: undefined, bh: undefined } };
      // The input is refused by the schema, so an endpoint that breaks the rule still makes nothing.
      isRefused(await endpoint.ask(endpoint.desk, REPORT, { input: null }, lacking), notTrusted);
      const beside = `query Read ${READ} mutation Write { deliver(envelope: "") }`;
      isRefused(await endpoint.ask(asHub, beside, {}, lacking), notTrusted);
    },
  },
  {
    id: 'CK-TRUST-22',
    level: 'MUST',
    title: "keeps the hub's own fields and the SDL from everybody else",
    rule: assertion,
    run: async (endpoint) => {
      for (const query of ['{ _service { sdl } }', '{ changes { head } }', 'mutation { deliver(envelope: "none") }']) {
        const { data, codes, text } = await endpoint.ask(endpoint.desk, query);
        const opened = Object.values(data ?? {}).some((value) => value !== null);
        must(!opened && codes.length > 0, `${query} to be refused to a person`, text);
      }
    },
  },
  {
    id: 'CK-TRUST-23',
    level: 'MUST',
    title: 'opens nothing to the hub but its own fields',
    rule: assertion,
    run: async (endpoint) => {
      for (const query of ['{ incidents { nodes { id } } }', '{ viewer { subject } }', '{ teams { id } }']) {
        const { data, codes, text } = await endpoint.ask(asHub, query);
        const opened = Object.values(data ?? {}).some((value) => value !== null);
        must(!opened && codes.length > 0, `${query} to be refused to the hub`, text);
      }
    },
  },
  {
    id: 'CK-TRUST-24',
    level: 'MUST',
    title: 'refuses a class whole that asks for what is for one person',
    rule: 'trust.md, Feed; architecture §3 (@audience), §5',
    run: async (endpoint) => {
      const { participant, roles } = endpoint.desk;
      const asClass = { kind: 'class', participant, roles };
      for (const query of ['{ incidents { totalCount nodes { id unreadNotifications } } }', READ]) {
        const { data, codes, text } = await endpoint.ask(
          asClass,
          query,
          {},
          { claims: { op: undefined, bh: undefined } },
        );
        must(codes.includes('AUDIENCE_SUBJECT'), `AUDIENCE_SUBJECT for a class that asks ${query}`, text);
        must(data == null, 'no data beside it', text);
      }
      const { codes, text } = await endpoint.ask(asClass, REPORT, { input: { commandId: '', service: '', title: '' } });
      must(codes.includes('AUDIENCE_SUBJECT'), 'AUDIENCE_SUBJECT for a mutation by a class', text);
    },
  },
  {
    id: 'CK-TRUST-25',
    level: 'MUST',
    title: 'answers a class what is the same for a class',
    rule: 'architecture §5',
    run: async (endpoint) => {
      const { participant, roles } = endpoint.desk;
      const claims = { kind: 'class', participant, roles };
      const query = '{ incidents(first: 1) { nodes { id title state } pageInfo { hasNextPage } } }';
      const { data, codes, text } = await endpoint.ask(claims, query, {}, { claims: { op: undefined, bh: undefined } });
      must(codes.length === 0 && Array.isArray(data?.incidents?.nodes), 'a list without errors', text);
    },
  },
];
