/**
 * What one participant gave of a scattered field: its rows and numbers, and whether they can be merged with the
 * others'. Pure.
 */
import type { PartyResult } from './ask-roots.ts';
import { pageFinding } from './gather-connection.ts';
import { isJsonObject, type JsonObject, readKey, writeKey } from './json.ts';
import type { ValueMerge } from './merge-values.ts';
import { breach } from './outcome.ts';
import { privateAlias } from './private-alias.ts';
import type { CompiledRoot } from './rewrite.ts';

export const isHeard = ({ said }: PartyResult): boolean => said.outcome === 'FRESH';

export function cursorsOf(root: CompiledRoot, { value }: PartyResult): string[] {
  const rowsKey = root.connection?.rowsKey;
  if (rowsKey === undefined) return [];
  const edges = readKey(value as JsonObject, rowsKey) as readonly JsonObject[];
  return edges.map((edge) => edge[privateAlias.cursor] as string);
}

export function hasNextPageOf({ value }: PartyResult): boolean {
  const page = (value as JsonObject)[privateAlias.page];
  return isJsonObject(page) && page.hasNextPage === true;
}

export function headsOf(heard: readonly PartyResult[]): ReadonlyMap<string, string> {
  const heads = new Map<string, string>();
  for (const { participant, value } of heard) {
    const head = (value as JsonObject)[privateAlias.head];
    if (typeof head === 'string') heads.set(participant, head);
  }
  return heads;
}

/** Beyond types and ownership: can this participant's value be merged with the others'? */
export function heldAgainstMerge(
  root: CompiledRoot,
  result: PartyResult,
  after: string | undefined,
  first: number,
): PartyResult {
  if (!isHeard(result)) return result;
  // A null has no rows and no number to merge.
  if (!isJsonObject(result.value)) {
    return { ...result, said: breach(`Expected ${root.name}, found null.`), value: undefined };
  }
  const outputs = root.connection?.outputs ?? root.summary?.outputs ?? [];
  const finding = rowsFinding(root, result, after, first) ?? mergeFinding(outputs, result.value);
  return finding === undefined ? result : { ...result, said: breach(finding), value: undefined, errors: [] };
}

function rowsFinding(
  root: CompiledRoot,
  result: PartyResult,
  after: string | undefined,
  first: number,
): string | undefined {
  if (root.connection?.rowsKey === undefined) return undefined;
  const cursors = cursorsOf(root, result);
  const finding = pageFinding(cursors, after, first);
  if (finding !== undefined) return finding;
  if (cursors.length === 0 && hasNextPageOf(result)) return 'Expected rows before a next page, found none.';
  for (const output of root.connection.outputs) {
    if (output.kind !== 'rows') continue;
    const list = readKey(result.value as JsonObject, output.key) as readonly unknown[];
    if (list.length !== cursors.length) {
      return `Expected as many rows in each list, found ${list.length} and ${cursors.length}.`;
    }
  }
  return undefined;
}

function mergeFinding(
  outputs: readonly (
    | { readonly kind: 'merged'; readonly key: string; readonly merge: ValueMerge }
    | { readonly kind: 'rows' | 'page' | 'coverage' | 'listed' }
  )[],
  value: JsonObject,
): string | undefined {
  for (const output of outputs) {
    const finding = output.kind === 'merged' ? output.merge.finding(readKey(value, output.key)) : undefined;
    if (finding !== undefined) return finding;
  }
  return undefined;
}

/** One participant's rows of two answers as one. */
export function joined(root: CompiledRoot, before: PartyResult, more: PartyResult): PartyResult {
  const value: JsonObject = { ...(before.value as JsonObject) };
  const added = more.value as JsonObject;
  const rowKeys = new Set([
    root.connection?.rowsKey ?? '',
    ...(root.connection?.outputs ?? []).flatMap((output) => (output.kind === 'rows' ? [output.key] : [])),
  ]);
  for (const key of rowKeys) {
    const list = readKey(value, key);
    const tail = readKey(added, key);
    if (Array.isArray(list) && Array.isArray(tail)) writeKey(value, key, [...list, ...tail]);
  }
  value[privateAlias.page] = added[privateAlias.page];
  const offset = cursorsOf(root, before).length;
  const moved = more.errors.map((error) => ({
    ...error,
    path: error.path.map((key, depth) => (depth === 2 && typeof key === 'number' ? key + offset : key)),
  }));
  return { ...more, value, errors: [...before.errors, ...moved] };
}
