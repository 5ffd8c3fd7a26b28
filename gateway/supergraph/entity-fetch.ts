/**
 * A fetch of entities: collects the places a path leads to, asks each distinct representation once, and grafts the
 * results back at every place that held it.
 */
import type { EntityBatchAlias, FlattenNodePathSegment } from '@graphql-hive/router-query-planner';
import { coded, type SubgraphError } from './errors.ts';
import type { EntitiesField, SubgraphResponse } from './fetch-subgraph.ts';
import { compilePath, type PlanPath, type Position, sharedPaths } from './flatten.ts';
import { answerPath, graft, type Shape, shapeOf } from './graft.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import type { Supergraph } from './load.ts';
import { compileRequires, identityOf, type Represent } from './requires.ts';
import { compileRewrites, type Rewrite, renameInShape } from './rewrites.ts';
import { ask, errorOf, type Run, type Step } from './run.ts';
import type { TypeCatalogue } from './type-catalogue.ts';
import { selectVariables, type VariableNames } from './variables.ts';

export interface EntityFetch {
  readonly serviceName: string;
  readonly operation: string;
  readonly operationName?: string;
  readonly variableUsages?: readonly string[];
  readonly aliases: readonly EntityBatchAlias[];
}

interface PreparedAlias extends EntitiesField {
  readonly paths: readonly PlanPath[];
  readonly represent: Represent;
  /** Equal where representations are made alike, so that aliases with one list share its items. */
  readonly recipe: string;
  readonly shape: Shape;
  readonly rewrite: Rewrite | undefined;
}

/** An object of the tree that waits for the result at `index`. */
interface Place {
  readonly object: JsonObject;
  readonly path: PlanPath;
  readonly position: Position | undefined;
  readonly index: number;
}

interface Representations {
  readonly list: JsonObject[];
  readonly indexes: Map<string, number>;
}

export function compileEntityFetch(
  fetch: EntityFetch,
  names: VariableNames,
  supergraph: Pick<Supergraph, 'types' | 'shelter'>,
): Step {
  const { types } = supergraph;
  const shape = shapeOf(fetch.operation, supergraph.shelter);
  const recipes = fetch.aliases.map(({ requires, inputRewrites }) => JSON.stringify([requires, inputRewrites]));
  const aliases = fetch.aliases.map((alias, position) => {
    const recipe = String(recipes.indexOf(recipes[position] ?? ''));
    return prepareAlias(alias, recipe, fetch.serviceName, shape, supergraph);
  });
  const select = selectVariables(fetch.variableUsages, names);
  const entities = aliases.map(({ alias, variable }): EntitiesField => ({ alias, variable }));
  return (run) => {
    const lists = new Map<string, Representations>();
    const placesByAlias = aliases.map((alias) => collectPlaces(alias, run, lists));
    if (placesByAlias.every((places) => places.length === 0)) return undefined;
    const variables = select(run.variables);
    for (const [variable, { list }] of lists) variables[variable] = list;
    const asked = ask(run, {
      subgraph: fetch.serviceName,
      document: fetch.operation,
      operationKind: 'query',
      operationName: fetch.operationName,
      variables,
      entities,
    });
    return asked.then((response) => takeIn(run, response, aliases, placesByAlias, types));
  };
}

function prepareAlias(
  alias: EntityBatchAlias,
  recipe: string,
  subgraph: string,
  shape: Shape,
  supergraph: Pick<Supergraph, 'types' | 'shelter'>,
): PreparedAlias {
  const { types } = supergraph;
  const fields = shape.field(alias.alias)?.shape;
  if (fields === undefined) throw new Error(`Expected a field "${alias.alias}" in the fetch, found none.`);
  // Rewrites of answers start at the entities when they belong to one alias, at the root when to a whole fetch.
  const rest = renameInShape(alias.outputRewrites, startsAtRoot(alias) ? shape : fields);
  return {
    alias: alias.alias,
    variable: alias.representationsVariableName,
    paths: alias.paths.map((path: FlattenNodePathSegment[]) => compilePath(path, supergraph)),
    represent: compileRequires(alias.requires, compileRewrites(alias.inputRewrites, types), subgraph, types),
    recipe,
    shape: fields,
    rewrite: compileRewrites(rest, types),
  };
}

function startsAtRoot({ alias, outputRewrites }: EntityBatchAlias): boolean {
  const first = outputRewrites?.[0];
  const path =
    first &&
    ('KeyRenamer' in first ? first.KeyRenamer.path : 'ValueSetter' in first ? first.ValueSetter.path : first.path);
  const segment = path?.[0];
  return segment !== undefined && 'Key' in segment && segment.Key === alias;
}

function collectPlaces(alias: PreparedAlias, run: Run, lists: Map<string, Representations>): Place[] {
  let representations = lists.get(alias.variable);
  if (representations === undefined) {
    representations = { list: [], indexes: new Map() };
    lists.set(alias.variable, representations);
  }
  const { list, indexes } = representations;
  const { absent } = run;
  const isAbsent = absent && ((object: object) => absent.has(object));
  const places: Place[] = [];
  for (const path of alias.paths) {
    path.walk(run.data, isAbsent, (object, position) => {
      const representation = alias.represent(object);
      if (representation === undefined) return;
      const identity = alias.recipe + identityOf(representation);
      let index = indexes.get(identity);
      if (index === undefined) {
        index = list.push(representation) - 1;
        indexes.set(identity, index);
      }
      places.push({ object, path, position, index });
    });
  }
  return places;
}

function takeIn(
  run: Run,
  response: SubgraphResponse,
  aliases: readonly PreparedAlias[],
  placesByAlias: readonly (readonly Place[])[],
  types: TypeCatalogue,
): void {
  for (const error of response.errors ?? []) placeError(run, errorOf(error), aliases, placesByAlias);
  for (const { alias, index } of response.absent ?? []) {
    const places = placesByAlias[aliases.findIndex((candidate) => candidate.alias === alias)] ?? [];
    run.absent ??= new Set();
    for (const place of places) if (place.index === index) run.absent.add(place.object);
  }
  if (!response.data) return;
  for (const [position, alias] of aliases.entries()) {
    const results = response.data[alias.alias];
    const places = placesByAlias[position] ?? [];
    if (!Array.isArray(results)) {
      if (results !== null && results !== undefined) placeError(run, notAList(alias), aliases, placesByAlias);
      continue;
    }
    for (const { object, index } of places) {
      const result: unknown = results[index];
      if (!isJsonObject(result) || run.absent?.has(object)) continue;
      if (alias.rewrite === undefined) {
        graft(object, result, alias.shape, types);
      } else {
        const own = graft(undefined, result, alias.shape, types);
        alias.rewrite(own);
        graft(object, own, alias.shape, types);
      }
    }
  }
}

/** Tells an error at every place it concerns, in the terms of the answer. */
function placeError(
  run: Run,
  error: SubgraphError & { readonly path: readonly (string | number)[] },
  aliases: readonly PreparedAlias[],
  placesByAlias: readonly (readonly Place[])[],
): void {
  const [alias, index, ...inside] = error.path;
  const position = aliases.findIndex((candidate) => candidate.alias === alias);
  const hit = (placesByAlias[position] ?? []).filter((place) => place.index === index);
  if (hit.length > 0) {
    const tail = answerPath(inside, aliases[position]?.shape);
    for (const place of hit) run.errors.add(error, [...responsePath(place), ...tail]);
    return;
  }
  // It concerns all that was asked, or one whole alias: told once, where all its places hang together.
  const told = new Set<string>();
  for (const [at, places] of placesByAlias.entries()) {
    if (places.length === 0 || (position !== -1 && at !== position)) continue;
    for (const path of sharedPaths(places.map(responsePath))) {
      const identity = JSON.stringify(path);
      if (!told.has(identity)) run.errors.add(error, path);
      told.add(identity);
    }
  }
}

function responsePath({ path, position }: Place): (string | number)[] {
  return path.responsePath(position);
}

function notAList(alias: PreparedAlias) {
  return {
    message: 'Expected a list of entities in the answer of the subgraph, found something else.',
    path: [alias.alias],
    extensions: coded('CONTRACT_BREACH'),
  };
}
