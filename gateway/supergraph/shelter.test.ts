import { parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createShelter } from './shelter.ts';

const shelter = createShelter(new Set(['id', 'title', 'as_seen']));
const travelled = (text: string) =>
  print(shelter.apply(parse(text)))
    .replace(/\s+/g, ' ')
    .trim();

describe('createShelter', () => {
  it('leaves fields without an alias, and aliases that are no field, as they are', () => {
    expect(travelled('{ a { id title id: id mine: title } }')).toBe('{ a { id title id: id mine: title } }');
  });

  it.each(['id', 'title', '__typename', '__proto__', '_entities', '_internal_qp_alias_0', 'as__mine'])(
    'gives the alias %s another key on the way, and finds it back',
    (alias) => {
      const key = travelled(`{ ${alias}: other }`).match(/\w+/)?.[0] ?? '';
      expect(key).not.toBe(alias);
      expect(shelter.responseKey(key)).toBe(alias);
    },
  );

  it('uses keys that no field of the supergraph begins with', () => {
    expect(shelter.responseKey('as_seen')).toBe('as_seen');
  });
});
