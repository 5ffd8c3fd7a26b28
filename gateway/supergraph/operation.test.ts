import { parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { decide, documentOf, findOperation, placeholder } from './operation.ts';

function decided(text: string, variables: Record<string, unknown> = {}) {
  const operation = findOperation(parse(text), undefined);
  if (operation === undefined) throw new Error('Expected one operation.');
  return decide(operation, variables);
}

function text(from: string, variables: Record<string, unknown> = {}): string {
  const operation = decided(from, variables);
  return print(documentOf(operation, operation.rootFields)).replace(/\s+/g, ' ').trim();
}

describe('findOperation', () => {
  it('takes the named one, or the only one', () => {
    const document = parse('query A { a } query B { b }');
    expect(findOperation(document, 'B')?.definition.name?.value).toBe('B');
    expect(findOperation(document, 'C')).toBeUndefined();
    expect(findOperation(document, undefined)).toBeUndefined();
    expect(findOperation(parse('{ a }'), undefined)).toBeDefined();
    expect(findOperation(parse('fragment F on T { a }'), undefined)).toBeUndefined();
  });

  it('lists the variables that decide about fields, not the others', () => {
    const document = parse(
      'query ($x: Boolean!, $y: Boolean!, $z: Int) { a(z: $z) @skip(if: $y) ...F } fragment F on T { b @include(if: $x) }',
    );
    expect(findOperation(document, undefined)?.conditions).toEqual(['y', 'x']);
  });
});

describe('decide', () => {
  it.each([
    ['{ a @skip(if: true) b @include(if: true) }', '{ b }'],
    ['{ a @include(if: true) @skip(if: true) b }', '{ b }'],
    ['{ a { ... @include(if: true) { b } ... { c } } }', '{ a { b c } }'],
    ['{ ...F } fragment F on Query { a ... on Query { b } }', '{ a b }'],
    ['{ a { ...F } } fragment F on T { b @skip(if: true) }', '{ a { __typename } }'],
    ['query ($v: Int, $w: Int) { a(n: $v) b(n: $w) @skip(if: true) }', 'query ($v: Int) { a(n: $v) }'],
    [
      '{ a { ...F } } fragment F on T { ...G } fragment G on T { b } ',
      '{ a { ...F } } fragment F on T { ...G } fragment G on T { b }',
    ],
  ])('makes of %s: %s', (from, to) => {
    expect(text(from)).toBe(to);
  });

  it('decides by variables, absent ones meaning false', () => {
    const from = 'query ($x: Boolean) { a @include(if: $x) b @skip(if: $x) }';
    expect(text(from, { x: true })).toBe('{ a }');
    expect(text(from, {})).toBe('{ b }');
  });

  it('marks what it put into an empty selection set', () => {
    const [field] = decided('{ a { b @skip(if: true) } }').rootFields;
    expect(field?.selectionSet?.selections).toEqual([placeholder]);
    expect(field?.selectionSet?.selections[0]).toBe(placeholder);
  });
});
