/** Representations are split over participants and come back at their places, whatever the mixture. */
import { newId, participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reply } from '../transport/reply.ts';
import type { Outgoing } from '../transport/transport.ts';
import { readContract } from './contract.ts';
import { createSnapshot } from './directory-snapshot.ts';
import { createEntities } from './entities.ts';
import { compileEntities } from './entity-document.ts';
import { createSkew } from './skew.ts';
import { participantSdl } from './standins/endpoint.ts';
import { caller, listedOf } from './standins/hub.ts';

const names = ['linde', 'denkbeeld', 'niemandsland', 'bedenkerveen'];
const directory = createSnapshot(
  1,
  '',
  names.map((id) => listedOf({ id, url: '' })),
);
const contract = readContract(participantSdl);
const compiled = compileEntities(
  contract,
  'query($a: [_Any!]!, $b: [_Any!]!) { _e0: _entities(representations: $a) { ... on Incident { title } } _e1: _entities(representations: $b) { ... on Note { text } } }',
);

/** A participant that tells of each object whose it is, and lacks some. */
async function ask(participant: string, { body }: Outgoing): Promise<Reply> {
  const { variables } = JSON.parse(body) as { variables: Record<string, { __typename: string; linkId: string }[]> };
  const answer = (name: string) =>
    variables[name]?.map(({ __typename, linkId }) =>
      linkId.endsWith('0')
        ? null
        : { __typename, __k_id: linkId, title: `${participant} ${linkId}`, text: `${participant} ${linkId}` },
    );
  const data = { _e0: answer('__k_representations_0'), _e1: answer('__k_representations_1') };
  return { kind: 'answered', data: JSON.parse(JSON.stringify(data)), errors: [], receivedAtMs: 0, skewMs: 0 };
}
const entities = createEntities({
  contract,
  ask,
  skew: createSkew(contract, ask, () => 0),
  directory: () => directory,
});

test('the split over participants comes together again in order', async () => {
  const id = (tag: 'inc' | 'note') =>
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc
          .tuple(fc.constantFrom(...names, 'nobody'), fc.nat())
          .map(([name, salt]) => newId(participantId(name), tag, salt)),
      },
      { weight: 1, arbitrary: fc.string() },
    );
  const lists = fc.tuple(fc.array(id('inc'), { maxLength: 40 }), fc.array(id('note'), { maxLength: 40 }));
  await fc.assert(
    fc.asyncProperty(lists, async ([incidents, notes]) => {
      const variables = {
        a: incidents.map((linkId) => ({ __typename: 'Incident', linkId })),
        b: notes.map((linkId) => ({ __typename: 'Note', linkId })),
      };
      const fetch = {
        document: '',
        operationKind: 'query',
        variables,
        entities: [
          { alias: '_e0', variable: 'a' },
          { alias: '_e1', variable: 'b' },
        ],
      } as const;
      const {
        data,
        errors,
        absent = [],
      } = await entities(compiled, fetch, { authority: caller, deadlineMs: 0, requestId: '' });
      const check = (alias: string, ids: readonly string[], key: string) => {
        const found = data?.[alias] as (Record<string, unknown> | null)[];
        expect(found).toHaveLength(ids.length);
        for (const [index, linkId] of ids.entries()) {
          const prefix = linkId.split(':')[0] ?? '';
          const isThere = names.includes(prefix) && linkId.includes('_') && !linkId.endsWith('0');
          if (isThere) expect(found[index]?.[key]).toBe(`${prefix} ${linkId}`);
          else expect(found[index]).toBeNull();
          expect(absent.some((one) => one.alias === alias && one.index === index)).toBe(!isThere);
          expect(
            errors
              .filter(({ path }) => path[0] === alias && path[1] === index)
              .map(({ extensions }) => extensions.code),
          ).toEqual(isThere ? [] : ['NOT_FOUND']);
        }
      };
      check('_e0', incidents, 'title');
      check('_e1', notes, 'text');
    }),
  );
});
