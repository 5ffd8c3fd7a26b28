/** The endpoint's SDL against the contract, weighed as every change of the contract is. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compare, type Weight } from '@kortelijn/schema/compose/compare.ts';
import { isNonNull, readSubgraph, rootTypes } from '@kortelijn/schema/compose/contract.ts';
import { parse, print, visit } from 'graphql';
import type { Check } from '../check-of.ts';
import type { Examined } from '../examined.ts';
import { CannotJudge, must } from '../finding.ts';
import { asHub } from '../hub-client.ts';
import { perEndpoint } from '../per-endpoint.ts';
import { sha256 } from '../trust.ts';

const contract = () =>
  readFileSync(createRequire(import.meta.url).resolve('@kortelijn/schema/subgraphs/participant.graphql'), 'utf8');

/** Names the contract that an endpoint was held against. */
export const contractHash = (): string => sha256(contract());

async function sdlOf(endpoint: Examined): Promise<string> {
  const { data, status, text } = await endpoint.ask(asHub, '{ _service { sdl } }');
  const sdl: unknown = data?._service?.sdl;
  if (typeof sdl === 'string') return sdl;
  throw new CannotJudge(`The endpoint gave the hub no SDL: ${status} ${text.slice(0, 200)}`);
}

/** What an endpoint of an older contract may lack: fields of its objects that may be null. */
function lacking(expected: string, found: string): readonly string[] {
  const [ours, theirs] = [readSubgraph('participant', expected), readSubgraph('participant', found)];
  return [...ours.types.values()].flatMap((type) => {
    const there = theirs.types.get(type.name);
    if (type.kind !== 'OBJECT' || rootTypes.includes(type.name) || there === undefined) return [];
    return type.fields
      .filter((field) => !isNonNull(field.type) && !there.fields.some(({ name }) => name === field.name))
      .map(({ path }) => path);
  });
}

function without(sdl: string, paths: readonly string[]): string {
  const pruned = visit(parse(sdl), {
    ObjectTypeDefinition: (node) => ({
      ...node,
      fields: (node.fields ?? []).filter((field) => !paths.includes(`${node.name.value}.${field.name.value}`)),
    }),
  });
  return print(pruned);
}

const compared = perEndpoint(async (endpoint: Examined) => {
  const [expected, found] = [contract(), await sdlOf(endpoint)];
  return compare(without(expected, lacking(expected, found)), found);
});

const differences = async (endpoint: Examined, weight: Weight): Promise<readonly string[]> =>
  (await compared(endpoint)).filter((change) => change.weight === weight).map(({ message }) => message);

export const contractChecks: readonly Check[] = [
  {
    id: 'CK-SDL-1',
    level: 'MUST',
    title: 'gives the hub its SDL',
    rule: 'architecture §2, §3 (skew)',
    run: async (endpoint) => {
      const { data, status, text } = await endpoint.ask(asHub, '{ _service { sdl } }');
      must(typeof data?._service?.sdl === 'string', '_service.sdl as text, for the hub', `${status} ${text}`);
      try {
        parse(data._service.sdl);
      } catch (error) {
        must(false, 'SDL that can be read', (error as Error).message);
      }
    },
  },
  {
    id: 'CK-SDL-2',
    level: 'MUST',
    title: 'has nothing in its SDL that breaks the contract',
    rule: 'architecture §3 (compare: breaking)',
    run: async (endpoint) => {
      const breaking = await differences(endpoint, 'BREAKING');
      must(breaking.length === 0, 'no breaking difference from the contract', breaking.join(' '));
    },
  },
  {
    id: 'CK-SDL-3',
    level: 'SHOULD',
    title: 'has nothing in its SDL that is dangerous beside the contract',
    rule: 'architecture §3 (compare: dangerous)',
    run: async (endpoint) => {
      const dangerous = await differences(endpoint, 'DANGEROUS');
      must(dangerous.length === 0, 'no dangerous difference from the contract', dangerous.join(' '));
    },
  },
  {
    id: 'CK-SDL-4',
    level: 'SHOULD',
    title: 'has every field of this contract',
    rule: 'architecture §3 (skew: CONTRACT_OLDER)',
    run: async (endpoint) => {
      const missing = lacking(contract(), await sdlOf(endpoint));
      must(missing.length === 0, 'every field of the contract', `without ${missing.join(', ')}`);
    },
  },
];
