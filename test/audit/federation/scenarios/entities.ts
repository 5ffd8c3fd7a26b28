import { asGiven, byKeys, type Scenario } from '../scenario.ts';

const boats = [
  { id: 'b1', hull: 'H-1', name: 'Waterlelie', berth: { id: 'p1', name: 'Noordkade' } },
  { id: 'b2', hull: 'H-2', name: 'Zilvermeeuw', berth: { id: 'p2', name: 'Zuidkade' } },
];

export const entities: readonly Scenario[] = [
  {
    id: 'FED-01',
    level: 'MUST',
    feature: 'simple-entity-call',
    title: 'complete an entity from a second subgraph by a key that the first one holds',
    subgraphs: [
      {
        name: 'fleet',
        sdl: 'type Query { boat: Boat } type Boat @key(fields: "id") { id: ID! hull: String! }',
        resolvers: { Query: { boat: () => boats[0] }, Boat: { __resolveReference: byKeys(boats, 'id') } },
      },
      {
        name: 'names',
        sdl: 'type Boat @key(fields: "hull") { hull: String! @external name: String! }',
        resolvers: { Boat: { __resolveReference: byKeys(boats, 'hull') } },
      },
    ],
    cases: [
      {
        when: 'asked for fields of both',
        query: '{ boat { id name } }',
        data: { boat: { id: 'b1', name: 'Waterlelie' } },
        asks: ['fleet', 'names'],
      },
      {
        when: 'asked under aliases through a fragment',
        query: '{ vessel: boat { ...Label } } fragment Label on Boat { label: name key: id }',
        data: { vessel: { label: 'Waterlelie', key: 'b1' } },
      },
      {
        when: 'asked for the first one only',
        query: '{ boat { hull } }',
        data: { boat: { hull: 'H-1' } },
        asks: ['fleet'],
      },
    ],
  },
  {
    id: 'FED-02',
    level: 'MUST',
    feature: 'complex-entity-call',
    title: 'follow keys that are objects and lists, collecting the parts of a key where they are',
    subgraphs: [
      {
        name: 'harbour',
        sdl: `type Query { convoy: Convoy! }
          type Convoy @key(fields: "boats { id }") { boats: [Boat!]! }
          type Boat @key(fields: "id") { id: ID! berth: Berth @shareable }
          type Berth @key(fields: "id") { id: ID! mark: String @shareable }`,
        resolvers: {
          Query: {
            convoy: () => ({
              boats: [
                { id: 'b1', berth: { id: 'p1', mark: 'n' } },
                { id: 'b2', berth: { id: 'p2', mark: 'z' } },
              ],
            }),
          },
          Boat: {
            __resolveReference: async ({ id }: { id: string }) => ({
              id,
              berth: { id: `p${id.slice(1)}`, mark: id === 'b1' ? 'n' : 'z' },
            }),
          },
          Convoy: { __resolveReference: asGiven },
          Berth: { __resolveReference: asGiven },
        },
      },
      {
        name: 'hulls',
        sdl: 'type Boat @key(fields: "id") @key(fields: "id hull") { id: ID! hull: String! }',
        resolvers: { Boat: { __resolveReference: byKeys(boats, 'id') } },
      },
      {
        name: 'pilots',
        sdl: `type Convoy @key(fields: "boats { id hull }") { boats: [Boat!]! leader: Boat @shareable }
          type Boat @key(fields: "id hull") { id: ID! hull: String }`,
        resolvers: {
          Convoy: {
            __resolveReference: async ({ boats: given }: { boats: object[] }) => ({ boats: given, leader: given[1] }),
          },
          Boat: { __resolveReference: asGiven },
        },
      },
      {
        name: 'dues',
        sdl: `type Boat @key(fields: "id hull berth { id mark }") { id: ID! hull: String berth: Berth dues: Int }
          type Berth @key(fields: "id mark") { id: ID! mark: String }`,
        resolvers: {
          Boat: {
            __resolveReference: async (boat: { hull: string; berth: { mark: string } }) => ({
              ...boat,
              dues: boat.berth.mark === 'n' && boat.hull === 'H-1' ? 10 : 20,
            }),
          },
        },
      },
    ],
    cases: [
      {
        when: 'a list of boats is itself part of the key',
        query: '{ convoy { boats { id dues } leader { id dues } } }',
        data: {
          convoy: {
            boats: [
              { id: 'b1', dues: 10 },
              { id: 'b2', dues: 20 },
            ],
            leader: { id: 'b2', dues: 20 },
          },
        },
      },
    ],
  },
  {
    id: 'FED-03',
    level: 'MUST',
    feature: 'keys-mashup',
    title: 'use only the resolvable one of many keys',
    subgraphs: [
      {
        name: 'crew',
        sdl: `type Sailor @key(fields: "id") @key(fields: "badge", resolvable: false) @key(fields: "papers { land number }", resolvable: false)
            @key(fields: "id papers { number year }", resolvable: false) { id: ID! badge: ID! papers: Papers! name: String! }
          type Papers { land: ID! number: ID! year: ID! }`,
        resolvers: {
          Sailor: {
            __resolveReference: async ({ id }: { id: string }) => ({
              id,
              badge: 'x',
              papers: { land: 'NL', number: '7', year: '26' },
              name: `Sailor ${id}`,
            }),
          },
        },
      },
      {
        name: 'watch',
        sdl: `type Query { watch: Watch } type Watch @key(fields: "id") { id: ID! sailors: [Sailor!]! }
          type Sailor @key(fields: "papers { land number }", resolvable: false) @key(fields: "id papers { number year }")
            @key(fields: "badge", resolvable: false) @key(fields: "id", resolvable: false) {
            id: ID! badge: ID! papers: Papers! name: String! @external greeting: String! @requires(fields: "name") }
          type Papers { land: ID! number: ID! year: ID! }`,
        resolvers: {
          Query: {
            watch: () => ({
              id: 'w',
              sailors: [{ id: '1', badge: 'x', papers: { land: 'NL', number: '7', year: '26' } }],
            }),
          },
          Sailor: {
            __resolveReference: asGiven,
            greeting: ({ name, papers }: { name: string; papers: { year: string } }) => `Ahoy ${name} (${papers.year})`,
          },
        },
      },
    ],
    cases: [
      {
        when: 'a required field leads away and back',
        query: '{ watch { sailors { name greeting } } }',
        data: { watch: { sailors: [{ name: 'Sailor 1', greeting: 'Ahoy Sailor 1 (26)' }] } },
      },
    ],
  },
  {
    id: 'FED-04',
    level: 'MUST',
    feature: 'null-keys',
    title: 'ask nothing by a key it does not hold, and null what stays unknown',
    subgraphs: [
      {
        name: 'shelves',
        sdl: 'type Query { crates: [Crate] } type Crate { chart: Chart } type Chart @key(fields: "code") { code: ID! }',
        resolvers: {
          Query: { crates: () => ['c1', 'c2', 'c3'].map((code) => ({ chart: { code } })) },
          Chart: { __resolveReference: asGiven },
        },
      },
      {
        name: 'codes',
        sdl: 'type Chart @key(fields: "id") @key(fields: "code") { id: ID! code: ID! }',
        resolvers: {
          Chart: {
            __resolveReference: async ({ code }: { code: string }) =>
              code === 'c2' ? null : { id: code.slice(1), code },
          },
        },
      },
      {
        name: 'makers',
        sdl: 'type Chart @key(fields: "id") { id: ID! maker: Maker } type Maker { name: String }',
        resolvers: {
          Chart: {
            __resolveReference: async ({ id }: { id?: string }) => {
              if (id === undefined) throw new Error('Expected an id.');
              return { id, maker: { name: `Maker ${id}` } };
            },
          },
        },
      },
    ],
    cases: [
      {
        when: 'the step in between knows no such entity',
        query: '{ crates { chart { code maker { name } } } }',
        data: {
          crates: [
            { chart: { code: 'c1', maker: { name: 'Maker 1' } } },
            { chart: { code: 'c2', maker: null } },
            { chart: { code: 'c3', maker: { name: 'Maker 3' } } },
          ],
        },
        asks: ['shelves', 'codes', 'makers'],
      },
    ],
  },
  {
    id: 'FED-05',
    level: 'MUST',
    feature: 'parent-entity-call',
    title: 'reach a value type through its parent entity when it has no key of its own',
    subgraphs: [
      {
        name: 'yard',
        sdl: `type Query { boats: [Boat!]! } type Boat @key(fields: "id") @key(fields: "id hull") { id: ID! hull: ID! berth: Berth @shareable }
          type Berth @key(fields: "id") { id: ID! name: String! @shareable }`,
        resolvers: {
          Query: { boats: () => boats },
          Boat: { __resolveReference: byKeys(boats, 'id') },
          Berth: { __resolveReference: asGiven },
        },
      },
      {
        name: 'survey',
        sdl: `type Boat @key(fields: "id hull") { id: ID! hull: ID! berth: Berth @shareable } type Berth { survey: Survey } type Survey { depth: Int }`,
        resolvers: {
          Boat: {
            __resolveReference: async ({ id }: { id: string }) => ({
              id,
              berth: { survey: { depth: id === 'b1' ? 3 : 5 } },
            }),
          },
        },
      },
    ],
    cases: [
      {
        when: 'one parent is answered by two subgraphs',
        query: '{ boats { berth { name survey { depth } } } }',
        data: {
          boats: [
            { berth: { name: 'Noordkade', survey: { depth: 3 } } },
            { berth: { name: 'Zuidkade', survey: { depth: 5 } } },
          ],
        },
      },
    ],
  },
  {
    id: 'FED-06',
    level: 'MUST',
    feature: 'parent-entity-call-complex',
    title: 'merge a shared child from several parents before following the key it then holds',
    subgraphs: [
      {
        name: 'notes',
        sdl: 'type Boat @key(fields: "id") { id: ID @external berth: Berth @shareable } type Berth { notes: String }',
        resolvers: { Boat: { __resolveReference: async () => ({ berth: { notes: 'Shallow' } }) } },
      },
      {
        name: 'places',
        sdl: 'type Boat @key(fields: "id") { id: ID @external berth: Berth @shareable } type Berth { id: ID @shareable }',
        resolvers: { Boat: { __resolveReference: async () => ({ berth: { id: 'p9' } }) } },
      },
      {
        name: 'quays',
        sdl: 'type Berth @key(fields: "id") { id: ID quay: String }',
        resolvers: { Berth: { __resolveReference: async ({ id }: { id: string }) => ({ id, quay: `Quay ${id}` }) } },
      },
      {
        name: 'fleet',
        sdl: 'type Query { boatById(id: ID!): Boat } type Boat @key(fields: "id") { id: ID name: String }',
        resolvers: {
          Query: { boatById: (_: unknown, { id }: { id: string }) => boats.find((boat) => boat.id === id) },
        },
      },
    ],
    cases: [
      {
        when: 'three subgraphs know parts of the child',
        query: '{ boatById(id: "b1") { name berth { id quay notes } } }',
        data: { boatById: { name: 'Waterlelie', berth: { id: 'p9', quay: 'Quay p9', notes: 'Shallow' } } },
      },
    ],
  },
  {
    id: 'FED-07',
    level: 'MUST',
    feature: 'mysterious-external',
    title: 'start at an extension that holds only the key, and complete the rest elsewhere',
    subgraphs: [
      {
        name: 'market',
        sdl: `# federation 1
          extend type Boat @key(fields: "id") { id: ID! @external price: Float } type Query { cheapest: Boat }`,
        resolvers: {
          Query: { cheapest: () => ({ id: 'b2', price: 12.5 }) },
          Boat: { __resolveReference: async ({ id }: { id: string }) => ({ id, price: 12.5 }) },
        },
      },
      {
        name: 'names',
        sdl: `# federation 1
          type Boat @key(fields: "id") { id: ID! name: String! } type Query { boats: [Boat!]! }`,
        resolvers: { Query: { boats: () => boats }, Boat: { __resolveReference: byKeys(boats, 'id') } },
      },
    ],
    cases: [
      {
        when: 'asked from the side of the extension',
        query: '{ cheapest { id price name } }',
        data: { cheapest: { id: 'b2', price: 12.5, name: 'Zilvermeeuw' } },
      },
      {
        when: 'asked from the other side',
        query: '{ boats { price } }',
        data: { boats: [{ price: 12.5 }, { price: 12.5 }] },
      },
    ],
  },
  {
    id: 'FED-08',
    level: 'MUST',
    feature: 'shared-root',
    title: 'ask every subgraph of a shared root field and merge their answers, lists by position',
    subgraphs: [
      {
        name: 'engines',
        sdl: 'type Query { ferry: Ferry! @shareable ferries: [Ferry!]! @shareable } type Ferry { id: ID! @shareable engine: Engine! } type Engine { kind: String! }',
        resolvers: {
          Query: {
            ferry: () => ({ id: 'f1', engine: { kind: 'electric' } }),
            ferries: () => [
              { id: 'f1', engine: { kind: 'electric' } },
              { id: 'f2', engine: { kind: 'steam' } },
            ],
          },
        },
      },
      {
        name: 'decks',
        sdl: 'type Query { ferry: Ferry! @shareable ferries: [Ferry!]! @shareable } type Ferry { id: ID! @shareable decks: Decks! } type Decks { count: Int! }',
        resolvers: {
          Query: {
            ferry: () => ({ id: 'f1', decks: { count: 2 } }),
            ferries: () => [
              { id: 'f1', decks: { count: 2 } },
              { id: 'f2', decks: { count: 4 } },
            ],
          },
        },
      },
    ],
    cases: [
      {
        when: 'the field is one object',
        query: '{ ferry { id engine { kind } decks { count } } }',
        data: { ferry: { id: 'f1', engine: { kind: 'electric' }, decks: { count: 2 } } },
      },
      {
        when: 'the field is a list',
        query: '{ ferries { decks { count } id engine { kind } } }',
        data: {
          ferries: [
            { decks: { count: 2 }, id: 'f1', engine: { kind: 'electric' } },
            { decks: { count: 4 }, id: 'f2', engine: { kind: 'steam' } },
          ],
        },
      },
      {
        when: 'one subgraph suffices',
        query: '{ ferry { engine { kind } } }',
        data: { ferry: { engine: { kind: 'electric' } } },
        asks: ['engines'],
      },
    ],
  },
  {
    id: 'FED-09',
    level: 'MUST',
    feature: 'mutations',
    title: 'run root mutations one after the other over several subgraphs, and complete what they return',
    subgraphs: (() => {
      const log: string[] = [];
      return [
        {
          name: 'lock',
          sdl: `type Query { log: [String!]! } type Mutation { open(gate: ID!): Gate! reset: Int! }
            type Gate @key(fields: "id") { id: ID! level: Float! }`,
          resolvers: {
            Query: { log: () => log },
            Mutation: {
              open: (_: unknown, { gate }: { gate: string }) => {
                log.push(`open ${gate}`);
                return { id: gate, level: 2.5 };
              },
              reset: () => {
                log.length = 0;
                return 0;
              },
            },
            Gate: { __resolveReference: async ({ id }: { id: string }) => ({ id, level: 2.5 }) },
          },
        },
        {
          name: 'water',
          sdl: `type Mutation { drain(gate: ID!): Int! }
            type Gate @key(fields: "id") { id: ID! level: Float! @external isHigh: Boolean! @requires(fields: "level") isManned: Boolean! }`,
          resolvers: {
            Mutation: {
              drain: (_: unknown, { gate }: { gate: string }) => {
                log.push(`drain ${gate}`);
                return log.length;
              },
            },
            Gate: {
              __resolveReference: asGiven,
              isHigh: ({ id, level }: { id: string; level: number }) => {
                log.push(`look ${id}`);
                return level > 2;
              },
              isManned: () => true,
            },
          },
        },
      ];
    })(),
    cases: [
      {
        when: 'they alternate between subgraphs',
        query:
          'mutation { reset a: open(gate: "g1") { id isHigh isManned } drain(gate: "g1") b: open(gate: "g2") { isHigh } }',
        data: { reset: 0, a: { id: 'g1', isHigh: true, isManned: true }, drain: 3, b: { isHigh: true } },
      },
      {
        when: 'the log of the previous case is read',
        query: '{ log }',
        data: { log: ['open g1', 'look g1', 'drain g1', 'open g2', 'look g2'] },
      },
    ],
  },
  {
    id: 'FED-10',
    level: 'MUST',
    feature: 'include-skip',
    title: 'fetch nothing for what @skip and @include leave out, requirements included',
    subgraphs: [
      {
        name: 'tides',
        sdl: 'type Query { tide: Tide } type Tide @key(fields: "id") { id: ID! height: Float! }',
        resolvers: {
          Query: { tide: () => ({ id: 't1', height: 4.2 }) },
          Tide: { __resolveReference: async ({ id }: { id: string }) => ({ id, height: 4.2 }) },
        },
      },
      {
        name: 'warnings',
        sdl: 'type Tide @key(fields: "id") { id: ID! height: Float! @external isHigh: Boolean! @requires(fields: "height") }',
        resolvers: { Tide: { __resolveReference: asGiven, isHigh: ({ height }: { height: number }) => height > 4 } },
      },
      {
        name: 'sirens',
        sdl: 'type Tide @key(fields: "id") { id: ID! isHigh: Boolean! @external sounds: Boolean! @requires(fields: "isHigh") }',
        resolvers: { Tide: { __resolveReference: asGiven, sounds: ({ isHigh }: { isHigh: boolean }) => isHigh } },
      },
    ],
    cases: [
      {
        when: 'a variable excludes the field',
        query: 'query ($loud: Boolean = false) { tide { height sounds @include(if: $loud) } }',
        data: { tide: { height: 4.2 } },
        asks: ['tides'],
      },
      {
        when: 'a variable includes the field',
        query: 'query ($loud: Boolean = false) { tide { height sounds @include(if: $loud) } }',
        variables: { loud: true },
        data: { tide: { height: 4.2, sounds: true } },
        asks: ['tides', 'warnings', 'sirens'],
      },
      {
        when: 'both directives meet on a fragment',
        query:
          'query ($quiet: Boolean!) { tide { id ...S @skip(if: $quiet) @include(if: true) } } fragment S on Tide { sounds isHigh }',
        variables: { quiet: true },
        data: { tide: { id: 't1' } },
        asks: ['tides'],
      },
    ],
  },
];
