import { buildSchema, parse } from 'graphql';
import { expect, test } from 'vitest';
import { personalFieldIn } from './audience.ts';

const schema = buildSchema(`
  enum AudiencePer { NETWORK CLASS SUBJECT }
  directive @audience(per: AudiencePer!) on OBJECT | FIELD_DEFINITION
  directive @personal on FIELD_DEFINITION
  interface Node { id: ID! }
  type Incident implements Node @audience(per: CLASS) {
    id: ID!
    title: String
    mine: Boolean @audience(per: SUBJECT)
    client: String @personal
    owner: Party
    about: Subject
  }
  type Party implements Node { id: ID! @audience(per: NETWORK) name: String }
  type Note implements Node @audience(per: CLASS) { id: ID! text: String }
  union Subject = Incident | Note | Party
  type Query { incident: Incident node: Node notes: [Note!]! count: Int total: Int @audience(per: CLASS) me: Party }
`);
const found = (document: string) => personalFieldIn(schema, parse(document));

test.each([
  ['a field of a type for classes', '{ incident { title } notes { text } }', undefined],
  ['a field that is for a person in a type for classes', '{ incident { title mine } }', 'Incident.mine'],
  ['personal data', '{ incident { client } }', 'Incident.client'],
  ['a field of a type that says nothing', '{ incident { owner { name } } }', 'Party.name'],
  ['a field for everyone in a type that says nothing', '{ incident { owner { id } } me { id } }', undefined],
  ['what a root field returns', '{ me { name } }', 'Party.name'],
  ['a value that a root field returns', '{ count }', 'Query.count'],
  ['a value for classes that a root field returns', '{ total }', undefined],
  ['the name of a type', '{ __typename incident { __typename about { __typename } } }', undefined],
  [
    'a member of a union, in a named fragment and by another name',
    '{ incident { about { ...P } } } fragment P on Party { x: name }',
    'Party.name',
  ],
  ['a field of an interface that every type has for classes', '{ node { id } }', undefined],
  ['a field behind a condition', 'query ($no: Boolean!) { incident { mine @include(if: $no) } }', 'Incident.mine'],
])('judges %s', (_title, document, expected) => {
  expect(found(document)).toBe(expected);
});
