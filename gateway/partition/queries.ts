/** A fetch of query root fields: route each, ask each participant once for all its fields, gather each field. */
import { type AskRoots, type PartyResult, type RootQuestion, unheard } from './ask-roots.ts';
import type { DirectorySnapshot } from './directory-snapshot.ts';
import type { Fetch, FetchAnswer, FetchContext } from './fetch.ts';
import { gatherScattered, type ScatteredOptions } from './gather-scattered.ts';
import { type JsonObject, writeKey } from './json.ts';
import { bindingOf, type ListCursors } from './list-cursors.ts';
import { breach, codeOf } from './outcome.ts';
import type { CursorBinding, ListPosition } from './page-cursor.ts';
import { type PartialError, partialError } from './partial-error.ts';
import type { CompiledFetch, CompiledRoot } from './rewrite.ts';
import { type Route, route } from './route.ts';

export interface QueriesOptions extends ScatteredOptions {
  readonly askRoots: AskRoots;
  readonly directory: () => DirectorySnapshot;
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
    const replies = new Map<string, ReadonlyMap<number, PartyResult>>();
    await Promise.all(
      [...questions].map(async ([participant, { roots, afters }]) => {
        replies.set(participant, await askRoots(participant, { compiled, roots, variables, afters }, context));
      }),
    );
    const resultOf: ResultsOf = (participant, root) =>
      replies.get(participant)?.get(root.index) ??
      unheard(participant, breach(`Expected ${root.name}, found nothing.`));

    const gathering: Gathering = { data: {}, errors: [] };
    for (const one of planned) {
      const { root } = one;
      if (root.field === undefined) writeKey(gathering.data, root.key, 'Query');
      else if (one.route.kind === 'refused') refuse(gathering, one, one.route, context);
      else if (one.route.kind === 'one') takeRouted(gathering, root, resultOf(one.route.participant, root), context);
      else {
        const askOn = (participant: string, after: string) =>
          askRoots(
            participant,
            { compiled, roots: [root], variables, afters: new Map([[root.index, after]]) } satisfies RootQuestion,
            context,
          ).then(
            (again) => again.get(root.index) ?? unheard(participant, breach('Expected more rows, found nothing.')),
          );
        const { given, binding, position } = one;
        const { participants, unasked } = one.route;
        const results = participants.map((participant) => resultOf(participant, root));
        const { traceId } = context;
        const scattered = { root, given, variables, results, unasked, binding, position, traceId, nowMs: now(), askOn };
        const { value, errors } = await gatherScattered(scattered, options);
        writeKey(gathering.data, root.key, value);
        gathering.errors.push(...errors);
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
