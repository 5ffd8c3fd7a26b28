import { asGiven, type Scenario } from '../scenario.ts';

type Reference = { id: string };

export const abstractTypes: readonly Scenario[] = [
  {
    id: 'FED-24',
    level: 'MUST',
    feature: 'node',
    title: 'complete objects behind an interface whose fields live in another subgraph',
    subgraphs: [
      {
        name: 'index',
        sdl: 'type Query { oven: Node loaf: Node } interface Node { id: ID! } type Oven implements Node @key(fields: "id") { id: ID! } type Loaf implements Node @key(fields: "id") { id: ID! }',
        resolvers: {
          Query: { oven: () => ({ __typename: 'Oven', id: 'o1' }), loaf: () => ({ __typename: 'Loaf', id: 'l1' }) },
        },
      },
      {
        name: 'bakery',
        sdl: 'interface Node { id: ID! } type Oven implements Node @key(fields: "id") @shareable { id: ID! heat: Int! } type Loaf implements Node @key(fields: "id") { id: ID! grain: String! }',
        resolvers: {
          Oven: { __resolveReference: async ({ id }: Reference) => ({ id, heat: 240 }) },
          Loaf: { __resolveReference: async ({ id }: Reference) => ({ id, grain: 'rye' }) },
        },
      },
    ],
    cases: [
      {
        when: 'asked by type',
        query: '{ oven { id ... on Oven { heat } } loaf { __typename id ... on Loaf { grain } } }',
        data: { oven: { id: 'o1', heat: 240 }, loaf: { __typename: 'Loaf', id: 'l1', grain: 'rye' } },
      },
      {
        when: 'asked for another type than the one there',
        query: '{ oven { ... on Loaf { grain } } }',
        data: { oven: {} },
      },
    ],
  },
  {
    id: 'FED-25',
    level: 'MUST',
    feature: 'abstract-types',
    title: 'resolve interfaces, unions and their fields over subgraphs that each know a part',
    subgraphs: [
      {
        name: 'catalogue',
        sdl: `type Query { breads: [Bread] like(id: ID!): [Bread] } interface Bread { id: ID! size: Size hidden: Boolean @inaccessible } interface Like { like: [Bread] }
          type Size @shareable { cm: Int } type Loaf implements Bread & Like @key(fields: "id") { id: ID! size: Size @shareable like: [Loaf] hidden: Boolean maker: Maker }
          type Roll implements Bread & Like @key(fields: "id") { id: ID! size: Size @shareable like: [Roll] hidden: Boolean maker: Maker }
          union Maker = Guild | Own type Guild @key(fields: "id") { id: ID! @shareable } type Own { mail: String }`,
        resolvers: {
          Query: {
            breads: () => [
              { __typename: 'Loaf', id: 'l1', size: { cm: 30 }, maker: { __typename: 'Guild', id: 'g1' } },
              {
                __typename: 'Roll',
                id: 'r1',
                size: { cm: 8 },
                maker: { __typename: 'Own', mail: 'rolls@example.org' },
              },
            ],
            like: () => [{ __typename: 'Loaf', id: 'l2', size: { cm: 31 } }],
          },
          Loaf: {
            __resolveReference: async ({ id }: Reference) => ({ id, size: { cm: 30 } }),
            like: () => [{ id: 'l2', size: { cm: 31 } }],
          },
          Roll: { __resolveReference: async ({ id }: Reference) => ({ id, size: { cm: 8 } }), like: () => [] },
        },
      },
      {
        name: 'delivery',
        sdl: `interface Bread { id: ID! size: Size ride(zone: String): String } type Size @shareable { cm: Int }
          type Loaf implements Bread @key(fields: "id") { id: ID! size: Size @external ride(zone: String): String @requires(fields: "size { cm }") }
          type Roll implements Bread @key(fields: "id") { id: ID! size: Size @external ride(zone: String): String @requires(fields: "size { cm }") }`,
        resolvers: Object.fromEntries(
          ['Loaf', 'Roll'].map((type) => [
            type,
            {
              __resolveReference: asGiven,
              ride: ({ size }: { size: { cm: number } }, { zone }: { zone: string }) =>
                `${zone} ${size.cm > 20 ? 'cart' : 'bike'}`,
            },
          ]),
        ),
      },
      {
        name: 'tasting',
        sdl: `interface Bread { id: ID! score: Float! } interface Like { like: [Bread] }
          type Loaf implements Bread & Like @key(fields: "id") { id: ID! score: Float! like: [Loaf] @external scoreOfLike: [Float!]! @requires(fields: "like { id }") }
          type Roll implements Bread & Like @key(fields: "id") { id: ID! score: Float! like: [Roll] @external scoreOfLike: [Float!]! @requires(fields: "like { id }") }`,
        resolvers: Object.fromEntries(
          ['Loaf', 'Roll'].map((type) => [
            type,
            {
              __resolveReference: asGiven,
              score: ({ id }: Reference) => id.length + 0.5,
              scoreOfLike: ({ like }: { like: Reference[] }) => like.map(({ id }) => id.length),
            },
          ]),
        ),
      },
      {
        name: 'guilds',
        sdl: 'type Guild @key(fields: "id") { id: ID! name: String }',
        resolvers: { Guild: { __resolveReference: async ({ id }: Reference) => ({ id, name: `Guild ${id}` }) } },
      },
    ],
    cases: [
      {
        when: 'an interface field lives elsewhere',
        query: '{ breads { id ride(zone: "A") score } }',
        data: {
          breads: [
            { id: 'l1', ride: 'A cart', score: 2.5 },
            { id: 'r1', ride: 'A bike', score: 2.5 },
          ],
        },
      },
      {
        when: 'each type asks its own',
        query: '{ breads { ... on Loaf { scoreOfLike ride(zone: "L") } ... on Roll { ride(zone: "R") } } }',
        data: { breads: [{ scoreOfLike: [2], ride: 'L cart' }, { ride: 'R bike' }] },
      },
      {
        when: 'a union hides behind the interface',
        query:
          '{ breads { ... on Loaf { maker { __typename ... on Guild { name } } } ... on Roll { maker { ... on Own { mail } } } } }',
        data: {
          breads: [{ maker: { __typename: 'Guild', name: 'Guild g1' } }, { maker: { mail: 'rolls@example.org' } }],
        },
      },
      {
        when: 'one interface is read through another',
        query: '{ breads { ... on Like { like { id score } } } }',
        data: { breads: [{ like: [{ id: 'l2', score: 2.5 }] }, { like: [] }] },
      },
      {
        when: 'a variable decides about a fragment',
        query:
          'query ($deep: Boolean = true) { breads { id ... on Loaf @include(if: $deep) { score } ... on Roll @skip(if: $deep) { score } } }',
        data: { breads: [{ id: 'l1', score: 2.5 }, { id: 'r1' }] },
      },
    ],
  },
  {
    id: 'FED-26',
    level: 'MUST',
    feature: 'circular-reference-interface',
    title: 'descend through an interface that refers to itself, with a narrower type in the implementation',
    subgraphs: [
      {
        name: 'trade',
        sdl: 'type Query { bread: Bread } interface Bread { twin: Bread } type Loaf implements Bread @key(fields: "id") { id: ID! twin: Loaf @provides(fields: "price") price: Float @external }',
        resolvers: {
          Query: { bread: () => ({ __typename: 'Loaf', id: '1' }) },
          Loaf: {
            __resolveReference: asGiven,
            twin: ({ id }: Reference) => ({ id: id === '1' ? '2' : '1', price: 3.5 }),
          },
        },
      },
      {
        name: 'prices',
        sdl: 'type Loaf @key(fields: "id") { id: ID! price: Float @shareable }',
        resolvers: { Loaf: { __resolveReference: async ({ id }: Reference) => ({ id, price: 3.5 }) } },
      },
    ],
    cases: [
      {
        when: 'asked two turns deep',
        query: '{ bread { __typename twin { ... on Bread { twin { __typename ... on Loaf { id price } } } } } }',
        data: { bread: { __typename: 'Loaf', twin: { twin: { __typename: 'Loaf', id: '1', price: 3.5 } } } },
      },
    ],
  },
  {
    id: 'FED-27',
    level: 'MUST',
    feature: 'override-type-interface',
    title: 'take an overridden field of one implementation from its new home, also behind the interface',
    subgraphs: [
      {
        name: 'a',
        sdl: 'interface Item { id: ID! madeAt: String! } type Photo implements Item @key(fields: "id") { id: ID! madeAt: String! } type Query { feed: [Item] }',
        resolvers: {
          Query: { feed: () => [{ __typename: 'Photo', id: 'p1', madeAt: 'old' }] },
          Photo: { __resolveReference: async ({ id }: Reference) => ({ id, madeAt: 'old' }) },
        },
      },
      {
        name: 'b',
        sdl: 'interface Item { id: ID! madeAt: String! } type Letter implements Item @key(fields: "id") { id: ID! madeAt: String! body: String! } interface Other { id: ID! madeAt: String! } type Photo implements Other @key(fields: "id") { id: ID! madeAt: String! @override(from: "a") } type Query { otherFeed: [Other] }',
        resolvers: {
          Query: { otherFeed: () => [{ __typename: 'Photo', id: 'p2', madeAt: 'new' }] },
          Photo: { __resolveReference: async ({ id }: Reference) => ({ id, madeAt: 'new' }) },
          Letter: { __resolveReference: asGiven },
        },
      },
    ],
    cases: [
      {
        when: 'asked on the interface',
        query: '{ feed { id madeAt } otherFeed { madeAt } }',
        data: { feed: [{ id: 'p1', madeAt: 'new' }], otherFeed: [{ madeAt: 'new' }] },
      },
      {
        when: 'asked on the type',
        query: '{ feed { ... on Photo { madeAt } ... on Letter { body } } }',
        data: { feed: [{ madeAt: 'new' }] },
      },
    ],
  },
  {
    id: 'FED-28',
    level: 'MUST',
    feature: 'union-intersection',
    title: 'select members of a union that only some subgraphs have in it',
    subgraphs: [
      {
        name: 'a',
        sdl: 'union Medium = Song | Film type Song @key(fields: "id") { id: ID! title: String! @shareable aTitle: String! } type Film @key(fields: "id") { id: ID! title: String! @shareable aTitle: String! } type Query { medium: Medium @shareable aMedium: Medium }',
        resolvers: {
          Query: {
            medium: () => ({ __typename: 'Song', id: 's', title: 'Song', aTitle: 'a' }),
            aMedium: () => ({ __typename: 'Film', id: 'f', title: 'Film', aTitle: 'a' }),
          },
          Song: { __resolveReference: async ({ id }: Reference) => ({ id, title: 'Song', aTitle: 'a' }) },
          Film: { __resolveReference: async ({ id }: Reference) => ({ id, title: 'Film', aTitle: 'a' }) },
        },
      },
      {
        name: 'b',
        sdl: 'union Medium = Song | Game type Song @key(fields: "id") { id: ID! title: String! @shareable bTitle: String! } type Game @key(fields: "id") { id: ID! title: String! @shareable bTitle: String! } type Query { medium: Medium @shareable bMedium: Medium }',
        resolvers: {
          Query: {
            medium: () => ({ __typename: 'Song', id: 's', title: 'Song', bTitle: 'b' }),
            bMedium: () => ({ __typename: 'Game', id: 'g', title: 'Game', bTitle: 'b' }),
          },
          Song: { __resolveReference: async ({ id }: Reference) => ({ id, title: 'Song', bTitle: 'b' }) },
          Game: { __resolveReference: asGiven },
        },
      },
    ],
    cases: [
      {
        when: 'every member is named',
        query:
          '{ medium { __typename ... on Song { title aTitle bTitle } ... on Film { title } ... on Game { title } } }',
        data: { medium: { __typename: 'Song', title: 'Song', aTitle: 'a', bTitle: 'b' } },
      },
      {
        when: 'a member is named that this subgraph lacks',
        query:
          '{ aMedium { ... on Game { title } ... on Film { title } } bMedium { ... on Film { title } ... on Game { bTitle } } }',
        data: { aMedium: { title: 'Film' }, bMedium: { bTitle: 'b' } },
      },
    ],
  },
  {
    id: 'FED-29',
    level: 'MUST',
    feature: 'union-interface-distributed',
    title: 'apply interface conditions by what a type implements anywhere in the supergraph',
    subgraphs: [
      {
        name: 'a',
        sdl: 'type Query { machines: [Machine] node(id: ID!): Node } union Machine = Press | Mixer interface Node { id: ID! } interface Warranted { years: Int } type Press @key(fields: "id") { id: ID! } type Mixer implements Node & Warranted @key(fields: "id") { id: ID! years: Int }',
        resolvers: {
          Query: {
            machines: () => [
              { __typename: 'Press', id: 'p1' },
              { __typename: 'Mixer', id: 'm1', years: 2 },
            ],
            node: (_: unknown, { id }: Reference) => ({
              __typename: id.startsWith('p') ? 'Press' : 'Mixer',
              id,
              years: 2,
            }),
          },
          Press: { __resolveReference: asGiven },
          Mixer: { __resolveReference: asGiven },
        },
      },
      {
        name: 'b',
        sdl: 'interface Node { id: ID! } interface Warranted { years: Int } type Press implements Node & Warranted @key(fields: "id") { id: ID! years: Int }',
        resolvers: { Press: { __resolveReference: async ({ id }: Reference) => ({ id, years: 5 }) } },
      },
    ],
    cases: [
      {
        when: 'a union is read through an interface',
        query: '{ machines { ... on Node { id } ... on Warranted { years } } }',
        data: {
          machines: [
            { id: 'p1', years: 5 },
            { id: 'm1', years: 2 },
          ],
        },
      },
      {
        when: 'conditions are nested',
        query: '{ machines { ... on Node { ... on Warranted { years ... on Mixer { id } } } } }',
        data: { machines: [{ years: 5 }, { years: 2, id: 'm1' }] },
      },
      {
        when: 'a subgraph returns a type its own interface does not have',
        query: '{ node(id: "p1") { id } }',
        data: { node: null },
        errorPaths: [['node']],
      },
    ],
  },
  {
    id: 'FED-30',
    level: 'MUST',
    feature: 'partial-union',
    title: 'answer lists of a union in which one subgraph knows fewer members',
    subgraphs: [
      {
        name: 'a',
        sdl: 'type Query { reply: Reply } type Reply @shareable { steps: [Step!]! note: String } union Step = Knead | Bake | Rest type Knead @shareable { id: ID! force: Int } type Bake { id: ID! heat: Int } type Rest { id: ID! }',
        resolvers: {
          Query: {
            reply: () => ({
              note: 'ok',
              steps: [
                { __typename: 'Knead', id: '1', force: 3 },
                { __typename: 'Bake', id: '2', heat: 240 },
                { __typename: 'Rest', id: '3' },
              ],
            }),
          },
        },
      },
      {
        name: 'b',
        sdl: 'type Reply @shareable { steps: [Step!]! note: String } union Step = Knead type Knead @shareable { id: ID! force: Int }',
      },
    ],
    cases: [
      {
        when: 'some members are selected',
        query: '{ reply { steps { ... on Knead { force } ... on Bake { heat } } note } }',
        data: { reply: { steps: [{ force: 3 }, { heat: 240 }, {}], note: 'ok' } },
      },
    ],
  },
  {
    id: 'FED-31',
    level: 'MUST',
    feature: 'partial-union-complex',
    title: 'give of a shared union what all its subgraphs can, and null for a member that only one of them knows',
    subgraphs: [
      {
        name: 'a',
        sdl: 'type Query { fromA: Box both: Box @shareable } type Box @key(fields: "id") { id: ID! inside: Inside @shareable } type Inside @shareable { steps: [Step!]! } union Step = Shared | OnlyA type Shared @shareable { label: String } type OnlyA { a: String }',
        resolvers: {
          Query: {
            fromA: () => ({
              id: '1',
              inside: {
                steps: [
                  { __typename: 'OnlyA', a: 'A' },
                  { __typename: 'Shared', label: 's' },
                ],
              },
            }),
            both: () => ({ id: '1', inside: { steps: [{ __typename: 'Shared', label: 's' }] } }),
          },
          Box: {
            __resolveReference: async ({ id }: Reference) => ({
              id,
              inside: { steps: [{ __typename: 'Shared', label: 's' }] },
            }),
          },
        },
      },
      {
        name: 'b',
        sdl: 'type Query { fromB: Box both: Box @shareable } type Box @key(fields: "id") { id: ID! inside: Inside @shareable bInside: Inside } type Inside @shareable { steps: [Step!]! } union Step = Shared | OnlyB type Shared @shareable { label: String } type OnlyB { b: String }',
        resolvers: {
          Query: { fromB: () => ({ id: '1', inside: { steps: [{ __typename: 'OnlyB', b: 'B' }] } }) },
          Box: {
            __resolveReference: async ({ id }: Reference) => ({
              id,
              inside: { steps: [{ __typename: 'Shared', label: 's' }] },
              bInside: { steps: [{ __typename: 'OnlyB', b: 'B' }] },
            }),
          },
        },
      },
    ],
    cases: [
      {
        when: 'started in either',
        query:
          '{ fromA { inside { steps { ... on OnlyA { a } ... on Shared { label } } } } fromB { inside { steps { __typename ... on OnlyB { b } } } } }',
        data: {
          fromA: { inside: { steps: [{ a: null }, { label: 's' }] } },
          fromB: { inside: { steps: [{ __typename: 'OnlyB', b: null }] } },
        },
      },
      {
        when: 'one leads to the other',
        query: '{ fromA { bInside { steps { ... on OnlyB { b } } } } }',
        data: { fromA: { bInside: { steps: [{ b: 'B' }] } } },
      },
    ],
  },
  {
    id: 'FED-32',
    level: 'MUST',
    feature: 'simple-interface-object',
    title: 'add a field to every implementation of an interface from a subgraph that knows none of them',
    subgraphs: [
      {
        name: 'staff',
        sdl: 'type Query { members: [Member!]! } interface Member @key(fields: "id") { id: ID! name: String } type Baker implements Member @key(fields: "id") { id: ID! name: String ovens: Int } type Clerk implements Member @key(fields: "id") { id: ID! name: String }',
        resolvers: {
          Query: {
            members: () => [
              { __typename: 'Baker', id: 'b1', name: 'Bo', ovens: 2 },
              { __typename: 'Clerk', id: 'c1', name: 'Cy' },
            ],
          },
          Member: {
            __resolveReference: async ({ id }: Reference) =>
              id === 'b1' ? { __typename: 'Baker', id, name: 'Bo', ovens: 2 } : { __typename: 'Clerk', id, name: 'Cy' },
            __resolveType: ({ __typename }: { __typename: string }) => __typename,
          },
        },
      },
      {
        name: 'mail',
        sdl: 'type Query { writers: [Member] } type Member @key(fields: "id") @interfaceObject { id: ID! mail: String }',
        resolvers: {
          Query: { writers: () => [{ id: 'c1' }, { id: 'b1' }] },
          Member: { __resolveReference: asGiven, mail: ({ id }: Reference) => `${id}@example.org` },
        },
      },
    ],
    cases: [
      {
        when: 'started where the types are',
        query: '{ members { __typename mail ... on Baker { ovens } } }',
        data: {
          members: [
            { __typename: 'Baker', mail: 'b1@example.org', ovens: 2 },
            { __typename: 'Clerk', mail: 'c1@example.org' },
          ],
        },
      },
      {
        when: 'started where only the interface is',
        query: '{ writers { id name mail __typename ... on Baker { ovens } } }',
        data: {
          writers: [
            { id: 'c1', name: 'Cy', mail: 'c1@example.org', __typename: 'Clerk' },
            { id: 'b1', name: 'Bo', mail: 'b1@example.org', __typename: 'Baker', ovens: 2 },
          ],
        },
      },
      {
        when: 'nothing of the types is asked',
        query: '{ writers { mail } }',
        data: { writers: [{ mail: 'c1@example.org' }, { mail: 'b1@example.org' }] },
        asks: ['mail'],
      },
    ],
  },
  {
    id: 'FED-33',
    level: 'MUST',
    feature: 'interface-object-with-requires',
    title: 'send an interface object what its field requires of the real type',
    subgraphs: [
      {
        name: 'staff',
        sdl: 'type Query { members: [Member!]! } interface Member @key(fields: "id") { id: ID! name: String } type Baker implements Member @key(fields: "id") { id: ID! name: String ovens: Int }',
        resolvers: {
          Query: { members: () => [{ __typename: 'Baker', id: 'b1', name: 'Bo', ovens: 2 }] },
          Member: {
            __resolveReference: async ({ id }: Reference) => ({ __typename: 'Baker', id, name: 'Bo', ovens: 2 }),
            __resolveType: () => 'Baker',
          },
        },
      },
      {
        name: 'mail',
        sdl: 'type Query { writers: [Member] } type Member @key(fields: "id") @interfaceObject { id: ID! name: String @external mail: String @requires(fields: "name") }',
        resolvers: {
          Query: { writers: () => [{ id: 'b1' }] },
          Member: { __resolveReference: asGiven, mail: ({ name }: { name: string }) => `${name}@example.org` },
        },
      },
    ],
    // federation-composition 0.27 forgets that a field of an interface object is external there.
    mend: (sdl) =>
      sdl.replace(
        '  name: String\n  mail',
        '  name: String @join__field(graph: STAFF) @join__field(graph: MAIL, external: true)\n  mail',
      ),
    cases: [
      {
        when: 'asked from both sides',
        query: '{ members { mail } writers { mail ... on Baker { ovens } } }',
        data: { members: [{ mail: 'Bo@example.org' }], writers: [{ mail: 'Bo@example.org', ovens: 2 }] },
      },
    ],
  },
  {
    id: 'FED-34',
    level: 'MUST',
    feature: 'interface-object-indirect-extension',
    title: 'find the real type of an interface object before asking for what a third subgraph adds to it',
    subgraphs: [
      {
        name: 'desk',
        sdl: 'type Query { clerk: Clerk } type Clerk @key(fields: "id") { id: ID! } extend type Film @key(fields: "id") { id: ID! director: String }',
        resolvers: { Film: { __resolveReference: async ({ id }: Reference) => ({ id, director: `D${id}` }) } },
      },
      {
        name: 'archive',
        sdl: 'type Query { reel: Reel } interface Reel @key(fields: "id") { id: ID! title: String } type Film implements Reel @key(fields: "id") { id: ID! title: String minutes: Int } type Slide implements Reel @key(fields: "id") { id: ID! title: String }',
        resolvers: {
          Reel: {
            __resolveReference: async ({ id }: Reference) => ({ __typename: 'Film', id, title: `T${id}`, minutes: 90 }),
            __resolveType: () => 'Film',
          },
          Film: { __resolveReference: async ({ id }: Reference) => ({ id, title: `T${id}`, minutes: 90 }) },
        },
      },
      {
        name: 'programme',
        sdl: 'type Query { evening: Evening } type Evening @key(fields: "id") { id: ID! reel: Reel } type Reel @key(fields: "id") @interfaceObject { id: ID! }',
        resolvers: { Query: { evening: () => ({ id: 'e', reel: { id: '7' } }) } },
      },
    ],
    cases: [
      {
        when: 'the addition is on one type',
        query: '{ evening { reel { id title ... on Film { minutes director } } } }',
        data: { evening: { reel: { id: '7', title: 'T7', minutes: 90, director: 'D7' } } },
      },
    ],
  },
  {
    id: 'FED-35',
    level: 'MUST',
    feature: 'non-resolvable-interface-object',
    title: 'refuse what can be asked of no subgraph, with an error and without asking',
    subgraphs: [
      {
        name: 'a',
        sdl: 'type Good @key(fields: "id", resolvable: false) @interfaceObject { id: ID! } type Query { good: Good! }',
        resolvers: { Query: { good: () => ({ id: 'g1' }) } },
      },
      {
        name: 'b',
        sdl: 'interface Good @key(fields: "id") { id: ID! } type Bun implements Good @key(fields: "id") { id: ID! name: String! } type Query { bun: Bun }',
        resolvers: {
          Query: { bun: () => ({ id: 'g1', name: 'Bun' }) },
          Good: {
            __resolveReference: async ({ id }: Reference) => ({ __typename: 'Bun', id, name: 'Bun' }),
            __resolveType: () => 'Bun',
          },
        },
      },
    ],
    cases: [
      {
        when: 'a field is of an implementation and not of the interface',
        query: '{ good { id name } }',
      },
      { when: 'the key alone is asked', query: '{ good { id } }', data: { good: { id: 'g1' } }, asks: ['a'] },
      {
        when: 'the implementation is reached by its key',
        query: '{ good { id ... on Bun { name } } }',
        data: { good: { id: 'g1', name: 'Bun' } },
      },
    ],
  },
  {
    id: 'FED-36',
    level: 'MUST',
    feature: 'typename',
    title: 'give the name of the object type wherever it is asked: root, union, interface, interface object',
    subgraphs: [
      {
        name: 'a',
        sdl: 'type Query { union: Goods interface: Node } union Goods = Oven | Tray interface Node { id: ID! } type Oven implements Node { id: ID! } type Tray implements Node { id: ID! } interface Member @key(fields: "id") { id: ID! } type Owner implements Member @key(fields: "id") { id: ID! isMain: Boolean! }',
        resolvers: {
          Query: { union: () => ({ __typename: 'Oven', id: '1' }), interface: () => ({ __typename: 'Tray', id: '2' }) },
          Member: {
            __resolveReference: async ({ id }: Reference) => ({ __typename: 'Owner', id, isMain: true }),
            __resolveType: () => 'Owner',
          },
        },
      },
      {
        name: 'b',
        sdl: 'type Query { members: [Member] } type Member @key(fields: "id") @interfaceObject { id: ID! name: String! }',
        resolvers: {
          Query: { members: () => [{ id: '1', name: 'Ann' }] },
          Member: { __resolveReference: async ({ id }: Reference) => ({ id, name: 'Ann' }) },
        },
      },
    ],
    cases: [
      {
        when: 'asked alone and under aliases',
        query:
          '{ __typename union { __typename kind: __typename } interface { t: __typename } members { __typename name } }',
        data: {
          __typename: 'Query',
          union: { __typename: 'Oven', kind: 'Oven' },
          interface: { t: 'Tray' },
          members: [{ __typename: 'Owner', name: 'Ann' }],
        },
      },
    ],
  },
  {
    id: 'FED-37',
    level: 'MUST',
    feature: 'corrupted-supergraph-node-id',
    title: 'read each implementation of a shared interface field in the subgraph that resolves it',
    subgraphs: [
      {
        name: 'a',
        sdl: 'type Query { node(id: ID!): Node @shareable } interface Node { id: ID! } type Person implements Node @key(fields: "id") { id: ID! name: String! } type Thread implements Node @key(fields: "id") { id: ID! @external owner: Person! }',
        resolvers: {
          Query: {
            node: (_: unknown, { id }: Reference) =>
              id.startsWith('p')
                ? { __typename: 'Person', id, name: 'Pia' }
                : { __typename: 'Thread', id, owner: { id: 'p1', name: 'Pia' } },
          },
          Person: { __resolveReference: async ({ id }: Reference) => ({ id, name: 'Pia' }) },
          Thread: { __resolveReference: async ({ id }: Reference) => ({ id, owner: { id: 'p1', name: 'Pia' } }) },
        },
      },
      {
        name: 'b',
        sdl: 'type Query { node(id: ID!): Node @shareable } interface Node { id: ID! } type Person implements Node @key(fields: "id") { id: ID! @external threads: [Thread!]! } type Thread implements Node @key(fields: "id") { id: ID! text: String! }',
        resolvers: {
          Query: {
            node: (_: unknown, { id }: Reference) =>
              id.startsWith('p')
                ? { __typename: 'Person', id, threads: [] }
                : { __typename: 'Thread', id, text: 'Hello' },
          },
          Person: { __resolveReference: async ({ id }: Reference) => ({ id, threads: [{ id: 't1', text: 'Hello' }] }) },
          Thread: { __resolveReference: async ({ id }: Reference) => ({ id, text: 'Hello' }) },
        },
      },
    ],
    cases: [
      {
        when: 'asked by type',
        query:
          '{ person: node(id: "p1") { ... on Person { name } } thread: node(id: "t1") { __typename ... on Thread { text owner { name } } } }',
        data: { person: { name: 'Pia' }, thread: { __typename: 'Thread', text: 'Hello', owner: { name: 'Pia' } } },
      },
    ],
  },
];
