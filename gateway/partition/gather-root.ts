/** Makes one root field's answer of what the participants said. Pure. */

import type { PartyResult } from './ask-roots.ts';
import type { ConnectionOutcome } from './gather-connection.ts';
import { type JsonObject, readKey, writeKey } from './json.ts';
import { type PartialError, partialError } from './partial-error.ts';
import type { CompiledRoot } from './rewrite.ts';

export interface Gathered {
  readonly value: JsonObject;
  readonly errors: readonly PartialError[];
}

export interface GatherInput {
  readonly root: CompiledRoot;
  /** Those that answered, in the order of the directory. */
  readonly heard: readonly PartyResult[];
  readonly coverage: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly traceId: string | undefined;
}

/** LIST, COUNT and SUMMARY. */
export function gatherSummary({ root, heard, coverage, variables, traceId }: GatherInput): Gathered {
  const value: JsonObject = {};
  const offsets = new Map<string, number[]>();
  for (const output of root.summary?.outputs ?? []) {
    if (output.kind === 'coverage') {
      writeKey(value, output.key, output.project(coverage, variables));
    } else if (output.kind === 'merged') {
      const values = heard.map((result) => readKey(result.value as JsonObject, output.key));
      writeKey(value, output.key, output.merge.merge(values, variables));
    } else {
      const list: unknown[] = [];
      const starts: number[] = [];
      for (const result of heard) {
        starts.push(list.length);
        const items = (readKey(result.value as JsonObject, output.from) ?? []) as unknown[];
        for (const item of items) list.push(output.project ? output.project(item, variables) : item);
      }
      // Inside an item that was asked whole, a path is not the caller's.
      if (output.project === undefined) offsets.set(output.key, starts);
      writeKey(value, output.key, list);
    }
  }
  const errors = heard.flatMap((result, party) =>
    result.errors.map((error) => {
      const [, list, index, ...rest] = error.path;
      const start = typeof list === 'string' ? offsets.get(list)?.[party] : undefined;
      const path =
        start !== undefined && typeof index === 'number'
          ? [root.key, list as string, start + index, ...rest]
          : [root.key];
      return partialError(error.code ?? 'CONTRACT_BREACH', path, { participant: result.participant, traceId });
    }),
  );
  return { value, errors };
}

export interface ConnectionGatherInput extends GatherInput {
  readonly outcome: ConnectionOutcome;
  readonly isFirstPage: boolean;
  /** The public cursor after the row at this index. */
  readonly cursorAfter: (index: number) => string;
  readonly endCursor: () => string;
}

/** `heard` holds one entry per page of the outcome; a row's value may stand in any of them. */
export function gatherPage(input: ConnectionGatherInput): Gathered {
  const { root, heard, coverage, variables, outcome, isFirstPage, cursorAfter, endCursor, traceId } = input;
  const value: JsonObject = {};
  for (const output of root.connection?.outputs ?? []) {
    switch (output.kind) {
      case 'rows':
        writeKey(value, output.key, rowsOf(output.key, output.cursorKeys, input));
        break;
      case 'page': {
        const page = {
          hasNextPage: outcome.hasNextPage,
          hasPreviousPage: !isFirstPage,
          startCursor: outcome.rows.length > 0 ? () => cursorAfter(0) : null,
          endCursor,
        };
        writeKey(value, output.key, output.project(page, variables));
        break;
      }
      case 'coverage':
        writeKey(value, output.key, output.project(coverage, variables));
        break;
      case 'merged': {
        const values = heard.map((result) => readKey(result.value as JsonObject, output.key));
        writeKey(value, output.key, output.merge.merge(values, variables));
      }
    }
  }
  return { value, errors: heard.flatMap((result, page) => errorsOfPage(root.key, result, page, outcome, traceId)) };
}

function rowsOf(
  key: string,
  cursorKeys: readonly string[],
  { heard, outcome, cursorAfter }: ConnectionGatherInput,
): unknown[] {
  return outcome.rows.map(({ page, row }, index) => {
    const list = readKey(heard[page]?.value as JsonObject, key) as readonly JsonObject[];
    const item = list[row] as JsonObject;
    if (cursorKeys.length === 0) return item;
    const edge = { ...item };
    for (const cursorKey of cursorKeys) writeKey(edge, cursorKey, cursorAfter(index));
    return edge;
  });
}

function errorsOfPage(
  rootKey: string,
  result: PartyResult,
  page: number,
  outcome: ConnectionOutcome,
  traceId: string | undefined,
): PartialError[] {
  if (result.errors.length === 0) return [];
  const shown = new Map<number, number>();
  for (const [index, merged] of outcome.rows.entries()) if (merged.page === page) shown.set(merged.row, index);
  return result.errors.flatMap((error) => {
    const [, list, row, ...rest] = error.path;
    const details = { participant: result.participant, traceId };
    const code = error.code ?? 'CONTRACT_BREACH';
    if (typeof list !== 'string' || typeof row !== 'number') return [partialError(code, [rootKey], details)];
    const index = shown.get(row);
    // An error of a row that is not on this page comes with its row.
    return index === undefined ? [] : [partialError(code, [rootKey, list, index, ...rest], details)];
  });
}
