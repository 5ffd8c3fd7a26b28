/** A fetch of query root fields: route each, ask each participant once for all its fields, gather each field. */
import { isNonNullType } from 'graphql';
import { type AskRoots, type PartyResult, type RootQuestion, unheard } from './ask-roots.ts';
import { coverage, isComplete, type PartyCoverage } from './coverage.ts';
import type { DirectorySnapshot } from './directory-snapshot.ts';
import type { Fetch, FetchAnswer, FetchContext } from './fetch.ts';
import { gatherConnection, pageFinding } from './gather-connection.ts';
import { gatherPage, gatherSummary } from './gather-root.ts';
import { isJsonObject, type JsonObject, readKey, writeKey } from './json.ts';
import type { KeptAnswers } from './kept-answers.ts';
import { bindingOf, type ListCursors } from './list-cursors.ts';
import { breach, codeOf, isMissing } from './outcome.ts';
import type { CursorBinding, ListPosition } from './page-cursor.ts';
import { type PartialError, partialError } from './partial-error.ts';
import { privateAlias } from './private-alias.ts';
import type { CompiledFetch, CompiledRoot } from './rewrite.ts';
import { type Route, route } from './route.ts';

export interface QueriesOptions {
  readonly askRoots: AskRoots;
  readonly directory: () => DirectorySnapshot;
  readonly cursors: ListCursors;
  /** Seals the participants' feed heads into the cursor from which a stream goes on. */
  readonly liveCursor: (heads: ReadonlyMap<string, string>) => string | null;
  readonly kept: KeptAnswers;
  readonly now: () => number;
}

interface Planned {
  readonly root: CompiledRoot;
  readonly given: Readonly<Record<string, unknown>>;
  readonly route: Route;
  readonly binding: CursorBinding | undefined;
  readonly position: ListPosition | undefined;
}

interface Gathering {
  readonly data: JsonObject;
  readonly errors: PartialError[];
}

type ResultsOf = (participant: string, root: CompiledRoot) => PartyResult;

/** An endpoint whose rows all had to be passed over is asked on so often; then the page is shorter. */
const roundsMax = 8;

export function createQueries(options: QueriesOptions) {
  const { askRoots, directory, now } = options;

  return async (compiled: CompiledFetch, fetch: Fetch, context: FetchContext): Promise<FetchAnswer> => {
    const { variables } = fetch;
    const snapshot = directory();
    const planned = compiled.roots.map((root) => plan(root, fetch, context, snapshot, options.cursors));
    const questions = new Map<string, { roots: CompiledRoot[]; afters: Map<number, string> }>();
    for (const { root, route: to, position } of planned) {
      const participants = to.kind === 'one' ? [to.participant] : to.kind === 'some' ? to.participants : [];
      for (const participant of participants) {
        let question = questions.get(participant);
        if (question === undefined) {
          question = { roots: [], afters: new Map() };
          questions.set(participant, question);
        }
        question.roots.push(root);
        const after = position?.parties.get(participant)?.after;
        if (after !== undefined) question.afters.set(root.index, after);
      }
    }
    const results = new Map<string, ReadonlyMap<number, PartyResult>>();
    await Promise.all(
      [...questions].map(async ([participant, { roots, afters }]) => {
        results.set(participant, await askRoots(participant, { compiled, roots, variables, afters }, context));
      }),
    );
    const resultOf: ResultsOf = (participant, root) =>
      results.get(participant)?.get(root.index) ??
      unheard(participant, breach(`Expected ${root.name}, found nothing.`));

    const gathering: Gathering = { data: {}, errors: [] };
    for (const one of planned) {
      const { root } = one;
      if (root.field === undefined) writeKey(gathering.data, root.key, 'Query');
      else if (one.route.kind === 'refused') refuse(gathering, one, one.route, context);
      else if (one.route.kind === 'one') takeRouted(gathering, root, resultOf(one.route.participant, root), context);
      else {
        const ask = (participant: string, after: string) =>
          askRoots(
            participant,
            { compiled, roots: [root], variables, afters: new Map([[root.index, after]]) } satisfies RootQuestion,
            context,
          ).then(
            (again) => again.get(root.index) ?? unheard(participant, breach('Expected more rows, found nothing.')),
          );
        const heardOf = one.route.participants.map((participant) => resultOf(participant, root));
        await takeScattered(gathering, one, one.route.unasked, heardOf, ask, fetch, context, options, now());
      }
    }
    return { data: gathering.data, errors: gathering.errors };
  };
}

function plan(
  root: CompiledRoot,
  fetch: Fetch,
  context: FetchContext,
  snapshot: DirectorySnapshot,
  cursors: ListCursors,
): Planned {
  const given = root.argumentsOf(fetch.variables);
  if (root.field === undefined) {
    return {
      root,
      given,
      route: { kind: 'some', participants: [], unasked: [] },
      binding: undefined,
      position: undefined,
    };
  }
  const to = route(root.field, given, context.authority, snapshot);
  if (root.connection === undefined || to.kind === 'refused')
    return { root, given, route: to, binding: undefined, position: undefined };
  const binding = bindingOf(root.name, given, context.authority);
  if (typeof given.after !== 'string') return { root, given, route: to, binding, position: undefined };
  const position = cursors.read(given.after, binding);
  return typeof position === 'string'
    ? { root, given, route: { kind: 'refused', code: position }, binding, position: undefined }
    : { root, given, route: to, binding, position };
}

function refuse(
  { data, errors }: Gathering,
  { root }: Planned,
  { code, participant, message }: Extract<Route, { kind: 'refused' }>,
  { traceId }: FetchContext,
): void {
  writeKey(data, root.key, null);
  errors.push(partialError(code, [root.key], { participant, traceId }, message));
}

function takeRouted(
  { data, errors }: Gathering,
  root: CompiledRoot,
  result: PartyResult,
  { traceId }: FetchContext,
): void {
  const { participant, said, value, older } = result;
  writeKey(data, root.key, value ?? null);
  if (said.outcome !== 'FRESH') {
    const reason = said.reason === undefined ? {} : { reason: said.reason };
    errors.push(partialError(codeOf(said), [root.key], { participant, traceId, ...reason }));
    return;
  }
  for (const error of result.errors) {
    errors.push(
      partialError(error.code ?? 'CONTRACT_BREACH', [root.key, ...error.path.slice(1)], { participant, traceId }),
    );
  }
  if (older.length > 0)
    errors.push(partialError('CONTRACT_OLDER', [root.key], { participant, traceId, fields: older }));
}

async function takeScattered(
  { data, errors }: Gathering,
  { root, given, binding, position }: Planned,
  unasked: readonly PartyCoverage[],
  found: readonly PartyResult[],
  askOn: (participant: string, after: string) => Promise<PartyResult>,
  { variables }: Fetch,
  context: FetchContext,
  options: QueriesOptions,
  nowMs: number,
): Promise<void> {
  const { traceId } = context;
  const first = typeof given.first === 'number' ? given.first : Number.MAX_SAFE_INTEGER;
  const query = root.field?.kind === 'scattered' && root.field.isKept ? keptUnder(root, given) : undefined;
  const results = found.map((result) => {
    const held = heldAgainstMerge(root, result, position?.parties.get(result.participant)?.after, first);
    return query === undefined ? held : options.kept.stand(root, query, held, nowMs);
  });

  let outcome = root.connection && gather(root, results, position, first, nowMs);
  for (let round = 0; outcome !== undefined && outcome.wanting.length > 0 && round < roundsMax; round += 1) {
    const heard = results.filter(isHeard);
    await Promise.all(
      outcome.wanting.map(async (page) => {
        const before = heard[page] as PartyResult;
        const after = cursorsOf(root, before).at(-1);
        if (after === undefined) return;
        const more = heldAgainstMerge(root, await askOn(before.participant, after), after, first);
        results[results.indexOf(before)] = isHeard(more) ? joined(root, before, more) : more;
      }),
    );
    outcome = gather(root, results, position, first, nowMs);
  }

  const parties: PartyCoverage[] = results.map((result) => {
    const since = outcome?.resumed.get(result.participant);
    return {
      participant: result.participant,
      isAsked: true,
      ...result.said,
      asOfMs: result.receivedAtMs,
      skewMs: result.skewMs,
      resumedFrom: since === undefined ? undefined : new Date(since).toISOString(),
    };
  });
  const all = [...parties, ...unasked].sort((a, b) => (a.participant < b.participant ? -1 : 1));
  if (given.onMissing === 'STOP' && !isComplete(all)) {
    const missing = parties
      .filter((party) => isMissing(party.outcome))
      .map(({ participant, outcome: why, code }) => ({ participant, outcome: why, code }));
    writeKey(data, root.key, null);
    errors.push(
      partialError('MISSING_PARTIES', [root.key], {
        traceId,
        participant: missing[0]?.participant,
        participants: missing,
      }),
    );
    return;
  }
  if (parties.length > 0 && parties.every(({ code }) => code === 'OVERLOADED')) {
    // Nobody was asked: this is no partial answer but none.
    writeKey(data, root.key, null);
    errors.push(partialError('OVERLOADED', [root.key], { traceId }));
    return;
  }
  const heard = results.filter(({ said }) => said.outcome === 'FRESH' || said.outcome === 'STALE');
  const told = coverage(all, nowMs, root.connection?.asksHead ? () => options.liveCursor(headsOf(heard)) : undefined);
  const input = { root, heard, coverage: told, variables, traceId };
  const gathered =
    outcome === undefined || binding === undefined
      ? gatherSummary(input)
      : gatherPage({
          ...input,
          outcome,
          isFirstPage: position === undefined,
          cursorAfter: (index) => options.cursors.write(outcome.positionAfter(index), binding),
          endCursor: () => options.cursors.write(outcome.next, binding),
        });
  writeKey(data, root.key, gathered.value);
  errors.push(...gathered.errors);
  // Who does not ask for the coverage is told of the missing ones all the same.
  const outputs = [...(root.connection?.outputs ?? []), ...(root.summary?.outputs ?? [])];
  if (outputs.some(({ kind }) => kind === 'coverage')) return;
  for (const party of parties) {
    if (!isMissing(party.outcome)) continue;
    const { participant, outcome: why, reason } = party;
    errors.push(
      partialError(codeOf(party), [root.key], {
        participant,
        traceId,
        outcome: why,
        ...(reason !== undefined && { reason }),
      }),
    );
  }
}

/** The same question to one participant, whomever else it went to. */
function keptUnder(root: CompiledRoot, given: Readonly<Record<string, unknown>>): string {
  const { participants: _whom, ...rest } = given;
  return `${root.name} ${JSON.stringify(rest)}`;
}

const isHeard = ({ said }: PartyResult): boolean => said.outcome === 'FRESH';

function gather(
  root: CompiledRoot,
  results: readonly PartyResult[],
  position: ListPosition | undefined,
  first: number,
  nowMs: number,
) {
  const pages = results.filter(isHeard).map((result) => ({
    participant: result.participant,
    cursors: cursorsOf(root, result),
    hasNextPage: hasNextPageOf(result),
  }));
  const silent = results.filter((result) => !isHeard(result)).map(({ participant }) => participant);
  return gatherConnection({ pages, silent, position, first, nowMs });
}

function cursorsOf(root: CompiledRoot, { value }: PartyResult): string[] {
  const rowsKey = root.connection?.rowsKey;
  if (rowsKey === undefined) return [];
  const edges = readKey(value as JsonObject, rowsKey) as readonly JsonObject[];
  return edges.map((edge) => edge[privateAlias.cursor] as string);
}

function hasNextPageOf({ value }: PartyResult): boolean {
  const page = (value as JsonObject)[privateAlias.page];
  return isJsonObject(page) && page.hasNextPage === true;
}

function headsOf(heard: readonly PartyResult[]): ReadonlyMap<string, string> {
  const heads = new Map<string, string>();
  for (const { participant, value } of heard) {
    const head = (value as JsonObject)[privateAlias.head];
    if (typeof head === 'string') heads.set(participant, head);
  }
  return heads;
}

/** Beyond types and ownership: can this participant's value be merged with the others'? */
function heldAgainstMerge(
  root: CompiledRoot,
  result: PartyResult,
  after: string | undefined,
  first: number,
): PartyResult {
  if (!isHeard(result)) return result;
  // A scattered field's type is non-null; a null here would have no rows and no number to merge.
  if (!isJsonObject(result.value)) {
    return isNonNullType(root.type)
      ? { ...result, said: breach(`Expected ${root.name}, found null.`), value: undefined }
      : { ...result, value: {} };
  }
  const finding = root.connection ? connectionFinding(root, result, after, first) : summaryFinding(root, result.value);
  return finding === undefined ? result : { ...result, said: breach(finding), value: undefined, errors: [] };
}

function connectionFinding(
  root: CompiledRoot,
  result: PartyResult,
  after: string | undefined,
  first: number,
): string | undefined {
  const { rowsKey, outputs } = root.connection ?? {};
  if (rowsKey !== undefined) {
    const cursors = cursorsOf(root, result);
    const finding = pageFinding(cursors, after, first);
    if (finding !== undefined) return finding;
    if (cursors.length === 0 && hasNextPageOf(result)) return 'Expected rows before a next page, found none.';
    for (const output of outputs ?? []) {
      if (output.kind !== 'rows') continue;
      const list = readKey(result.value as JsonObject, output.key) as readonly unknown[];
      if (list.length !== cursors.length)
        return `Expected as many ${output.key} as rows, found ${list.length} and ${cursors.length}.`;
    }
  }
  return mergeFinding(outputs ?? [], result.value as JsonObject);
}

const summaryFinding = (root: CompiledRoot, value: JsonObject) => mergeFinding(root.summary?.outputs ?? [], value);

function mergeFinding(
  outputs: readonly (
    | {
        readonly kind: 'merged';
        readonly key: string;
        readonly merge: { finding: (value: unknown) => string | undefined };
      }
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
function joined(root: CompiledRoot, before: PartyResult, more: PartyResult): PartyResult {
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
