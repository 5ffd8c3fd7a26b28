/**
 * A fetch of entities: collects the places a path leads to, asks each distinct representation once, and grafts the
 * results back at every place that held it.
 */
import type { EntityBatchAlias, FlattenNodePathSegment } from '@graphql-hive/router-query-planner';
import { coded } from './errors.ts';
import type { EntitiesField, SubgraphResponse } from './fetch-subgraph.ts';
import { compilePath, type PlanPath, type Position, sharedPaths } from './flatten.ts';
import { answerPath, graft, type Shape, shapeOf } from './graft.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import type { Supergraph } from './load.ts';
import { compileRequires, identityOf, type Represent } from './requires.ts';
import { compileRewrites, type Rewrite, renameInShape } from './rewrites.ts';
import { ask, eachError, type PlacedError, type Run, type Step } from './run.ts';
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
  const place = createPlacing(run, aliases, placesByAlias);
  eachError(run, response, place);
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
      if (results !== null && results !== undefined) place(notAList(alias));
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
function createPlacing(
  run: Run,
  aliases: readonly PreparedAlias[],
  placesByAlias: readonly (readonly Place[])[],
): (error: PlacedError) => void {
  const byIndex = new Map<number, Map<number, Place[]>>();
  const shared = new Map<number, (string | number)[][]>();

  const placesAt = (position: number, index: unknown): readonly Place[] => {
    let places = byIndex.get(position);
    if (places === undefined) {
      places = new Map();
      for (const place of placesByAlias[position] ?? []) {
        const same = places.get(place.index);
        if (same === undefined) places.set(place.index, [place]);
        else same.push(place);
      }
      byIndex.set(position, places);
    }
    return (typeof index === 'number' ? places.get(index) : undefined) ?? [];
  };

  /** Where all places of an alias, or of the whole fetch, hang together. */
  const sharedAt = (position: number): (string | number)[][] => {
    let paths = shared.get(position);
    if (paths === undefined) {
      const places = position === -1 ? placesByAlias.flat() : (placesByAlias[position] ?? []);
      paths = sharedPaths(places.map(responsePath));
      shared.set(position, paths);
    }
    return paths;
  };

  return (error) => {
    const [alias, index, ...inside] = error.path;
    const position = aliases.findIndex((candidate) => candidate.alias === alias);
    const places = placesAt(position, index);
    const tail = places.length > 0 ? answerPath(inside, aliases[position]?.shape) : [];
    for (const [at, place] of places.entries()) {
      if (run.errors.isFull()) return run.errors.leaveOut(places.length - at);
      run.errors.add(error, [...responsePath(place), ...tail]);
    }
    // It concerns all that was asked: told once per root field.
    if (places.length === 0) for (const path of sharedAt(position)) run.errors.add(error, path);
  };
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
