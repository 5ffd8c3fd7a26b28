/** Loans between libraries: four small subgraphs, for tests of the executor. */
import { createSmallGraph, type SmallGraph, type SmallSubgraph, type Wire } from './small-graph.ts';

interface Book {
  readonly id: string;
  readonly title: string;
  readonly weight: number | null;
}

const books: readonly Book[] = [
  { id: 'b1', title: 'Riet', weight: 300 },
  { id: 'b2', title: 'Water', weight: 500 },
  { id: 'b3', title: 'Klei', weight: null },
];
const bookOf = (id: string) => books.find((book) => book.id === id);

export const counters = { loans: [] as string[] };

export const stockSubgraphs: readonly SmallSubgraph[] = [
  {
    name: 'books',
    sdl: `
      type Query { books: [Book!]! book(id: ID!): Book shelf: [[Book]] favourite: Book! item(id: ID!): Item }
      type Mutation { rename(id: ID!, title: String!): Book }
      type Subscription { bookRenamed: Book! }
      interface Item { id: ID! }
      type Book implements Item @key(fields: "id") { id: ID! title(upper: Boolean = false): String! weight: Int related: [Book!]! }
      type Map implements Item @key(fields: "id") { id: ID! scale: Int! }
    `,
    resolvers: {
      Query: {
        books: () => books,
        book: (_: unknown, { id }: { id: string }) => bookOf(id),
        shelf: () => [[books[0], null], [books[0], books[1]], null],
        favourite: () => books[0],
        item: (_: unknown, { id }: { id: string }) =>
          id.startsWith('m') ? { __typename: 'Map', id, scale: 50 } : { __typename: 'Book', ...bookOf(id) },
      },
      Mutation: {
        rename: (_: unknown, { id, title }: { id: string; title: string }) => {
          counters.loans.push(`rename ${id}`);
          return { ...bookOf(id), title };
        },
      },
      Book: {
        __resolveReference: async ({ id }: { id: string }) => bookOf(id),
        title: ({ title }: Book, { upper }: { upper: boolean }) => (upper ? title.toUpperCase() : title),
        related: ({ id }: Book) => books.filter((book) => book.id !== id),
      },
      Map: { __resolveReference: async ({ id }: { id: string }) => ({ id, scale: 50 }) },
    },
  },
  {
    name: 'loans',
    sdl: `
      type Query { loanCount: Int! }
      type Mutation { lend(book: ID!): Loan }
      type Loan { book: Book! days: Int! }
      type Book @key(fields: "id") {
        id: ID! isLent: Boolean! lentTo: String weight: Int @external postage(zone: Int = 1): Int @requires(fields: "weight")
      }
      type Map @key(fields: "id") { id: ID! isLent: Boolean! }
    `,
    resolvers: {
      Query: { loanCount: () => 7 },
      Mutation: {
        lend: (_: unknown, { book }: { book: string }) => {
          counters.loans.push(`lend ${book}`);
          return { book: { id: book }, days: 21 };
        },
      },
      Book: {
        __resolveReference: async (reference: { id: string; weight?: number | null }) => {
          counters.loans.push(`read ${reference.id}`);
          return reference;
        },
        isLent: ({ id }: { id: string }) => id === 'b1',
        lentTo: ({ id }: { id: string }) => (id === 'b1' ? 'Sanne' : null),
        postage: ({ weight }: { weight?: number | null }, { zone }: { zone: number }) =>
          weight === null ? null : weight === undefined ? -1 : Math.ceil(weight / 100) * zone,
      },
      Map: { __resolveReference: async ({ id }: { id: string }) => ({ id }), isLent: () => false },
    },
  },
];

export function createStockGraph(wire?: Wire): SmallGraph {
  counters.loans.length = 0;
  return createSmallGraph(stockSubgraphs, wire);
}
