/** Names, links and `node`, from the directory and the id alone. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createSnapshot } from '../partition/directory-snapshot.ts';
import { createHub } from './hub.ts';

const listed = (id: string, more = {}) =>
  ({
    id,
    name: `Name of ${id}`,
    kind: 'OTHER',
    accessionState: 'ACTIVE',
    endpoint: '',
    keys: { sign: [], agree: [] },
    ...more,
  }) as const;
const directory = createSnapshot(1, '', [
  listed('denkbeeld'),
  listed('linde'),
  listed('stil', { accessionState: 'SUSPENDED' }),
]);
const hub = createHub(
  readFileSync(new URL('../../schema/subgraphs/hub.graphql', import.meta.url), 'utf8'),
  () => directory,
);
const ask = (document: string, variables: Record<string, unknown> = {}) => {
  const entities = [...document.matchAll(/(\w+): _entities\(representations: \$(\w+)\)/g)].map(
    ([, alias = '', variable = '']) => ({ alias, variable }),
  );
  return hub({ document, variables, operationKind: 'query', entities });
};
const incident = 'linde:inc_0198f2c4-1111-7222-8333-444455556666';
const note = 'denkbeeld:note_0198f2c4-1111-7222-8333-444455556666';

test('participants by state, and one by its id', () => {
  const { data, errors } = ask(
    'query($s: [AccessionState!]) { all: participants { id name kind } some: participants(state: $s) { __typename i: id } one: participant(id: "linde") { name accessionState linkId } none: participant(id: "x") { id } }',
    { s: ['SUSPENDED'] },
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({
    all: ['denkbeeld', 'linde', 'stil'].map((id) => ({ id, name: `Name of ${id}`, kind: 'OTHER' })),
    some: [{ __typename: 'Participant', i: 'stil' }],
    one: { name: 'Name of linde', accessionState: 'ACTIVE', linkId: 'linde' },
    none: null,
  });
});

test('links name their participant and lead to the object, of which nothing else is said', () => {
  const { data, errors, absent } = ask(
    'query($p: [_Any!]!, $l: [_Any!]!) { _e0: _entities(representations: $p) { ... on Participant { name kind } } _e1: _entities(representations: $l) { ... on IncidentLink { participant { name } incident { __typename linkId } } ... on NoteLink { participant { id } note { __typename linkId } } } }',
    {
      p: [
        { __typename: 'Participant', id: 'linde' },
        { __typename: 'Participant', id: 'nobody' },
      ],
      l: [
        { __typename: 'IncidentLink', id: incident },
        { __typename: 'NoteLink', id: note },
        { __typename: 'IncidentLink', id: incident.replace('linde', 'nobody') },
        { __typename: 'Incident', id: incident },
      ],
    },
  );
  expect(data).toEqual({
    _e0: [{ name: 'Name of linde', kind: 'OTHER' }, null],
    _e1: [
      { participant: { name: 'Name of linde' }, incident: { __typename: 'Incident', linkId: incident } },
      { participant: { id: 'denkbeeld' }, note: { __typename: 'Note', linkId: note } },
      null,
      null,
    ],
  });
  expect(absent).toEqual([
    { alias: '_e0', index: 1 },
    { alias: '_e1', index: 2 },
    { alias: '_e1', index: 3 },
  ]);
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
});

test('node knows the type by the tag of the id, and refuses what is no id', () => {
  const document =
    'query($id: ID!) { node(id: $id) { __typename ... on Incident { linkId } ... on NetworkIncident { linkId } ... on Participant { name } } }';
  const node = (id: string) => ask(document, { id });
  expect(node(incident).data).toEqual({ node: { __typename: 'Incident', linkId: incident } });
  const network = incident.replace('inc_', 'net_');
  expect(node(network).data).toEqual({ node: { __typename: 'NetworkIncident', linkId: network } });
  expect(node('linde').data).toEqual({ node: { __typename: 'Participant', name: 'Name of linde' } });
  for (const id of ['', 'x', 'linde:inc_1', incident.replace('inc_', 'prg_'), '__proto__']) {
    expect(node(id)).toMatchObject({
      data: { node: null },
      errors: [{ path: ['node'], extensions: { code: 'UNKNOWN_ID' } }],
    });
  }
});
