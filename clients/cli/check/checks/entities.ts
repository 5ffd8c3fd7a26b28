/** `_entities` as the hub splits and joins it: by place, whoever is missing. */
import { randomUUID } from 'node:crypto';
import type { Check } from '../check-of.ts';
import type { Examined } from '../examined.ts';
import { must } from '../finding.ts';
import type { Claims } from '../trust.ts';

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { __typename ... on Incident { id title version } }
}`;
const BATCH = 100;
const rule = 'architecture §4 (_entities)';

const byId = (id: string) => ({ __typename: 'Incident', id });

async function ask(endpoint: Examined, representations: readonly Claims[], claims = endpoint.desk) {
  const { data, errors, text } = await endpoint.ask(claims, ENTITIES, { representations });
  const found: unknown = data?._entities;
  must(Array.isArray(found) && errors.length === 0, '_entities without errors', text);
  must(found.length === representations.length, `${representations.length} entities`, found.length);
  return found.map((each) => each?.id ?? null);
}

const isSame = (a: readonly unknown[], b: readonly unknown[]) => JSON.stringify(a) === JSON.stringify(b);

export const entityChecks: readonly Check[] = [
  {
    id: 'CK-ENT-1',
    level: 'MUST',
    title: 'answers entities in the order they are asked in, also one that is asked twice',
    rule,
    needs: ['rows'],
    run: async (endpoint) => {
      const { ids } = await endpoint.rows();
      const asked = [...ids, ...[...ids].reverse()];
      must(isSame(await ask(endpoint, asked.map(byId)), asked), 'the ids in the order asked', 'another order');
    },
  },
  {
    id: 'CK-ENT-2',
    level: 'MUST',
    title: 'leaves null in the place of what is not there, or is of another participant',
    rule: 'architecture §3 (nullability), §4',
    needs: ['rows'],
    run: async (endpoint) => {
      const [one] = (await endpoint.rows()).ids;
      const elsewhere = `another-participant:${endpoint.newId('inc').split(':')[1]}`;
      const asked = [endpoint.newId('inc'), one, elsewhere, 'no id at all', one, endpoint.newId('inc')];
      const expected = [null, one, null, null, one, null];
      const found = await ask(
        endpoint,
        asked.map((id) => byId(id ?? '')),
      );
      must(isSame(found, expected), 'null in the places of four that are not there', found);
    },
  },
  {
    id: 'CK-ENT-3',
    level: 'MUST',
    title: `answers ${BATCH} entities at once`,
    rule: 'architecture §4 (BatchFetch)',
    needs: ['rows'],
    run: async (endpoint) => {
      const { ids } = await endpoint.rows();
      const asked = Array.from({ length: BATCH }, (_, n) => ids[(n * 7) % ids.length] ?? '');
      // What became of their order is another rule.
      const found = await ask(endpoint, asked.map(byId));
      must(isSame([...found].sort(), [...asked].sort()), `${BATCH} entities, each of them`, 'others');
    },
  },
  {
    id: 'CK-ENT-4',
    level: 'MUST',
    title: 'finds an entity by linkId as by id',
    rule: 'architecture §3 (contract: @key linkId)',
    needs: ['rows'],
    run: async (endpoint) => {
      const [id] = (await endpoint.rows()).ids;
      const found = await ask(endpoint, [{ __typename: 'Incident', linkId: id }]);
      must(found[0] === id, `${id} by its linkId`, found[0]);
    },
  },
  {
    id: 'CK-ENT-5',
    level: 'MUST',
    title: 'answers the same null for what a caller may not see as for what is not there',
    rule: 'architecture §4; domain §4.10',
    needs: ['rows', 'write'],
    run: async (endpoint) => {
      const [id] = (await endpoint.rows()).ids;
      const representations = [byId(id ?? ''), byId(endpoint.newId('inc'))];
      const found = await ask(endpoint, representations, endpoint.stranger);
      must(isSame(found, [null, null]), 'null for a desk that is not involved', found);
      const query = 'query ($id: ID!) { incident(id: $id) { id } }';
      const { data, errors, text } = await endpoint.ask(endpoint.stranger, query, { id });
      must(data?.incident === null && errors.length === 0, 'incident null without an error', text);
    },
  },
  {
    id: 'CK-ENT-6',
    level: 'MUST',
    title: 'answers a representation without a key, or of an unknown type, by null or a coded error',
    rule: 'architecture §3 (errors)',
    run: async (endpoint) => {
      const strange = [{ __typename: 'Incident' }, { __typename: 'Nothing', id: randomUUID() }, { id: 'x' }];
      for (const representation of strange) {
        const { status, codes, text } = await endpoint.ask(endpoint.desk, ENTITIES, {
          representations: [representation],
        });
        const isCoded = codes.every((code) => typeof code === 'string');
        must(
          status < 500 && isCoded && text.startsWith('{'),
          'an answer or a refusal with a code',
          `${status} ${text}`,
        );
      }
    },
  },
];
