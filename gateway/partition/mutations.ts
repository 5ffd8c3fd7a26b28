/**
 * A fetch with mutations: neighbouring fields of the same participant go together, the runs one after the other in
 * document order. A mutation whose answer is lost, twice, may have had its effect: that is said, never guessed.
 */
import { type AskRoots, type PartyResult, unheard } from './ask-roots.ts';
import type { DirectorySnapshot } from './directory-snapshot.ts';
import type { Fetch, FetchAnswer, FetchContext } from './fetch.ts';
import { type JsonObject, readPath, writeKey } from './json.ts';
import { breach, codeOf } from './outcome.ts';
import { type PartialError, partialError } from './partial-error.ts';
import type { CompiledFetch, CompiledRoot } from './rewrite.ts';
import { type Route, route } from './route.ts';

export interface Run {
  readonly participant: string;
  readonly roots: readonly CompiledRoot[];
}

/** Neighbours with one destination, in order. Pure. */
export function runsOf(routed: readonly { readonly root: CompiledRoot; readonly route: Route }[]): readonly Run[] {
  const runs: { participant: string; roots: CompiledRoot[] }[] = [];
  let open: { participant: string; roots: CompiledRoot[] } | undefined;
  for (const { root, route: to } of routed) {
    if (to.kind !== 'one') {
      // A refused field has no effect, so it parts nobody.
      continue;
    }
    if (open?.participant === to.participant) {
      open.roots.push(root);
    } else {
      open = { participant: to.participant, roots: [root] };
      runs.push(open);
    }
  }
  return runs;
}

export interface MutationsOptions {
  readonly askRoots: AskRoots;
  readonly directory: () => DirectorySnapshot;
}

export function createMutations({ askRoots, directory }: MutationsOptions) {
  return async (compiled: CompiledFetch, fetch: Fetch, context: FetchContext): Promise<FetchAnswer> => {
    const { traceId } = context;
    const { variables } = fetch;
    const data: JsonObject = {};
    const errors: PartialError[] = [];
    const routed: { root: CompiledRoot; route: Route }[] = [];
    for (const root of compiled.roots) {
      writeKey(data, root.key, root.field === undefined ? 'Mutation' : null);
      if (root.field === undefined) continue;
      const to = route(root.field, root.argumentsOf(variables), context.authority, directory());
      routed.push({ root, route: to });
      if (to.kind === 'refused')
        errors.push(partialError(to.code, [root.key], { participant: to.participant, traceId }, to.message));
    }
    for (const { participant, roots } of runsOf(routed)) {
      const results = await askRoots(participant, { compiled, roots, variables, afters: new Map() }, context);
      for (const root of roots) {
        const result = results.get(root.index) ?? unheard(participant, breach(`Expected ${root.name}, found nothing.`));
        writeKey(data, root.key, result.value ?? null);
        errors.push(...errorsOf(root, result, variables, traceId));
      }
    }
    return { data, errors };
  };
}

function errorsOf(
  root: CompiledRoot,
  { participant, said, mayHaveActed, errors }: PartyResult,
  variables: Readonly<Record<string, unknown>>,
  traceId: string | undefined,
): PartialError[] {
  if (said.outcome === 'FRESH') {
    return errors.map((error) =>
      partialError(error.code ?? 'CONTRACT_BREACH', [root.key, ...error.path.slice(1)], { participant, traceId }),
    );
  }
  const reason = said.reason === undefined ? {} : { reason: said.reason };
  if (mayHaveActed) {
    const commandId = readPath(root.argumentsOf(variables), ['input', 'commandId']);
    return [
      partialError('OUTCOME_UNKNOWN', [root.key], {
        participant,
        traceId,
        outcome: said.outcome,
        ...reason,
        commandId,
      }),
    ];
  }
  return [partialError(codeOf(said), [root.key], { participant, traceId, ...reason })];
}
