import { asGiven, type Scenario } from '../scenario.ts';

type Reference = { id: string };

function extension(id: Scenario['id'], feature: string, how: string, reader: string, owner: string): Scenario {
  return {
    id,
    level: 'MUST',
    feature,
    title: `complete an entity that ${how}`,
    subgraphs: [
      {
        name: 'reader',
        sdl: reader,
        resolvers: {
          Query: {
            anyReader: () => ({ id: 'r1', ticket: 'T1' }),
            knownReader: () => ({ id: 'r1', name: 'Known', ticket: 'T1' }),
          },
          Reader: { __resolveReference: async ({ id: key }: Reference) => ({ id: key, ticket: 'T1' }) },
        },
      },
      {
        name: 'owner',
        sdl: owner,
        resolvers: {
          Query: { readerById: (_: unknown, { id: key }: Reference) => ({ id: key, name: 'Rosa', nickname: 'Ro' }) },
          Reader: { __resolveReference: async ({ id: key }: Reference) => ({ id: key, name: 'Rosa', nickname: 'Ro' }) },
        },
      },
    ],
    cases: [
      {
        when: 'asked from the extension',
        query: '{ anyReader { id name ticket nickname } }',
        data: { anyReader: { id: 'r1', name: 'Rosa', ticket: 'T1', nickname: 'Ro' } },
        asks: ['reader', 'owner'],
      },
      {
        when: 'the extension provides the field',
        query: '{ knownReader { name ticket } }',
        data: { knownReader: { name: 'Known', ticket: 'T1' } },
        asks: ['reader'],
      },
      {
        when: 'asked from the owner',
        query: '{ readerById(id: "r1") { nickname ticket } }',
        data: { readerById: { nickname: 'Ro', ticket: 'T1' } },
        asks: ['owner', 'reader'],
      },
    ],
  };
}

const roots = 'type Query { anyReader: Reader knownReader: Reader @provides(fields: "name") }';
const ownRoots = 'type Query { readerById(id: ID): Reader }';

export const contracts: readonly Scenario[] = [
  extension(
    'FED-38',
    'fed1-external-extends',
    'federation 1 marks with @extends',
    `# federation 1
    ${roots} type Reader @key(fields: "id") @extends { id: ID! @external name: String! @external ticket: ID }`,
    `# federation 1
    ${ownRoots} type Reader @key(fields: "id") { id: ID! name: String! nickname: String }`,
  ),
  extension(
    'FED-39',
    'fed1-external-extension',
    'federation 1 extends',
    `# federation 1
    ${roots} extend type Reader @key(fields: "id") { id: ID! @external name: String! @external ticket: ID }`,
    `# federation 1
    ${ownRoots} type Reader @key(fields: "id") { id: ID! name: String! nickname: String }`,
  ),
  extension(
    'FED-40',
    'fed2-external-extends',
    'federation 2 marks with @extends',
    `
    ${roots} type Reader @key(fields: "id") @extends { id: ID! @external name: String! @external ticket: ID }`,
    `
    ${ownRoots} type Reader @key(fields: "id") { id: ID! name: String! @shareable nickname: String }`,
  ),
  extension(
    'FED-41',
    'fed2-external-extension',
    'federation 2 extends',
    `
    ${roots} extend type Reader @key(fields: "id") { id: ID! @external name: String! @external ticket: ID }`,
    `
    ${ownRoots} type Reader @key(fields: "id") { id: ID! name: String! @shareable nickname: String }`,
  ),
  {
    id: 'FED-42',
    level: 'MUST',
    feature: 'fed1-external-extends-resolvable',
    title: 'ask by one of the keys of an extension that all its fields belong to',
    subgraphs: [
      {
        name: 'a',
        sdl: '# federation 1\n type Query { ticketInA: Ticket } type Ticket @key(fields: "id") { id: ID! seat: String code: ID }',
        resolvers: {
          Query: { ticketInA: () => ({ id: '1', seat: 'A4', code: 'x' }) },
          Ticket: { __resolveReference: asGiven },
        },
      },
      {
        name: 'b',
        sdl: '# federation 1\n type Query { ticketInB: Ticket } extend type Ticket @key(fields: "id seat") @key(fields: "bar") { id: ID @external seat: String @external bar: String @external price: Float! }',
        resolvers: {
          Query: { ticketInB: () => ({ id: '1', seat: 'A4', bar: 'b', price: 7 }) },
          Ticket: {
            __resolveReference: async (ticket: { seat?: string }) => ({
              ...ticket,
              price: ticket.seat === 'A4' ? 7 : 0,
            }),
          },
        },
      },
    ],
    cases: [
      {
        when: 'the compound key is at hand',
        query: '{ ticketInA { id price } ticketInB { price } }',
        data: { ticketInA: { id: '1', price: 7 }, ticketInB: { price: 7 } },
      },
    ],
  },
  {
    id: 'FED-43',
    level: 'MUST',
    feature: 'simple-inaccessible',
    title: 'use inaccessible defaults on the way and never show nor take an inaccessible name',
    subgraphs: [
      {
        name: 'seats',
        sdl: 'type Query { seatsHere: [Seat!]! @shareable } type Seat @key(fields: "id") { id: ID row: Int }',
        resolvers: {
          Query: { seatsHere: () => [{ id: '1', row: 4 }] },
          Seat: { __resolveReference: async ({ id }: Reference) => ({ id, row: 4 }) },
        },
      },
      {
        name: 'next',
        sdl: 'type Query { seatsThere: [Seat!]! } type Seat @key(fields: "id") { id: ID near(kind: Kind = BOX @inaccessible): [Seat!]! kind: Kind } enum Kind { BOX @inaccessible STALL }',
        resolvers: {
          Query: {
            seatsThere: () => [
              { id: '2', kind: 'STALL' },
              { id: '3', kind: 'BOX' },
            ],
          },
          Seat: {
            __resolveReference: asGiven,
            near: ({ id }: Reference, { kind }: { kind: string }) => (kind === 'BOX' ? [{ id: `${id}0` }] : []),
          },
        },
      },
    ],
    cases: [
      {
        when: 'the hidden default works',
        query: '{ seatsHere { near { id row } } }',
        data: { seatsHere: [{ near: [{ id: '10', row: 4 }] }] },
      },
      { when: 'the hidden argument is given', query: '{ seatsHere { near(kind: STALL) { id } } }' },
      {
        when: 'a hidden value comes back',
        query: '{ seatsThere { id kind } }',
        data: {
          seatsThere: [
            { id: '2', kind: 'STALL' },
            { id: '3', kind: null },
          ],
        },
        errorPaths: [['seatsThere', 1, 'kind']],
      },
    ],
  },
  {
    id: 'FED-44',
    level: 'MUST',
    feature: 'enum-intersection',
    title: 'take and give only the enum values that the public schema holds',
    subgraphs: [
      {
        name: 'a',
        sdl: 'type Query { guests: [Guest] } type Guest @key(fields: "id") { id: ID kind: Kind @shareable } enum Kind { MEMBER }',
        resolvers: {
          Query: {
            guests: () => [
              { id: '1', kind: 'MEMBER' },
              { id: '2', kind: 'PASSER' },
            ],
          },
          Guest: { __resolveReference: async ({ id }: Reference) => ({ id, kind: 'MEMBER' }) },
        },
      },
      {
        name: 'b',
        sdl: 'type Query { guestsOf(kind: Kind!): [Guest!] guestsB: [Guest!] } type Guest @key(fields: "id") { id: ID kind: Kind @shareable } enum Kind { PASSER @inaccessible MEMBER }',
        resolvers: {
          Query: { guestsOf: () => [{ id: '1', kind: 'MEMBER' }], guestsB: () => [{ id: '2', kind: 'PASSER' }] },
          Guest: { __resolveReference: async ({ id }: Reference) => ({ id, kind: 'PASSER' }) },
        },
      },
    ],
    cases: [
      {
        when: 'a subgraph cannot give its own value',
        query: '{ guests { id kind } }',
        data: {
          guests: [
            { id: '1', kind: 'MEMBER' },
            { id: '2', kind: null },
          ],
        },
        errorPaths: [['guests', 1, 'kind']],
      },
      {
        when: 'a subgraph gives a hidden value',
        query: '{ guestsB { id kind } }',
        data: { guestsB: [{ id: '2', kind: null }] },
        errorPaths: [['guestsB', 0, 'kind']],
      },
      {
        when: 'the consumer gives a public value',
        query: 'query ($kind: Kind!) { guestsOf(kind: $kind) { id } }',
        variables: { kind: 'MEMBER' },
        data: { guestsOf: [{ id: '1' }] },
      },
      {
        when: 'the consumer gives a hidden value',
        query: '{ guestsOf(kind: PASSER) { id } }',
      },
      {
        when: 'the consumer gives a hidden value in a variable',
        query: 'query ($kind: Kind!) { guestsOf(kind: $kind) { id } }',
        variables: { kind: 'PASSER' },
      },
    ],
  },
  {
    id: 'FED-45',
    level: 'MUST',
    feature: 'input-object-intersection',
    title: 'take only the input fields that all subgraphs share',
    subgraphs: [
      {
        name: 'a',
        sdl: 'input Filter { first: Int! } type Guest @key(fields: "id") { id: ID! name: String! @shareable } type Query { inA(filter: Filter!): [Guest!] }',
        resolvers: {
          Query: {
            inA: (_: unknown, { filter }: { filter: { first: number } }) =>
              [
                { id: '1', name: 'Ann' },
                { id: '2', name: 'Bea' },
              ].slice(0, filter.first),
          },
        },
      },
      {
        name: 'b',
        sdl: 'input Filter { offset: Int first: Int! } type Guest @key(fields: "id") { id: ID! name: String! @shareable } type Query { inB(filter: Filter!): [Guest!] }',
        resolvers: {
          Query: {
            inB: (_: unknown, { filter }: { filter: { first: number } }) =>
              [{ id: '3', name: 'Cis' }].slice(0, filter.first),
          },
        },
      },
    ],
    cases: [
      {
        when: 'the shared field is given',
        query: 'query ($f: Filter!) { inA(filter: $f) { name } inB(filter: { first: 1 }) { name } }',
        variables: { f: { first: 1 } },
        data: { inA: [{ name: 'Ann' }], inB: [{ name: 'Cis' }] },
      },
      {
        when: 'a field of one subgraph is given',
        query: '{ inB(filter: { first: 1, offset: 0 }) { name } }',
      },
      {
        when: 'a required field is missing in a variable',
        query: 'query ($f: Filter!) { inA(filter: $f) { name } }',
        variables: { f: {} },
      },
    ],
  },
  {
    id: 'FED-46',
    level: 'MUST',
    feature: 'child-type-mismatch',
    title: 'keep apart fields of one name and different nullability under the members of a union',
    subgraphs: [
      {
        name: 'a',
        sdl: 'type Query { guests: [Guest!]! } type Guest { id: ID @shareable }',
        resolvers: { Query: { guests: () => [{ id: 'g1' }] } },
      },
      {
        name: 'b',
        sdl: `union Visitor = Guest | Critic type Guest @key(fields: "id") { id: ID! name: String! alike: [Visitor!]! } type Critic { id: ID name: String @shareable alike: [Visitor!]! }
          type Query { visitors: [Visitor!]! }`,
        resolvers: {
          Query: {
            visitors: () => [
              { __typename: 'Guest', id: 'g1', name: 'Gus' },
              { __typename: 'Critic', id: 'c1', name: 'Cor' },
            ],
          },
          Guest: {
            __resolveReference: async ({ id }: Reference) => ({ id, name: 'Gus' }),
            alike: () => [
              { __typename: 'Critic', id: 'c1', name: 'Cor' },
              { __typename: 'Guest', id: 'g2', name: 'Gea' },
            ],
          },
          Critic: { alike: () => [{ __typename: 'Guest', id: 'g1', name: 'Gus' }] },
        },
      },
    ],
    cases: [
      {
        when: 'asked at three depths',
        query: `{ guests { id name } visitors { ... on Guest { id alike { ... on Critic { id alike { ... on Guest { id } ... on Critic { id } } } ... on Guest { id name } } } ... on Critic { id name } } }`,
        data: {
          guests: [{ id: 'g1', name: 'Gus' }],
          visitors: [
            {
              id: 'g1',
              alike: [
                { id: 'c1', alike: [{ id: 'g1' }] },
                { id: 'g2', name: 'Gea' },
              ],
            },
            { id: 'c1', name: 'Cor' },
          ],
        },
      },
    ],
  },
];
