/**
 * Makes one value of what several participants gave, as `@merge` says. Pure; compiled per selection.
 *
 * A null among the values makes a sum null: a number that leaves someone out is no number.
 */
import { isHistogram, merge as mergeHistograms, percentile } from '@kortelijn/schema/vocabulary/histogram.ts';
import {
  type FieldNode,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
} from 'graphql';
import { type CollectedField, collectFields } from './collect-fields.ts';
import type { Contract, FieldMerge } from './contract.ts';
import { endpointSelections, fieldNode, fieldOf, withSelections } from './endpoint-selections.ts';
import { type JsonObject, readKey, writeKey } from './json.ts';
import { privateAlias } from './private-alias.ts';
import { compileProject } from './project.ts';

type Variables = Readonly<Record<string, unknown>>;

export interface ValueMerge {
  /** What to ask of an endpoint. */
  readonly node: FieldNode;
  readonly merge: (values: readonly unknown[], variables: Variables) => unknown;
  /** What is wrong with one participant's value, beyond its kind; undefined when it can be merged. */
  readonly finding: (value: unknown) => string | undefined;
}

const fine = () => undefined;

/** Undefined when the contract does not say how to merge this field. */
export function compileValueMerge(
  contract: Contract,
  parent: GraphQLObjectType,
  field: CollectedField,
): ValueMerge | undefined {
  if (field.name === '__typename') return { node: field.node, merge: () => parent.name, finding: fine };
  const how = contract.mergeOf(parent.name, field.name);
  const definition = fieldOf(parent, field.name);
  if (how === undefined || definition === undefined) return undefined;
  const named = getNamedType(definition.type);
  const node = field.node.selectionSet
    ? withSelections(field.node, endpointSelections(contract, named, field.selections))
    : field.node;
  if (how.with === 'HISTOGRAM') return histogramMerge(contract, field, named as GraphQLObjectType);
  if (how.with === 'CONCAT') return { node, merge: (values) => values.flatMap((value) => value ?? []), finding: fine };
  if (isListType(getNullableType(definition.type)) && isObjectType(named)) {
    return keyedListMerge(contract, field, named, how);
  }
  return { node, merge: scalarMerge(how), finding: fine };
}

function scalarMerge({ with: how }: FieldMerge): (values: readonly unknown[]) => unknown {
  if (how === 'SUM') {
    return (values) =>
      values.includes(null) || values.includes(undefined)
        ? null
        : (values as number[]).reduce((sum, value) => sum + value, 0);
  }
  return (values) => {
    const present = values.filter((value) => value !== null && value !== undefined) as (number | string)[];
    return present.reduce<number | string | null>((best, value) => {
      if (best === null) return value;
      return (how === 'MIN' ? value < best : value > best) ? value : best;
    }, null);
  };
}

function histogramMerge(contract: Contract, field: CollectedField, type: GraphQLObjectType): ValueMerge {
  const project = compileProject(contract.schema, type, field.selections);
  const bins = fieldNode('bins', privateAlias.bins, [fieldNode('upTo'), fieldNode('count')]);
  const read = (value: unknown): unknown => {
    const { count, [privateAlias.bins]: found } = (value ?? {}) as JsonObject;
    return { count, bins: found };
  };
  return {
    node: withSelections(field.node, [fieldNode('count'), bins]),
    finding: (value) =>
      isHistogram(read(value))
        ? undefined
        : 'Expected a histogram with bounds of the contract whose counts add up, found another.',
    merge: (values, variables) => {
      const merged = mergeHistograms(...values.map(read).filter(isHistogram));
      const value = {
        ...merged,
        percentile: ({ p }: { p?: unknown }) =>
          typeof p === 'number' && p > 0 && p <= 100 ? (percentile(merged, p) ?? null) : null,
      };
      return project(value, variables);
    },
  };
}

/** Items with the same key fields become one; each of its other fields is merged by its own rule. */
function keyedListMerge(
  contract: Contract,
  field: CollectedField,
  type: GraphQLObjectType,
  { key }: FieldMerge,
): ValueMerge {
  const keyNodes = key.map((name) => fieldNode(name, privateAlias.key(name)));
  const merges = new Map<string, ValueMerge | 'key'>();
  for (const inner of collectFields(contract.schema, type, field.selections).values()) {
    merges.set(inner.key, compileValueMerge(contract, type, inner) ?? 'key');
  }
  const sent = [...merges].map(([itemKey, merge]) => {
    if (merge !== 'key') return merge.node;
    return collectFields(contract.schema, type, field.selections).get(itemKey)?.node as FieldNode;
  });
  return {
    node: withSelections(field.node, [...sent, ...keyNodes]),
    finding: fine,
    merge: (lists, variables) => {
      const groups = new Map<string, JsonObject[]>();
      for (const list of lists) {
        for (const item of (list ?? []) as JsonObject[]) {
          const identity = JSON.stringify(key.map((name) => item[privateAlias.key(name)] ?? null));
          const group = groups.get(identity);
          if (group === undefined) groups.set(identity, [item]);
          else group.push(item);
        }
      }
      return [...groups.values()].map((items) => {
        const merged: JsonObject = {};
        for (const [itemKey, merge] of merges) {
          const values = items.map((item) => readKey(item, itemKey));
          writeKey(merged, itemKey, merge === 'key' ? values[0] : merge.merge(values, variables));
        }
        return merged;
      });
    },
  };
}
