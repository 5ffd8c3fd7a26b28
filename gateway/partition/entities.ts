/**
 * `_entities` over participants: each representation goes to the participant of its id's prefix, all at once, and the
 * results come back at the places of their representations.
 *
 * An entity that its owner does not give is absent: not there and not for this caller look the same. One whose owner
 * is silent is absent too, with what became of the owner.
 */
import { parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import type { Caller } from '../transport/caller.ts';
import type { Answered, EndpointError, Reply } from '../transport/reply.ts';
import type { Contract } from './contract.ts';
import type { DirectorySnapshot } from './directory-snapshot.ts';
import type { CompiledEntities, EntityRoot } from './entity-document.ts';
import type { Fetch, FetchAnswer, FetchContext } from './fetch.ts';
import { isJsonObject, type JsonObject, readKey } from './json.ts';
import { breach, codeOf, type Said, saidByError, saidByFailure } from './outcome.ts';
import { type PartialError, partialError } from './partial-error.ts';
import type { EndpointDocument } from './rewrite.ts';
import { refusalOf } from './route.ts';
import type { Ask } from './scatter.ts';
import { looksOlder, type Skew } from './skew.ts';

/** Where a representation goes, or why nowhere. Pure. */
export type EntityRoute =
  | { readonly kind: 'one'; readonly participant: string }
  | { readonly kind: 'refused'; readonly code: string; readonly participant?: string };

export function routeEntity(
  contract: Pick<Contract, 'isReplicated'>,
  representation: unknown,
  caller: Caller,
  directory: DirectorySnapshot,
): EntityRoute {
  const own = caller.kind === 'hub' ? undefined : caller.participant;
  const typeName = isJsonObject(representation) ? representation.__typename : undefined;
  const id = idOf(representation);
  const parsed = id === undefined ? undefined : parseId(id);
  if (parsed === undefined || typeof typeName !== 'string') return { kind: 'refused', code: 'NOT_FOUND' };
  const listed = directory.homeOf(contract.isReplicated(typeName) && own !== undefined ? own : parsed.participant);
  if (listed === undefined) return { kind: 'refused', code: 'NOT_FOUND' };
  const refusal = refusalOf(listed, own);
  return refusal === undefined
    ? { kind: 'one', participant: listed.id }
    : { kind: 'refused', code: refusal, participant: listed.id };
}

function idOf(representation: unknown): string | undefined {
  if (!isJsonObject(representation)) return undefined;
  const id = representation.linkId ?? representation.id;
  return typeof id === 'string' ? id : undefined;
}

export interface EntitiesOptions {
  readonly contract: Contract;
  readonly ask: Ask;
  readonly skew: Skew;
  readonly directory: () => DirectorySnapshot;
}

/** What goes to one participant: per alias, the places of its representations in the caller's list. */
interface Share {
  readonly root: EntityRoot;
  readonly indexes: number[];
}

interface Taking {
  readonly lists: Map<string, (JsonObject | null)[]>;
  readonly errors: PartialError[];
  readonly absent: { alias: string; index: number }[];
}

interface Asking {
  readonly options: EntitiesOptions;
  readonly compiled: CompiledEntities;
  readonly fetch: Fetch;
  readonly context: FetchContext;
  readonly taking: Taking;
  readonly prefixesOf: DirectorySnapshot['prefixesOf'];
}

export function createEntities(options: EntitiesOptions) {
  const { contract, directory } = options;
  return async (compiled: CompiledEntities, fetch: Fetch, context: FetchContext): Promise<FetchAnswer> => {
    const snapshot = directory();
    const taking: Taking = { lists: new Map(), errors: [], absent: [] };
    const shares = new Map<string, Share[]>();
    for (const root of compiled.roots) {
      const representations = representationsOf(fetch, root);
      taking.lists.set(root.alias, new Array<JsonObject | null>(representations.length).fill(null));
      for (let index = 0; index < representations.length; index += 1) {
        const to = routeEntity(contract, representations[index], context.authority, snapshot);
        if (to.kind === 'refused') lacking(taking, root.alias, index, to.code, to.participant, context);
        else share(shares, to.participant, root, index);
      }
    }
    const asking = { options, compiled, fetch, context, taking, prefixesOf: snapshot.prefixesOf };
    await Promise.all([...shares].map(([participant, parts]) => askShare(asking, participant, parts, true)));
    const data: JsonObject = Object.fromEntries(taking.lists);
    return { data, errors: taking.errors, absent: taking.absent };
  };
}

/** Asks one participant for its share; one that refuses the document may know an older contract, and is asked again. */
async function askShare(asking: Asking, to: string, parts: readonly Share[], mayLearn: boolean): Promise<void> {
  const { options, compiled, fetch, context, taking, prefixesOf } = asking;
  const roots = parts.map(({ root }) => root);
  const fitted = options.skew.fit(to, compiled, roots);
  const partOf = (root: EntityRoot) => parts.find((part) => part.root.index === root.index) as Share;
  for (const { root, missing } of fitted.refused) {
    const said = { outcome: 'CONTRACT_BREACH', code: 'CONTRACT_TOO_OLD', reason: `It lacks ${missing}.` } as const;
    for (const index of partOf(root).indexes) lacking(taking, root.alias, index, said.code, to, context, said);
  }
  if (fitted.document === undefined) return;
  const kept = fitted.roots.map(partOf);
  const reply = await options.ask(to, outgoingOf(fitted.document, fetch, kept), context);
  if (mayLearn && looksOlder(reply) && (await options.skew.learn(to, context)))
    return askShare(asking, to, kept, false);
  takeIn(taking, to, kept, fetch, reply, prefixesOf(to), context);
  if (fitted.older.length === 0) return;
  const details = { participant: to, traceId: context.traceId, fields: fitted.older };
  for (const { root, indexes } of kept) {
    for (const index of indexes) taking.errors.push(partialError('CONTRACT_OLDER', [root.alias, index], details));
  }
}

function representationsOf({ variables }: Fetch, { variable }: EntityRoot): readonly unknown[] {
  const list = variables[variable];
  return Array.isArray(list) ? list : [];
}

function share(shares: Map<string, Share[]>, participant: string, root: EntityRoot, index: number): void {
  let parts = shares.get(participant);
  if (parts === undefined) {
    parts = [];
    shares.set(participant, parts);
  }
  const last = parts.at(-1);
  if (last?.root === root) last.indexes.push(index);
  else parts.push({ root, indexes: [index] });
}

function outgoingOf(document: EndpointDocument, fetch: Fetch, parts: readonly Share[]) {
  const variables: Record<string, unknown> = {};
  for (const name of document.variableNames)
    if (fetch.variables[name] !== undefined) variables[name] = fetch.variables[name];
  for (const { root, indexes } of parts) {
    const representations = representationsOf(fetch, root);
    variables[root.ownVariable] = indexes.map((index) => representations[index]);
  }
  return {
    document: document.text,
    body: `${document.bodyHead}${JSON.stringify(variables)}}`,
    kind: 'query',
    isPersonal: document.isPersonal,
    isRepeatable: false,
  } as const;
}

function takeIn(
  taking: Taking,
  participant: string,
  parts: readonly Share[],
  fetch: Fetch,
  reply: Reply,
  prefixes: ReadonlySet<string>,
  context: FetchContext,
): void {
  for (const { root, indexes } of parts) {
    const said = saidOf(reply, root, indexes.length);
    if (said !== undefined) {
      for (const index of indexes) lacking(taking, root.alias, index, codeOf(said), participant, context, said);
      continue;
    }
    const { data, errors } = reply as Answered;
    const found = readKey(data as JsonObject, root.alias) as readonly unknown[];
    const errorsAt = byIndex(errors, root.alias);
    const representations = representationsOf(fetch, root);
    const list = taking.lists.get(root.alias) as (JsonObject | null)[];
    for (let at = 0; at < indexes.length; at += 1) {
      const index = indexes[at] as number;
      const entity = found[at];
      const own = errorsAt?.get(at) ?? [];
      if (entity === null || entity === undefined) {
        lacking(taking, root.alias, index, codeOfNull(own), participant, context);
        continue;
      }
      const finding =
        root.check(entity, prefixes) ?? identityFinding(entity as JsonObject, representations[index], root);
      if (finding !== undefined) {
        lacking(taking, root.alias, index, 'CONTRACT_BREACH', participant, context, breach(finding));
        continue;
      }
      list[index] = entity as JsonObject;
      for (const error of own) {
        const path = [root.alias, index, ...error.path.slice(2)];
        taking.errors.push(
          partialError(error.code ?? 'CONTRACT_BREACH', path, { participant, traceId: context.traceId }),
        );
      }
    }
  }
}

/** What became of a whole alias; undefined when it holds a result for each representation. */
function saidOf(reply: Reply, root: EntityRoot, count: number): Said | undefined {
  if (reply.kind === 'failed') return saidByFailure(reply);
  const found = reply.data === null ? undefined : readKey(reply.data, root.alias);
  if (Array.isArray(found) && found.length === count) return undefined;
  if (found === undefined || found === null) return saidByError(reply, root.alias);
  return breach(`Expected ${count} entities, found ${Array.isArray(found) ? found.length : 'no list'}.`);
}

/** The object that was asked for and no other: an owner may not answer with a neighbour of its own. */
function identityFinding(entity: JsonObject, representation: unknown, root: EntityRoot): string | undefined {
  if (entity.__typename !== (representation as JsonObject).__typename)
    return 'Expected an entity of the type asked for, found another.';
  if (!root.isOwned(entity.__typename as string)) return undefined;
  return entity[root.idKeyOf(entity.__typename as string)] === idOf(representation)
    ? undefined
    : 'Expected the entity asked for, found another.';
}

/** A refusal of one entity looks like its absence; only an operating failure has a name. */
function codeOfNull(errors: readonly EndpointError[]): string {
  const code = errors[0]?.code;
  const operating = [
    'STORE_UNAVAILABLE',
    'ACCESS_LOG_UNAVAILABLE',
    'INTERNAL',
    'INTERNAL_SERVER_ERROR',
    'OVERSIGHT_NOT_LIVE',
  ];
  if (errors.length === 0 || (code !== undefined && !operating.includes(code))) return 'NOT_FOUND';
  return code === undefined || code.startsWith('INTERNAL') ? 'CONTRACT_BREACH' : code;
}

function byIndex(errors: readonly EndpointError[], alias: string): Map<number, EndpointError[]> | undefined {
  if (errors.length === 0) return undefined;
  const found = new Map<number, EndpointError[]>();
  for (const error of errors) {
    const [at, index] = error.path;
    if (at !== alias || typeof index !== 'number') continue;
    const known = found.get(index);
    if (known === undefined) found.set(index, [error]);
    else known.push(error);
  }
  return found;
}

function lacking(
  { errors, absent }: Taking,
  alias: string,
  index: number,
  code: string,
  participant: string | undefined,
  { traceId }: FetchContext,
  said?: Said,
): void {
  absent.push({ alias, index });
  const reason = said?.reason === undefined ? {} : { reason: said.reason };
  errors.push(partialError(code, [alias, index], { participant, traceId, ...reason }));
}
