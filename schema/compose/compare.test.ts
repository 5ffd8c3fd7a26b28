import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compare, heaviest } from './compare.ts';

const contract = `
  directive @route(by: String, path: String) on FIELD_DEFINITION
  directive @scatter(merge: String) on FIELD_DEFINITION
  directive @audience(per: String) on FIELD_DEFINITION | OBJECT
  directive @personal on FIELD_DEFINITION
  directive @inaccessible on FIELD_DEFINITION
  directive @key(fields: String) repeatable on OBJECT
  enum Kind { BIG SMALL }
  input Filter { kind: Kind }
  type Case @key(fields: "id") { id: ID! title: String owner: String @personal audienced: Int @audience(per: "CLASS") }
  type Query { case(id: ID!): Case @route(by: "ID", path: "id") cases(filter: Filter): [Case!] @scatter(merge: "LIST") }
`;

test.each([
  ['SAFE', 'a nullable field', 'title: String', 'title: String extra: Int', /Case.extra was added/],
  ['SAFE', 'a type', 'enum Kind', 'type More { a: Int } enum Kind', /More was added/],
  ['SAFE', 'a root field', 'type Query {', 'type Query { more: Int @route(by: "CALLER")', /Query.more was added/],
  [
    'SAFE',
    'a deprecation',
    'title: String',
    'title: String @deprecated(reason: "use name, until 2027-01-01")',
    /is deprecated: use name/,
  ],
  ['SAFE', 'a key', '@key(fields: "id")', '@key(fields: "id") @key(fields: "title")', /Case gains @key/],
  ['DANGEROUS', 'a field that may not be null', 'title: String', 'title: String extra: Int!', /CONTRACT_TOO_OLD/],
  ['DANGEROUS', 'an enum value', 'BIG SMALL', 'BIG SMALL TINY', /TINY was added to enum type Kind/],
  ['DANGEROUS', 'an optional input field', 'kind: Kind', 'kind: Kind more: Int', /optional field more/],
  [
    'DANGEROUS',
    'another route',
    '@route(by: "ID", path: "id")',
    '@route(by: "CALLER")',
    /had @route\(by: ID, path: id\) and has @route\(by: CALLER\)/,
  ],
  ['DANGEROUS', 'another audience', 'per: "CLASS"', 'per: "NETWORK"', /had @audience\(per: CLASS\)/],
  ['BREAKING', 'a lost field', 'title: String', '', /Case.title was removed/],
  ['BREAKING', 'a changed type', 'title: String', 'title: Int', /changed type/],
  ['BREAKING', 'a required argument', 'cases(filter: Filter)', 'cases(filter: Filter, who: ID!)', /required arg/],
  ['BREAKING', 'a lost route', '@route(by: "ID", path: "id")', '', /loses @route/],
  ['BREAKING', 'a lost access log', 'owner: String @personal', 'owner: String', /loses @personal/],
  ['BREAKING', 'a field hidden', 'title: String', 'title: String @inaccessible', /gains @inaccessible/],
  ['BREAKING', 'a lost key', '@key(fields: "id")', '', /loses @key/],
] as const)('%s: %s', (weight, _, from, to, message) => {
  expect(contract).toContain(from);
  const changes = compare(contract, contract.replace(from, to));
  expect(changes.map((each) => each.message)).toContainEqual(expect.stringMatching(message));
  expect(heaviest(changes)).toBe(weight);
});

test('finds nothing between a contract and itself', () => {
  expect(compare(contract, contract)).toEqual([]);
});

test('tells by its exit code what it found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kortelijn-compare-'));
  const run = (...args: string[]) => {
    const program = fileURLToPath(new URL('./compare-main.ts', import.meta.url));
    return spawnSync(process.execPath, ['--import', 'tsx', program, ...args], { encoding: 'utf8' });
  };
  try {
    const write = (name: string, sdl: string) => {
      writeFileSync(join(folder, name), sdl);
      return join(folder, name);
    };
    const old = write('old.graphql', contract);
    expect(run(old, old).status).toBe(0);
    expect(run(old, write('dangerous.graphql', contract.replace('BIG SMALL', 'BIG SMALL TINY'))).status).toBe(1);
    const breaking = run(old, write('breaking.graphql', contract.replace('title: String', '')));
    expect([breaking.status, breaking.stdout]).toEqual([
      2,
      expect.stringContaining('BREAKING  Case.title was removed.'),
    ]);
    expect(run(old).status).toBe(64);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
