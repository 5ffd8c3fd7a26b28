import { asGiven, type Scenario } from '../scenario.ts';

const plot = { id: 'g1', area: 40, soil: 'clay' };

export const requirements: readonly Scenario[] = [
  {
    id: 'FED-11',
    level: 'MUST',
    feature: 'simple-requires-provides',
    title: 'fetch what @requires names, and skip a fetch for what @provides holds already',
    subgraphs: [
      {
        name: 'plots',
        sdl: `type Query { plot: Plot } type Plot @key(fields: "id") { id: ID! area: Int soil: String }
          type Gardener @key(fields: "id") { id: ID! nickname: String @shareable }`,
        resolvers: {
          Query: { plot: () => plot },
          Plot: { __resolveReference: async () => plot },
          Gardener: { __resolveReference: async ({ id }: { id: string }) => ({ id, nickname: `Nick ${id}` }) },
        },
      },
      {
        name: 'harvest',
        sdl: `type Plot @key(fields: "id") { id: ID! area: Int @external soil: String @external
            estimate: Int @requires(fields: "area soil") keeper: Gardener @provides(fields: "nickname") }
          type Gardener @key(fields: "id") { id: ID! nickname: String @external }`,
        resolvers: {
          Plot: {
            __resolveReference: asGiven,
            estimate: ({ area, soil }: { area: number; soil: string }) => (soil === 'clay' ? area * 2 : area),
            keeper: () => ({ id: 'k1', nickname: 'Provided' }),
          },
        },
      },
    ],
    cases: [
      {
        when: 'a field requires two others',
        query: '{ plot { estimate } }',
        data: { plot: { estimate: 80 } },
        asks: ['plots', 'harvest'],
      },
      {
        when: 'a field is provided on the way',
        query: '{ plot { keeper { id nickname } } }',
        data: { plot: { keeper: { id: 'k1', nickname: 'Provided' } } },
        asks: ['plots', 'harvest'],
      },
    ],
  },
  {
    id: 'FED-12',
    level: 'MUST',
    feature: 'requires-requires',
    title: 'follow a chain of requirements, each of which is a required field itself, inaccessible ones included',
    subgraphs: [
      {
        name: 'costs',
        sdl: 'type Plot @key(fields: "id") { id: ID! cost: Float! @inaccessible }',
        resolvers: { Plot: { __resolveReference: async ({ id }: { id: string }) => ({ id, cost: 120 }) } },
      },
      {
        name: 'plots',
        sdl: 'type Query { plot: Plot } type Plot @key(fields: "id") { id: ID! isLeased: Boolean! }',
        resolvers: {
          Query: { plot: () => ({ id: 'g1', isLeased: true }) },
          Plot: { __resolveReference: async ({ id }: { id: string }) => ({ id, isLeased: true }) },
        },
      },
      {
        name: 'judge',
        sdl: 'type Plot @key(fields: "id") { id: ID! cost: Float! @external isDear: Boolean! @requires(fields: "cost") }',
        resolvers: { Plot: { __resolveReference: asGiven, isDear: ({ cost }: { cost: number }) => cost > 100 } },
      },
      {
        name: 'board',
        sdl: `type Plot @key(fields: "id") { id: ID! isDear: Boolean! @external isLeased: Boolean! @external
          canRent: Boolean! @requires(fields: "isDear isLeased") canSow: Boolean! @requires(fields: "isDear") }`,
        resolvers: {
          Plot: {
            __resolveReference: asGiven,
            canRent: ({ isDear, isLeased }: { isDear: boolean; isLeased: boolean }) => !isDear && !isLeased,
            canSow: ({ isDear }: { isDear: boolean }) => isDear,
          },
        },
      },
    ],
    cases: [
      {
        when: 'asked at the end of the chain',
        query: '{ plot { canRent canSow } }',
        data: { plot: { canRent: false, canSow: true } },
      },
      {
        when: 'asked for the whole chain',
        query: '{ plot { id isLeased isDear canSow } }',
        data: { plot: { id: 'g1', isLeased: true, isDear: true, canSow: true } },
      },
      { when: 'asked for the hidden field', query: '{ plot { cost } }' },
    ],
  },
  {
    id: 'FED-13',
    level: 'MUST',
    feature: 'requires-circular',
    title: 'plan requirements that go back and forth between two subgraphs',
    subgraphs: [
      {
        name: 'bulletin',
        sdl: `type Query { tips: [Tip] } type Tip @key(fields: "id") { id: ID! isNew: Boolean! @external isTrusted: Boolean! @requires(fields: "isNew") }
          type Gardener @key(fields: "id") { id: ID! name: String! seasons: Int! }`,
        resolvers: {
          Query: { tips: () => [{ id: '1' }, { id: '2' }] },
          Tip: { __resolveReference: asGiven, isTrusted: ({ isNew }: { isNew: boolean }) => !isNew },
          Gardener: {
            __resolveReference: async ({ id }: { id: string }) => ({ id, name: `G${id}`, seasons: id === '1' ? 9 : 1 }),
          },
        },
      },
      {
        name: 'writers',
        sdl: `type Tip @key(fields: "id") { id: ID! writer: Gardener! isNew: Boolean! @requires(fields: "writer { seasons }") }
          type Gardener @key(fields: "id") { id: ID! seasons: Int! @external }`,
        resolvers: {
          Tip: {
            __resolveReference: asGiven,
            writer: ({ id }: { id: string }) => ({ id }),
            isNew: ({ writer }: { writer: { seasons: number } }) => writer.seasons < 2,
          },
        },
      },
    ],
    cases: [
      {
        when: 'asked for the last step',
        query: '{ tips { isTrusted } }',
        data: { tips: [{ isTrusted: true }, { isTrusted: false }] },
      },
      {
        when: 'asked for steps in between as well',
        query: '{ tips { writer { name } isNew isTrusted } }',
        data: {
          tips: [
            { writer: { name: 'G1' }, isNew: false, isTrusted: true },
            { writer: { name: 'G2' }, isNew: true, isTrusted: false },
          ],
        },
      },
    ],
  },
  {
    id: 'FED-14',
    level: 'MUST',
    feature: 'requires-with-argument',
    title: 'send the arguments a requirement names, and the result under the field name',
    subgraphs: [
      {
        name: 'seeds',
        sdl: 'type Query { seeds: [Seed] } type Seed @key(fields: "id") { id: ID! name: String weight(unit: String!): Int packs(count: Int!): [Pack] } type Pack { grams: Int }',
        resolvers: {
          Query: { seeds: () => [{ id: 's1', name: 'Bean' }] },
          Seed: {
            __resolveReference: async () => ({ id: 's1', name: 'Bean' }),
            weight: (_: unknown, { unit }: { unit: string }) => (unit === 'g' ? 3000 : 3),
            packs: (_: unknown, { count }: { count: number }) =>
              Array.from({ length: count }, (_x, at) => ({ grams: at * 10 })),
          },
        },
      },
      {
        name: 'post',
        sdl: `type Seed @key(fields: "id") { id: ID! weight(unit: String!): Int @external packs(count: Int!): [Pack] @external
            postage: Int @requires(fields: "weight(unit: \\"g\\")") heaviest: Int @requires(fields: "packs(count: 3) { grams }") }
          type Pack @external { grams: Int }`,
        resolvers: {
          Seed: {
            __resolveReference: asGiven,
            postage: ({ weight }: { weight: number }) => weight / 100,
            heaviest: ({ packs }: { packs: { grams: number }[] }) => Math.max(...packs.map(({ grams }) => grams)),
          },
        },
      },
    ],
    cases: [
      {
        when: 'the consumer does not ask for the field itself',
        query: '{ seeds { postage heaviest } }',
        data: { seeds: [{ postage: 30, heaviest: 20 }] },
      },
      {
        when: 'the consumer asks for it with the same argument',
        query: '{ seeds { weight(unit: "g") postage } }',
        data: { seeds: [{ weight: 3000, postage: 30 }] },
      },
    ],
  },
  {
    id: 'FED-15',
    level: 'MUST',
    feature: 'requires-with-argument-conflict',
    title: 'keep apart one field with different arguments, required twice and asked by the consumer',
    subgraphs: [
      {
        name: 'seeds',
        sdl: 'type Query { seeds: [Seed] } type Seed @key(fields: "id") { id: ID! price(coin: String!): Int }',
        resolvers: {
          Query: { seeds: () => [{ id: 's1' }] },
          Seed: {
            __resolveReference: async () => ({ id: 's1' }),
            price: (_: unknown, { coin }: { coin: string }) => coin.length * 100,
          },
        },
      },
      {
        name: 'shop',
        sdl: `type Seed @key(fields: "id") { id: ID! price(coin: String!): Int @external
          inOre: Int @requires(fields: "price(coin: \\"ore\\")") inFlorin: Int @requires(fields: "price(coin: \\"florin\\")") }`,
        resolvers: {
          Seed: {
            __resolveReference: asGiven,
            inOre: ({ price }: { price: number }) => price + 1,
            inFlorin: ({ price }: { price: number }) => price + 2,
          },
        },
      },
    ],
    cases: [
      {
        when: 'all of them meet in one request',
        query: '{ seeds { price(coin: "franc!") inOre inFlorin } }',
        data: { seeds: [{ price: 600, inOre: 301, inFlorin: 602 }] },
      },
      {
        when: 'the two requirements meet alone',
        query: '{ seeds { inFlorin inOre } }',
        data: { seeds: [{ inFlorin: 602, inOre: 301 }] },
      },
    ],
  },
  {
    id: 'FED-16',
    level: 'MUST',
    feature: 'requires-with-fragments',
    title: 'send of a required abstract object what its own type holds',
    subgraphs: [
      {
        name: 'plots',
        sdl: `type Query { first: Plot second: Plot } type Plot @key(fields: "id") { id: ID! crop: Crop }
          interface Crop { latin: String! } type Tree implements Crop @shareable { latin: String! rings: Int! } type Herb implements Crop @shareable { latin: String! scent: String! }`,
        resolvers: {
          Query: {
            first: () => ({ id: '1', crop: { __typename: 'Tree', latin: 'Malus', rings: 7 } }),
            second: () => ({ id: '2', crop: { __typename: 'Herb', latin: 'Mentha', scent: 'fresh' } }),
          },
          Plot: {
            __resolveReference: async ({ id }: { id: string }) =>
              id === '1'
                ? { id, crop: { __typename: 'Tree', latin: 'Malus', rings: 7 } }
                : { id, crop: { __typename: 'Herb', latin: 'Mentha', scent: 'fresh' } },
          },
        },
      },
      {
        name: 'labels',
        sdl: `type Plot @key(fields: "id") { id: ID! crop: Crop @external
            label: String! @requires(fields: "crop { latin ... on Tree { rings } ... on Herb { scent } }") }
          interface Crop { latin: String! } type Tree implements Crop @shareable { latin: String! rings: Int! } type Herb implements Crop @shareable { latin: String! scent: String! }`,
        resolvers: {
          Plot: {
            __resolveReference: asGiven,
            label: ({ crop }: { crop: Record<string, unknown> }) =>
              [crop.__typename, crop.latin, crop.rings, crop.scent].map(String).join(' '),
          },
        },
      },
    ],
    cases: [
      {
        when: 'two types meet in one request',
        query: '{ first { label } second { label crop { latin } } }',
        data: {
          first: { label: 'Tree Malus 7 undefined' },
          second: { label: 'Herb Mentha undefined fresh', crop: { latin: 'Mentha' } },
        },
      },
    ],
  },
  {
    id: 'FED-17',
    level: 'MUST',
    feature: 'requires-interface',
    title: 'require through an interface whose implementations the subgraphs do not all know',
    subgraphs: [
      {
        name: 'mail',
        sdl: `type Query { gardener: Gardener } interface Place { id: ID! }
          type Home implements Place @key(fields: "id") { id: ID! street: String @shareable } type Shed implements Place @key(fields: "id") { id: ID! street: String @shareable }
          type Gardener @key(fields: "id") { id: ID! place: Place @external route: String @requires(fields: "place { id }") shedRoute: String @requires(fields: "place { ... on Shed { id } }") }`,
        resolvers: {
          Query: { gardener: () => ({ id: '1' }) },
          Gardener: {
            __resolveReference: asGiven,
            route: ({ place }: { place: { __typename: string; id: string } }) => `to ${place.id}`,
            shedRoute: ({ place }: { place: { __typename: string; id?: string } }) =>
              place.id ?? `no shed: ${place.__typename}`,
          },
          Home: { __resolveReference: asGiven },
          Shed: { __resolveReference: asGiven },
        },
      },
      {
        name: 'places',
        sdl: `interface Place { id: ID! } type Home implements Place @key(fields: "id") { id: ID! street: String @shareable }
          type Shed implements Place @key(fields: "id") { id: ID! street: String @shareable } type Barge implements Place @key(fields: "id") { id: ID! street: String @shareable }
          type Gardener @key(fields: "id") { id: ID! place: Place @shareable }`,
        resolvers: {
          Gardener: {
            __resolveReference: async ({ id }: { id: string }) => ({
              id,
              place: { __typename: 'Home', id: 'h1', street: 'Lindelaan' },
            }),
          },
          Home: { __resolveReference: async ({ id }: { id: string }) => ({ id, street: 'Lindelaan' }) },
        },
      },
    ],
    cases: [
      {
        when: 'the required field is of every type',
        query: '{ gardener { route } }',
        data: { gardener: { route: 'to h1' } },
      },
      {
        when: 'the required field is of another type than the one there',
        query: '{ gardener { shedRoute } }',
        data: { gardener: { shedRoute: 'no shed: Home' } },
      },
      {
        when: 'the consumer asks for the place as well',
        query: '{ gardener { route place { ... on Home { street } } } }',
        data: { gardener: { route: 'to h1', place: { street: 'Lindelaan' } } },
      },
    ],
  },
  {
    id: 'FED-18',
    level: 'MUST',
    feature: 'override-with-requires',
    title: 'take a required field from the subgraph it moved to',
    subgraphs: [
      {
        name: 'old',
        sdl: 'type Query { fromOld: Bed } type Bed @key(fields: "id") { id: ID! size: String! }',
        resolvers: {
          Query: { fromOld: () => ({ id: '1', size: 'old' }) },
          Bed: { __resolveReference: async ({ id }: { id: string }) => ({ id, size: 'old' }) },
        },
      },
      {
        name: 'new',
        sdl: 'type Query { fromNew: Bed } type Bed @key(fields: "id") { id: ID! size: String! @override(from: "old") }',
        resolvers: {
          Query: { fromNew: () => ({ id: '1', size: 'new' }) },
          Bed: { __resolveReference: async ({ id }: { id: string }) => ({ id, size: 'new' }) },
        },
      },
      {
        name: 'signs',
        sdl: 'type Query { fromSigns: Bed } type Bed @key(fields: "id") { id: ID! size: String! @external sign: String! @requires(fields: "size") }',
        resolvers: {
          Query: { fromSigns: () => ({ id: '1' }) },
          Bed: { __resolveReference: asGiven, sign: ({ size }: { size: string }) => `Bed (${size})` },
        },
      },
    ],
    cases: [
      {
        when: 'asked from the old home',
        query: '{ fromOld { size sign } }',
        data: { fromOld: { size: 'new', sign: 'Bed (new)' } },
      },
      {
        when: 'asked from the new home',
        query: '{ fromNew { size sign } }',
        data: { fromNew: { size: 'new', sign: 'Bed (new)' } },
      },
      { when: 'asked from the requirer', query: '{ fromSigns { sign } }', data: { fromSigns: { sign: 'Bed (new)' } } },
    ],
  },
  {
    id: 'FED-19',
    level: 'MUST',
    feature: 'simple-override',
    title: 'ask a moved field at its new home only',
    subgraphs: [
      {
        name: 'old',
        sdl: 'type Query { pots: [Pot] @shareable oldPots: [Pot] } type Pot @key(fields: "id") { id: ID! glaze: String! @shareable }',
        resolvers: {
          Query: { pots: () => [{ id: '1', glaze: 'old' }], oldPots: () => [{ id: '1', glaze: 'old' }] },
          Pot: { __resolveReference: async ({ id }: { id: string }) => ({ id, glaze: 'old' }) },
        },
      },
      {
        name: 'new',
        sdl: 'type Query { pots: [Pot] @shareable newPots: [Pot] } type Pot @key(fields: "id") { id: ID! glaze: String! @override(from: "old") @shareable }',
        resolvers: {
          Query: { pots: () => [{ id: '1', glaze: 'new' }], newPots: () => [{ id: '1', glaze: 'new' }] },
          Pot: { __resolveReference: async ({ id }: { id: string }) => ({ id, glaze: 'new' }) },
        },
      },
    ],
    cases: [
      {
        when: 'started at the old home',
        query: '{ oldPots { id glaze } }',
        data: { oldPots: [{ id: '1', glaze: 'new' }] },
        asks: ['old', 'new'],
      },
      {
        when: 'started anywhere',
        query: '{ pots { glaze } newPots { glaze } }',
        data: { pots: [{ glaze: 'new' }], newPots: [{ glaze: 'new' }] },
      },
    ],
  },
  {
    id: 'FED-20',
    level: 'MUST',
    feature: 'unavailable-override',
    title: 'treat a field moved away from a subgraph that does not exist as an ordinary field',
    subgraphs: [
      {
        name: 'a',
        sdl: 'type Query { pots: [Pot] @shareable aPots: [Pot] } type Pot @key(fields: "id") { id: ID! glaze: String! @shareable }',
        resolvers: {
          Query: { aPots: () => [{ id: '1', glaze: 'a' }] },
          Pot: { __resolveReference: async ({ id }: { id: string }) => ({ id, glaze: 'a' }) },
        },
      },
      {
        name: 'b',
        sdl: 'type Query { pots: [Pot] @shareable bPots: [Pot] } type Pot @key(fields: "id") { id: ID! glaze: String! @override(from: "never-there") @shareable }',
        resolvers: {
          Query: { bPots: () => [{ id: '1', glaze: 'b' }] },
          Pot: { __resolveReference: async ({ id }: { id: string }) => ({ id, glaze: 'b' }) },
        },
      },
    ],
    cases: [
      {
        when: 'asked from each side',
        query: '{ aPots { glaze } bPots { glaze } }',
        data: { aPots: [{ glaze: 'a' }], bPots: [{ glaze: 'b' }] },
      },
    ],
  },
  {
    id: 'FED-21',
    level: 'MUST',
    feature: 'nested-provides',
    title: 'read what a root field provides at depth without leaving its subgraph',
    subgraphs: [
      {
        name: 'plots',
        sdl: 'type Plot @key(fields: "id") { id: ID! }',
        resolvers: { Plot: { __resolveReference: asGiven } },
      },
      {
        name: 'catalogue',
        sdl: `type Query { plots: [Plot] @shareable @provides(fields: "beds { id name rows { id name } }") }
          type Plot @key(fields: "id") { id: ID! beds: [Bed] @external } type Bed @key(fields: "id") { id: ID! name: String rows: [Bed] @external }`,
        resolvers: {
          Query: { plots: () => [{ id: '1', beds: [{ id: 'b', name: 'Bed', rows: [{ id: 'r', name: 'Row' }] }] }] },
        },
      },
      {
        name: 'rows',
        sdl: 'type Plot @key(fields: "id") { id: ID! beds: [Bed] @shareable } type Bed @key(fields: "id") { id: ID! rows: [Bed] @shareable }',
        resolvers: {
          Plot: { __resolveReference: async ({ id }: { id: string }) => ({ id, beds: [{ id: 'b' }] }) },
          Bed: { __resolveReference: async ({ id }: { id: string }) => ({ id, rows: [{ id: 'r' }] }) },
        },
      },
    ],
    cases: [
      {
        when: 'asked two levels deep',
        query: '{ plots { id beds { id name rows { id name } } } }',
        data: { plots: [{ id: '1', beds: [{ id: 'b', name: 'Bed', rows: [{ id: 'r', name: 'Row' }] }] }] },
        asks: ['catalogue'],
      },
    ],
  },
  {
    id: 'FED-22',
    level: 'MUST',
    feature: 'provides-on-interface',
    title: 'use what is provided below an interface, for the types it is provided for',
    subgraphs: [
      {
        name: 'guide',
        sdl: `type Query { tour: Walk @provides(fields: "finds { ... on Bird { name } }") } interface Find { id: ID! }
          type Walk @key(fields: "id") { id: ID! finds: [Find] @shareable } type Bird implements Find @key(fields: "id") { id: ID! @external name: String @external } type Moth implements Find @key(fields: "id") { id: ID! @external }`,
        resolvers: {
          Query: {
            tour: () => ({
              id: 'w',
              finds: [
                { __typename: 'Bird', id: '1', name: 'Provided' },
                { __typename: 'Moth', id: '2' },
              ],
            }),
          },
        },
      },
      {
        name: 'nature',
        sdl: `interface Find { id: ID! name: String } type Walk @key(fields: "id") { id: ID! finds: [Find] @shareable }
          type Bird implements Find @key(fields: "id") { id: ID! name: String @shareable age: Int } type Moth implements Find @key(fields: "id") { id: ID! name: String @shareable age: Int }`,
        resolvers: {
          Walk: {
            __resolveReference: async ({ id }: { id: string }) => ({
              id,
              finds: [
                { __typename: 'Bird', id: '1', name: 'Own', age: 3 },
                { __typename: 'Moth', id: '2', name: 'Atlas', age: 1 },
              ],
            }),
          },
          Bird: { __resolveReference: async ({ id }: { id: string }) => ({ id, name: 'Own', age: 3 }) },
          Moth: { __resolveReference: async ({ id }: { id: string }) => ({ id, name: 'Atlas', age: 1 }) },
        },
      },
    ],
    cases: [
      {
        when: 'asked for the provided type alone',
        query: '{ tour { finds { ... on Bird { id name } } } }',
        data: { tour: { finds: [{ id: '1', name: 'Provided' }, {}] } },
      },
      {
        when: 'asked for what is not provided',
        query: '{ tour { finds { id ... on Bird { age } ... on Moth { name age } } } }',
        data: {
          tour: {
            finds: [
              { id: '1', age: 3 },
              { id: '2', name: 'Atlas', age: 1 },
            ],
          },
        },
      },
    ],
  },
  {
    id: 'FED-23',
    level: 'MUST',
    feature: 'provides-on-union',
    title: 'use what is provided for one member of a union, and fetch it for the others',
    subgraphs: [
      {
        name: 'plain',
        sdl: 'type Query { shelf: [Thing] @shareable } union Thing = Tool | Book type Tool @key(fields: "id") { id: ID! } type Book @key(fields: "id") { id: ID! }',
        resolvers: {
          Query: {
            shelf: () => [
              { __typename: 'Tool', id: '1' },
              { __typename: 'Book', id: '2' },
            ],
          },
        },
      },
      {
        name: 'rich',
        sdl: 'type Query { shelf: [Thing] @shareable @provides(fields: "... on Tool { label }") } union Thing = Tool | Book type Tool @key(fields: "id") { id: ID! label: String @external } type Book @key(fields: "id") { id: ID! }',
        resolvers: {
          Query: {
            shelf: () => [
              { __typename: 'Tool', id: '1', label: 'Spade' },
              { __typename: 'Book', id: '2' },
            ],
          },
        },
      },
      {
        name: 'labels',
        sdl: 'type Tool @key(fields: "id") { id: ID! label: String @shareable } type Book @key(fields: "id") { id: ID! label: String @shareable }',
        resolvers: {
          Tool: { __resolveReference: async ({ id }: { id: string }) => ({ id, label: 'Spade' }) },
          Book: { __resolveReference: async ({ id }: { id: string }) => ({ id, label: 'Almanac' }) },
        },
      },
    ],
    cases: [
      {
        when: 'asked for the provided member',
        query: '{ shelf { ... on Tool { label } } }',
        data: { shelf: [{ label: 'Spade' }, {}] },
        asks: ['rich'],
      },
      {
        when: 'asked for both members',
        query: '{ shelf { __typename ... on Tool { label } ... on Book { label } } }',
        data: {
          shelf: [
            { __typename: 'Tool', label: 'Spade' },
            { __typename: 'Book', label: 'Almanac' },
          ],
        },
      },
    ],
  },
];
