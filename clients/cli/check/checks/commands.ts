/** Commands: one effect and one answer for one commandId, and a rule that says no says so as a value. */
import { randomUUID } from 'node:crypto';
import type { Check } from '../check-of.ts';
import { type Examined, REPORT } from '../examined.ts';
import { must } from '../finding.ts';
import type { Answer } from '../hub-client.ts';
import type { Claims } from '../trust.ts';

const RESULT = `{ __typename
  ... on IncidentChanged { incident { id state version } }
  ... on VersionConflict { message expectedVersion foundVersion }
  ... on StateDoesNotAllow { message event state allowedFrom }
  ... on NotAllowed { message code } ... on InvalidInput { message code path }
  ... on NotFound { message id } ... on CommandIdReused { message commandId } }`;
const mutation = (name: string) => {
  const input = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${input}!) { result: ${name}(input: $input) ${RESULT} }`;
};

async function command(endpoint: Examined, name: string, input: Claims, caller: Claims = endpoint.desk) {
  const answer = await endpoint.ask(caller, mutation(name), { input: { commandId: randomUUID(), ...input } });
  must(answer.errors.length === 0 && answer.data?.result != null, `a member of ${name}Result`, answer.text);
  return answer.data.result as Claims;
}

const report = (endpoint: Examined, input: Claims) => endpoint.ask(endpoint.desk, REPORT, { input });
const resultOf = ({ data, text }: Answer) => {
  must(data?.reportIncident != null, 'an answer to reportIncident', text);
  return data.reportIncident;
};

const idempotent = 'architecture §3 (commandId)';
const refused = 'architecture §3 (results: a refused rule is a member of the union)';

export const commandChecks: readonly Check[] = [
  {
    id: 'CK-CMD-1',
    level: 'MUST',
    title: 'gives a repeated command the same answer and no second effect',
    rule: idempotent,
    needs: ['write'],
    run: async (endpoint) => {
      const input = endpoint.reportInput({ title: `Conformance check ${endpoint.word}s` });
      const first = resultOf(await report(endpoint, input));
      must(first.__typename === 'IncidentSent', 'IncidentSent', first);
      const second = resultOf(await report(endpoint, input));
      must(JSON.stringify(second) === JSON.stringify(first), `the same answer, ${JSON.stringify(first)}`, second);
      await countIs(endpoint, `${endpoint.word}s`, 1);
    },
  },
  {
    id: 'CK-CMD-2',
    level: 'MUST',
    title: 'makes one effect of a command that comes several times at once',
    rule: idempotent,
    needs: ['write'],
    run: async (endpoint) => {
      const input = endpoint.reportInput({ title: `Conformance check ${endpoint.word}p` });
      const answers = await Promise.all(Array.from({ length: 5 }, () => report(endpoint, input)));
      const ids = answers.map(({ data }) => data?.reportIncident?.link?.id).filter(Boolean);
      must(ids.length > 0 && new Set(ids).size === 1, 'one id in all answers', ids);
      await countIs(endpoint, `${endpoint.word}p`, 1);
    },
  },
  {
    id: 'CK-CMD-3',
    level: 'MUST',
    title: 'refuses a commandId that comes again with other content',
    rule: idempotent,
    needs: ['write'],
    run: async (endpoint) => {
      const input = endpoint.reportInput();
      resultOf(await report(endpoint, input));
      const other = resultOf(await report(endpoint, { ...input, title: 'Something else' }));
      must(other.__typename === 'CommandIdReused', 'CommandIdReused', other);
      must(other.commandId === input.commandId, `commandId ${input.commandId}`, other.commandId);
    },
  },
  {
    id: 'CK-CMD-4',
    level: 'MUST',
    title: 'refuses a command on an older version by VersionConflict, with the version found',
    rule: refused,
    needs: ['write'],
    run: async (endpoint) => {
      const { id: incidentId, version } = await endpoint.report();
      const result = await command(endpoint, 'acknowledgeIncident', { incidentId, expectedVersion: version + 7 });
      must(result.__typename === 'VersionConflict', 'VersionConflict', result);
      must(result.foundVersion === version, `foundVersion ${version}`, result.foundVersion);
      const right = await command(endpoint, 'acknowledgeIncident', { incidentId, expectedVersion: version });
      must(right.__typename === 'IncidentChanged', 'IncidentChanged with the right version', right);
    },
  },
  {
    id: 'CK-CMD-5',
    level: 'MUST',
    title: 'refuses what the state does not allow by StateDoesNotAllow, with state and event',
    rule: refused,
    needs: ['write'],
    run: async (endpoint) => {
      const { id: incidentId } = await endpoint.report();
      const result = await command(endpoint, 'confirmIncident', { incidentId });
      must(result.__typename === 'StateDoesNotAllow', 'StateDoesNotAllow', result);
      must(result.state === 'REPORTED' && Array.isArray(result.allowedFrom), 'state REPORTED and allowedFrom', result);
    },
  },
  {
    id: 'CK-CMD-6',
    level: 'MUST',
    title: 'refuses an object that is not there, or not for the caller, by the same NotFound',
    rule: 'architecture §3 (results), §4 (absent and refused look the same)',
    needs: ['write'],
    run: async (endpoint) => {
      const absent = await command(endpoint, 'acknowledgeIncident', { incidentId: endpoint.newId('inc') });
      must(absent.__typename === 'NotFound', 'NotFound for what is not there', absent);
      const { id: incidentId } = await endpoint.report();
      const hidden = await command(endpoint, 'acknowledgeIncident', { incidentId }, endpoint.stranger);
      must(hidden.__typename === 'NotFound', 'NotFound for what is not for the caller', hidden);
      must(hidden.message === absent.message, `the same words, "${absent.message}"`, hidden.message);
    },
  },
  {
    id: 'CK-CMD-7',
    level: 'MUST',
    title: 'refuses whom the role does not allow by NotAllowed, with a code',
    rule: refused,
    needs: ['write'],
    run: async (endpoint) => {
      const { id: incidentId } = await endpoint.report();
      const helpdesk = { ...endpoint.desk, roles: ['HELPDESK'] };
      const result = await command(endpoint, 'acknowledgeIncident', { incidentId }, helpdesk);
      must(result.__typename === 'NotAllowed' && typeof result.code === 'string', 'NotAllowed with a code', result);
    },
  },
  {
    id: 'CK-CMD-8',
    level: 'MUST',
    title: 'refuses bad texts by InvalidInput, with code and path',
    rule: refused,
    needs: ['write'],
    run: async (endpoint) => {
      for (const title of ['', '   ', 'x'.repeat(100_000), 'a\u0000b', '\ud800 half a character']) {
        const result = resultOf(await report(endpoint, endpoint.reportInput({ title })));
        must(result.__typename === 'InvalidInput', `InvalidInput for ${JSON.stringify(title).slice(0, 40)}`, result);
        must(
          /^[A-Z_]+$/.test(result.code) && /title/.test(result.path ?? ''),
          'a code, and a path to the title',
          result,
        );
      }
    },
  },
];

async function countIs(endpoint: Examined, text: string, expected: number): Promise<void> {
  const query = 'query ($filter: IncidentFilter) { incidents(filter: $filter) { nodes { id } } }';
  const { data, text: said } = await endpoint.ask(endpoint.desk, query, { filter: { text } });
  must(data?.incidents?.nodes?.length === expected, `${expected} incident`, data?.incidents?.nodes?.length ?? said);
}
