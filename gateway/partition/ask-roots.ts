/** Asks one participant for some root fields, and says for each what came of it: a checked value, or why not. */
import { isNonNullType } from 'graphql';
import type { Answered, EndpointError, Reply } from '../transport/reply.ts';
import type { DirectorySnapshot } from './directory-snapshot.ts';
import type { FetchContext } from './fetch.ts';
import { readKey, readPath } from './json.ts';
import { breach, type Said, saidByError, saidByFailure } from './outcome.ts';
import { privateAlias } from './private-alias.ts';
import { type CompiledFetch, type CompiledRoot, variablesJson } from './rewrite.ts';
import type { Ask } from './scatter.ts';
import { looksOlder, type Skew } from './skew.ts';

export interface PartyResult {
  readonly participant: string;
  readonly said: Said;
  /** The root field's value, held against the contract; undefined unless FRESH. */
  readonly value: unknown;
  /** What the endpoint said of places inside this root. */
  readonly errors: readonly EndpointError[];
  readonly receivedAtMs: number | undefined;
  readonly skewMs: number | undefined;
  /** Whether a mutation may have been carried out although its answer is not there. */
  readonly mayHaveActed: boolean;
  /** Coordinates that the endpoint does not have yet. */
  readonly older: readonly string[];
}

export interface RootQuestion {
  readonly compiled: CompiledFetch;
  readonly roots: readonly CompiledRoot[];
  readonly variables: Readonly<Record<string, unknown>>;
  /** Where each list goes on at this participant, by the root's index. */
  readonly afters: ReadonlyMap<number, string>;
}

export type AskRoots = (
  participant: string,
  question: RootQuestion,
  context: FetchContext,
) => Promise<ReadonlyMap<number, PartyResult>>;

export interface AskRootsOptions {
  readonly ask: Ask;
  readonly skew: Skew;
  readonly directory: () => DirectorySnapshot;
}

export function createAskRoots({ ask, skew, directory }: AskRootsOptions): AskRoots {
  const askRoots = async (
    participant: string,
    question: RootQuestion,
    context: FetchContext,
    mayAskAgain: boolean,
  ): Promise<Map<number, PartyResult>> => {
    const { compiled, roots, variables, afters } = question;
    const fitted = skew.fit(participant, compiled, roots);
    const results = new Map<number, PartyResult>();
    for (const { root, missing } of fitted.refused) {
      results.set(
        root.index,
        unheard(participant, { outcome: 'CONTRACT_BREACH', code: 'CONTRACT_TOO_OLD', reason: `It lacks ${missing}.` }),
      );
    }
    if (fitted.document === undefined) return results;
    const afterVariables = roots.flatMap(({ index }): [string, string][] => {
      const after = afters.get(index);
      return after === undefined ? [] : [[privateAlias.after(index), after]];
    });
    const outgoing = {
      document: fitted.document.text,
      body: `${fitted.document.bodyHead}${variablesJson(fitted.document, variables, afterVariables)}}`,
      kind: compiled.kind,
      isPersonal: fitted.document.isPersonal,
      isRepeatable: compiled.kind === 'mutation' && fitted.roots.every((root) => hasCommandId(root, variables)),
    };
    const reply = await ask(participant, outgoing, context);

    if (mayAskAgain && looksOlder(reply)) {
      const hasChanged = await skew.learn(participant, context);
      if (hasChanged) return askRoots(participant, question, context, false);
    }
    const unanswered = rootsWithoutWord(reply, fitted.roots);
    if (mayAskAgain && compiled.kind === 'query' && unanswered.length > 0 && unanswered.length < fitted.roots.length) {
      // One field's refusal emptied the whole answer; the others are asked without it.
      const again = await askRoots(participant, { ...question, roots: unanswered }, context, false);
      for (const [index, result] of again) results.set(index, result);
    }
    const prefixes = directory().prefixesOf(participant);
    for (const root of fitted.roots) {
      if (!results.has(root.index)) results.set(root.index, resultOf(participant, root, reply, prefixes, fitted.older));
    }
    return results;
  };
  return (participant, question, context) => askRoots(participant, question, context, true);
}

function hasCommandId(root: CompiledRoot, variables: Readonly<Record<string, unknown>>): boolean {
  return typeof readPath(root.argumentsOf(variables), ['input', 'commandId']) === 'string';
}

function resultOf(
  participant: string,
  root: CompiledRoot,
  reply: Reply,
  prefixes: ReadonlySet<string>,
  older: readonly string[],
): PartyResult {
  if (reply.kind === 'failed') {
    return { ...unheard(participant, saidByFailure(reply)), mayHaveActed: reply.mayHaveActed, skewMs: reply.skewMs };
  }
  const heard = { participant, receivedAtMs: reply.receivedAtMs, skewMs: reply.skewMs, mayHaveActed: false, older };
  const value = reply.data === null ? undefined : readKey(reply.data, root.key);
  const errors = reply.errors.filter(({ path }) => path[0] === root.key || path.length === 0);
  if (value === undefined || value === null) {
    if (errors.length > 0 || reply.data === null)
      return { ...heard, said: saidByError(reply, root.key), value: undefined, errors };
    if (value === undefined || isNonNullType(root.type)) {
      return {
        ...heard,
        said: breach(`Expected ${root.name} in the answer, found nothing.`),
        value: undefined,
        errors,
      };
    }
    return { ...heard, said: { outcome: 'FRESH' }, value: null, errors };
  }
  const finding = root.check(value, prefixes);
  // An answer that cannot be believed does not say that nothing was done.
  if (finding !== undefined)
    return { ...heard, said: breach(finding), value: undefined, errors: [], mayHaveActed: true };
  const said: Said =
    older.length > 0
      ? { outcome: 'FRESH', code: 'CONTRACT_OLDER', reason: `It lacks ${older.join(', ')}.` }
      : { outcome: 'FRESH' };
  return { ...heard, said, value, errors };
}

export function unheard(participant: string, said: Said): PartyResult {
  return {
    participant,
    said,
    value: undefined,
    errors: [],
    receivedAtMs: undefined,
    skewMs: undefined,
    mayHaveActed: false,
    older: [],
  };
}

function rootsWithoutWord(reply: Reply, roots: readonly CompiledRoot[]): readonly CompiledRoot[] {
  if (reply.kind === 'failed' || reply.data !== null) return [];
  return roots.filter(({ key }) => !(reply as Answered).errors.some(({ path }) => path[0] === key));
}
