import { readFileSync } from 'node:fs';
import { type EnumTypeDefinitionNode, Kind, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../errors/codes.ts';
import { decide } from '../interpret/lifecycle.ts';
import { lifecycles, printLifecycles } from './diagram.ts';

const here = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const definitions = ['participant', 'registry', 'hub'].flatMap(
  (name) => parse(here(`../subgraphs/${name}.graphql`)).definitions,
);
const enums = definitions.filter((node): node is EnumTypeDefinitionNode => node.kind === Kind.ENUM_TYPE_DEFINITION);
const mutations = definitions.flatMap((node) =>
  (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION) &&
  node.name.value === 'Mutation'
    ? (node.fields ?? []).map((field) => field.name.value)
    : [],
);
test('the printed page of lifecycles is the one in the repository', () => {
  expect(here('./README.md')).toBe(printLifecycles());
});

describe.each(lifecycles.map((lifecycle) => [lifecycle.subject, lifecycle] as const))('%s', (_, lifecycle) => {
  const events = Object.entries(lifecycle.events);

  test('has the states of its SDL enum, wherever that enum is defined', () => {
    const found = enums.filter(({ name }) => name.value === lifecycle.stateEnum);
    expect(found.length).toBeGreaterThan(0);
    for (const { values } of found) {
      expect(values?.map(({ name }) => name.value).sort()).toEqual([...lifecycle.states].sort());
    }
  });

  test('names only states, relations, guards and codes that there are', () => {
    for (const [, { from, to, who, provided = [] }] of events) {
      for (const state of from === 'NEW' ? [] : from) expect(lifecycle.states).toContain(state);
      if (to !== 'SAME') expect(lifecycle.states).toContain(to);
      if (from === 'NEW') expect(to).not.toBe('SAME');
      for (const entry of who) {
        expect(Object.keys(lifecycle.relations)).toContain(typeof entry === 'string' ? entry : entry.as);
        if (typeof entry !== 'string') expect(Object.keys(lifecycle.guards)).toContain(entry.provided);
      }
      for (const guard of provided) expect(Object.keys(lifecycle.guards)).toContain(guard);
    }
    for (const { code } of [...Object.values(lifecycle.relations), ...Object.values(lifecycle.guards)]) {
      expect(Object.keys(errorCodes)).toContain(code);
    }
  });

  test('reaches every state, and lets everyone in who is named', () => {
    const reached = new Set<string>();
    for (let before = -1; before !== reached.size; ) {
      before = reached.size;
      for (const [, { from, to }] of events) {
        if (to !== 'SAME' && (from === 'NEW' || from.some((state) => reached.has(state)))) reached.add(to);
      }
    }
    expect([...reached].sort()).toEqual([...lifecycle.states].sort());
  });

  test('offers only actions that are mutations of the contract', () => {
    for (const [, { action }] of events) {
      if (action) expect(mutations).toContain(action);
    }
  });

  test('refuses every event in every state it does not name, for everyone', () => {
    const everyone = [...Object.keys(lifecycle.relations)];
    const always = new Proxy({ nowMs: 0 }, { get: (_, fact) => (fact === 'nowMs' ? 0 : -1) });
    for (const [event, { from }] of events) {
      for (const state of [undefined, ...lifecycle.states]) {
        if (state === undefined ? from === 'NEW' : from !== 'NEW' && from.includes(state)) continue;
        expect(decide(lifecycle, event, { state, relations: everyone, facts: always })).toMatchObject({
          ok: false,
          code: 'STATE_DOES_NOT_ALLOW',
        });
      }
    }
  });
});
